"""A person's entries: all of one's own with their history, nobody else's."""

from collections.abc import Callable

import pytest

from importers.samples import DemoPerson
from service.context import Context
from service.domain.access import own_asker
from service.domain.entry import Entry
from service.domain.identifiers import encode_entry_id
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.clients import create_client
from service.operations.read_own_entries import read_own_entries
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_own_entry import register_own_entry
from service.operations.reverse_own_entry import reverse_own_entry
from tests.operations.own import files, own_draft
from tests.pages.browser import Browser
from tests.pages.stories import HUZHOU, JIAXING, LISHUI, PROVIDER, asked, stories

__all__ = ["stories"]

People = Callable[..., Browser]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.usefixtures("stories")


def signed_in(somebody: DemoPerson = HUZHOU) -> SignedInPerson:
    return SignedInPerson(Identity("resident_id", somebody.id_number), somebody.name)


def entries_of(context: Context, somebody: DemoPerson = HUZHOU) -> list[Entry]:
    asker = own_asker("test", "entries")
    return read_own_entries(context, signed_in(somebody), asker=asker).entries


def place_of(entry: Entry) -> str:
    return f"/me/hours/{encode_entry_id(entry.person_id, entry.seq)}"


def decide(context: Context, entry: Entry, hours: int, reason: str) -> None:
    authority, _ = create_client(context, "authority", "湖州某局", ("330500",), ("建设工程",))
    draft = RecognitionDraft(entry.person_id, entry.seq, "recognised", hours, reason)
    assert recognise_entries(context, authority, [draft])[0].result == "created"


def test_all_entries_are_there_year_by_year_with_who_registered_them(person: People) -> None:
    page = person(HUZHOU.id_number, HUZHOU.name).get("/me/hours")
    assert page.status_code == 200
    assert page.text.count('<th scope="row"><a href="/me/hours/') == 6
    assert page.text.count(PROVIDER) == 6
    assert page.text.count('<span class="badge wait">待认定</span>') == 6
    assert page.text.index("<h3>2021") < page.text.index("<h3>2020")
    assert "按</a>" not in page.text
    assert "湖人社函〔2021〕57号" in page.text
    assert HUZHOU.id_number not in page.text


@ON_SQLITE
def test_the_years_are_held_against_the_place_chosen_last(person: People) -> None:
    browser = person(LISHUI.id_number, LISHUI.name)
    assert "最低 90" in browser.get("/me/hours").text
    browser.get(f"/me?{asked(HUZHOU)}")
    huzhou = browser.get("/me/hours").text
    assert "2023年另有78学时登记在其他地市" in huzhou


@ON_SQLITE
def test_entries_are_filtered_by_year_and_status(context: Context, person: People) -> None:
    entry = next(it for it in entries_of(context) if it.subject == "specialty")
    decide(context, entry, 540, "课时不符")
    browser = person(HUZHOU.id_number, HUZHOU.name)
    assert browser.get("/me/hours?year=2020").text.count('<th scope="row"><a href=') == 3
    recognised = browser.get("/me/hours?status=recognised").text
    assert recognised.count('<th scope="row"><a href=') == 1
    assert "已认定 54/60" in recognised
    assert "没有符合条件的学时" in browser.get("/me/hours?status=reversed").text
    assert browser.get("/me/hours?status=strange").status_code == 422


def test_an_entry_tells_all_that_became_of_it(context: Context, person: People) -> None:
    entry = next(it for it in entries_of(context) if it.subject == "specialty")
    decide(context, entry, 540, "课时不符")
    page = person(HUZHOU.id_number, HUZHOU.name).get(place_of(entry)).text
    assert page.index("登记60学时") < page.index("认定54学时") < page.index("课时不符")
    assert PROVIDER in page
    assert "湖州某局" in page
    assert f'href="{place_of(entry)}/dispute"' in page
    assert "/withdrawal" not in page


def test_what_one_registered_oneself_says_so_and_can_be_taken_back(context: Context, person: People) -> None:
    entry = register_own_entry(context, signed_in(), own_draft("a", division_code="330500"), files()).entry
    assert entry is not None
    browser = person(HUZHOU.id_number, HUZHOU.name)
    page = browser.get(place_of(entry)).text
    assert "由湖州市住房和城乡建设局认定后计入" in page
    assert "证书0.pdf" in page
    assert 'href="/me/evidence/' in page
    assert f'href="{place_of(entry)}/withdrawal"' in page
    assert "自行登记" in browser.get("/me/hours?year=2023").text
    reverse_own_entry(context, signed_in(), (entry.person_id, entry.seq), "wrong_hours", "填错了")
    after = browser.get(place_of(entry)).text
    assert after.index("已冲销") < after.index("登记24学时") < after.index("学时有误") < after.index("填错了")
    assert "/withdrawal" not in after


def test_somebody_elses_entry_is_not_there(context: Context, person: People) -> None:
    browser = person(JIAXING.id_number, JIAXING.name)
    assert browser.get(place_of(entries_of(context)[0])).status_code == 404
    assert browser.get("/me/hours/nonsense").status_code == 404
    assert "装配式建筑设计与施工（2020）" not in browser.get("/me/hours").text


@ON_SQLITE
def test_every_page_is_in_english_too(context: Context, person: People) -> None:
    entry = entries_of(context)[0]
    browser = person(HUZHOU.id_number, HUZHOU.name, language="en")
    assert "Waiting for recognition" in browser.get("/me/hours").text
    page = browser.get(place_of(entry)).text
    assert "What became of it" in page
    assert "18 hours registered" in page


@ON_SQLITE
def test_somebody_without_hours_is_told_what_to_do(person: People) -> None:
    page = person("331100199202290039", "测试壬").get("/me/hours").text
    assert "学时账里还没有您的学时" in page
    assert "<svg class=" not in page
