"""The notices' annexes: whole, unchanged since they were checked by eye, without personal data, and searchable."""

import csv
import hashlib
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from service.annexes import AnnexBook, load_annexes
from service.domain.question import LEVELS
from service.policy_book import PACKAGED_POLICIES
from service.policy_file import PolicyFileError

ZHEJIANG = PACKAGED_POLICIES / "zhejiang"
ANNEXES = ZHEJIANG / "annexes"
BOOK = load_annexes()

# Each file was compared with its notice row by row. A digest that differs asks for that comparison again.
CHECKED = {
    "huzhou-2021-annex-1.csv": "6cf35f5a9f4e1a636459d3fb9bad1b4d9cb7562c176a0e6e1351c4d1363ea6c4",
    "huzhou-2021-annex-2.csv": "253d9011525e4cc8d9e996802520eed177cb28b4d2a97f62e8894b5bacce5177",
    "lishui-2023-annex-1-part-1.csv": "57c4209ddf8f42a1f58c0206317bd75f6772025fd157958c6794ca9200331084",
    "lishui-2023-annex-1-part-2.csv": "5d75b18158e9c663ed8099f51bfcfda9c805df36639e85b094d321c3cc5d00b3",
    "lishui-2023-annex-1-part-3.csv": "148ce537db43a584a4306027de948d56b14dfffe3db0b9cf1e47539f32bd5e6b",
    "shangyu-2023-annex-part-1.csv": "cc3698030f105c003e4adad5f7a2569b260e248196b881a336c152a7d11bfcee",
    "shangyu-2023-annex-part-2.csv": "f9a9e1148ddb6682abae8613982bd7140808b084ac22b1a0c222e670b5ec8676",
    "shangyu-2023-annex-part-3.csv": "40133c9f2936dfc0c97e48995e90bc7f389404584d0038bc9bc2478764c0321e",
    "sources.csv": "ce2787771c7ef7d5d390694f1dfa0d111440f3844757bb997ec79760b25ac0ce",
}


def test_every_part_of_every_annex_is_there_with_all_its_rows():
    counts = {(it.division_code, it.year, it.annex, it.part, it.kind): it.rows for it in BOOK.sources}
    assert counts == {
        ("330500", 2021, "附件1", None, "review_plan"): 46,
        ("330500", 2021, "附件2", None, "authorities"): 16,
        ("331100", 2023, "附件1", 1, "review_plan"): 31,
        ("331100", 2023, "附件1", 2, "review_plan"): 40,
        ("331100", 2023, "附件1", 3, "review_plan"): 1,
        ("330604", 2023, "附件", 1, "review_plan"): 32,
        ("330604", 2023, "附件", 2, "review_plan"): 2,
        ("330604", 2023, "附件", 3, "review_plan"): 7,
    }
    assert len(BOOK.plan_rows) == 46 + 31 + 40 + 1 + 32 + 2 + 7
    assert len(BOOK.authority_rows) == 16


def test_the_files_are_the_ones_that_were_checked_by_eye():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ANNEXES.glob("*.csv")}
    assert found == CHECKED
    assert {it.file: it.digest for it in BOOK.sources} == {
        name: f"sha256:{digest}" for name, digest in CHECKED.items() if name != "sources.csv"
    }


def test_no_person_is_named_or_can_be_called():
    for path in ANNEXES.iterdir():
        text = path.read_text("utf-8")
        assert not re.search(r"(?<!\d)1\d{10}(?!\d)", text), path.name
        if path.suffix == ".csv":
            header = next(csv.reader(text.splitlines()))
            assert {name for name in header if "contact" in name or "联系人" in name} == set()
    left_out = [(row.source.division_code, row.number) for row in BOOK.plan_rows if "略" in row.phone]
    assert left_out == [("330500", str(row)) for row in (36, 37, 40, 41, 42, 43, 44)] + [("330604", "3-4")]
    assert all("手机号码" in row.note for row in BOOK.plan_rows if "略" in row.phone)


def test_documents_are_those_of_the_policies():
    for source in BOOK.sources:
        policy = tomllib.loads((ZHEJIANG / f"{source.file.split('-annex')[0]}.toml").read_text("utf-8"))
        assert (source.document, source.division_code, source.year) == (
            policy["document"]["number"],
            policy["division_code"],
            policy["notice_year"],
        )


def test_huzhous_authorities_are_those_who_recognise():
    policy = tomllib.loads((ZHEJIANG / "huzhou-2021.toml").read_text("utf-8"))
    general = {"一般公需科目", "一般公需"}
    assert [(row.row, row.authority, set(row.series) - general) for row in BOOK.authority_rows] == [
        (row["row"], row["name"], set(row["series"])) for row in policy["recognition"]["authority"]
    ]
    (row,) = BOOK.authorities("330500", "一般公需")
    assert row.authority == policy["recognition"]["general_public_authority"]


