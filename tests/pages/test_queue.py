"""The queue in a browser: who sees what, what is counted, what becomes of a selection."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identifiers import encode_person_id
from service.operations.clients import create_client, find_client
from service.operations.read_entries import find_entry
from service.operations.record_access import list_access_records
from service.operations.reverse_entry import reverse_entry
from tests.api.calls import Clock
from tests.api.test_statement_counts import statements
from tests.operations.ledger import id_number
from tests.pages.browser import Browser
from tests.pages.queued import name_of, selection, wait

Staff = Callable[..., Browser]


@pytest.fixture
def provider(context: Context) -> Client:
    return create_client(context, "provider", "甲培训中心")[0]


@pytest.fixture
def officer(staff: Staff) -> Browser:
    """Of an authority for all hours of Huzhou."""
    return staff("authority", "330500", name="湖州某局")


def titles(browser: Browser, path: str = "/authority") -> list[str]:
    """The courses on a page of the queue, in order."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a class="course"[^>]*>课程Q-(\w+)</a>', answer.text)


def standing(context: Context, entry: Entry) -> tuple[str, int]:
    admin = find_client(context, "看的人") or create_client(context, "admin", "看的人")[0]
    found = find_entry(context, admin, (entry.person_id, entry.seq))
    return found.status, found.recognised_hours


def test_each_authority_sees_its_own_series_and_divisions(
    context: Context, provider: Client, staff: Staff
) -> None:
    wait(
        context,
        provider,
        {"ref": "Q-A"},
        {"ref": "Q-B", "series": "交通工程"},
        {"ref": "Q-C", "subject": "general_public"},
        {"ref": "Q-D", "division_code": "330522"},
        {"ref": "Q-E", "division_code": "331100"},
    )
    for browser, expected in (
        (staff("authority", "330500", name="湖州市住房和城乡建设局"), "AD"),
        (staff("authority", "330500", series=("交通工程",)), "B"),
        (staff("authority", "330522"), "D"),
        (staff("authority", "331100"), "E"),
        (staff("authority", "330400"), ""),
    ):
        assert sorted(titles(browser)) == list(expected)


def test_the_queue_is_filtered(context: Context, provider: Client, officer: Browser) -> None:
    other = create_client(context, "provider", "乙培训中心")[0]
    wait(context, provider, {"ref": "Q-A"}, {"ref": "Q-B", "series": "交通工程", "credit_year": 2022})
    wait(context, provider, {"ref": "Q-C", "series": None, "division_code": "330522"})
    (theirs,) = wait(context, other, {"ref": "Q-D", "person": 9})
    for query, expected in (
        ("series=建设工程", "AD"),
        ("series=-", "C"),
        ("credit_year=2022", "B"),
        ("division_code=330522", "C"),
        (f"provider_id={other.client_id}", "D"),
        (f"person_id={encode_person_id(theirs.person_id)}", "D"),
        ("self_registered=true", ""),
        ("self_registered=false", "ABCD"),
        (f"series=建设工程&provider_id={provider.client_id}&age=week", "A"),
        ("age=older", ""),
    ):
        assert sorted(titles(officer, f"/authority?{query}")) == list(expected), query
    page = officer.get("/authority?series=建设工程").text
    assert "建设工程 (2)" in page
    assert "交通工程 (1)" in page  # what another choice would bring
    assert f"{other.name} (1)" in page
    assert officer.get("/authority?division_code=331100").status_code == 403


def test_ages_change_at_midnight_in_shanghai(
    context: Context, provider: Client, officer: Browser, clock: Clock
) -> None:
    clock.now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # the 20th at ten
    for ref, at in (
        ("Q-A", datetime(2026, 11, 12, 16, 0, tzinfo=UTC)),  # the first moment of the 13th: seven days
        ("Q-B", datetime(2026, 11, 12, 15, 59, 59, tzinfo=UTC)),  # the last second of the 12th: eight
        ("Q-C", datetime(2026, 10, 20, 16, 0, tzinfo=UTC)),  # 21 October: thirty days
        ("Q-D", datetime(2026, 10, 20, 15, 59, 59, tzinfo=UTC)),  # 20 October: thirty-one
    ):
        wait(context, provider, {"ref": ref, "person": ord(ref[-1])}, at=at)
    assert titles(officer, "/authority?age=week") == ["A"]
    assert titles(officer, "/authority?age=month") == ["C", "B"]
    assert titles(officer, "/authority?age=older") == ["D"]
    page = officer.get("/authority?age=older").text
    counts = dict(
        re.findall(r'<a class="(\w+)" href="/authority\?age=\w+"[^>]*><strong>(\d+)</strong>', page)
    )
    assert counts == {"week": "1", "month": "2", "older": "1"}
    assert re.search(r'<a href="/authority"><strong>4</strong>', page)
    assert "31天" in page


