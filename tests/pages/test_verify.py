"""Verifying a certificate on its page: the sign, what stands behind it, and nothing that is for the person alone."""

from collections.abc import Callable

import pytest
from flask import Flask

from api.limits import VERIFICATIONS_PER_MINUTE
from service.context import Context
from service.domain.certificate import make_code
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.issue_certificate import issue_certificate
from service.operations.recognise_entries import RecognitionDraft, recognise_entry
from service.operations.register_entries import register_entry
from service.operations.reverse_entry import reverse_entry
from tests.api.calls import Caller, refused
from tests.operations.ledger import ASKER, created, draft
from tests.pages.browser import Browser
from tests.pages.conftest import NAME, NUMBER


@pytest.fixture
def school(context: Context) -> Client:
    return create_client(context, "provider", "某培训中心")[0]


@pytest.fixture
def bureau(context: Context) -> Client:
    return create_client(context, "authority", "某市人社局", ["331100"])[0]


def registered(context: Context, school: Client, ref: str = "R-1") -> Entry:
    mine = draft(
        ref, identity=Identity("resident_id", NUMBER), name=NAME, course_code=ref, course_title="监理课"
    )
    return created(register_entry(context, school, mine))


@pytest.fixture
def entry(context: Context, school: Client) -> Entry:
    return registered(context, school)


def issued(context: Context, entry: Entry, question: Question | None = None) -> str:
    return issue_certificate(
        context,
        entry.person_id,
        year=None,
        ask=None if question is None else EligibilityAsk(entry.person_id, question),
        language="zh-CN",
        lacking=lambda _: (),
        asker=ASKER,
    ).code


def verdict(page: str) -> str:
    return page.partition('class="verdict">')[2].partition("</p>")[0].strip()


def test_what_holds_says_so_and_says_little_else(context: Context, entry: Entry, visitor: Browser) -> None:
    code = issued(context, entry, Question("331100", 2023, "intermediate"))
    answer = visitor.get(f"/verify/{code}")
    assert answer.status_code == 200
    assert verdict(answer.text) == "有效"
    for said in (code, "测**", "3305**********0011", "72", "丽水市", "不能申报", "丽人社函〔2023〕45号"):
        assert said in answer.text
    for kept_back in (NAME, NUMBER, "监理课", "某培训中心"):
        assert kept_back not in answer.text


def test_a_code_is_read_however_it_is_typed(context: Context, entry: Entry, visitor: Browser) -> None:
    code = issued(context, entry)
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        page = visitor.follow(visitor.get("/verify", query_string={"code": typed}))
        assert verdict(page.text) == "有效"
    assert verdict(visitor.get(f"/verify/{code.lower().replace('-', '')}").text) == "有效"


def test_a_slip_is_told_from_a_code_that_was_never_given(
    context: Context, entry: Entry, visitor: Browser
) -> None:
    code = issued(context, entry)
    slip = ("0" if code[0] != "0" else "1") + code[1:]
    for path in (f"/verify/{slip}", f"/verify?code={slip}", "/verify/x", "/verify?code=<b>"):
        answer = visitor.get(path)
        assert (answer.status_code, verdict(answer.text)) == (404, "核验码抄错了")
        assert "<b>" not in answer.text
    answer = visitor.get(f"/verify/{make_code(bytes(32))}")
    assert (answer.status_code, verdict(answer.text)) == (404, "没有这份证明")
    assert visitor.get("/verify").status_code == 200


def test_hours_since_then_leave_it_valid(
    context: Context, school: Client, bureau: Client, entry: Entry, visitor: Browser
) -> None:
    code = issued(context, entry)
    recognise_entry(context, bureau, RecognitionDraft(entry.person_id, entry.seq, "recognised"))
    registered(context, school, "R-2")
    page = visitor.get(f"/verify/{code}").text
    assert verdict(page) == "有效，但此后有变化"
    assert "认定 72 学时" in page
    assert "新增 1 条学时" in page


def test_a_reversal_takes_the_ground_from_it(
    context: Context, school: Client, entry: Entry, visitor: Browser
) -> None:
    code = issued(context, entry)
    reverse_entry(context, school, (entry.person_id, entry.seq), "falsified")
    page = visitor.get(f"/verify/{code}").text
    assert verdict(page) == "已不再有效"
    assert "有的已不再有效" in page
    assert "冲销" in page
    assert "falsified" not in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_knocking_is_limited_on_the_page_and_at_the_door(app: Flask, visitor: Browser) -> None:
    anyone, code = Caller(app, None), make_code(bytes(32))
    for _ in range(VERIFICATIONS_PER_MINUTE):
        assert visitor.get(f"/verify/{code}").status_code == 404
        refused(anyone.get(f"/v1/certificates/{code}"), 404, "not_found")
    answer = visitor.get(f"/verify/{code}")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    refused(anyone.get(f"/v1/certificates/{code}"), 429, "too_many_requests")
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert visitor.get(f"/verify/{code}", environ_base=elsewhere).status_code == 404
    assert anyone.get(f"/v1/certificates/{code}", environ_base=elsewhere).status_code == 404
    assert visitor.get("/verify").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_is_there_in_english(
    app: Flask, context: Context, entry: Entry, person: Callable[..., Browser]
) -> None:
    page = Browser(app, language="en").get(f"/verify/{issued(context, entry)}").text
    assert verdict(page) == "Valid"
    assert "Compare with the paper" in page


def test_an_identity_number_in_place_of_a_code_is_not_said_again(visitor: Browser) -> None:
    for path in (f"/verify/{NUMBER}", f"/verify?code={NUMBER}"):
        answer = visitor.get(path)
        assert answer.status_code in (404, 422)
        assert NUMBER not in answer.text
