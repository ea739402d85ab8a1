"""A roster back to its sender: their own sheet, wrong cells marked, with a column of reasons to work through.

All rows in their order, at their lines; text stays text. Corrected, it can be sent back as it is: the reader passes
over the column of reasons. Nothing of it is stored.
"""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

import xlsxwriter

from importers.asides import is_blank
from importers.formulas import FORMULA_STARTS
from importers.header import IGNORED_HEADERS, Header
from importers.layout import Layout
from importers.report import ImportReport, RowFault, fault_detail
from importers.roster import opened_roster
from importers.sheet import BadCell, Cell, FileRefused, Row, Sheet, Upload
from service.context import Context
from service.wording import Language, say
from service.wording.roster_notes import MARKED

LINES_MAX: Final = 1_048_576
_TEXT_MAX: Final = 32_767
_REASONS_WIDTH: Final = 60
_WIDTH: Final = 14
_TYPED_FIELDS: Final = frozenset({"credit_year", "hours", "completed_on"})
"""Columns that need not be kept from becoming numbers or days."""


def write_marked(
    context: Context,
    upload: Upload,
    layout: Layout,
    division_code: str | None,
    report: ImportReport,
    language: Language,
    target: BinaryIO | Path,
) -> None:
    """Writes the sheet that was read, marked with the report's faults, as XLSX.

    Raises FileRefused: for what cannot be read, for JSON lines (``not_a_sheet``), for more lines than XLSX has.
    """
    if layout.format != "sheet":
        raise FileRefused("not_a_sheet")
    with opened_roster(context, upload, layout, division_code) as opened:
        reasons = _reasons_column(opened.sheet, opened.header)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
        try:
            _Marker(book, layout, opened.sheet, opened.header, reasons, language).write(report)
        finally:
            book.close()


def _reasons_column(sheet: Sheet, header: Header) -> int:
    """Where the reasons go: where they stood before, else behind all there is."""
    for labelled in header.rows:
        for index, label in enumerate(labelled.labels):
            if label in IGNORED_HEADERS:
                return index
    widest = header.width
    for row in sheet.rows():
        if row.line > LINES_MAX:
            raise FileRefused("too_many_rows", {"most": LINES_MAX})
        for index in range(len(row.cells) - 1, widest - 1, -1):
            if not is_blank(row.cells[index]):
                widest = index + 1
                break
    return widest


