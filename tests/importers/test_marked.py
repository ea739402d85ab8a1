"""A sheet that goes back to its sender: theirs, marked, and ready to be corrected and sent again."""

import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers.intake import import_roster
from importers.layout import load_layout
from importers.marked import write_marked
from importers.samples import FAULTY, JIAXING, LISHUI, XAPI
from importers.sheet import FileRefused
from tests.importers.sheets import HEADERS, ID_NUMBER, cells, csv_bytes, roster_csv, roster_xlsx, workbook

REASONS = "需要更正"


@pytest.fixture
def mark(context, provider):
    """The marked workbook of an upload, as bytes."""

    def mark(upload, layout="standard", language="zh-CN", division_code=None):
        report = import_roster(
            context, provider, upload, file_name="r", layout=layout, division_code=division_code, dry_run=True
        )
        out = io.BytesIO()
        write_marked(context, upload, load_layout(layout), division_code, report, language, out)
        return out.getvalue()

    return mark


def sheet_of(upload):
    return openpyxl.load_workbook(io.BytesIO(upload)).worksheets[0]


def is_marked(cell):
    return cell.fill.bgColor.rgb == "FFFFC7CE" or cell.fill.fgColor.rgb == "FFFFC7CE"


def test_their_own_sheet_with_the_wrong_cells_marked(mark):
    rows = [
        ["某培训基地名册"],
        [],
        HEADERS,
        cells(1),
        cells(2, 学时="72学时", 姓名=""),
        ["合计", "", "", "", "", "", 144],
    ]
    sheet = sheet_of(mark(workbook(rows)))
    assert sheet["A1"].value == "某培训基地名册"
    assert [cell.value for cell in sheet[3]] == [*HEADERS, REASONS]
    assert [cell.value or "" for cell in sheet[4]][:13] == cells(1)
    assert sheet["N4"].value is None
    assert sheet["N5"].value == (
        "姓名：必填，这一格是空的。；学时：学时应为半角数字，如 72 或 12.5，不带单位。是“72”吗？"
    )
    marked = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if is_marked(cell) and cell.row > 3
    }
    assert marked == {"C5", "G5"}
    assert "是“72”吗" in sheet["G5"].comment.text
    assert sheet["G6"].value == 144


def test_text_stays_text_and_numbers_numbers(mark):
    upload = roster_xlsx(
        cells(1, 学时=72.5, 完成日期=date(2023, 5, 4)), cells(2, 证件号码=330500199001010011)
    )
    sheet = sheet_of(mark(upload))
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["B2"].number_format) == (ID_NUMBER, "s", "@")
    assert (sheet["G2"].value, sheet["K2"].value.date()) == (72.5, date(2023, 5, 4))
    assert (sheet["B3"].data_type, is_marked(sheet["B3"])) == ("n", True)
    assert sheet.column_dimensions["B"].width > 1