def test_people_are_masked_in_the_list_and_a_look_leaves_its_record(
    context: Context, provider: Client, officer: Browser
) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A", "person": 5})
    page = officer.get("/authority").text
    number = id_number(5)
    assert f"{number[:4]}{'*' * 10}{number[-4:]}" in page
    assert number not in page
    assert "测试5" not in page
    (record,) = list_access_records(context, person_id=entry.person_id).records
    assert record.purpose == "recognition"


def test_a_person_is_found_by_number_and_the_number_stands_in_no_address(
    context: Context, provider: Client, officer: Browser
) -> None:
    (entry, _) = wait(context, provider, {"ref": "Q-A", "person": 5}, {"ref": "Q-B", "person": 6})
    answer = officer.submit("/authority/person", {"id_number": id_number(5)})
    assert answer.status_code == 303
    assert id_number(5) not in answer.headers["Location"]
    assert titles(officer, answer.headers["Location"]) == ["A"]
    assert "lookup" in [it.purpose for it in list_access_records(context, person_id=entry.person_id).records]
    unknown = officer.submit("/authority/person", {"id_number": id_number(77)})
    assert unknown.status_code == 422
    assert "没有登记过此证件号码的学时" in unknown.text
    assert id_number(77) not in unknown.text


def test_a_selection_is_decided_row_by_row(context: Context, provider: Client, officer: Browser) -> None:
    full, part, no, left = wait(context, provider, *({"ref": f"Q-{letter}"} for letter in "ABCD"))
    fields = selection(
        full,
        part,
        no,
        **{
            f"hours.{name_of(part)}": "50.5",
            f"reason.{name_of(part)}": "证书只有50.5学时",
            f"outcome.{name_of(no)}": "rejected",
            f"reason.{name_of(no)}": "不属于本专业",
            f"hours.{name_of(left)}": "72",
            f"reason.{name_of(left)}": "",
            f"outcome.{name_of(left)}": "recognised",
        },
    )
    answer = officer.submit("/authority?series=建设工程", fields)
    assert answer.status_code == 200
    assert "认定2条，不予认定1条，未处理0条。" in answer.text
    assert [standing(context, each) for each in (full, part, no, left)] == [
        ("recognised", 720),
        ("recognised", 505),
        ("rejected", 0),
        ("registered", 0),
    ]
    assert 'action="/authority?series=%E5%BB%BA' in answer.text  # the filter is kept
    again = officer.submit("/authority?series=建设工程", fields)  # the page loaded again
    assert "认定2条，不予认定1条，未处理0条。" in again.text
    assert "课程Q-D" in again.text


def test_all_in_full_and_all_rejected_for_one_reason(
    context: Context, provider: Client, officer: Browser
) -> None:
    one, two, three, four = wait(context, provider, *({"ref": f"Q-{letter}"} for letter in "ABCD"))
    half = {f"hours.{name_of(one)}": "1"}
    officer.submit("/authority", selection(one, two, do="recognise", **half))
    assert [standing(context, each) for each in (one, two)] == [("recognised", 720)] * 2
    answer = officer.submit("/authority", selection(three, four, do="reject"))
    assert "未处理2条" in answer.text
    assert standing(context, three) == ("registered", 0)
    officer.submit("/authority", selection(three, four, do="reject", reason="材料不全"))
    assert [standing(context, each) for each in (three, four)] == [("rejected", 0)] * 2


