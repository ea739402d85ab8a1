"""What goes wrong in real sheets, one fixture each: what the report says that was done with it."""

import io
from datetime import date

import openpyxl
import pytest

from importers.intake import import_roster
from importers.report import report_document
from service.domain.errors import Refusal
from tests.importers.sheets import HEADERS, ID_NUMBER, cells, csv_bytes, roster_csv, roster_xlsx, workbook

GROUPED = (
    ["人员", "", "", "", "学习", "", "", "", "", "", "", "", "备注"],
    [
        "证件类型",
        "证件号码",
        "姓名",
        "区划代码",
        "学习年度",
        "科目类别",
        "学时",
        "系列",
        "课程编号",
        "课程名称",
        "完成日期",
        "证书编号",
        "",
    ],
)
SPLIT = (
    ["证件号码", "姓名", "区划代码", "科目类别", "学时", "时间", "", "证书编号"],
    ["", "", "", "", "", "学习年度", "完成日期", ""],
)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def edited(change, *rows):
    """A workbook of the standard layout, changed with openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(roster_xlsx(*(rows or (cells(1), cells(2))))))
    change(book.worksheets[0])
    return saved(book)


def hide_rows(sheet):
    sheet.row_dimensions[2].hidden = True


def hide_columns(sheet):
    sheet.column_dimensions["J"].hidden = True


def formula(value):
    def change(sheet):
        sheet["G2"] = value

    return change


def of_1904(serial):
    book = openpyxl.load_workbook(io.BytesIO(roster_xlsx(cells(1))))
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.worksheets[0]["K2"] = serial
    return saved(book)


NAMES = {header: index for index, header in enumerate(HEADERS)}

UNDERSTOOD = {
    "byte order mark": (csv_bytes([HEADERS, cells()], "utf-8-sig"), "text_read", "UTF-8"),
    "GB18030": (csv_bytes([HEADERS, cells(姓名="测试𠮷")], "gb18030"), "text_read", "GB18030"),
    "semicolons": (csv_bytes([HEADERS, cells()], delimiter=";"), "text_read", "; "),
    "tabs": (csv_bytes([HEADERS, cells()], delimiter="\t"), "text_read", "Tab"),
    "full-width digits in a number": (
        roster_csv(cells(证件号码="３３０５００１９９００１０１００１１")),
        "cells_tidied",
        "证件号码",
    ),
    "full-width and other blanks": (
        roster_csv(cells(证件号码="330500 19900101　0011")),
        "cells_tidied",
        "证件号码",
    ),
    "a leading apostrophe": (roster_csv(cells(证件号码=f"'{ID_NUMBER}")), "cells_tidied", "证件号码"),
    "invisible characters": (roster_csv(cells(姓名="\u200b测试人")), "cells_tidied", "姓名"),
    "a day as a serial of 1900": (roster_xlsx(cells(完成日期=45050)), "serials_read", "45050"),
    "a day as a serial of 1904": (of_1904(45050 - 1462), "days_of_1904", ""),
    "hidden rows": (edited(hide_rows), "hidden_rows_read", "2"),
    "hidden columns": (edited(hide_columns), "hidden_columns_read", "J"),
    "groups above the header": (csv_bytes([*GROUPED, cells()]), "header_found", "2"),
    "two header rows": (
        csv_bytes([*SPLIT, [ID_NUMBER, "测试人", "331100", "专业", "72", "2023", "2023-05-04", "ZJ-1"]]),
        "two_header_rows",
        "1",
    ),
    "a hidden sheet": (
        workbook([HEADERS, cells()], [HEADERS, cells(2)], hidden=[1]),
        "hidden_sheets_left",
        "Sheet2",
    ),
    "a title above": (workbook([["学时名册"], [], HEADERS, cells()]), "sheet_read", "3"),
}


@pytest.fixture
def dry(sqlite_context, policy_book):
    from service.operations.clients import create_client

    client = create_client(sqlite_context, "provider", "培训基地")[0]

    def dry(upload):
        return import_roster(sqlite_context, client, upload, file_name="r", dry_run=True)

    return dry


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_understood_is_told(dry, name):
    upload, code, said = UNDERSTOOD[name]
    report = dry(upload)
    assert report.faults == ()
    assert report.created == report.rows > 0
    notes = [note for note in report_document(report, "zh-CN")["notes"] if note["code"] == code]
    assert len(notes) == 1
    assert said.strip() in notes[0]["detail"]


@pytest.mark.parametrize(
    "typed", ["2023/5/4", "2023.5.4", "2023年5月4日", "2023-05-04", "20230504", date(2023, 5, 4), 45050]
)
def test_days_as_people_write_them(dry, typed):
    assert dry(roster_xlsx(cells(完成日期=typed))).faults == ()


def test_a_quoted_line_break_is_one_row_and_a_fault_where_it_stands(dry):
    report = dry(roster_csv(cells(1, 课程名称="混凝\n土"), cells(2, 学时="0")))
    assert [(fault.line, fault.column, fault.code) for fault in report.faults] == [
        (2, "课程名称", "control_characters"),
        (3, "学时", "hours_out_of_range"),
    ]


def stored_formula():
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for column, cell in enumerate(cells(1)):
        sheet.write_string(1, column, cell)
    sheet.write_formula(1, NAMES["学时"], "=60+12", None, 72)
    book.close()
    return out.getvalue()


def test_a_formula_gives_its_stored_result_and_the_report_says_so(dry):
    report = dry(stored_formula())
    assert (report.faults, report.created) == ((), 1)
    assert ("formulas_read", {"count": 1}) in [(note.code, note.params) for note in report.notes]


TOLD = {
    "a formula without a result": (edited(formula("=1+1")), [(2, "学时", "formula_without_value", None)]),
    "a number typed as a number": (
        roster_xlsx(cells(证件号码=330500199001010011)),
        [(2, "证件号码", "id_number_numeric", None)],
    ),
    "full-width hours": (roster_csv(cells(学时="１２.５")), [(2, "学时", "invalid_hours", "12.5")]),
    "hours with a unit": (roster_csv(cells(学时="72 学时")), [(2, "学时", "invalid_hours", "72")]),
    "a year in Chinese": (
        roster_csv(cells(学习年度="二〇二三年")),
        [(2, "学习年度", "invalid_year", "2023")],
    ),
    "a full-width year": (roster_csv(cells(学习年度="２０２３")), [(2, "学习年度", "invalid_year", "2023")]),
    "a full-width day": (
        roster_csv(cells(完成日期="２０２３．５．４")),
        [(2, "完成日期", "invalid_day", "2023-05-04")],
    ),
    "a day, month first": (roster_csv(cells(完成日期="5/4/2023")), [(2, "完成日期", "invalid_day", None)]),
    "a number with a wrong digit": (
        roster_csv(cells(证件号码="330500199001010012")),
        [(2, "证件号码", "id_number_check_digit", None)],
    ),
    "a merged cell": (
        roster_xlsx(cells(1), cells(2, 姓名=""), merged={"C2:C3": "测试人"}),
        [(3, "姓名", "merged_cell", None)],
    ),
    "a header in traditional writing": (
        csv_bytes([[header.replace("学时", "学時") for header in HEADERS], cells()]),
        [(1, "学時", "unknown_column", "学时"), (1, "学时", "missing_column", None)],
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_a_fault_says_where_and_what_was_likely_meant(dry, name):
    upload, expected = TOLD[name]
    report = dry(upload)
    assert [(f.line, f.column, f.code, f.params.get("suggestion")) for f in report.faults] == expected
    for fault in report_document(report, "zh-CN")["faults"]:
        assert fault["detail"]
        assert ID_NUMBER not in str(fault)


REFUSED = {
    "an empty sheet": (workbook([]), "file_empty"),
    "200 columns": (csv_bytes([[*HEADERS, *map(str, range(200))], cells()]), "too_many_columns"),
    "two rosters in one workbook": (workbook([HEADERS, cells()], [HEADERS, cells(2)]), "several_rosters"),
    "a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000) + "EncryptedPackage".encode("utf-16-le"),
        "file_encrypted",
    ),
    "an .xls under another name": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "file_is_xls"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_reason(dry, name):
    upload, code = REFUSED[name]
    with pytest.raises(Refusal) as refused:
        dry(upload)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_rows_for_people_are_skipped_and_named(dry):
    rows = [
        cells(备注="示例"),
        cells(1),
        ["合计", "", "", "", "", "", "72"],
        ["说明：以上属实"],
        list(HEADERS),
    ]
    report = dry(roster_csv(*rows))
    assert [(row.line, row.code) for row in report.skipped] == [
        (2, "example_row"),
        (4, "total_row"),
        (5, "note_row"),
        (6, "repeated_header"),
    ]


def test_values_are_shown_as_typed_with_people_masked_and_long_ones_cut(dry):
    bad = cells(证件号码="330500199001010012", 姓名="测\n试人", 学时="=" + "长" * 100, 课程名称="x" * 301)
    values = {fault.column: fault.value for fault in dry(roster_csv(bad)).faults}
    assert values == {
        "证件号码": "3305**********0012",
        "姓名": "测***",
        "学时": "=" + "长" * 59 + "…",
        "课程名称": "x" * 60 + "…",
    }
