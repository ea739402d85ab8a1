"""Providers register one completion by form, find their entries, take them back, answer disputes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.clients import find_active_client
from service.operations.dispute_entry import open_own_dispute
from service.operations.read_entries import list_entries
from tests.api.people import resident_id
from tests.pages.browser import Browser

ASKER = Asker(None, "test", "entries")
FORM = "/provider/entries/new"


@pytest.fixture
def provider(staff: Callable[..., Browser]) -> Browser:
    return staff("provider", "330000", name="培训机构")


def fields(number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "id_type": "resident_id",
        "id_number": resident_id(number),
        "name": "测试人",
        "division_code": "331100",
        "credit_year": "2023",
        "subject": "specialty",
        "hours": "12.5",
        "course_title": "装配式建筑",
        "completed_on": "2023-05-04",
        "external_ref": f"web-{number}",
        **changes,
    }


def register(browser: Browser, number: int = 1, **changes: str) -> str:
    """The place of the new entry."""
    browser.get(FORM)
    answer = browser.submit(FORM, fields(number, **changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def client_of(context: Context) -> Client:
    client = find_active_client(context, "培训机构")
    assert client is not None
    return client


def entries(context: Context) -> list[Entry]:
    return list_entries(context, client_of(context), asker=ASKER).entries


def test_one_completion_and_the_next_of_the_same_course(context: Context, provider: Browser) -> None:
    place = register(provider)
    page = provider.get(place).text
    (entry,) = entries(context)
    assert (entry.hours, entry.course_title, entry.status) == (125, "装配式建筑", "registered")
    assert "登记 12.5 学时" in page
    assert resident_id(1) not in page
    assert f"{resident_id(1)[:4]}**********{resident_id(1)[-4:]}" in page
    like = re.search(rf'href="({FORM}\?like=[^"]+)"', page)
    assert like is not None
    form = provider.get(like[1]).text
    assert 'value="装配式建筑"' in form
    assert 'value="12.5"' in form
    assert '<option value="331100" selected>' in form
    assert resident_id(1)[:4] + "**" not in form


def test_a_form_sent_twice_registers_once(context: Context, provider: Browser) -> None:
    form = provider.get(FORM).text
    reference = re.search(r'name="external_ref" type="text" value="(web-[0-9a-f]{16})"', form)
    assert reference is not None
    assert reference[1] not in provider.get(FORM).text
    first = register(provider, external_ref=reference[1])
    again = provider.submit(FORM, fields(external_ref=reference[1]))
    assert again.headers["Location"] == first
    assert "没有重复登记" in provider.follow(again).text
    assert len(entries(context)) == 1


def test_faults_stand_beside_their_fields(context: Context, provider: Browser) -> None:
    provider.get(FORM)
    wrong = fields(id_number="331100199102290031", hours="12.25", credit_year="2021", name="")
    answer = provider.submit(FORM, wrong)
    assert answer.status_code == 422
    for field in ("id_number", "hours", "credit_year", "name"):
        assert f'<small id="{field}-note">' in answer.text
        assert re.search(rf'id="field-{field}"[^>]*aria-invalid="true"', answer.text)
    for words in ("证件号码：", "学时：", "学习年度：", "姓名或名称："):
        assert f'">{words}' in answer.text.split("<h1>")[0]
    assert 'value="装配式建筑"' in answer.text
    assert entries(context) == []


def test_what_is_there_already_is_linked(provider: Browser) -> None:
    place = register(provider)
    provider.get(FORM)
    answer = provider.submit(FORM, fields(external_ref="web-2"))
    assert answer.status_code == 409
    assert f'href="{place}"' in answer.text
    assert provider.submit(FORM, fields(name="别的名字", external_ref="web-3")).status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_division_outside_is_refused(staff: Callable[..., Browser]) -> None:
    browser = staff("provider", "330500")
    assert 'value="331100"' not in browser.get(FORM).text
    assert browser.submit(FORM, fields()).status_code == 403


def test_entries_are_found_by_year_status_and_person(
    provider: Browser, staff: Callable[..., Browser]
) -> None:
    register(provider, 1)
    register(provider, 2, credit_year="2022", completed_on="2022-05-04", course_title="别的课程")
    register(staff("provider", "330000"), 3, course_title="别家课程")
    everything = provider.get("/provider/entries").text
    assert ("装配式建筑" in everything, "别的课程" in everything, "别家课程" in everything) == (
        True,
        True,
        False,
    )
    assert re.search("[0-9]{15}", everything) is None
    of_year = provider.get("/provider/entries?credit_year=2022").text
    assert ("装配式建筑" in of_year, "别的课程" in of_year) == (False, True)
    assert "没有这样的学时" in provider.get("/provider/entries?status=reversed").text
    document = {"id_type": "resident_id", "id_number": resident_id(1)}
    found = provider.submit("/provider/entries/person", document)
    assert re.fullmatch(r"/provider/entries\?person_id=[0-9a-z]{13}", found.headers["Location"])
    of_person = provider.follow(found).text
    assert ("装配式建筑" in of_person, "别的课程" in of_person) == (True, False)
    assert provider.submit("/provider/entries/person", {**document, "id_number": "1"}).status_code == 422


def test_of_somebody_without_ones_entries_nothing_is_told(
    provider: Browser, staff: Callable[..., Browser]
) -> None:
    register(staff("provider", "330000"), 3)
    provider.get("/provider/entries")
    for number in (3, 4):
        answer = provider.submit(
            "/provider/entries/person", {"id_type": "resident_id", "id_number": resident_id(number)}
        )
        assert answer.headers["Location"] == "/provider/entries"
        assert "本机构没有登记过此人的学时" in provider.follow(answer).text


def test_an_entry_is_taken_back_with_a_reason(
    context: Context, provider: Browser, staff: Callable[..., Browser]
) -> None:
    place = register(provider)
    provider.get(place)
    assert provider.submit(f"{place}/reversal", {"reason": ""}).status_code == 422
    assert staff("provider", "330000").submit(f"{place}/reversal", {"reason": "other"}).status_code == 404
    page = provider.follow(
        provider.submit(f"{place}/reversal", {"reason": "wrong_hours", "note": "多算了"})
    ).text
    assert ("学时有误" in page, "多算了" in page, "冲销这一条" in page) == (True, True, False)
    assert [entry.status for entry in entries(context)] == ["reversed"]
    provider.get("/provider/entries")
    assert provider.submit(f"{place}/reversal", {"reason": "other"}).status_code == 409


def test_a_dispute_is_seen_and_answered_once(
    context: Context, provider: Browser, staff: Callable[..., Browser]
) -> None:
    place = register(provider)
    (entry,) = entries(context)
    whose: Any = SignedInPerson(Identity("resident_id", resident_id(1)), "测试人")
    open_own_dispute(context, whose, (entry.person_id, entry.seq), "应为18学时")
    assert "有 1 项异议等待答复" in provider.get("/provider").text
    assert "应为18学时" in provider.get("/provider/entries").text
    action = re.search(r'action="([^"]+/answer)"', provider.get(place).text)
    assert action is not None
    assert provider.submit(action[1], {"text": ""}).status_code == 422
    assert staff("provider", "330000").submit(action[1], {"text": "不是我"}).status_code == 404
    page = provider.follow(provider.submit(action[1], {"text": "已核对，12.5学时无误"})).text
    assert ("已核对，12.5学时无误" in page, "/answer" in page) == (True, False)
    assert "应为18学时" not in provider.get("/provider/entries").text
    provider.get(FORM)
    assert provider.submit(action[1], {"text": "再说一次"}).status_code == 409


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_english_is_complete(provider: Browser, staff: Callable[..., Browser]) -> None:
    english = staff("provider", "330000", language="en")
    place = register(english, 9)
    chinese = re.compile(r">[^<]*[\u4e00-\u9fff][^<]*<")
    for path in ("/provider", FORM, "/provider/entries", place):
        page = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", english.get(path).text, flags=re.DOTALL)
        main = re.sub(r"<option.*?</option>|装配式建筑|建设工程|测\*\*", "", page[page.index("<main") :])
        assert chinese.findall(main) == [], path
