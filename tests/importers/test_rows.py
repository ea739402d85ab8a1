"""Cells as people type them: what is understood, and what is a fault, where."""

from datetime import date, datetime, time

import pytest

from tests.importers.sheets import (
    HEADERS,
    ID_NUMBER,
    OTHER_ID_NUMBER,
    cells,
    roster_csv,
    roster_xlsx,
    workbook,
)


def found(roster):
    """(line, column, code) of every fault."""
    return [(fault.line, fault.column, fault.code) for fault in roster.faults.in_order()]


def draft(roster):
    assert found(roster) == []
    [row] = roster.sound
    return row.draft


def test_a_row_becomes_an_entry(read):
    entry = draft(read(roster_csv(cells())))
    assert (entry.external_ref, entry.certificate_no) == ("ZJ-1", "ZJ-1")
    assert (entry.identity.id_type, entry.identity.id_number, entry.name) == (
        "resident_id",
        ID_NUMBER,
        "测试人",
    )
    assert (entry.division_code, entry.credit_year, entry.subject, entry.hours) == (
        "331100",
        2023,
        "specialty",
        720,
    )
    assert (entry.series, entry.course_code, entry.course_title) == ("建设工程", "JG-1", "装配式建筑")
    assert entry.completed_on == date(2023, 5, 4)


@pytest.mark.parametrize(
    ("column", "typed", "attribute", "value"),
    [
        ("学时", 72.0, "hours", 720),
        ("学时", 12.5, "hours", 125),
        ("学时", 89.1 + 0.2, "hours", 893),
        ("学时", " 72.0 ", "hours", 720),
        ("学时", "'72", "hours", 720),
        ("学习年度", 2023, "credit_year", 2023),
        ("学习年度", "2023年", "credit_year", 2023),
        ("学习年度", "2023 年度", "credit_year", 2023),
        ("学习年度", 2022, "credit_year", 2022),
        ("区划代码", 331181, "division_code", "331181"),
        ("区划代码", "330682", "division_code", "330682"),
        ("科目类别", "一般公需", "subject", "general_public"),
        ("科目类别", "行业 公需科目", "subject", "industry_public"),
        ("科目类别", "公需科目", "subject", "public"),
        ("科目类别", "specialty", "subject", "specialty"),
        ("课程编号", 1024, "course_code", "1024"),
        ("课程名称", "  混凝土（二）　", "course_title", "混凝土（二）"),
        ("证件类型", "", "name", "测试人"),
        ("证件类型", "港澳台居民居住证", "name", "测试人"),
        ("证件类型", "外国人永久居留身份证", "name", "测试人"),
        ("姓名", "測試𠮷", "name", "測試𠮷"),
        ("证书编号", "", "certificate_no", None),
        ("系列", " ", "series", None),
        ("备注", "任何话，=1+1", "name", "测试人"),
    ],
)
def test_what_is_understood(read, column, typed, attribute, value):
    assert getattr(draft(read(roster_xlsx(cells(**{column: typed})))), attribute) == value


@pytest.mark.parametrize(
    "typed",
    [
        "2023-05-04",
        "2023/5/4",
        "2023.5.4",
        "2023年5月4日",
        " 2023 年 05 月 04 日",
        "20230504",
        20230504,
        45050,
        date(2023, 5, 4),
        datetime(2023, 5, 4, 17, 30),  # noqa: DTZ001
    ],
)
def test_forms_of_a_day(read, typed):
    assert draft(read(roster_xlsx(cells(完成日期=typed)))).completed_on == date(2023, 5, 4)


@pytest.mark.parametrize(
    "typed",
    [
        ID_NUMBER,
        f" {ID_NUMBER}\t",
        f"'{ID_NUMBER}",
        f"’{ID_NUMBER}",
        f'="{ID_NUMBER}"',
        "３３０５００１９９００１０１００１１",
        "330500 19900101 0011",
        f"\ufeff{ID_NUMBER}",
    ],
)
def test_forms_of_an_identity_number(read, typed):
    assert draft(read(roster_csv(cells(证件号码=typed)))).identity.id_number == ID_NUMBER


def test_a_small_x(read):
    assert (
        draft(read(roster_csv(cells(证件号码=OTHER_ID_NUMBER.lower())))).identity.id_number == OTHER_ID_NUMBER
    )


