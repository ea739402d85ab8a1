"""One entry before an authority, what was decided, and the disputes."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.evidence import Upload
from service.domain.identifiers import encode_person_id
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.clients import create_client
from service.operations.dispute_entry import open_own_dispute
from service.operations.record_access import list_access_records
from service.operations.register_own_entry import register_own_entry
from service.operations.review_entry import review_entry
from tests.api.calls import Clock
from tests.operations.ledger import ASKER, id_number
from tests.operations.own import own_draft, png
from tests.pages.browser import Browser
from tests.pages.queued import name_of, wait

Staff = Callable[..., Browser]


@pytest.fixture
def provider(context: Context) -> Client:
    return create_client(context, "provider", "甲培训中心")[0]


@pytest.fixture
def officer(staff: Staff) -> Browser:
    return staff("authority", "330500", name="湖州某局")


def somebody(person: int) -> SignedInPerson:
    return SignedInPerson(Identity("resident_id", id_number(person)), f"测试{person}")


def test_everything_for_a_decision_is_in_view(context: Context, provider: Client, officer: Browser) -> None:
    other = create_client(context, "provider", "乙培训中心")[0]
    (entry,) = wait(context, provider, {"ref": "Q-A", "person": 5, "course_title": "绿色建筑"})
    wait(context, other, {"ref": "Q-B", "person": 5, "course_title": " 绿色建筑 ", "hours": 455})
    wait(context, other, {"ref": "Q-C", "person": 5, "course_title": "测量", "credit_year": 2022})
    page = officer.get(f"/authority/entries/{name_of(entry)}").text
    assert "测试5" in page
    assert id_number(5) in page
    assert '<span class="badge wait">待认定</span>' in page
    assert '<a href="/authority" aria-current="page">' in page
    duplicates, year = page.split("可能重复")[1].split("2023年度合计")
    assert "乙培训中心" in duplicates
    assert "45.5" in duplicates
    assert "测量" not in page
    assert "同年其他学时" in year
    assert "+117.5" in year  # both wait: 72 + 45.5 of the 90
    assert "/ 90" in year
    assert "湖州市住房和城乡建设局" in page  # whom the notice names
    assert "湖人社函〔2021〕57号" in page
    records = list_access_records(context, person_id=entry.person_id).records
    assert [record.purpose for record in records] == ["recognition"]


def test_a_decision_needs_its_reason_and_then_is_in_the_history(
    context: Context, provider: Client, officer: Browser
) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A"})
    place = f"/authority/entries/{name_of(entry)}"
    seen = {"after_seq": str(entry.seq), "next": "/authority?age=week"}
    refused = officer.submit(place, {**seen, "outcome": "recognised", "hours": "40.5"})
    assert refused.status_code == 422
    assert "必须说明理由" in refused.text
    assert 'value="40.5"' in refused.text
    assert officer.submit(place, {**seen, "outcome": "recognised", "hours": "100"}).status_code == 422
    taken = officer.submit(
        place, {**seen, "outcome": "recognised", "hours": "40.5", "reason": "证书只有40.5"}
    )
    assert (taken.status_code, taken.headers["Location"]) == (303, "/authority?age=week")
    assert "已认定40.5学时" in officer.follow(taken).text
    late = officer.submit(place, {**seen, "outcome": "rejected", "hours": "72", "reason": "无证书"})
    assert late.status_code == 409
    assert "其间已有新的处理" in late.text
    page = officer.get(place).text
    after = re.search(r'name="after_seq" value="(\d+)"', page)
    assert after is not None
    changed = {"after_seq": after[1], "outcome": "rejected", "hours": "40.5", "reason": "无证书"}
    assert officer.submit(place, {**changed, "next": "//evil.example"}).headers["Location"] == place
    history = officer.get(place).text.split("全部记录")[1]
    assert [history.index(told) for told in ("证书只有40.5", "无证书")] == sorted(
        history.index(told) for told in ("证书只有40.5", "无证书")
    )


def test_another_authoritys_entry(context: Context, provider: Client, staff: Staff) -> None:
    here, traffic = wait(
        context, provider, {"ref": "Q-A", "person": 5}, {"ref": "Q-B", "person": 5, "series": "交通工程"}
    )
    elsewhere = staff("authority", "331100")
    assert elsewhere.get(f"/authority/entries/{name_of(here)}").status_code == 403
    decision = {"outcome": "recognised"}
    assert elsewhere.submit(f"/authority/entries/{name_of(here)}", decision).status_code == 403
    for unknown in ("nonsense", f"{encode_person_id(1)}-1"):
        assert elsewhere.get(f"/authority/entries/{unknown}").status_code == 404
    housing = staff("authority", "330500", name="湖州市住房和城乡建设局")
    page = housing.get(f"/authority/entries/{name_of(traffic)}").text
    assert "湖州市交通运输局" in page
    assert 'name="outcome"' not in page
    assert id_number(5) not in page  # no decision of theirs rests on it
    assert "测试5" not in page
    assert "测*" in page
    assert id_number(5) in housing.get(f"/authority/entries/{name_of(here)}").text
    assert housing.submit(f"/authority/entries/{name_of(traffic)}", decision).status_code == 403


def test_evidence_is_shown_and_looking_at_it_is_on_record(
    context: Context, officer: Browser, staff: Staff
) -> None:
    own = own_draft(division_code="330500")
    entry = register_own_entry(context, somebody(5), own, [Upload("证书.png", png())]).entry
    assert entry is not None
    assert "佐证1份" in officer.get("/authority?self_registered=true").text
    page = officer.get(f"/authority/entries/{name_of(entry)}").text
    found = re.search(r'<img src="(/authority/evidence/\w+)" alt="佐证：证书.png"', page)
    assert found is not None
    picture = officer.get(found[1])
    assert (picture.mimetype, picture.data) == ("image/png", png())
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    records = list_access_records(context, person_id=entry.person_id).records
    assert records[-1].purpose == "evidence"
    assert staff("authority", "331100").get(found[1]).status_code == 403
    assert officer.get("/authority/evidence/nonsense").status_code == 404


def test_what_was_decided_latest_first(
    context: Context, provider: Client, officer: Browser, staff: Staff
) -> None:
    entries = wait(context, provider, *({"ref": f"Q-{letter}", "person": 9} for letter in "ABC"))
    colleague = staff("authority", "330500", name="湖州另一局")
    for browser, entry, decision in (
        (officer, entries[0], {"outcome": "recognised"}),
        (officer, entries[1], {"outcome": "rejected", "reason": "重复的课"}),
        (colleague, entries[2], {"outcome": "recognised", "hours": "1.5", "reason": "不足"}),
        (officer, entries[0], {"outcome": "recognised", "hours": "70", "reason": "复核"}),
    ):
        assert browser.submit(f"/authority/entries/{name_of(entry)}", decision).status_code == 303

    def listed(query: str = "") -> list[str]:
        return re.findall(r">课程Q-(\w)</a>", officer.get(f"/authority/entries{query}").text)

    assert listed() == ["A", "B"]
    assert listed("?by=all") == ["A", "C", "B"]
    assert listed("?outcome=rejected") == ["B"]
    assert listed("?credit_year=2022") == []
    assert listed(f"?person_id={encode_person_id(entries[0].person_id)}") == ["A", "B"]
    page = officer.get("/authority/entries").text
    assert "认定70" in page
    assert "登记72，已核减" in page
    assert "重复的课" in page
    assert id_number(9) not in page
    assert officer.get("/authority/entries?division_code=331100").status_code == 403
    assert staff("authority", "331100").get("/authority/entries?by=all").text.count("课程Q-") == 0


def test_disputes_are_answered_and_closed(
    context: Context, provider: Client, staff: Staff, clock: Clock
) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A", "person": 5})
    dispute = open_own_dispute(context, somebody(5), (entry.person_id, entry.seq), "少算了")
    clock.now += timedelta(days=12)
    officer = staff("authority", "330500")
    page = officer.get("/authority/disputes").text
    assert "少算了" in page
    assert "12天前" in page
    assert id_number(5) not in page
    assert "有异议" in officer.get("/authority").text
    place = f"/authority/disputes/{encode_person_id(dispute.dispute_id)}"
    assert officer.submit(f"{place}/answer", {"text": " "}).status_code == 422
    assert officer.submit(f"{place}/answer", {"text": "请补材料"}).status_code == 303
    again = officer.submit(f"{place}/answer", {"text": "再说一次"})
    assert again.status_code == 409
    assert "再说一次" not in officer.get("/authority/disputes?status=answered").text
    assert "请补材料" in officer.get("/authority/disputes?status=answered").text
    assert staff("authority", "331100").submit(f"{place}/closing", {}).status_code == 422
    closing = {"text": "已核实", "outcome": "upheld"}
    assert staff("authority", "331100").submit(f"{place}/closing", closing).status_code == 403
    closed = officer.submit(f"{place}/closing", closing)
    assert "异议成立" in officer.follow(closed).text
    assert "少算了" not in officer.get("/authority/disputes").text


def test_the_review_is_refused_as_an_entry_is(context: Context, provider: Client) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A"})
    stranger = create_client(context, "authority", "别处", ["331100"])[0]
    with pytest.raises(Refusal) as refused:
        review_entry(context, stranger, (entry.person_id, entry.seq), asker=ASKER)
    assert refused.value.code == "forbidden_division"
    assert list_access_records(context, person_id=entry.person_id).records == []
