"""Writes the sample rosters: ``python -m importers.samples.make [DIRECTORY]``. The same bytes every time."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from importers.samples import CLEAN, CLEAN_GB18030, FAULTY
from importers.samples.content import EXAMPLE, FOOTER, HEADERS, NOTES, TITLE, UNIT, SampleRow, clean_rows
from importers.samples.faults import FAULTY_HEADERS, FORMULA_ERROR, MERGED_UP, faulty_rows
from importers.samples.make_providers import make_provider_samples


def make_samples(directory: Path) -> None:
    """All of them."""
    make_provider_samples(directory)
    _write_workbook(directory / CLEAN.name, HEADERS, list(clean_rows()))
    _write_workbook(directory / FAULTY.name, FAULTY_HEADERS, list(faulty_rows()))
    (directory / CLEAN_GB18030.name).write_bytes(_csv_text(clean_rows()).encode("gb18030"))


def _write_workbook(path: Path, headers: Sequence[str], rows: list[SampleRow]) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(2026, 1, 6), "author": "Hours Ledger"})  # noqa: DTZ001
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#7F7F7F"}),
        "header": book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "align": "center"}),
        "cell": book.add_format({"border": 1}),
        "text": book.add_format({"border": 1, "num_format": "@"}),
        "day": book.add_format({"border": 1, "num_format": 'yyyy"年"m"月"d"日"'}),
    }
    sheet = book.add_worksheet("名册")
    last = len(HEADERS) - 1
    sheet.merge_range(0, 0, 0, last, TITLE, styles["title"])
    sheet.merge_range(1, 0, 1, last, UNIT)
    sheet.merge_range(2, 0, 2, last, NOTES, styles["note"])
    for column, header in enumerate(headers):
        if header:
            sheet.write_string(3, column, header, styles["header"])
    for line, row in enumerate([EXAMPLE, *rows], start=4):
        _write_row(sheet, line, headers, row, styles)
    end = len(rows) + 5
    for line, row in enumerate(rows, start=5):
        for column, header in enumerate(headers):
            if row.get(header) == MERGED_UP:
                sheet.merge_range(line - 1, column, line, column, rows[line - 6][header], styles["text"])
    sheet.merge_range(end, 0, end, 2, "合 计")
    sheet.write_number(end, headers.index("学时"), sum(_amount(row) for row in rows))
    sheet.merge_range(end + 1, 0, end + 1, last, FOOTER)
    sheet.set_column(2, 2, 22)
    sheet.freeze_panes(4, 0)
    book.close()


def _write_row(sheet: Any, line: int, headers: Sequence[str], row: SampleRow, styles: dict[str, Any]) -> None:
    for column, header in enumerate(headers):
        cell = row.get(header, "")
        if isinstance(cell, date):
            sheet.write_datetime(line, column, cell, styles["day"])
        elif cell == FORMULA_ERROR:
            sheet.write_formula(line, column, FORMULA_ERROR, styles["cell"], "#N/A")
        elif isinstance(cell, str) and cell:
            sheet.write_string(line, column, cell, styles["text"])
        elif not isinstance(cell, str):
            sheet.write_number(line, column, cell, styles["cell"])
        elif header:
            sheet.write_blank(line, column, None, styles["cell"])


def _amount(row: SampleRow) -> float:
    hours = row["学时"]
    return hours if isinstance(hours, int | float) else 0


def _csv_text(rows: Iterable[SampleRow]) -> str:
    """The same roster as a CSV that a spreadsheet program saved: every row as wide as the widest."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    padding = [""] * (len(HEADERS) - 1)
    writer.writerows([[text, *padding] for text in (TITLE, UNIT, NOTES)])
    writer.writerow(HEADERS)
    for row in [EXAMPLE, *rows]:
        writer.writerow([_csv_cell(row.get(header, "")) for header in HEADERS])
    writer.writerow([FOOTER, *padding])
    return out.getvalue()


def _csv_cell(cell: object) -> str:
    return f"{cell.year}/{cell.month}/{cell.day}" if isinstance(cell, date) else str(cell)


if __name__ == "__main__":
    make_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else CLEAN.parent)
