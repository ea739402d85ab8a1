"""A dry run to be read by people: its report, and the faulty rows as they stand in the sheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from importers.header import Header
from importers.intake import import_roster
from importers.layout import load_layout
from importers.report import ImportReport, RowFault, Skipped, shown, typed
from importers.roster import opened_roster
from importers.sheet import Cell, column_letter
from service.context import Context
from service.domain.client import Client

FAULTS_SHOWN_MAX: Final = 200
_COLUMNS_SHOWN_MAX: Final = 30


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as the sheet has it: the text of each cell as far as a report may show it (``typed``), ``""`` for an empty
    one."""

    line: int
    cells: tuple[str, ...]


class SheetColumn(NamedTuple):
    """A column of the sheet: its header, a letter where there is none, and the field it fills, ``""`` for none."""

    title: str
    field: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A dry run of the good rows of a roster: ``created`` and ``corrected`` of its report are what sending with
    ``partial`` would do. ``rows``: those with the first FAULTS_SHOWN_MAX faults, by line; ``columns``: of these
    rows."""

    file_name: str
    layout: str
    division_code: str | None
    correct: bool
    report: ImportReport
    columns: tuple[SheetColumn, ...]
    rows: tuple[SheetRow, ...]


def try_roster(
    context: Context,
    client: Client,
    upload: bytes,
    *,
    file_name: str,
    layout: str,
    division_code: str | None = None,
    correct: bool = False,
) -> Trial:
    """Stores nothing. Refusals as ``import_roster``."""
    report = import_roster(
        context,
        client,
        upload,
        file_name=file_name,
        layout=layout,
        division_code=division_code,
        dry_run=True,
        partial=True,
        correct=correct,
    )
    columns: tuple[SheetColumn, ...] = ()
    rows: tuple[SheetRow, ...] = ()
    if report.faults:
        wanted = {fault.line for fault in report.faults[:FAULTS_SHOWN_MAX]}
        with opened_roster(context, upload, load_layout(layout), division_code) as opened:
            columns = _columns(opened.header)
            rows = tuple(_rows(opened.header, opened.sheet.rows(), wanted))
    return Trial(shown(Path(file_name).name), layout, division_code, correct, report, columns, rows)


def _columns(header: Header) -> tuple[SheetColumn, ...]:
    headed = {column.index: column for column in header.columns}
    return tuple(
        SheetColumn(headed[index].title, headed[index].field)
        if index in headed
        else SheetColumn(column_letter(index), "")
        for index in range(min(header.width, _COLUMNS_SHOWN_MAX))
    )


def _rows(header: Header, rows: Iterable[tuple[int, Sequence[Cell]]], wanted: set[int]) -> Iterable[SheetRow]:
    below = {column.index: column.field for column in header.columns}
    last = max(wanted)
    for line, cells in rows:
        if line in wanted:
            fields = below if line > header.line else {}
            texts = (
                typed(fields.get(index, ""), cell) for index, cell in enumerate(cells[:_COLUMNS_SHOWN_MAX])
            )
            yield SheetRow(line, tuple(text or "" for text in texts))
        if line >= last:
            return


def trial_json(trial: Trial) -> dict[str, Any]:
    """The trial as JSON, codes and not words, so that it can be read in another language."""
    return asdict(trial)


def trial_of(document: Mapping[str, Any]) -> Trial:
    """The trial again."""
    told = dict(document["report"])
    told["faults"] = tuple(RowFault(**fault) for fault in told["faults"])
    for name in ("skipped", "notes"):
        told[name] = tuple(Skipped(**row) for row in told[name])
    return Trial(
        **{
            **document,
            "report": ImportReport(**told),
            "columns": tuple(SheetColumn(*column) for column in document["columns"]),
            "rows": tuple(SheetRow(row["line"], tuple(row["cells"])) for row in document["rows"]),
        }
    )
