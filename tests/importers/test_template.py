"""Templates: filled in, they import with the layout they are of."""

import io

import openpyxl
import pytest

from importers.intake import import_roster
from importers.layout import load_layout, load_layouts
from importers.sheet import FileRefused
from importers.template import template_workbook
from tests.importers.sheets import ID_NUMBER

SHEETS = [layout.id for layout in load_layouts().values() if layout.format == "sheet"]

FILLED = {
    "id_number": ID_NUMBER,
    "name": "测试人",
    "credit_year": 2023,
    "hours": 12.5,
    "course_title": "课程",
    "external_ref": "DJ-1",
}


def opened(layout, language="zh-CN"):
    return openpyxl.load_workbook(io.BytesIO(template_workbook(load_layout(layout), language)))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_filled_in_it_imports(context, provider, name, language):
    layout = load_layout(name)
    book = opened(name, language)
    sheet = book.worksheets[0]
    for index, column in enumerate(layout.headed.values(), start=1):
        kind = column.field.partition(".")[0]
        sheet.cell(3, index).value = column.choices[0] if column.choices else FILLED.get(kind)
        if kind == "division_code" and not column.choices:
            sheet.cell(3, index).value = "331100"
    out = io.BytesIO()
    book.save(out)
    report = import_roster(context, provider, out.getvalue(), file_name="t.xlsx", layout=name)
    assert report.faults == ()
    assert report.created == max(1, len(layout.amounts))
    assert (2, "example_row") in [(row.line, row.code) for row in report.skipped]


@pytest.mark.parametrize("name", SHEETS)
def test_left_empty_it_says_that_there_is_nothing(context, provider, name):
    report = import_roster(
        context,
        provider,
        template_workbook(load_layout(name), "zh-CN"),
        file_name="t.xlsx",
        layout=name,
        dry_run=True,
    )
    assert [fault.code for fault in report.faults] == ["no_rows"]


def test_drop_downs_text_and_notes():
    book = opened("standard")
    sheet, notes = book.worksheets
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["F2"].formula1 == '"一般公需,行业公需,公需,专业"'
    assert rules["B2"].type == "textLength"
    assert sheet.column_dimensions["B"].width > 18
    assert sheet["B2"].number_format == "@"
    assert [sheet.cell(1, n).value for n in (1, 2, 3)] == ["证件类型", "*证件号码", "*姓名"]
    assert "身份证号" in str([cell.value for cell in notes["D"]])
    assert "推测" in str([cell.value for cell in opened("lishui-register").worksheets[1]["A"]])


def test_json_lines_have_none():
    with pytest.raises(FileRefused, match="not_a_sheet"):
        template_workbook(load_layout("xapi-statements"), "zh-CN")
