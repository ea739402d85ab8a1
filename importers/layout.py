"""Layouts: what a kind of roster looks like, as data. Each is one file; a broken one says file and key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as factory
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from importers.labels import header_label, label
from importers.layout_file import (
    PACKAGED,
    LayoutFileError,
    UnknownLayout,
    layout_ids,
    layout_path,
    read_checked,
)
from importers.layout_schema import INSTANT_FORM
from service.domain.subjects import Subject

__all__ = [
    "About",
    "Amount",
    "Column",
    "Layout",
    "LayoutFileError",
    "Statements",
    "UnknownLayout",
    "layout_ids",
    "load_layout",
    "load_layouts",
]

_DAY_PIECES = re.compile("(yyyy|mm|dd|m|d)")


@dataclass(frozen=True)
class About:
    """Where a layout comes from: what is ``public`` about the format, and what we ``guessed`` because it is not."""

    source: str
    public: tuple[str, ...]
    guessed: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """How one field is found and read. ``path``: where it stands in a JSON line. ``values``: label of what people
    write → code; ``choices``: what messages name of it."""

    field: str
    headers: tuple[str, ...]
    required: bool
    default: str | None = None
    values: Mapping[str, str] = factory(default_factory=dict)
    choices: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Amount:
    """A column that holds the hours of one subject: a row with several of them is several entries."""

    column: Column
    subject: Subject


@dataclass(frozen=True)
class Statements:
    """Which JSON lines are entries, by the value at ``path``. ``withdrawals`` take back the entry whose reference
    stands at ``withdrawn``. ``unless``: a line with this value at this path is no entry."""

    path: tuple[str, ...]
    entries: frozenset[str]
    withdrawals: frozenset[str]
    withdrawn: tuple[str, ...]
    unless: tuple[tuple[tuple[str, ...], object], ...]


@dataclass(frozen=True)
class Layout:
    """A roster's form. Marks are labels (``importers.labels``). ``sheets``: which sheet to read, by its label; any
    when empty. ``header_row``: None when it is found by its words. ``reference``: the field that is a row's own id."""

    id: str
    name: str
    search_rows: int
    least_headers: int
    example_marks: tuple[str, ...]
    note_marks: tuple[str, ...]
    total_marks: tuple[str, ...]
    day_forms: tuple[str, ...]
    excel_serials: bool
    year_endings: tuple[str, ...]
    columns: Mapping[str, Column]
    ignored: tuple[str, ...]
    about: About | None = None
    format: Literal["sheet", "json-lines"] = "sheet"
    sheets: tuple[str, ...] = ()
    header_row: int | None = None
    time_of_day: bool = False
    hour_endings: tuple[str, ...] = ()
    skips_repeats: bool = False
    constants: Mapping[str, str] = factory(default_factory=dict)
    reference: str = "certificate_no"
    amounts: tuple[Amount, ...] = ()
    statements: Statements | None = None

    @cached_property
    def headed(self) -> dict[str, Column]:
        """Every column of a sheet by the name it has inside: a field, or ``hours.<subject>``."""
        return {**self.columns, **{amount.column.field: amount.column for amount in self.amounts}}

    @cached_property
    def fields_by_header(self) -> dict[str, str]:
        """Header label → field; ignored headers → ``""``."""
        known = {header_label(text): "" for text in self.ignored}
        for column in self.headed.values():
            known.update({header_label(text): column.field for text in column.headers})
        return known

    @cached_property
    def day_examples(self) -> str:
        """The forms as a person reads them: ``2023-5-4、2023/5/4``."""
        digits = {"yyyy": "2023", "mm": "05", "dd": "04", "m": "5", "d": "4"}
        forms = [form for form in self.day_forms if form != INSTANT_FORM]
        shown = ["".join(digits.get(piece, piece) for piece in _DAY_PIECES.split(form)) for form in forms]
        return "、".join([*shown, *(["2023-05-04T09:30:00+08:00"] if self.reads_instants else [])])

    @cached_property
    def day_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_day_pattern(form) for form in self.day_forms if form != INSTANT_FORM)

    @property
    def reads_instants(self) -> bool:
        return INSTANT_FORM in self.day_forms


def load_layout(layout_id: str, directory: Path = PACKAGED) -> Layout:
    """Raises UnknownLayout, or LayoutFileError when its file is broken."""
    known = layout_ids(directory)
    if layout_id not in known:
        raise UnknownLayout(known)
    return read_layout(layout_path(layout_id, directory))


