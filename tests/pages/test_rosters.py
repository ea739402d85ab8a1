"""Providers send rosters: tried first, chosen once, sent as tried; what was sent is in the history, to be undone."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from importers.roster import read_roster
from importers.samples import CLEAN, FAULTY, LISHUI, XAPI
from service.context import Context
from service.domain.access import Asker
from service.domain.recognition import RecognitionDraft
from service.operations.clients import find_active_client
from service.operations.hold_roster import HELD_FOR, HELD_MAX
from service.operations.read_entries import list_entries
from service.operations.recognise_entries import recognise_entry
from tests.api.calls import Clock
from tests.api.people import resident_id
from tests.api.test_statement_counts import statements
from tests.pages.browser import Browser

HEADER = (
    "证件类型,证件号码,姓名,区划代码,学习年度,科目类别,学时,系列,课程编号,课程名称,完成日期,证书编号,备注"
)
ASKER = Asker(None, "test", "entries")
_NUMBER = re.compile(r"[0-9]{15}")


def roster(*hours: str) -> bytes:
    """One row for each: its person and its certificate by its place."""
    rows = [
        f"居民身份证,{resident_id(number)},测试人,331100,2023,专业,{each},,C-1,课程,2023-05-04,ZS-{number},"
        for number, each in enumerate(hours)
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture
def context(context: Context, tmp_path: Path) -> Context:
    """Held rosters of its own, also on PostgreSQL."""
    return replace(context, settings=context.settings.model_copy(update={"evidence_dir": tmp_path / "files"}))


@pytest.fixture
def provider(staff: Callable[..., Browser]) -> Browser:
    return staff("provider", "330000", name="培训机构")


def upload(browser: Browser, content: bytes, name: str = "名册.csv", **fields: str) -> TestResponse:
    browser.get("/provider/import")
    data: dict[str, Any] = {**fields, "file": (io.BytesIO(content), name)}
    return browser.submit("/provider/import", data)


def tried(browser: Browser, content: bytes, name: str = "名册.csv", **fields: str) -> tuple[str, str]:
    """(place of the dry run, its page)."""
    answer = upload(browser, content, name, **fields)
    page = browser.follow(answer)
    assert page.status_code == 200
    return answer.headers["Location"], page.text


def sent(browser: Browser, place: str, **fields: str) -> TestResponse:
    browser.get(place)
    return browser.submit(f"{place}/send", fields)


def entries(context: Context, name: str = "培训机构") -> list[tuple[str, int, str]]:
    client = find_active_client(context, name)
    assert client is not None
    listed = list_entries(context, client, asker=ASKER).entries
    return sorted((entry.external_ref, entry.hours, entry.status) for entry in listed)


def kept(context: Context) -> list[Path]:
    directory = context.held_rosters.directory
    return list(directory.iterdir()) if directory.is_dir() else []


def test_a_dry_run_stores_nothing_and_what_was_tried_is_sent(context: Context, provider: Browser) -> None:
    place, page = tried(provider, roster("60", "12.5"))
    assert "没有发现错误" in page
    assert "正式提交（登记 2 条）" in page
    assert entries(context) == []
    assert "还没有导入过名册" in provider.get("/provider").text
    (file,) = kept(context)
    assert resident_id(0).encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    answer = sent(provider, place)
    report = provider.follow(answer).text
    assert "新登记2条" in report
    assert entries(context) == [("ZS-0", 600, "registered"), ("ZS-1", 125, "registered")]
    assert kept(context) == []
    assert "名册.csv" in provider.get("/provider").text


def test_the_second_step_sends_the_very_same_bytes(
    context: Context, provider: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = CLEAN.read_bytes()
    seen = []

    def watch(*args: Any, **options: Any) -> Any:
        seen.append(args[2])
        return read_roster(*args, **options)

    monkeypatch.setattr("importers.intake.read_roster", watch)
    place, _ = tried(provider, content, "roster-clean.xlsx")
    sent(provider, place)
    assert seen == [content, content]


def test_a_second_click_registers_nothing_more(context: Context, provider: Browser) -> None:
    place, _ = tried(provider, roster("60"))
    sent(provider, place)
    answer = sent(provider, place)
    assert answer.headers["Location"] == "/provider"
    assert "已经提交" in provider.follow(answer).text
    assert entries(context) == [("ZS-0", 600, "registered")]
    assert "此前都已登记" in tried(provider, roster("60"))[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_else_can_use_what_one_sign_in_tried(
    context: Context, provider: Browser, staff: Callable[..., Browser]
) -> None:
    place, _ = tried(provider, roster("60"))
    stranger = staff("provider", "330000", name="别的机构")
    for path in (place, f"{place}/marked.xlsx", f"{place}/faults.csv"):
        assert stranger.get(path).headers["Location"] == "/provider"
    for path in (f"{place}/send", f"{place}/again", f"{place}/discard"):
        assert stranger.submit(path).status_code == 303
    assert (entries(context), entries(context, "别的机构")) == ([], [])
    assert provider.get(place).status_code == 200
    for token in ("x", "../" * 14 + "x", "0" * 43):
        assert provider.get(f"/provider/import/{token}").status_code in (303, 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_kept_for_an_hour(
    context: Context, clock: Clock, provider: Browser, staff: Callable[..., Browser]
) -> None:
    tried(provider, roster("60"))
    clock.now += HELD_FOR
    assert len(kept(context)) == 1
    staff("provider", "330000").get("/provider")
    assert kept(context) == []
    place, _ = tried(provider, roster("60"))
    clock.now += HELD_FOR - timedelta(seconds=2)
    assert provider.get(place).status_code == 200
    clock.now += timedelta(seconds=2)
    assert provider.get(place).headers["Location"] == "/provider"
    assert kept(context) == []
    assert entries(context) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_client_holds_a_few_and_the_oldest_goes(context: Context, clock: Clock, provider: Browser) -> None:
    places = []
    for number in range(HELD_MAX + 1):
        clock.now += timedelta(seconds=1)
        places.append(tried(provider, roster("60"), f"{number}.csv")[0])
    assert len(kept(context)) == HELD_MAX
    assert [provider.get(place).status_code for place in places] == [303] + [200] * HELD_MAX
    provider.get(places[-1])
    assert provider.submit(f"{places[-1]}/discard").headers["Location"] == "/provider/import"
    assert len(kept(context)) == HELD_MAX - 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_faults_stand_beside_their_rows_and_the_marked_sheet_comes_back(
    context: Context, provider: Browser
) -> None:
    place, page = tried(provider, FAULTY.read_bytes(), "roster-faulty.xlsx")
    assert "正式提交" not in page
    assert "只提交没有错误的" not in page
    table = page[page.index("<table") :]
    line = table[table.index("丽水市") - 2000 :]
    assert re.search(r'<th scope="row"><span class="card-label">行 </span>15<', table)
    assert "331100 丽水市" in line
    assert "<mark>丽水市</mark>" in line
    assert "应填：" in line
    assert "3306**********0024" in table
    assert _NUMBER.search(page) is None
    marked = provider.get(f"{place}/marked.xlsx")
    assert marked.headers["Cache-Control"] == "no-store"
    assert '<span class="badge bad">35</span>' in tried(provider, marked.data, "marked.xlsx")[1]
    csv = provider.get(f"{place}/faults.csv")
    assert len(csv.text.splitlines()) == 36
    assert entries(context) == []


def test_the_good_rows_alone(context: Context, provider: Browser) -> None:
    place, page = tried(provider, roster("60", "0", "x"))
    assert "3 条学时里有 2 条有错误" in page
    assert "只提交没有错误的 1 条" in page
    report = provider.follow(sent(provider, place, partial="true")).text
    assert entries(context) == [("ZS-0", 600, "registered")]
    assert "学时" in report[report.index("<table") :]
    found = re.search(r"/provider/imports/[0-9a-z]+/faults.csv", report)
    assert found is not None
    assert len(provider.get(found[0]).text.splitlines()) == 3


def test_without_asking_for_a_part_a_faulty_roster_takes_nothing(context: Context, provider: Browser) -> None:
    place, _ = tried(provider, roster("60", "0"))
    sent(provider, place)
    assert entries(context) == []
    assert "nothing taken" in provider.get("/provider", headers={"Accept-Language": "en"}).text


def test_a_correction_is_tried_before_it_is_sent(context: Context, provider: Browser) -> None:
    sent(provider, tried(provider, roster("60", "12.5"))[0])
    place, page = tried(provider, roster("72", "12.5"))
    assert "有 1 行以前登记过，但内容不同" in page
    answer = provider.submit(f"{place}/again", {"layout": "standard", "correct": "true"})
    assert "更正 1 条" in provider.follow(answer).text
    assert len(kept(context)) == 1
    assert provider.get(place).status_code == 303
    sent(provider, answer.headers["Location"])
    assert entries(context) == [
        ("ZS-0", 600, "reversed"),
        ("ZS-0#2", 720, "registered"),
        ("ZS-1", 125, "registered"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_layout_is_tried_without_choosing_the_file_again(provider: Browser) -> None:
    place, page = tried(provider, LISHUI.read_bytes(), "lishui.xlsx", layout="jiaxing-platform")
    assert "正式提交" not in page
    wrong = provider.submit(f"{place}/again", {"layout": "xapi-statements"})
    assert (wrong.status_code, "JSON Lines" in wrong.text) == (422, True)
    right = provider.submit(f"{place}/again", {"layout": "lishui-register"})
    assert "正式提交" in provider.follow(right).text
    assert provider.get(place).headers["Location"] == "/provider"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_uploads_that_are_wrong(context: Context, provider: Browser) -> None:
    provider.get("/provider/import")
    assert provider.submit("/provider/import", {"layout": "standard"}).status_code == 422
    assert upload(provider, b"\x00\x01" * 50).status_code == 422
    assert upload(provider, roster("60"), layout="no such").status_code == 422
    assert upload(provider, roster("60"), division_code="320500").status_code == 422
    assert upload(provider, b"x" * (context.settings.import_size_max + 1)).status_code == 413
    assert kept(context) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_division_outside_is_refused_and_not_offered(staff: Callable[..., Browser]) -> None:
    browser = staff("provider", "331100")
    form = browser.get("/provider/import").text
    assert 'value="331181"' in form
    assert 'value="330500"' not in form
    assert upload(browser, roster("60"), division_code="330500").status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_statements_are_taken_too_but_have_no_template_and_no_sheet(
    context: Context, provider: Browser
) -> None:
    place, page = tried(provider, XAPI.read_bytes(), "x.jsonl", layout="xapi-statements")
    assert "marked.xlsx" not in page
    sent(provider, place)
    assert len(entries(context)) == 4
    assert provider.get("/provider/templates/xapi-statements").status_code == 404
    assert provider.get("/provider/templates/standard").data[:2] == b"PK"
    assert "/provider/templates/xapi-statements" not in provider.get("/provider/import").text


def test_an_import_is_undone_with_a_reason(
    context: Context, provider: Browser, staff: Callable[..., Browser]
) -> None:
    answer = sent(provider, tried(provider, roster("60", "12.5"))[0])
    place = answer.headers["Location"]
    assert "撤销这次导入" in provider.get(place).text
    assert staff("provider", "330000").get(place).status_code == 404
    undone = provider.submit(f"{place}/undo", {"reason": "wrong_hours", "note": "发错了文件"})
    page = provider.follow(undone).text
    assert "已撤销：冲销了2条学时。" in page
    assert "撤销这次导入" not in page
    assert {status for _, _, status in entries(context)} == {"reversed"}
    assert "已撤销" in provider.get("/provider").text
    provider.get("/provider/import")
    assert provider.submit(f"{place}/undo", {"reason": "other"}).status_code == 409


def test_an_import_undone_without_a_word_is_told_in_words(provider: Browser) -> None:
    place = sent(provider, tried(provider, roster("60"))[0]).headers["Location"]
    provider.get(place)
    provider.submit(f"{place}/undo", {"reason": "other"})
    found = re.search(r"/provider/entries/[a-z0-9]+-[0-9]+", provider.get("/provider/entries").text)
    assert found is not None
    page = provider.get(found[0]).text
    assert ("随整份花名册一起办理" in page, re.search(r">import [0-9a-z]", page)) == (True, None)


def test_what_was_decided_since_is_named_when_an_import_cannot_be_undone(
    context: Context, provider: Browser, staff: Callable[..., Browser]
) -> None:
    place = sent(provider, tried(provider, roster("60", "12.5"))[0]).headers["Location"]
    staff("authority", "331100", name="主管部门")
    authority, client = (find_active_client(context, name) for name in ("主管部门", "培训机构"))
    assert authority is not None
    assert client is not None
    decided = list_entries(context, client, asker=ASKER).entries[0]
    recognise_entry(context, authority, RecognitionDraft(decided.person_id, decided.seq, "recognised"))
    provider.get(place)
    refused = provider.submit(f"{place}/undo", {"reason": "other"})
    assert refused.status_code == 409
    links = set(re.findall(r"/provider/entries/[0-9a-z]{13}-[0-9]+", refused.text))
    assert len(links) == 1
    assert "认定" in provider.get(links.pop()).text
    assert all(status != "reversed" for _, _, status in entries(context))


def test_a_long_history_is_paged(provider: Browser, clock: Clock) -> None:
    for number in range(21):
        clock.now += timedelta(seconds=1)
        sent(provider, tried(provider, roster("60"), f"第{number:02}份.csv")[0])
    first = provider.get("/provider").text
    assert ("第20份.csv" in first, "第00份.csv" in first) == (True, False)
    older = re.search(r'href="(/provider\?cursor=[^"]+)"', first)
    assert older is not None
    assert "第00份.csv" in provider.get(older[1]).text
    assert provider.get("/provider?cursor=x").status_code == 422


def test_the_pages_cost_as_many_statements_however_much_there_is(
    context: Context, provider: Browser, clock: Clock
) -> None:
    counts = []
    for first, last in ((0, 1), (1, 12)):
        for number in range(first, last):
            clock.now += timedelta(seconds=1)
            sent(provider, tried(provider, roster(*["12.5"] * (number + 1)), f"{number}.csv")[0])
        seen = []
        for path in ("/provider", "/provider/entries"):
            with statements(context) as told:
                assert provider.get(path).status_code == 200
            seen.append(len(told))
        counts.append(seen)
    assert counts[0] == counts[1]
