"""Layouts: what a kind of roster looks like, as data. Read and checked here; a broken file says file and key."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from marshmallow import ValidationError

from importers.labels import header_label, label
from importers.layout_schema import LayoutSchema
from service.fields import faults_of

_PACKAGED: Final = Path(__file__).parent / "layouts"
_DAY_PIECES = re.compile("(yyyy|mm|dd|m|d)")
_LAYOUT_ID = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


class LayoutFileError(Exception):
    """A layout file is wrong: ``file``, ``key`` (dotted, empty for the whole file) and what is wrong with it."""

    def __init__(self, file: str, key: str, message: str) -> None:
        super().__init__(f"{file}: {key}: {message}" if key else f"{file}: {message}")
        self.file, self.key, self.message = file, key, message


class UnknownLayout(LookupError):
    """There is no layout of this name; ``known`` are the names there are."""

    def __init__(self, known: list[str]) -> None:
        super().__init__("unknown layout")
        self.known = known


@dataclass(frozen=True)
class Column:
    """How one field is found and read. ``values``: label of what people write → code; ``choices``: what messages
    name of it."""

    field: str
    headers: tuple[str, ...]
    required: bool
    default: str | None
    values: Mapping[str, str]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A roster's form. Marks are labels (``importers.labels``)."""

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

    @cached_property
    def fields_by_header(self) -> dict[str, str]:
        """Header label → field; ignored headers → ``""``."""
        known = {header_label(text): "" for text in self.ignored}
        for column in self.columns.values():
            known.update({header_label(text): column.field for text in column.headers})
        return known

    @cached_property
    def day_examples(self) -> str:
        """The forms as a person reads them: ``2023-5-4、2023/5/4``."""
        digits = {"yyyy": "2023", "mm": "05", "dd": "04", "m": "5", "d": "4"}
        return "、".join(
            "".join(digits.get(piece, piece) for piece in _DAY_PIECES.split(form)) for form in self.day_forms
        )

    @cached_property
    def day_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_day_pattern(form) for form in self.day_forms)


def layout_ids(directory: Path = _PACKAGED) -> list[str]:
    return sorted(path.stem for path in directory.glob("*.toml"))


def load_layout(layout_id: str, directory: Path = _PACKAGED) -> Layout:
    """Raises UnknownLayout, or LayoutFileError when its file is broken."""
    known = layout_ids(directory)
    if layout_id not in known:
        raise UnknownLayout(known)
    return _read(directory / f"{layout_id}.toml")


def load_layouts(directory: Path = _PACKAGED) -> dict[str, Layout]:
    """Every layout by id, each checked. Raises LayoutFileError for the first broken file."""
    return {layout_id: load_layout(layout_id, directory) for layout_id in layout_ids(directory)}


def _read(path: Path) -> Layout:
    if not _LAYOUT_ID.fullmatch(path.stem):
        raise LayoutFileError(path.name, "", "the name must be lower-case letters, digits and hyphens")
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        checked: dict[str, Any] = LayoutSchema().load(content)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutFileError(path.name, "", str(error)) from None
    except ValidationError as error:
        fault = next(faults_of(error.messages))
        message = ", ".join([fault.code, *(f"{key}: {value}" for key, value in fault.params.items())])
        raise LayoutFileError(path.name, fault.pointer.strip("/").replace("/", "."), message) from None
    layout = _layout(path.stem, checked)
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
    )


def _column(field: str, checked: dict[str, Any]) -> Column:
    values = {label(code): code for code in checked["values"]}
    values.update({label(text): code for code, texts in checked["values"].items() for text in texts})
    return Column(
        field,
        tuple(checked["headers"]),
        checked["required"],
        checked["default"],
        values,
        tuple(checked["choices"]),
    )


def _refuse_repeats(file: str, layout: Layout) -> None:
    """One header or one written value with two meanings would make a column's meaning a matter of order."""
    seen: dict[str, str] = {}
    for key, headers in [
        *((f"columns.{column.field}.headers", column.headers) for column in layout.columns.values()),
        ("ignored.headers", layout.ignored),
    ]:
        for text in headers:
            first = seen.setdefault(header_label(text), key)
            if first != key:
                raise LayoutFileError(file, key, f"{text} is also in {first}")


def _day_pattern(form: str) -> re.Pattern[str]:
    parts = {"yyyy": r"(?P<y>[0-9]{4})", "mm": r"(?P<m>[0-9]{2})", "dd": r"(?P<d>[0-9]{2})"}
    parts |= {"m": r"(?P<m>[0-9]{1,2})", "d": r"(?P<d>[0-9]{1,2})"}
    return re.compile(
        "".join(parts.get(piece, re.escape(piece)) for piece in _DAY_PIECES.split(form)), re.ASCII
    )