def test_lishuis_second_part_is_what_its_policy_refers():
    policy = tomllib.loads((ZHEJIANG / "lishui-2023.toml").read_text("utf-8"))
    rows = [row for row in BOOK.review_plans("331100", 2023) if row.source.part == 2]
    assert [(row.row, row.titles_recommended, list(row.levels_recommended)) for row in rows] == [
        (row["row"], row["title"], row["levels"]) for row in policy["referral"]["row"]
    ]
    assert {row.reviewer(level) for row in rows for level in LEVELS} == {"provincial", None}


def test_construction_in_huzhou_who_reviews_and_who_recognises():
    (plan,) = BOOK.review_plans("330500", 2021, "建设工程")
    assert (plan.number, plan.committee) == ("12", "市建设工程专业中级职务评审委员会")
    assert (plan.titles_reviewed, plan.titles_recommended) == (
        "技术员、助理工程师、工程师",
        "高级工程师 正高级工程师",
    )
    assert (plan.closing, plan.closing_month, plan.review, plan.review_month) == ("7月", 7, "9月", 9)
    assert (plan.receiving_unit, plan.phone) == ("市职业资格指导服务中心", "2033099")
    assert [plan.reviewer(level) for level in LEVELS] == ["city", "city", "provincial", "provincial"]
    (authority,) = BOOK.authorities("330521", "建设工程专业技术人员")
    assert (authority.row, authority.authority, authority.phone) == (1, "湖州市住房和城乡建设局", "2211516")


@pytest.mark.parametrize(
    ("division", "q", "numbers"),
    [
        ("331100", "建设工程", ["1-19", "1-20", "2-19"]),
        ("331181", "建设 企业", ["1-20"]),
        ("331100", "卫生系列", ["1-24", "1-25"]),
        ("331100", "正高级　工程师 水利", ["2-18"]),
        ("331100", "主任（中）医", ["1-25"]),
        ("331100", "初定", ["3-1"]),
        ("330604", "建筑施工", ["1-3", "2-1", "3-2", "3-3"]),
        ("330682", "黄酒", ["3-4"]),
        ("330500", "特种设备", ["9", "35"]),
        ("330500", "天文", []),
        ("330600", None, []),
        ("330400", "工程师", []),
    ],
)
def test_search_by_words_of_committee_title_specialty_and_scope(division, q, numbers):
    assert [row.number for row in BOOK.review_plans(division, None, q)] == numbers


def test_a_plan_speaks_for_its_own_year_and_a_search_may_be_everywhere():
    assert BOOK.review_plans("331100", 2024) == BOOK.review_plans("331100", 2022) == ()
    assert BOOK.review_plans("331100") == BOOK.review_plans("331100", 2023)
    assert {row.source.division_code for row in BOOK.review_plans(q="快递")} == {"330500", "331100", "330604"}


@pytest.mark.parametrize("series", ["卫生", "教师", "会计", "公证", "快递", "工艺美术", "工程"])
def test_a_series_the_notice_does_not_name_has_no_authority(series):
    assert BOOK.authorities("330500", series) == ()


def test_the_list_of_authorities_is_huzhous_alone():
    assert len(BOOK.authorities("330500")) == len(BOOK.authorities("330502")) == len(BOOK.authorities()) == 16
    assert BOOK.authorities("331100") == ()


def test_city_or_province():
    by_number = {(row.source.division_code, row.number): row for row in BOOK.plan_rows}
    of_the_province = {row.committee for row in BOOK.plan_rows if row.committee.startswith("省")}
    assert {row.reviewed_by for row in BOOK.plan_rows if row.committee in of_the_province} == {"provincial"}
    assert len(of_the_province) == 2
    assert by_number["330604", "1-3"].reviewer("associate_senior") == "provincial"
    assert by_number["330500", "17"].reviewer("intermediate") is None
    assert by_number["330500", "33"].reviewer("associate_senior") == "city"
    assert by_number["331100", "1-24"].reviewer("full_senior") == "city"
    assert by_number["331100", "3-1"].reviewed_by == "city"


def test_a_committee_is_found_by_its_number():
    assert BOOK.committee("330500", 2021, "1").committee == "省蓄电池行业高级工程师职务任职资格评审委员会"
    row = BOOK.committee("331102", 2023, "1-22")
    assert (row.receiving_unit, "龙泉市" in row.note) == ("龙海市人力社保局", True)
    assert BOOK.committee("331100", 2023, "22") is None
    assert BOOK.committee("331100", 2024, "1-22") is None


@pytest.mark.parametrize(
    ("division", "number", "last"),
    [
        ("330500", "31", (2021, 10)),
        ("330500", "29", None),
        ("330500", "45", None),
        ("331100", "1-19", (2023, 7)),
        ("331100", "2-16", (2024, 3)),
        ("331100", "3-1", None),
        ("330604", "1-13", (2023, 6)),
    ],
)
def test_the_month_after_which_nothing_is_received(division, number, last):
    year = 2021 if division == "330500" else 2023
    assert BOOK.committee(division, year, number).last_month == last


