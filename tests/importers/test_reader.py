"""Files as people send them and as attackers make them: each is read, or refused with a reason."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from importers.reader import open_roster
from importers.sheet import MEBIBYTE, BadCell, FileRefused, ReadLimits
from tests.importers.sheets import csv_bytes, roster_xlsx, sheet_xml, with_parts, workbook

LIMITS = ReadLimits()


def lines(upload, limits=LIMITS):
    with open_roster(upload, limits) as sheets:
        return [tuple(row) for sheet in sheets for row in sheet.rows()]


def refusal(upload, limits=LIMITS):
    with pytest.raises(FileRefused) as refused:
        lines(upload, limits)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_in_every_encoding_and_delimiter(encoding, delimiter):
    rows = [["标题，含,逗;号"], ["姓名", "学时", "备注"], ["测试𠮷", "72", "一;二,三"]]
    assert lines(csv_bytes(rows, encoding, delimiter)) == [(n, row) for n, row in enumerate(rows, 1)]


def test_gb18030_far_behind_an_ascii_beginning():
    rows = [["a", "b", "c"]] * 60_000 + [["姓", "名", "x"]]
    assert lines(csv_bytes(rows, "gb18030"))[-1] == (60_001, ["姓", "名", "x"])


def test_lines_are_counted_as_a_spreadsheet_counts_them():
    upload = '姓名,备注\r\n\r\n甲,"一\n二"\r\n乙,三\r\n'.encode()
    assert lines(upload) == [(1, ["姓名", "备注"]), (3, ["甲", "一\n二"]), (4, ["乙", "三"])]


@pytest.mark.parametrize("upload", [b"", b"  \r\n \n", b"\xef\xbb\xbf\r\n"])
def test_empty_text(upload):
    assert refusal(upload) == "file_empty"


def test_nul_in_text_says_where():
    with pytest.raises(FileRefused) as refused:
        lines("姓名,学时\n甲,7\0".encode())
    assert (refused.value.code, refused.value.params) == ("nul_in_text", {"line": 2})


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        ("姓名,学时".encode("utf-16"), "encoding_unknown"),
        (b"\xff\xfa\x80\x81,\xfe", "encoding_unknown"),
        ('姓名,备注\n甲,"没有结尾\n乙,三\n'.encode(), "row_unreadable"),
        ('姓名,备注\n甲,"引号"外\n'.encode(), "row_unreadable"),
        (("姓名,备注\n" + "甲" * 200_000).encode(), "row_unreadable"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_is_web_page"),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?><Workbook/>', "file_is_web_page"),
        (b"%PDF-1.7 ...", "file_is_other"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "file_is_xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000) + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
        ),
        (b"PK\x03\x04 not really", "file_damaged"),
        (roster_xlsx()[:3000], "file_damaged"),
        (workbook([]), "file_empty"),
    ],
)
def test_files_that_are_no_rosters(upload, code):
    assert refusal(upload) == code


def test_one_huge_line_costs_little():
    assert refusal(b"a," * (7 * MEBIBYTE), ReadLimits(file_size_max=4 * MEBIBYTE)) == "file_too_large"
    assert len(lines(b"a," * MEBIBYTE)[0][1]) == MEBIBYTE + 1


def test_the_content_counts_not_the_extension(tmp_path: Path):
    xlsx, text = tmp_path / "a.csv", tmp_path / "b.xlsx"
    xlsx.write_bytes(workbook([["姓名", 72]]))
    text.write_bytes("姓名,72".encode())
    assert lines(xlsx) == [(1, ["姓名", 72.0])]
    assert lines(text) == [(1, ["姓名", "72"])]


def test_zips_that_are_no_workbooks():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("名册.txt", "甲")
    assert refusal(out.getvalue()) == "file_is_other"


def test_flipped_bytes_never_do_more_than_refuse():
    upload = roster_xlsx(["x"] * 5)
    for at in range(0, len(upload), 97):
        damaged = bytearray(upload)
        damaged[at] ^= 0xFF
        try:
            lines(bytes(damaged))
        except FileRefused as refused:
            assert refused.code  # noqa: PT017 -- either outcome is right, a crash is not


def test_cells_keep_what_they_are_and_where():
    rows = [[], [], ["", "", "文字", 72.5, 72, True, date(2023, 5, 4)]]
    [_, _, (line, cells)] = lines(workbook(rows))
    assert line == 3
    assert cells == ["", "", "文字", 72.5, 72.0, True, date(2023, 5, 4)]


def test_days_of_the_1904_system():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = date(2023, 5, 4)
    out = io.BytesIO()
    book.save(out)
    with open_roster(out.getvalue(), LIMITS) as [sheet]:
        assert sheet.epoch_1904
        assert next(sheet.rows()).cells == [date(2023, 5, 4)]


def test_formulas_give_their_stored_result_or_a_fault():
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "x"])  # openpyxl stores no results
    book.active["B4"] = "=2+2"
    book.save(out)
    valueless = BadCell("formula_without_value")
    assert lines(out.getvalue()) == [(1, [valueless, "x"]), (4, ["", valueless])]
    stored = sheet_xml(
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><f>NA()</f><v>#N/A</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c></row>'
    )
    upload = with_parts(workbook([["x"]]), xl__worksheets__sheet1_xml=stored)
    assert lines(upload) == [(1, [2.0, BadCell("formula_error"), ""])]


def test_hidden_sheets_are_not_read():
    upload = workbook([["看得见"]], [["看不见"]], hidden=[1])
    assert lines(upload) == [(1, ["看得见"])]


def bomb(inside: str, shared: str = "") -> bytes:
    parts = {"xl__worksheets__sheet1_xml": sheet_xml(inside)}
    if shared:
        parts["xl__sharedStrings_xml"] = f"<sst>{shared}</sst>".encode()
    return with_parts(workbook([["x"]]), **parts)


def test_a_zip_that_unpacks_without_end():
    assert refusal(bomb(" " * (30 * MEBIBYTE))) == "zip_bomb"
    noise = "".join(f'<row r="{n}"/>' for n in range(1, 200_000))
    assert refusal(bomb(noise), ReadLimits(unpacked_size_max=MEBIBYTE)) == "zip_bomb"
    many = with_parts(workbook([["x"]]), **{f"p{n}": b"" for n in range(2_001)})
    assert refusal(many) == "zip_bomb"


def test_two_cells_at_opposite_corners():
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(bomb(far)) == "sheet_too_large"


def test_one_long_text_in_very_many_cells():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_001))
    text = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(30_000))
    assert refusal(bomb(cells, f"<si><t>{text}</t></si>")) == "zip_bomb"
    harmless = cells.replace("<v>0</v>", "<v>1</v>")
    assert len(lines(bomb(harmless, f"<si><t>{text}</t></si><si><t>短</t></si>"))) == 60_000


def test_cells_without_an_address_are_not_trusted():
    assert refusal(bomb("<row><c><v>1</v></c></row>")) == "workbook_unusual"
    assert (
        refusal(bomb('<row r="1"><c q=\' r="A1"\' r="XFD1048576"><v>1</v></c></row>')) == "workbook_unusual"
    )


@pytest.mark.parametrize("count", ["4294967296", "-1", "1e9"])
def test_counts_that_are_not_true(count):
    shared = f'<sst a=">" count="1" uniqueCount="{count}"><si><t>x</t></si></sst>'.encode()
    assert refusal(with_parts(workbook([["x"]]), xl__sharedStrings_xml=shared)) == "workbook_unusual"


def test_parts_under_two_names_are_not_trusted():
    upload = workbook([["x"]])
    assert refusal(with_parts(upload, xl__SharedStrings_xml=b"<sst/>")) == "workbook_unusual"
    index = b'<workbook><sheets><sheet name="S" r:id="rId99"/></sheets></workbook>'
    assert refusal(with_parts(upload, xl__workbook_xml=index)) == "workbook_unusual"


def test_entities_are_not_expanded():
    bombed = (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        + sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>').removeprefix(
            b'<?xml version="1.0" encoding="UTF-8"?>'
        )
    )
    try:
        read = lines(with_parts(workbook([["x"]]), xl__worksheets__sheet1_xml=bombed))
    except FileRefused as refused:
        assert refused.code == "file_damaged"  # noqa: PT017 -- refusing is as good
    else:
        assert "aaa" not in str(read)