@pytest.mark.parametrize(
    ("column", "typed", "code"),
    [
        ("证件号码", 330500199001010011, "id_number_numeric"),
        ("证件号码", "3.30500199001010E+17", "id_number_numeric"),
        ("证件号码", "330500199001010012", "id_number_check_digit"),
        ("证件号码", "33050019900101001", "id_number_form"),
        ("证件号码", "331100199102290031", "id_number_birth_date"),
        ("证件号码", "", "required"),
        ("证件号码", True, "cell_is_boolean"),
        ("证件类型", "护照", "unknown_id_type"),
        ("姓名", "", "required"),
        ("姓名", "　", "required"),
        ("姓名", 12345, "number_not_text"),
        ("姓名", "测试\n人", "control_characters"),
        ("姓名", "人" * 101, "too_long"),
        ("区划代码", "", "required"),
        ("区划代码", "丽水市", "unknown_division"),
        ("区划代码", "320500", "unknown_division"),
        ("区划代码", 331100.5, "numeric_text_damaged"),
        ("学习年度", "二〇二三", "invalid_year"),
        ("学习年度", "２０２３", "invalid_year"),
        ("学习年度", 2023.5, "invalid_year"),
        ("学习年度", date(2023, 1, 1), "invalid_year"),
        ("学习年度", "2021", "credit_year_mismatch"),
        ("科目类别", "专业课目", "unknown_subject"),
        ("科目类别", "", "required"),
        ("学时", "", "required"),
        ("学时", 0, "hours_out_of_range"),
        ("学时", -8, "hours_out_of_range"),
        ("学时", "1e9", "invalid_hours"),
        ("学时", 1e9, "hours_out_of_range"),
        ("学时", 0.05, "too_many_decimals"),
        ("学时", 12.25, "too_many_decimals"),
        ("学时", "12.25", "too_many_decimals"),
        ("学时", "NaN", "invalid_hours"),
        ("学时", "１２", "invalid_hours"),
        ("学时", "72学时", "invalid_hours"),
        ("学时", "-3", "invalid_hours"),
        ("学时", True, "cell_is_boolean"),
        ("学时", date(2023, 5, 4), "invalid_hours"),
        ("完成日期", "2023-02-30", "invalid_day"),
        ("完成日期", "4/5/2023", "invalid_day"),
        ("完成日期", "昨天", "invalid_day"),
        ("完成日期", 12, "invalid_day"),
        ("完成日期", 45050.5, "invalid_day"),
        ("完成日期", time(10, 5), "invalid_day"),
        ("完成日期", "2099-01-01", "completed_in_future"),
        ("课程编号", date(2023, 3, 5), "cell_became_date"),
        ("证书编号", 1234567890123456, "numeric_text_damaged"),
        ("课程名称", "长" * 301, "too_long"),
    ],
)
def test_what_is_a_fault(read, column, typed, code):
    roster = read(roster_xlsx(cells(2), cells(**{column: typed})))
    assert found(roster) == [(3, column, code)]
    assert (roster.rows, len(roster.sound)) == (2, 1)


def test_all_faults_of_all_rows_at_once_by_line(read):
    bad = cells(2, 科目类别="选修", 学时="-1", 完成日期="昨天", 姓名="")
    roster = read(roster_csv(bad, cells(), bad))
    columns = ["姓名", "科目类别", "学时", "完成日期"]
    assert [(line, column) for line, column, _ in found(roster)] == [(n, c) for n in (2, 4) for c in columns]


@pytest.mark.parametrize("year", ["1899", "2027"])
def test_years_out_of_range(read, year):
    roster = read(roster_csv(cells(学习年度=year, 完成日期="")))
    assert found(roster) == [(2, "学习年度", "credit_year_range")]


def test_a_serial_number_is_no_day_in_text(read):
    assert found(read(roster_csv(cells(完成日期="45050")))) == [(2, "完成日期", "invalid_day")]


def test_suggestions(read):
    roster = read(roster_csv(cells(1, 科目类别="专业课目"), cells(2, 区划代码="湖州")))
    assert [fault.params["suggestion"] for fault in roster.faults.faults] == ["专业", "330500 湖州市"]


