"""One's own data: who looked, what is held, disputes, sign-ins; nobody else's."""

from collections.abc import Callable, Sequence
from typing import get_args

import orjson
import pytest

from service.context import Context
from service.domain.access import Asker, Purpose
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identifiers import encode_entry_id
from service.domain.identity import Identity
from service.operations.clients import create_client
from service.operations.dispute_entry import answer_dispute, close_dispute, find_disputes
from service.operations.read_transcript import read_transcript
from service.operations.register_entries import register_entry
from service.wording.rights import PURPOSES
from tests.operations.ledger import created, draft
from tests.pages.browser import Browser
from tests.pages.conftest import NAME, NUMBER
from tests.pages.own_forms import register

People = Callable[..., Browser]
OTHER = ("330400198707070040", "测试乙")


@pytest.fixture
def school(context: Context) -> Client:
    return create_client(context, "provider", "某培训中心", ["330500"])[0]


@pytest.fixture
def bureau(context: Context) -> Client:
    return create_client(context, "authority", "湖州市住房和城乡建设局", ["330500"])[0]


@pytest.fixture
def entry(context: Context, school: Client) -> Entry:
    mine = draft(identity=Identity("resident_id", NUMBER), name=NAME, division_code="330500")
    return created(register_entry(context, school, mine))


def rows_of(page: str) -> list[str]:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]


def look(context: Context, client: Client, entry: Entry, times: int = 1) -> None:
    for _ in range(times):
        read_transcript(context, entry.person_id, asker=Asker(client.client_id, "test", "transcript"))


def test_who_looked_stands_there_in_words(
    context: Context, bureau: Client, entry: Entry, person: People
) -> None:
    look(context, bureau, entry, times=3)
    browser = person()
    browser.get("/me/data")
    (row,) = rows_of(browser.get("/me/data").text)
    for said in ("湖州市住房和城乡建设局", "查看学时总表", ">3<"):
        assert said in row
    rows = rows_of(browser.get("/me/data?own=true").text)
    assert [("本人" in row, "查看查阅记录" in row) for row in rows] == [(True, True), (False, False)]
    assert "没有别人看过" in person(*OTHER).get("/me/data").text


def test_every_purpose_has_words() -> None:
    assert set(PURPOSES) == set(get_args(Purpose))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looks_are_paged(
    context: Context, bureau: Client, entry: Entry, person: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.own_data.ACCESSES_ON_A_PAGE", 2)
    look(context, bureau, entry, times=5)
    browser = person()

    def counts(path: str, found: Sequence[str] = ()) -> list[str]:
        page = browser.get(path).text
        found = [*found, *(row.rpartition('class="number">')[2].partition("<")[0] for row in rows_of(page))]
        _, more, rest = page.partition('href="/me/data?cursor=')
        return counts("/me/data?cursor=" + rest.partition("#")[0], found) if more else list(found)

    assert counts("/me/data") == ["2", "2", "1"]
    assert browser.get("/me/data?cursor=nonsense").status_code == 422


def test_everything_can_be_seen_and_taken_away(context: Context, entry: Entry, person: People) -> None:
    browser, other = person(), person(*OTHER)
    own = register(browser)
    register(other, course_title="别人的课程")
    held = browser.get("/me/data/held").text
    for said in (NUMBER, NAME, "结业证书.pdf", "2056-"):
        assert said in held
    answer = browser.get("/me/data/export")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "no-store"
    export = orjson.loads(answer.data)
    (exported,) = export["people"]
    assert exported["documents"] == [{"id_type": "resident_id", "id_number": NUMBER}]
    assert {each["entry_id"] for each in exported["entries"]} == {
        own,
        encode_entry_id(entry.person_id, entry.seq),
    }
    assert "别人的课程" not in answer.text
    assert "export" in {each["purpose"] for each in export["access_records"]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whom_the_ledger_has_never_seen_is_told_so(person: People) -> None:
    browser = person()
    for path in ("/me/data", "/me/data/held"):
        assert browser.get(path).status_code == 200
    assert "账本里还没有您的信息" in browser.get("/me/data/held").text
    assert browser.get("/me/data/export").headers["Location"] == "/me/data/held"


def test_a_dispute_from_opening_to_closing(
    context: Context, bureau: Client, school: Client, entry: Entry, person: People
) -> None:
    browser = person()
    path = f"/me/hours/{encode_entry_id(entry.person_id, entry.seq)}/dispute"
    assert "某培训中心" not in browser.get(path).text
    assert browser.submit(path, {"text": " "}).status_code == 422
    browser.get(path)
    page = browser.follow(browser.submit(path, {"text": "学时少记了\r\n应为80学时"}))
    assert "学时少记了 应为80学时" in page.text
    assert "等待答复" in page.text
    assert "</textarea>" not in page.text
    assert browser.submit(path, {"text": "再说一次", "csrf_token": ""}).status_code == 403
    browser.get("/me/register")
    again = browser.submit(path, {"text": "再说一次"})
    assert again.status_code == 409
    (dispute,) = find_disputes(context, school, asker=Asker(school.client_id, "test", "dispute")).disputes
    answer_dispute(context, school, dispute.dispute_id, "签到只有72学时")
    assert "已答复，等待办结" in browser.get("/me/data").text
    close_dispute(context, bureau, dispute.dispute_id, "签到表无误", "rejected")
    for page in (browser.get(path), browser.get("/me/data")):
        for said in ("某培训中心", "签到只有72学时", "湖州市住房和城乡建设局", "异议不成立", "已办结"):
            assert said in page.text
    assert "</textarea>" in browser.get(path).text


def test_an_entry_of_somebody_else_cannot_be_disputed(entry: Entry, person: People) -> None:
    stranger = person(*OTHER)
    path = f"/me/hours/{encode_entry_id(entry.person_id, entry.seq)}/dispute"
    assert stranger.get(path).status_code == 404
    stranger.get("/me/register")
    assert stranger.submit(path, {"text": "不对"}).status_code == 404
    assert "我的异议" in stranger.get("/me/data").text
    assert "不对" not in person().get(path).text


def test_sign_ins_are_listed_and_ended_everywhere(person: People) -> None:
    here, there = person(), person()
    person(*OTHER)
    page = here.get("/me/data").text
    assert page.count("登录，") == 2
    assert page.count("本次") == 1
    here.submit("/sign-out/everywhere")
    assert there.get("/me/data").status_code == 303


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_are_there_in_english(entry: Entry, person: People) -> None:
    browser = person(language="en")
    register(browser)
    assert "Who looked at my data" in browser.get("/me/data?own=true").text
    assert "What is held about you" in browser.get("/me/data/held").text
    path = f"/me/hours/{encode_entry_id(entry.person_id, entry.seq)}/dispute"
    assert "What is wrong" in browser.get(path).text
