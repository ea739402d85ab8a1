"""Writes the samples of the providers' exports; ``importers.samples.make`` calls it. The same bytes every time."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from importers.samples import HUZHOU, JIAXING, LISHUI, XAPI
from importers.samples.providers import (
    HUZHOU_HEADERS,
    JIAXING_HEADERS,
    LISHUI_HEADERS,
    Table,
    huzhou_rows,
    jiaxing_rows,
    lishui_rows,
    xapi_statements,
)


def make_provider_samples(directory: Path) -> None:
    """All four."""
    (directory / HUZHOU.name).write_bytes(_csv_bytes([HUZHOU_HEADERS.split(","), *huzhou_rows()]))
    _write_jiaxing(directory / JIAXING.name)
    _write_lishui(directory / LISHUI.name)
    lines = [json.dumps(statement, ensure_ascii=False) for statement in xapi_statements()]
    (directory / XAPI.name).write_text("\n".join([*lines, ""]), "utf-8")


def _csv_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    """GB18030, as web sites of offices export for spreadsheets; numbers of people behind an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow(
            [f"'{cell}" if index == 2 and row is not rows[0] else cell for index, cell in enumerate(row)]
        )
    return out.getvalue().encode("gb18030")


def _write_jiaxing(path: Path) -> None:
    book = _book(path)
    notes = book.add_worksheet("导出说明")
    notes.write_string(0, 0, "本表由平台导出，仅供参考。")
    sheet = book.add_worksheet("学时明细")
    _write_rows(sheet, 0, [[*JIAXING_HEADERS.split(",")], *jiaxing_rows()])
    sheet.set_column(2, 2, 20)
    sheet.set_column(9, 9, 30)
    book.close()


def _write_lishui(path: Path) -> None:
    book = _book(path)
    sheet = book.add_worksheet("登记表")
    centred = book.add_format({"align": "center", "valign": "vcenter", "bold": True, "border": 1})
    upper, lower = LISHUI_HEADERS
    last = len(upper) - 1
    sheet.merge_range(0, 0, 0, last, "丽水市专业技术人员继续教育学时登记表", centred)
    for column, header in enumerate(upper):
        if header == "学时":
            sheet.merge_range(1, column, 1, column + 3, header, centred)
        elif header:
            sheet.merge_range(1, column, 2, column, header, centred)
    for column, header in enumerate(lower):
        if header:
            sheet.write_string(2, column, header, centred)
    rows = lishui_rows()
    _write_rows(sheet, 3, rows)
    sheet.write_string(3 + len(rows), 0, "合计")
    sheet.write_formula(
        3 + len(rows), 11, f"=SUM(L4:L{3 + len(rows)})", None, sum(float(row[11] or 0) for row in rows)
    )
    sheet.set_column(3, 4, 22)
    book.close()


def _book(path: Path) -> Any:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 6), "author": "Hours Ledger"})  # noqa: DTZ001
    return book


def _write_rows(sheet: Any, first: int, rows: Table) -> None:
    for line, row in enumerate(rows, start=first):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell)