def test_many_unknown_words_are_told_quickly(read):
    rows = [cells(n, 科目类别=f"专业课目{n}", 区划代码=f"丽水{n}") for n in range(20_000)]
    roster = read(roster_csv(*rows))
    assert roster.faults.total == 40_000
    assert roster.faults.faults[0].params["suggestion"] == "331100 丽水市"


def test_nothing_of_a_person_is_in_a_fault(read):
    roster = read(roster_csv(cells(证件号码=f"{ID_NUMBER}9", 姓名=f"甲\n{ID_NUMBER}", 科目类别=ID_NUMBER)))
    assert len(roster.faults.faults) == 3
    assert ID_NUMBER not in repr(roster.faults.faults)


def test_a_division_for_all_rows_that_name_none(read):
    headers = [header for header in HEADERS if header != "区划代码"]
    row = [cell for header, cell in zip(HEADERS, cells(), strict=True) if header != "区划代码"]
    assert found(read(roster_csv(row, headers=headers))) == [(1, "区划代码", "missing_column")]
    assert draft(read(roster_csv(row, headers=headers), "330500")).division_code == "330500"
    roster = read(roster_csv(cells(1, 区划代码=""), cells(2)), "330500")
    assert [row.draft.division_code for row in roster.sound] == ["330500", "331100"]


def test_a_row_without_certificate_has_an_id_of_its_own(read):
    def reference(**changes):
        return draft(read(roster_csv(cells(证书编号="", **changes)))).external_ref

    first = reference()
    assert first == reference(学时="40", 备注="再发")
    assert ID_NUMBER not in first
    others = [
        reference(课程编号="X"),
        reference(证件号码=OTHER_ID_NUMBER),
        reference(学习年度="2022"),
        reference(科目类别="公需"),
        reference(课程编号="", 课程名称="Y"),
    ]
    assert len({first, *others}) == 6


def test_rows_that_repeat_each_other(read):
    roster = read(
        roster_csv(
            cells(1),
            cells(1, 课程编号="JG-9"),  # the same certificate
            cells(3, 课程编号="JG-1", 科目类别="公需"),  # the same course, person and year
            cells(4, 课程编号="JG-1", 证件号码=OTHER_ID_NUMBER),
            cells(5, 课程编号="", 课程名称="", 证书编号=""),
            cells(6, 课程编号="", 课程名称="", 证书编号=""),  # the same own id
            cells(7, 课程编号="", 课程名称="", 证书编号="", 科目类别="公需"),
        )
    )
    assert found(roster) == [
        (3, "证书编号", "duplicate_row"),
        (4, "课程编号", "duplicate_row"),
        (7, "证件号码", "duplicate_row"),
    ]
    assert [fault.params["first"] for fault in roster.faults.in_order()] == [2, 2, 6]


def test_merged_cells_are_not_guessed(read):
    rows = [cells(1), cells(2, 姓名=""), cells(3, 课程编号="")]
    roster = read(roster_xlsx(*rows, merged={"C2:C3": "测试人", "H4:I4": "建设工程"}))
    assert found(roster) == [(3, "姓名", "merged_cell"), (4, "课程编号", "merged_cell")]


def test_a_row_wider_than_the_header(read):
    roster = read(roster_csv([*cells(1), "", "", ""], [*cells(2), "", "多出来的"]))
    assert found(roster) == [(3, "O", "value_without_header")]


def test_short_rows_and_empty_rows_in_between(read):
    roster = read(roster_csv(cells(1)[:11], [], [""] * 13, cells(2), ["　"]))
    assert found(roster) == []
    assert [row.line for row in roster.sound] == [2, 5]


def test_numbers_stay_apart_from_text_that_looks_like_them(read):
    assert found(read(roster_xlsx(cells(1), cells(2, 课程编号=1.0), cells(3, 课程编号=True)))) == [
        (4, "课程编号", "cell_is_boolean")
    ]


def test_other_sheets_are_named_not_read(read):
    roster = read(workbook([["填表说明"]], [HEADERS, cells()], [HEADERS, cells(2)], hidden=[2]))
    assert [row.draft.external_ref for row in roster.sound] == ["ZJ-1"]
    assert [(row.line, row.code, row.params) for row in roster.skipped] == [
        (None, "sheet_without_header", {"sheet": "Sheet1"})
    ]