def load_layouts(directory: Path = PACKAGED) -> dict[str, Layout]:
    """Every layout by id, each checked. Raises LayoutFileError for the first broken file."""
    return {layout_id: load_layout(layout_id, directory) for layout_id in layout_ids(directory)}


def read_layout(path: Path) -> Layout:
    """The layout in a file. Raises LayoutFileError."""
    layout = _layout(path.stem, read_checked(path))
    _refuse_repeats(path.name, layout)
    return layout


def _layout(layout_id: str, checked: dict[str, Any]) -> Layout:
    return Layout(
        id=layout_id,
        name=checked["name"],
        search_rows=checked["header"]["search_rows"],
        least_headers=checked["header"]["least"],
        example_marks=tuple(map(label, checked["rows"]["example_marks"])),
        note_marks=tuple(map(label, checked["rows"]["note_marks"])),
        total_marks=tuple(map(label, checked["rows"]["total_marks"])),
        day_forms=tuple(checked["days"]["forms"]),
        excel_serials=checked["days"]["excel_serials"],
        year_endings=tuple(checked["years"]["endings"]),
        columns={field: _column(field, column) for field, column in checked["columns"].items()},
        ignored=tuple(checked["ignored"]["headers"]),
        about=_about(checked["about"]),
        format=checked["source"]["format"],
        sheets=tuple(map(label, checked["source"]["sheets"])),
        header_row=checked["header"]["row"],
        time_of_day=checked["days"]["time_of_day"],
        hour_endings=tuple(checked["hours"]["endings"]),
        skips_repeats=checked["rows"]["repeats"] == "skip",
        constants=checked["constants"],
        reference=checked["reference"],
        amounts=tuple(map(_amount, checked["amounts"])),
        statements=_statements(checked["statements"]),
    )


def _about(checked: dict[str, Any] | None) -> About | None:
    if checked is None:
        return None
    return About(checked["source"], tuple(checked["public"]), tuple(checked["guessed"]))


def _column(field: str, checked: dict[str, Any]) -> Column:
    values = {label(code): code for code in checked["values"]}
    values.update({label(text): code for code, texts in checked["values"].items() for text in texts})
    path = tuple(checked["path"] or ())
    return Column(
        field=field,
        headers=tuple(checked["headers"] or (".".join(path),)),
        required=checked["required"],
        default=checked["default"],
        values=values,
        choices=tuple(checked["choices"]),
        path=path,
    )


def _amount(checked: dict[str, Any]) -> Amount:
    subject: Subject = checked["subject"]
    return Amount(Column(f"hours.{subject}", tuple(checked["headers"]), checked["required"]), subject)


def _statements(checked: dict[str, Any] | None) -> Statements | None:
    if checked is None:
        return None
    return Statements(
        path=tuple(checked["path"]),
        entries=frozenset(checked["entries"]),
        withdrawals=frozenset(checked["withdrawals"]),
        withdrawn=tuple(checked["withdrawn"] or ()),
        unless=tuple((tuple(it["path"]), it["value"]) for it in checked["unless"]),
    )


def _refuse_repeats(file: str, layout: Layout) -> None:
    """One header with two meanings would make a column's meaning a matter of order."""
    seen: dict[str, str] = {}
    for key, headers in [
        *((f"columns.{column.field}.headers", column.headers) for column in layout.columns.values()),
        *((f"amounts.{index}.headers", it.column.headers) for index, it in enumerate(layout.amounts)),
        ("ignored.headers", layout.ignored),
    ]:
        for text in headers:
            first = seen.setdefault(header_label(text), key)
            if first != key:
                raise LayoutFileError(file, [(key, f"{text} is also in {first}")])


def _day_pattern(form: str) -> re.Pattern[str]:
    parts = {"yyyy": r"(?P<y>[0-9]{4})", "mm": r"(?P<m>[0-9]{2})", "dd": r"(?P<d>[0-9]{2})"}
    parts |= {"m": r"(?P<m>[0-9]{1,2})", "d": r"(?P<d>[0-9]{1,2})"}
    return re.compile(
        "".join(parts.get(piece, re.escape(piece)) for piece in _DAY_PIECES.split(form)), re.ASCII
    )
