"""An empty roster of a layout to fill in: headers, drop-downs, an example row, a sheet that says what goes where."""

import io
from typing import Any, Final

import xlsxwriter

from importers.layout import Column, Layout
from importers.row_schema import ROW_FIELDS
from importers.sheet import FileRefused
from service.wording import Language, say
from service.wording.roster_notes import EXPECTED, TEMPLATE

_ROWS: Final = 2_000
"""Rows with drop-downs; whoever needs more copies them down."""

_LIST_SIZE_MAX: Final = 255
_TYPED_FIELDS: Final = frozenset({"credit_year", "hours", "completed_on"})
_WIDTHS: Final = {
    "id_number": 22,
    "course_title": 32,
    "certificate_no": 20,
    "external_ref": 20,
    "division_code": 14,
}
_EXAMPLES: Final = {
    "id_number": "110101202311012176",
    "name": "张三（示例）",
    "division_code": "331100",
    "credit_year": 2023,
    "hours": 12.5,
    "series": "建设工程",
    "course_code": "JG-101",
    "course_title": "装配式建筑",
    "completed_on": "2023-05-04",
    "certificate_no": "ZS-2023-0001",
    "external_ref": "DJ-2023-0001",
}


def template_workbook(layout: Layout, language: Language) -> bytes:
    """An XLSX that, filled in, imports with the layout. Raises FileRefused ``not_a_sheet`` for JSON lines."""
    if layout.format != "sheet":
        raise FileRefused("not_a_sheet")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    _write_roster(book, layout, language)
    _write_notes(book, layout, language)
    book.close()
    return out.getvalue()


def _write_roster(book: Any, layout: Layout, language: Language) -> None:
    sheet = book.add_worksheet(layout.sheets[0] if layout.sheets else say(TEMPLATE, "sheet", language, {}))
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    head = {"bold": True, "border": 1, "align": "center"}
    heads = {
        True: book.add_format({**head, "bg_color": "#FFE699"}),
        False: book.add_format({**head, "bg_color": "#DDEBF7"}),
    }
    first = (layout.header_row or 1) - 1
    has_example = "示例" in layout.example_marks and "name" in layout.columns
    for index, column in enumerate(layout.headed.values()):
        kind = column.field.partition(".")[0]
        required = _is_required(column)
        title = f"*{column.headers[0]}" if required else column.headers[0]
        column_format = day if kind == "completed_on" else None if kind in _TYPED_FIELDS else text
        sheet.set_column(index, index, _WIDTHS.get(kind, 12), column_format)
        sheet.write_string(first, index, title, heads[required])
        if has_example:
            _write_example(sheet, first + 1, index, column, text)
        if rule := _validation(column, kind, language):
            sheet.data_validation(first + 1, index, first + _ROWS, index, rule)
    sheet.freeze_panes(first + 1, 0)


def _is_required(column: Column) -> bool:
    """Whether every row must fill it: hours of a subject need a column, not a value in each row."""
    return (column.required or ROW_FIELDS.get(column.field, False)) and column.default is None


def _write_example(sheet: Any, line: int, index: int, column: Column, text: Any) -> None:
    value = column.choices[0] if column.choices else _EXAMPLES.get(column.field.partition(".")[0])
    if isinstance(value, str):
        sheet.write_string(line, index, value, text)
    elif value is not None:
        sheet.write_number(line, index, value)


def _validation(column: Column, kind: str, language: Language) -> dict[str, Any] | None:
    """What a spreadsheet may check while it is filled in. It warns; the import decides."""
    message = say(EXPECTED, kind, language, _params(column, None)) if kind in EXPECTED else ""
    rule: dict[str, Any] = {"error_type": "warning", "error_message": message[:_LIST_SIZE_MAX]}
    if column.choices and len(",".join(column.choices)) <= _LIST_SIZE_MAX:
        return {**rule, "validate": "list", "source": list(column.choices)}
    if kind == "id_number":
        return {**rule, "validate": "length", "criteria": "==", "value": 18}
    if kind == "credit_year":
        return {**rule, "validate": "integer", "criteria": "between", "minimum": 1980, "maximum": 2099}
    if kind == "hours":
        return {**rule, "validate": "decimal", "criteria": ">=", "value": 0}
    return None


def _params(column: Column, layout: Layout | None) -> dict[str, str]:
    choices = "、".join(column.choices or dict.fromkeys(column.values.values()))
    return {"choices": choices, "forms": layout.day_examples if layout else "2023-05-04"}


def _write_notes(book: Any, layout: Layout, language: Language) -> None:
    def word(code: str) -> str:
        return say(TEMPLATE, code, language, {})

    sheet = book.add_worksheet(word("notes"))
    wrapped, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 3, 60, wrapped)
    lines = [
        [layout.name],
        [word("intro")],
        [],
        [word(code) for code in ("column", "needed", "rule", "other_names")],
    ]
    for column in layout.headed.values():
        kind = column.field.partition(".")[0]
        rule = say(EXPECTED, kind, language, _params(column, layout)) if kind in EXPECTED else ""
        needed = word("yes" if _is_required(column) else "no")
        lines.append([column.headers[0], needed, rule, "、".join(column.headers[1:])])
    if layout.amounts:
        lines.append([word("several_needed")])
    if layout.about:
        lines += [[], [word("guessed")], *([text] for text in layout.about.guessed)]
    for line, texts in enumerate(lines):
        for index, text in enumerate(texts):
            sheet.write_string(line, index, text, bold if line in (0, 3) else None)