def test_what_is_refused_is_told_by_row_and_nothing_that_was_entered_is_lost(
    context: Context, provider: Client, staff: Staff
) -> None:
    mine, less, more, gone, decided = wait(context, provider, *({"ref": f"Q-{letter}"} for letter in "ABCDE"))
    (theirs,) = wait(context, provider, {"ref": "Q-T", "series": "交通工程", "person": 20})
    (far,) = wait(context, provider, {"ref": "Q-F", "division_code": "331100", "person": 21})
    officer = staff("authority", "330500", name="湖州市住房和城乡建设局")
    officer.get("/authority")
    reverse_entry(context, provider, (gone.person_id, gone.seq), "duplicate")
    colleague = staff("authority", "330500", series=("建设工程",))
    colleague.submit("/authority", selection(decided, do="reject", reason="重复"))
    fields = selection(
        mine,
        less,
        more,
        gone,
        decided,
        theirs,
        far,
        **{f"hours.{name_of(less)}": "3.5", f"hours.{name_of(more)}": "99"},
    )
    answer = officer.submit("/authority", fields)
    assert "认定1条，不予认定0条，未处理6条。" in answer.text
    for told in (
        "必须说明理由",
        "登记",
        "已经冲销",
        "其间已有新的处理",
        "湖州市交通运输局",
        "不在你的区划范围内",
    ):
        assert told in answer.text, told
    assert [standing(context, each)[0] for each in (mine, less, more, gone, decided, theirs, far)] == [
        "recognised",
        "registered",
        "registered",
        "reversed",
        "rejected",
        "registered",
        "registered",
    ]
    assert f'name="hours.{name_of(less)}" inputmode="decimal" value="3.5"' in answer.text
    assert "课程Q-F" not in answer.text  # another division's entry isn't shown, whoever asks by its id


def test_undo_is_a_new_decision(context: Context, provider: Client, officer: Browser) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A"})
    done = officer.submit("/authority", selection(entry, do="recognise")).text
    after = re.search(rf'name="after.{name_of(entry)}" value="(\d+)"', done)
    assert after is not None
    assert int(after[1]) > entry.seq
    fields = {f"select.{name_of(entry)}": "on", f"after.{name_of(entry)}": after[1], "do": "reject"}
    assert "必须说明理由" in officer.submit("/authority", fields).text
    officer.submit("/authority", {**fields, "reason": "点错了"})
    assert standing(context, entry) == ("rejected", 0)


def test_a_form_that_makes_no_sense_is_refused_whole(
    context: Context, provider: Client, officer: Browser
) -> None:
    (entry,) = wait(context, provider, {"ref": "Q-A"})
    for fields, told in (
        ({"do": "rows"}, "请至少选择一条"),
        ({**selection(entry), "do": "everything"}, "只能是"),
        ({"do": "rows", "select.nonsense": "on"}, "课程Q-A"),
    ):
        answer = officer.submit("/authority", fields)
        assert answer.status_code == 422
        assert told in answer.text
    assert standing(context, entry) == ("registered", 0)


def test_the_page_goes_on_where_it_was(context: Context, provider: Client, officer: Browser) -> None:
    entries = [wait(context, provider, {"ref": f"Q-{number:02}"})[0] for number in range(7)]
    first = officer.get("/authority?limit=3").text
    found = re.search(r'href="(/authority\?limit=3&amp;cursor=[^"]+)" rel="next"', first)
    assert found is not None
    second = found[1].replace("&amp;", "&")
    assert titles(officer, second) == ["03", "04", "05"]
    answer = officer.submit(second, selection(entries[3], entries[4], do="recognise"))
    assert re.findall(r"课程Q-(\d+)</a>", answer.text) == ["05", "06"]
    assert titles(officer, "/authority") == ["00", "01", "02", "05", "06"]


def test_a_page_costs_as_many_statements_however_long_it_is(
    context: Context, provider: Client, officer: Browser
) -> None:
    numbers = []
    for first, count in ((0, 1), (1, 199)):
        wait(context, provider, *({"ref": f"Q-{first + n}", "person": first + n} for n in range(count)))
        with statements(context) as sent:
            answer = officer.get("/authority?limit=200")
        assert len(re.findall("<tr data-row=", answer.text)) == first + count
        numbers.append(len([each for each in sent if not each.startswith("BEGIN")]))
    assert numbers[0] == numbers[1] <= 6


def test_two_hundred_decisions_are_one_form(context: Context, provider: Client, officer: Browser) -> None:
    entries = wait(context, provider, *({"ref": f"Q-{number}", "person": number} for number in range(200)))
    fields = selection(*entries, reason="")
    answer = officer.submit("/authority?limit=200", fields)
    assert "认定200条" in answer.text
    assert titles(officer) == []
