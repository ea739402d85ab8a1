"""Rosters made for tests: rows of the standard layout as XLSX and as CSV."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from service.domain.identity import id_number_fault

HEADERS = ("证件类型", "证件号码", "姓名", "区划代码", "学习年度", "科目类别", "学时")
HEADERS += ("系列", "课程编号", "课程名称", "完成日期", "证书编号", "备注")
ID_NUMBER = "330500199001010011"
OTHER_ID_NUMBER = "33060419791115004X"

GOOD: dict[str, Any] = {
    "证件类型": "居民身份证",
    "证件号码": ID_NUMBER,
    "姓名": "测试人",
    "区划代码": "331100",
    "学习年度": "2023",
    "科目类别": "专业",
    "学时": "72",
    "系列": "建设工程",
    "课程编号": "JG-101",
    "课程名称": "装配式建筑",
    "完成日期": "2023-05-04",
    "证书编号": "ZJ-1",
    "备注": "",
}


def cells(number: int = 1, **changes: Any) -> list[Any]:
    """One row, its course and certificate its own unless said otherwise."""
    own = {"课程编号": f"JG-{number}", "证书编号": f"ZJ-{number}"}
    row = GOOD | own | changes
    return [row[header] for header in HEADERS]


def csv_bytes(rows: Iterable[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def roster_csv(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> bytes:
    """The header and these rows; the first row is line 2."""
    return csv_bytes([headers, *rows])


def workbook(
    *sheets: Sequence[Sequence[Any]], merged: Mapping[str, str] | None = None, hidden: Sequence[int] = ()
) -> bytes:
    """An XLSX; texts stay text, numbers numbers, days days. ``merged`` areas are of the first sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for index, rows in enumerate(sheets):
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                elif isinstance(cell, str) and not cell.startswith("="):
                    sheet.write_string(line, column, cell)
                else:
                    sheet.write(line, column, cell)
        if index in hidden:
            sheet.hide()
        if index == 0:
            for area, text in (merged or {}).items():
                sheet.merge_range(area, text)
    book.close()
    return out.getvalue()


def roster_xlsx(*rows: Sequence[Any], headers: Sequence[str] = HEADERS, **options: Any) -> bytes:
    return workbook([headers, *rows], **options)


def with_parts(upload: bytes, **parts: bytes) -> bytes:
    """The workbook with some of its parts replaced; ``__`` in a name stands for ``/``, ``_`` before xml for a dot."""
    named = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(upload)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, named.pop(info.filename, old.read(info)))
        for name, content in named.items():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(inside: str) -> bytes:
    """A worksheet's part with these rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{inside}</sheetData></worksheet>"
    ).encode()


def id_numbers(count: int) -> list[str]:
    """Made-up numbers with right check digits."""
    numbers = []
    for index in range(count):
        stem = f"330500{1960 + index % 45}{1 + index % 12:02d}{1 + index % 28:02d}{index // 45 % 1000:03d}"
        numbers.append(
            next(n for c in "0123456789X" if id_number_fault(n := stem + c, date(2026, 1, 1)) is None)
        )
    return numbers