def test_the_telephone_run_together_with_a_row_number_is_taken_apart():
    rows = {row.number: row for row in BOOK.review_plans("330604", 2023)}
    assert {rows[number].phone for number in ("1-14", "1-15", "1-16")} == {"85179131"}
    assert {rows[f"1-{row}"].receiving_unit for row in range(8, 13)} == {"绍兴市经信局"}


def test_huzhous_specialties_and_scopes_are_words_of_its_remarks():
    for row in BOOK.review_plans("330500", 2021):
        assert row.specialties in row.remarks
        assert row.scope in row.remarks


def copied(tmp_path: Path) -> Path:
    """The packaged annexes where a test may spoil them."""
    shutil.copytree(ANNEXES, tmp_path / "zhejiang" / "annexes")
    shutil.copy(PACKAGED_POLICIES / "divisions.csv", tmp_path)
    return tmp_path / "zhejiang" / "annexes"


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


PLAN, LIST = "huzhou-2021-annex-1.csv", "huzhou-2021-annex-2.csv"
FAULTS = [
    (PLAN, "6月,6,7月,7", "6月,13,7月,7", "line 5, closing_month: a number from 1 to 12"),
    (PLAN, "6月,6,7月,7", "6月,7,7月,7", "line 5, closing_month: 7 is not in the text: 6月"),
    (PLAN, "6月,6,7月,7", "6月,,7月,7", "line 5, closing_month: is empty"),
    (PLAN, ",2710012,", ",13800138000,", "line 4, phone: holds a mobile"),
    (PLAN, ",2710012,", ",271-,", "line 4, phone: digits"),
    (PLAN, "南浔区人力社保局,", "南浔区人力社保局13800138000,", "line 36, receiving_unit: holds a mobile"),
    (PLAN, "city,provincial", "county,provincial", "line 3, reviewed_by"),
    (PLAN, "city,provincial", "city,", "line 3, recommended_to"),
    (PLAN, "junior;intermediate", "intermediate;junior", "line 3, levels_reviewed"),
    (PLAN, "associate_senior,provincial", "senior,provincial", "line 2, levels_recommended"),
    (
        PLAN,
        ",associate_senior,provincial,provincial",
        ",associate_senior,city,provincial",
        "line 2, reviewed_by",
    ),
    (PLAN, "\n3,市快递", "\n4,市快递", "line 4, row: 4 stands where 3 is due"),
    (PLAN, "\n3,市快递", "\n3,,市快递", "line 4: 24 cells, 23 columns"),
    (PLAN, "\n3,市快递", "\n3, 市快递", "line 4, committee: has spaces"),
    (PLAN, "closing_month", "closes", "line 1, closing_month: this column is missing"),
    (PLAN, "closing_month", "closing", "line 1, closing: no such column, or twice"),
    (
        LIST,
        "16,自然科学,湖州市科技局,2667157,自然科学、自然科学研究,\n",
        "",
        "row: 15 rows; sources.csv says 16",
    ),
    (LIST, "湖州市水利局", "", "line 7, authority: is empty"),
    (LIST, "律师,\n", "律师、律师,\n", "line 14, series: a name is empty or stands twice"),
    ("lishui-2023-annex-1-part-2.csv", "2024年3月,3,2024", "2024年3月,3,", "line 17, finished_year"),
    ("sources.csv", "330500", "3305000", "line 2, division_code"),
    ("sources.csv", "review_plan", "plan", "line 2, kind"),
    ("sources.csv", PLAN, "huzhou.csv", "line 2, file: huzhou.csv is not in this folder"),
    ("sources.csv", PLAN, LIST, "line 3, file: huzhou-2021-annex-2.csv stands twice"),
    ("sources.csv", PLAN, LIST, "file: huzhou-2021-annex-1.csv is in the folder and not in the list"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS)
def test_a_fault_is_named_by_file_line_and_column(tmp_path, file, old, new, said):
    spoil(copied(tmp_path) / file, old, new)
    with pytest.raises(PolicyFileError) as raised:
        load_annexes(tmp_path)
    assert f"{file}: {said}" in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\xb9\xfe\xd6\xdd", b'row,"spec'])
def test_a_file_that_is_no_csv_is_named(tmp_path, content):
    (copied(tmp_path) / LIST).write_bytes(content)
    with pytest.raises(PolicyFileError, match=f"{LIST}: file: cannot be read as CSV in UTF-8"):
        load_annexes(tmp_path)


def test_a_newer_plan_is_a_file_and_a_line(tmp_path):
    folder = copied(tmp_path)
    shutil.copy(folder / PLAN, folder / "huzhou-2022-annex-1.csv")
    with (folder / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("huzhou-2022-annex-1.csv,review_plan,330500,2022,虚构〔2022〕1号,附件1,,虚构的计划,46\n")
    book: AnnexBook = load_annexes(tmp_path)
    assert {row.source.year for row in book.review_plans("330523")} == {2022}
    assert len(book.review_plans("330500", 2021)) == 46