class _Marker:
    """Writes one sheet."""

    def __init__(
        self, book: Any, layout: Layout, sheet: Sheet, header: Header, reasons: int, language: Language
    ) -> None:
        self._sheet = sheet
        self._header = header
        self._reasons = reasons
        self._language: Language = language
        self._out = book.add_worksheet((sheet.name or layout.name)[:31].translate(_NO_SHEET_NAME))
        wrong: dict[str, object] = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
        text: dict[str, object] = {"num_format": "@"}
        day: dict[str, object] = {"num_format": "yyyy-mm-dd"}
        kinds: dict[str, dict[str, object]] = {
            "text": text,
            "quoted": {**text, "quote_prefix": True},
            "day": day,
            "time": {"num_format": "hh:mm:ss"},
        }
        self._formats = {(name, False): book.add_format(kind) for name, kind in kinds.items()}
        self._formats |= {(name, True): book.add_format({**kind, **wrong}) for name, kind in kinds.items()}
        self._plain = {False: None, True: book.add_format(wrong)}
        self._reason = book.add_format({"num_format": "@", "text_wrap": True, "font_color": "#9C0006"})
        self._head = book.add_format({"bold": True, "bg_color": "#FFC7CE"})

    def write(self, report: ImportReport) -> None:
        """All rows; ``report``: what is wrong with them."""
        self._set_columns()
        by_line: dict[int, list[RowFault]] = {}
        for fault in report.faults:
            by_line.setdefault(fault.line, []).append(fault)
        more = report.faults_total - len(report.faults)
        for row in self._sheet.rows():
            faults = by_line.pop(row.line, [])
            self._write_row(row, faults)
            if row.line == self._header.line:
                self._write_head(faults, more)
            elif faults:
                self._write_reasons(row.line - 1, faults)
        self._out.freeze_panes(self._header.line, 0)

    def _set_columns(self) -> None:
        fields = {column.index: column.field for column in self._header.columns}
        for index in range(self._reasons):
            as_text = fields.get(index, "") and fields[index].partition(".")[0] not in _TYPED_FIELDS
            width = self._sheet.widths.get(index, _WIDTH)
            self._out.set_column(index, index, width, self._formats["text", False] if as_text else None)
        self._out.set_column(self._reasons, self._reasons, _REASONS_WIDTH)

    def _write_row(self, row: Row, faults: Sequence[RowFault]) -> None:
        marked: dict[int, list[RowFault]] = {}
        for fault in faults:
            if (index := self._place(fault)) is not None:
                marked.setdefault(index, []).append(fault)
        cells = row.cells
        for index in sorted({*range(len(cells)), *marked}):
            if index != self._reasons:
                self._write_cell(
                    row.line - 1, index, cells[index] if index < len(cells) else "", index in marked
                )
        for index, those in marked.items():
            self._comment(row.line - 1, index, (self._detail(fault) for fault in those))

    def _place(self, fault: RowFault) -> int | None:
        """The cell a fault is in; None for one of the whole row, or of a column that is not there."""
        stray = fault.code == "value_without_header"
        if fault.column is None or fault.code == "missing_column":
            return None
        return fault.position if stray or fault.position < self._header.width else None

    def _write_cell(self, line: int, index: int, cell: Cell, wrong: bool) -> None:
        out, plain = self._out, self._plain[wrong]
        if isinstance(cell, BadCell):
            cell = "#N/A" if cell.code == "formula_error" else ""
        if isinstance(cell, str):
            kind = "quoted" if cell.startswith(FORMULA_STARTS) else "text"
            if cell:
                out.write_string(line, index, cell[:_TEXT_MAX], self._formats[kind, wrong])
            elif wrong:
                out.write_blank(line, index, None, self._formats["text", True])
        elif isinstance(cell, bool):
            out.write_boolean(line, index, cell, plain)
        elif isinstance(cell, int | float):
            out.write_number(line, index, cell, plain)
        elif isinstance(cell, time | timedelta):
            out.write_datetime(line, index, cell, self._formats["time", wrong])
        elif isinstance(cell, date):
            out.write_datetime(line, index, cell, self._formats["day", wrong])

    def _write_head(self, faults: Sequence[RowFault], more: int) -> None:
        """The head of the reasons; what has no cell of its own stands in its comment."""
        line = self._header.line - 1
        self._out.write_string(line, self._reasons, say(MARKED, "column", self._language, {}), self._head)
        told = [self._detail(fault) for fault in faults]
        if more > 0:
            told.append(say(MARKED, "more", self._language, {"more": more}))
        if told:
            self._comment(line, self._reasons, told, visible=True)

    def _write_reasons(self, line: int, faults: Sequence[RowFault]) -> None:
        parts = [self._reason_of(fault) for fault in faults]
        text = ("；" if self._language == "zh-CN" else "; ").join(parts)
        self._out.write_string(line, self._reasons, text[:_TEXT_MAX], self._reason)

    def _reason_of(self, fault: RowFault) -> str:
        detail = self._detail(fault)
        if fault.column is None:
            return detail
        return say(MARKED, "of_column", self._language, {"column": fault.column, "detail": detail})

    def _detail(self, fault: RowFault) -> str:
        return fault_detail(fault.code, fault.params, self._language)

    def _comment(self, line: int, index: int, details: Iterable[str], *, visible: bool = False) -> None:
        text = "\n".join(details)[:_TEXT_MAX]
        self._out.write_comment(line, index, text, {"x_scale": 2.5, "author": "", "visible": visible})


_NO_SHEET_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
