"""Which sheet of a workbook is the roster, and where its header is."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from importers.header import Header, find_header
from importers.labels import label
from importers.layout import Layout
from importers.report import Skipped, shown
from importers.sheet import FileRefused, Sheet, column_letter

_LISTED_MAX: Final = 20


def choose_sheet(
    sheets: Sequence[Sheet], layout: Layout, optional: frozenset[str]
) -> tuple[Sheet, Header, list[Skipped]]:
    """The one sheet that has a header, and the others as not read. Raises FileRefused."""
    wanted = [sheet for sheet in sheets if not layout.sheets or label(sheet.name) in layout.sheets]
    if not wanted and len(sheets) == 1:
        wanted = list(sheets)  # a copy of the one sheet, or a CSV, has lost its name
    if not wanted:
        names = "、".join(shown(sheet.name) for sheet in sheets[:_LISTED_MAX])
        raise FileRefused("no_sheet", {"wanted": "、".join(layout.sheets), "sheets": names})
    found = [(sheet, find_header(sheet.rows(), layout, optional)) for sheet in wanted]
    rosters = [(sheet, header) for sheet, header in found if header is not None]
    if not rosters:
        headers = "、".join(column.headers[0] for column in layout.headed.values() if column.required)
        raise FileRefused("no_header", {"rows": layout.search_rows, "headers": headers})
    if len(rosters) > 1:
        raise FileRefused("several_rosters", {"sheets": "、".join(shown(sheet.name) for sheet, _ in rosters)})
    sheet, header = rosters[0]
    others = [
        Skipped(
            None, "sheet_without_header" if it in wanted else "sheet_not_wanted", {"sheet": shown(it.name)}
        )
        for it in sheets
        if it is not sheet
    ]
    return sheet, header, others


def reading_notes(sheet: Sheet, header: Header) -> Iterator[Skipped]:
    """How the sheet was read, and what of it its sender may not see."""
    params: dict[str, Any]
    if sheet.encoding:
        params = {"encoding": sheet.encoding, "delimiter": sheet.delimiter}
        yield Skipped(None, "text_read", params)
        yield Skipped(header.line, "header_found", {"line": header.line})
    else:
        yield Skipped(header.line, "sheet_read", {"sheet": shown(sheet.name), "line": header.line})
    if len(header.rows) > 1:
        params = {"first": header.rows[0].line, "line": header.line}
        yield Skipped(header.line, "two_header_rows", params)
    if hidden := [line for line in sheet.hidden_rows if line > header.line]:
        params = {"count": len(hidden), "lines": _ranges(hidden)}
        yield Skipped(None, "hidden_rows_read", params)
    if columns := [index for index in sheet.hidden_columns if index < header.width]:
        letters = "、".join(map(column_letter, columns[:_LISTED_MAX]))
        yield Skipped(None, "hidden_columns_read", {"columns": letters})
    if sheet.hidden_sheets:
        names = "、".join(map(shown, sheet.hidden_sheets[:_LISTED_MAX]))
        yield Skipped(None, "hidden_sheets_left", {"sheets": names})
    if sheet.formulas:
        yield Skipped(None, "formulas_read", {"count": sheet.formulas})
    if sheet.epoch_1904:
        yield Skipped(None, "days_of_1904")


def _ranges(lines: Sequence[int]) -> str:
    """``5–9、12``; cut when there are very many."""
    ranges: list[list[int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    shown_ones = [str(a) if a == b else f"{a}–{b}" for a, b in ranges[:_LISTED_MAX]]
    return "、".join(shown_ones) + ("…" if len(ranges) > _LISTED_MAX else "")
