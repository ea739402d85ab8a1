"""Layouts are data: every one is checked, and a broken one says file and key."""

import re
from pathlib import Path

import pytest

from importers.layout import LayoutFileError, UnknownLayout, layout_ids, load_layout, load_layouts
from importers.roster import read_roster
from service.domain.client import Client
from tests.importers.sheets import csv_bytes

STANDARD = Path(__file__).parents[2] / "importers" / "layouts" / "standard.toml"
CONTRACT_HEADERS = (
    "证件类型, 证件号码, 姓名, 区划代码, 学习年度, 科目类别, 学时, "
    "系列, 课程编号, 课程名称, 完成日期, 证书编号, 备注"
)


def test_every_layout_is_sound():
    assert list(load_layouts()) == layout_ids()
    assert "standard" in layout_ids()


def test_the_standard_layout_has_the_contracts_headers():
    columns = load_layout("standard").columns.values()
    assert [column.headers[0] for column in columns] == CONTRACT_HEADERS.split(", ")


def test_an_unknown_layout_names_the_known_ones():
    for name in ["standrad", "../layouts/standard", "STANDARD", ""]:
        with pytest.raises(UnknownLayout) as unknown:
            load_layout(name)
        assert unknown.value.known == layout_ids()


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ('name = "标准名册"', "", "name", "required"),
        ("least = 3", "least = 0", "header.least", "out_of_range"),
        ("least = 3", 'least = 3\nlines = "x"', "header.lines", "unknown_field"),
        ("excel_serials = true", 'excel_serials = "yes"', "days.excel_serials", "not_a_boolean"),
        ('"yyyymmdd"', '"yyyymd"', "days", "invalid_day_form"),
        ("[columns.hours]", "[columns.hour]", "columns.hour", "unknown_field"),
        ('specialty = ["专业"', 'speciality = ["专业"', "columns.subject", "unknown_value"),
        ('headers = ["学时"', 'headers = ["姓名"', "columns.hours.headers", "姓名"),
        ('headers = ["序号"', 'headers = ["备注"', "ignored.headers", "备注"),
        ('choices = ["一般公需"', 'choices = ["通用公需"', "columns.subject", "通用公需"),
        ('headers = ["备注", ', 'path = ["备注", ', "columns.remark.headers", "required"),
        ("[years]", "[constants]\nsubject = 'specialty'\n[years]", "constants.subject", "repeated"),
        ("[years]", "[constants]\nhours = '8'\n[years]", "constants.hours", "unknown_field"),
        ("[years]", "[statements]\npath = ['verb']\nentries = ['x']\n[years]", "statements", "unknown_field"),
        ("[years]", "[source]\nformat = 'json'\n[years]", "source.format", "invalid_choice"),
        (
            "[columns.remark]",
            "[[amounts]]\nheaders=['x']\nsubject='all'\n[columns.remark]",
            "amounts.0.subject",
            "unknown",
        ),
        ("[years]", "[years", "", "line"),
        ("[years]", "[header]", "", "header"),
    ],
)
def test_a_broken_layout_says_where(tmp_path, old, new, key, what):
    text = STANDARD.read_text("utf-8")
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(LayoutFileError, match=re.escape(what)) as broken:
        load_layouts(tmp_path)
    assert broken.value.file == "mine.toml"
    assert key in [place for place, _ in broken.value.problems]


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ('name = "x"\nextends = "mine"', "extends", "no other layout"),
        ('name = "x"\nextends = "xapi-statements"', "extends", "extends another"),
        ('name = "x"\nextends = "standard"\n[columns.name]', "columns.id_number", "required"),
        ('name = "x"\nextends = "standard"\ncolumns = 1', "columns", "mapping"),
        ('name = "x"\nextends = "standard"\nheader = 1', "header", "not_an_object"),
    ],
)
def test_a_layout_that_extends_another_says_where_too(tmp_path, text, key, what):
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(LayoutFileError, match=re.escape(what)) as broken:
        load_layouts(tmp_path)
    assert key in [place for place, _ in broken.value.problems]


def test_all_that_is_wrong_with_a_layout_is_told_at_once(tmp_path):
    text = STANDARD.read_text("utf-8").replace("least = 3", "least = 0").replace("search_rows = 50", "")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(LayoutFileError) as broken:
        load_layouts(tmp_path)
    assert str(broken.value).splitlines() == [
        "mine.toml: header.search_rows: required",
        "mine.toml: header.least: out_of_range, least: 1, most: 50",
    ]


def test_what_is_not_public_is_marked_as_a_guess():
    layouts = load_layouts()
    assert set(layouts) == {
        "huzhou-training-site",
        "jiaxing-platform",
        "lishui-register",
        "standard",
        "xapi-statements",
    }
    for layout in layouts.values():
        assert layout.id == "standard" or (layout.about and layout.about.guessed and layout.about.public)


def test_one_more_file_is_one_more_layout(tmp_path, sqlite_context):
    text = (
        STANDARD.read_text("utf-8").replace('"证件号码", ', '"ID", ').replace('"yyyy-m-d", ', '"yyyy~m~d", ')
    )
    (tmp_path / "school.toml").write_text(text, "utf-8")
    headers = ["ID", "姓名", "区划代码", "学习年度", "科目类别", "学时", "完成日期"]
    row = ["330500199001010011", "测试人", "331100", "2023", "专业", "72", "2023~5~4"]
    client = Client(1, "学校", "provider", ("330000",))
    layout = load_layout("school", tmp_path)
    roster = read_roster(sqlite_context, client, csv_bytes([headers, row]), layout, None)
    assert roster.faults.total == 0
    assert str(roster.sound[0].draft.completed_on) == "2023-05-04"
