"""One's own certificates: issued, listed with what became of them, printed again to the byte."""

import re
from collections.abc import Callable

import pytest

from api.paper.print_certificate import print_certificate
from service.context import Context
from service.domain.access import own_asker
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identity import Identity
from service.operations.clients import create_client
from service.operations.issue_certificate import issue_certificate
from service.operations.register_entries import register_entry
from service.operations.reverse_entry import reverse_entry
from tests.api.calls import Clock
from tests.operations.ledger import created, draft
from tests.pages.browser import Browser
from tests.pages.conftest import NAME, NUMBER

People = Callable[..., Browser]
OTHER = ("330400198707070040", "测试乙")
QUESTION = {
    "division_code": "331100",
    "declaration_year": "2023",
    "level": "intermediate",
    "purpose": "review",
}


@pytest.fixture
def school(context: Context) -> Client:
    return create_client(context, "provider", "某培训中心")[0]


@pytest.fixture
def entry(context: Context, school: Client) -> Entry:
    mine = draft(identity=Identity("resident_id", NUMBER), name=NAME)
    return created(register_entry(context, school, mine))


def issue(browser: Browser, **fields: str) -> str:
    browser.get("/me/certificates")
    answer = browser.submit("/me/certificates", fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("=")[2]


def codes(page: str) -> list[str]:
    return re.findall(r'class="code" href="/verify/([0-9A-Z-]{19})"', page)


def test_a_certificate_is_issued_listed_and_the_same_to_the_byte(
    context: Context, school: Client, entry: Entry, person: People, clock: Clock
) -> None:
    browser = person()
    assert codes(browser.get("/me/certificates").text) == []
    code = issue(browser)
    page = browser.get(f"/me/certificates?issued={code}").text
    assert codes(page) == [code]
    assert "下载学时证明（PDF）" in page
    first = browser.get(f"/me/certificates/{code}?language=zh-CN")
    assert first.mimetype == "application/pdf"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{code}.pdf"'
    assert first.headers["Cache-Control"] == "no-store"
    asker = own_asker("test", "transcript")
    certificate = issue_certificate(
        context, entry.person_id, year=None, ask=None, language="zh-CN", lacking=lambda _: (), asker=asker
    )
    assert certificate.code == code
    assert first.data == print_certificate(context, certificate, "zh-CN")
    assert issue(browser) == code
    reverse_entry(context, school, (entry.person_id, entry.seq), "duplicate")
    assert browser.get(f"/me/certificates/{code}?language=zh-CN").data == first.data
    assert browser.get(f"/me/certificates/{code}?language=en").data != first.data
    assert "已不再有效" in browser.get("/me/certificates").text


def test_the_outcome_is_stated_if_wanted(entry: Entry, person: People) -> None:
    browser = person()
    browser.get("/me", query_string=QUESTION)
    code = issue(browser, with_outcome="true", year="2023", **QUESTION)
    page = browser.get("/me/certificates").text
    assert "不能申报" in page
    assert "丽水市 · 2023 年度申报 · 中级 · 评审" in page
    assert issue(browser, year="2023", **QUESTION) != code
    paper = browser.get(f"/me/certificates/{code}")
    assert paper.data.startswith(b"%PDF-")
    refused = browser.submit(
        "/me/certificates", {"with_outcome": "true", "division_code": "1", "csrf_token": ""}
    )
    assert refused.status_code == 403
    browser.get("/me/certificates")
    assert browser.submit("/me/certificates", {"with_outcome": "true", "level": "x"}).status_code == 422


def test_it_is_for_its_person_alone(entry: Entry, person: People, staff: People) -> None:
    code = issue(person())
    for stranger, status in ((person(*OTHER), 404), (person(name="别人"), 409), (staff("admin"), 403)):
        assert stranger.get(f"/me/certificates/{code}").status_code == status
    other = person(*OTHER)
    page = other.get("/me/certificates").text
    assert code not in page
    assert "没有可以证明的" in page
    other.get("/me/register")
    assert other.submit("/me/certificates").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_is_there_in_english(entry: Entry, person: People) -> None:
    browser = person(language="en")
    code = issue(browser)
    page = browser.get(f"/me/certificates?issued={code}").text
    assert "Download in English (PDF)" in page
    assert "Issued so far" in page