@pytest.mark.parametrize("text", ["=1+1", "+86 1", "-x", "@SUM(1)", '=HYPERLINK("http://x")', "\t=1"])
def test_nothing_runs_as_a_formula(mark, text):
    upload = mark(csv_bytes([[*HEADERS, text], [*cells(1, 课程名称=text), text]]))
    with zipfile.ZipFile(io.BytesIO(upload)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert not re.search(r"<f[ >]", xml)
    assert "hyperlink" not in xml.lower().replace("=hyperlink", "")
    assert 'quotePrefix="1"' in styles


def test_corrected_it_is_imported_as_it_is(context, provider, mark):
    upload = roster_csv(cells(1), cells(2, 学时="七十二"), cells(3, 科目类别="专业课目"))
    book = openpyxl.load_workbook(io.BytesIO(mark(upload)))
    sheet = book.worksheets[0]
    sheet["G3"], sheet["F4"] = 72, "专业"
    out = io.BytesIO()
    book.save(out)
    report = import_roster(context, provider, out.getvalue(), file_name="r")
    assert (report.faults, report.created) == ((), 3)


def test_sent_back_uncorrected_it_says_the_same_and_keeps_one_column_of_reasons(mark, context, provider):
    upload = roster_csv(cells(1), cells(2, 学时="0"))
    once = mark(upload)
    twice = mark(once)
    assert [cell.value for cell in sheet_of(twice)[1]].count(REASONS) == 1
    assert sheet_of(twice)["N3"].value == sheet_of(once)["N3"].value
    english = sheet_of(mark(once, language="en"))
    assert english["N1"].value == "To be corrected"


def test_faults_of_the_header_and_of_no_column_have_a_place(mark):
    headers = [header.replace("学时", "学識") for header in HEADERS]
    sheet = sheet_of(mark(roster_csv(cells(1), headers=headers)))
    assert is_marked(sheet["G1"])
    assert "学識" in sheet["G1"].comment.text
    assert "缺少“学时”" in sheet["N1"].comment.text


def test_hidden_formula_and_wide_cells(mark):
    upload = roster_csv([*cells(1), "", "多出来的"], cells(2))
    sheet = sheet_of(mark(upload))
    assert (sheet["O2"].value, is_marked(sheet["O2"]), sheet["P1"].value) == ("多出来的", True, REASONS)


def test_more_faults_than_are_listed_are_told(mark):
    sheet = sheet_of(mark(roster_csv(*[cells(n, 学时="0", 姓名="") for n in range(5_100)])))
    assert "另有 200 处" in sheet["N1"].comment.text
    assert sheet.max_row == 5_101


@pytest.mark.parametrize(
    ("path", "layout"), [(FAULTY, "standard"), (JIAXING, "jiaxing-platform"), (LISHUI, "lishui-register")]
)
def test_samples_come_back_and_say_the_same_again(context, provider, mark, path, layout):
    def faults(upload):
        report = import_roster(context, provider, upload, file_name="r", layout=layout, dry_run=True)
        return [(fault.line, fault.column, fault.code) for fault in report.faults]

    before = faults(path.read_bytes())
    after = faults(mark(path.read_bytes(), layout))
    # A merged area and a formula's error come back as the empty cell and the text that stood there.
    changed = {"merged_cell", "formula_error", "required", "invalid_hours"}
    assert [fault for fault in after if fault[2] not in changed] == [f for f in before if f[2] not in changed]
    assert len(after) == len(before)


def test_json_lines_are_no_sheet(context, provider):
    report = import_roster(context, provider, XAPI, file_name="r", layout="xapi-statements", dry_run=True)
    with pytest.raises(FileRefused, match="not_a_sheet"):
        write_marked(context, XAPI, load_layout("xapi-statements"), None, report, "zh-CN", io.BytesIO())


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8
) | st.sampled_from(["=1", "72", ID_NUMBER, "'x", " ", "_x0041_", "需要更正"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(texts, min_size=13, max_size=13), max_size=4))
def test_every_cell_comes_back_as_it_was(tmp_path, sqlite_context, rows):
    from importers.reader import open_roster
    from importers.report import ImportReport
    from importers.sheet import ReadLimits

    upload = csv_bytes([HEADERS, *rows])
    out = io.BytesIO()
    write_marked(
        sqlite_context,
        upload,
        load_layout("standard"),
        None,
        ImportReport(None, 0, 0, 0, 0, 0, (), ()),
        "zh-CN",
        out,
    )
    with open_roster(out.getvalue(), ReadLimits()) as [sheet], open_roster(upload, ReadLimits()) as [csv]:
        theirs = {row.line: [str(cell) for cell in row.cells[:13]] for row in csv.rows()}
        ours = {row.line: [str(cell) for cell in row.cells[:13]] for row in sheet.rows()}
    for line, values in theirs.items():
        got = ours.get(line, [])
        assert [*got, *[""] * (13 - len(got))] == values
