"""Finding the header, and the rows that are there for people."""

import pytest

from importers.sheet import FileRefused
from tests.importers.sheets import HEADERS, cells, csv_bytes, roster_csv, workbook
from tests.importers.test_rows import found


def test_the_header_is_found_by_its_words(read):
    title = ["继续教育学时登记名册"] + [""] * 12
    notes = ["说明：证件号码、姓名、学时必填"]
    starred = [f"*{header}（必填）" if n < 7 else f" {header}\n" for n, header in enumerate(HEADERS)]
    roster = read(
        workbook(
            [title, [], notes, ["序号", "姓名"], starred, cells()], merged={"A1:M1": "继续教育学时登记名册"}
        )
    )
    assert found(roster) == []
    assert roster.header.line == 5
    assert roster.sound[0].line == 6


def test_columns_in_any_order_with_other_names_and_others_beside(read):
    headers = ["序号", "学时数", "姓名", "身份证号", "工作单位", "年度", "科目", "行政区划代码"]
    row = ["1", "12.5", "测试人", "330500199001010011", "某院", "2023", "公需", "331100"]
    roster = read(csv_bytes([headers, row]))
    assert found(roster) == []
    assert roster.sound[0].draft.hours == 125


def test_unknown_missing_and_double_columns_are_told_at_once(read):
    headers = ["证件号码", "性名", "姓名", "科目", "科目类型", "学时", "完成日其", "爱好"]
    roster = read(csv_bytes([["名册"], headers, ["x"] * 8]), "331100")
    faults = [
        (f.line, f.column, f.code, f.params.get("suggestion"))
        for f in roster.faults.in_order()
        if f.line == 2
    ]
    assert faults == [
        (2, "性名", "unknown_column", None),
        (2, "科目类型", "duplicate_column", None),
        (2, "完成日其", "unknown_column", "完成日期"),
        (2, "爱好", "unknown_column", None),
        (2, "学习年度", "missing_column", None),
    ]
    assert roster.sound == []


def test_a_misspelt_header_is_not_two_faults_in_every_row(read):
    headers = [header.replace("学时", "学识") for header in HEADERS]
    roster = read(roster_csv(cells(1), cells(2), headers=headers))
    assert found(roster) == [(1, "学识", "unknown_column"), (1, "学时", "missing_column")]
    assert roster.faults.in_order()[0].params["suggestion"] == "学时"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([cells(), cells(2)], "no_header"),
        ([["甲", "乙", "丙"]], "no_header"),
        ([[str(n) for n in range(200)]], "no_header"),
        ([[*HEADERS, *[f"第{n}列" for n in range(200)]], cells()], "too_many_columns"),
    ],
)
def test_no_header(read, rows, code):
    with pytest.raises(FileRefused) as refused:
        read(csv_bytes(rows))
    assert refused.value.code == code


def test_no_header_names_nothing_of_a_person(read):
    with pytest.raises(FileRefused) as refused:
        read(csv_bytes([cells()]))
    assert "330500" not in repr(refused.value)


def test_two_hundred_empty_columns_are_no_matter(read):
    roster = read(csv_bytes([[*HEADERS, *[""] * 200], [*cells(), *[""] * 200]]))
    assert found(roster) == []


def test_two_sheets_with_rosters(read):
    with pytest.raises(FileRefused) as refused:
        read(workbook([HEADERS, cells()], [HEADERS, cells(2)]))
    assert (refused.value.code, refused.value.params) == ("several_rosters", {"sheets": "Sheet1、Sheet2"})


def test_only_a_header(read):
    assert found(read(roster_csv())) == [(1, None, "no_rows")]


def skipped(roster):
    return [(row.line, row.code) for row in roster.skipped]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (cells(姓名="张三（示例）"), "example_row"),
        (cells(备注="示例，请勿删除"), "example_row"),
        (cells(证件类型="例"), "example_row"),
        (cells(证件类型="样 例"), "example_row"),
        (["说明：以上人员均已核对"], "note_row"),
        (["备注:", "", "无"], "note_row"),
        (cells(备注="示例数据"), "example_row"),
        (["填表人：测试员", "", "", "审核人：测试长", "", "日期：2023年1月"], "note_row"),
        (["—— 以下空白 ——"], "note_row"),
        (["合计", "", "", "", "", "", "720"], "total_row"),
        (["合 计：", "", "", "", "", "", "720"], "total_row"),
        (["", "", "总计", "", "", "", "720"], "total_row"),
        (list(HEADERS), "repeated_header"),
    ],
)
def test_rows_for_people_are_skipped_and_told(read, row, code):
    roster = read(roster_csv(cells(1), row, cells(2)))
    assert found(roster) == []
    assert skipped(roster) == [(3, code)]
    assert roster.rows == 2


@pytest.mark.parametrize(
    "row",
    [
        cells(9, 课程名称="案例分析（示例教学）"),
        cells(9, 姓名="例行", 课程名称="合计法"),
        cells(9, 备注="注意：补登"),
        cells(9, 备注="举例见附件"),
        cells(9, 证件类型="", 备注="合计两门"),
    ],
)
def test_entries_are_not_taken_for_rows_for_people(read, row):
    roster = read(roster_csv(row))
    assert found(roster) == []
    assert (roster.rows, skipped(roster)) == (1, [])


def test_a_row_that_lacks_only_its_number_is_a_fault_not_a_note(read):
    assert found(read(roster_csv(cells(证件号码="")))) == [(2, "证件号码", "required")]


def test_serial_numbers_down_to_the_end_of_the_page(read):
    headers = ["序号", *HEADERS]
    roster = read(csv_bytes([headers, ["1", *cells()], ["2"], ["3"]]))
    assert (found(roster), roster.rows) == ([], 1)
