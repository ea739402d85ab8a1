"""Reading entries and transcripts: who sees what, page by page."""

from typing import Any

import pytest

from service.context import Context
from service.domain.amounts import Amounts
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.read_entries import list_entries, read_entry
from service.operations.read_transcript import TranscriptYear, read_transcript
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries
from service.operations.reverse_entry import reverse_entry
from service.store.standing import read_standings
from tests.operations.ledger import ASKER, created, draft, drafts


def all_pages(context: Context, client: Client, limit: int, **chosen: Any) -> list[Entry]:
    entries: list[Entry] = []
    cursor = None
    while True:
        page = list_entries(context, client, cursor=cursor, limit=limit, **chosen, asker=ASKER)
        assert len(page.entries) <= limit
        entries += page.entries
        if page.next_cursor is None:
            return entries
        assert len(page.entries) == limit
        cursor = page.next_cursor


@pytest.mark.parametrize("limit", [1, 7, 30, 31, 1000])
def test_pages_give_everything_once_in_order(
    context: Context, provider: Client, authority: Client, limit: int
) -> None:
    batch = [each._replace(credit_year=2022 + number % 2) for number, each in enumerate(drafts(30))]
    stored = [
        created(each)
        for part in (batch[20:], batch[:20])
        for each in register_entries(context, provider, part)
    ]
    pages = all_pages(context, provider, limit)
    assert pages == sorted(
        stored, key=lambda each: (each.credit_year, each.recorded_at, each.person_id, each.seq), reverse=True
    )
    assert all_pages(context, authority, limit) == sorted(stored, key=lambda each: (each.person_id, each.seq))


def test_entries_that_come_while_somebody_pages_disturb_nothing(context: Context, provider: Client) -> None:
    before = {created(each).external_ref for each in register_entries(context, provider, drafts(20))}
    first = list_entries(context, provider, limit=10, asker=ASKER)
    register_entries(context, provider, drafts(20, prefix="new"))
    rest: list[Entry] = []
    cursor = first.next_cursor
    while cursor:
        page = list_entries(context, provider, cursor=cursor, limit=10, asker=ASKER)
        rest += page.entries
        cursor = page.next_cursor
    seen = [each.external_ref for each in first.entries + rest]
    assert len(seen) == len(set(seen))
    assert set(seen) >= before


def test_entries_are_chosen_by_person_year_and_status(
    context: Context, provider: Client, authority: Client
) -> None:
    batch = [
        draft("a"),
        draft("b", credit_year=2022),
        draft("c", 2),
        draft("d", 2, credit_year=2022),
        draft("e", 2),
    ]
    a, b, c, d, e = (created(each) for each in register_entries(context, provider, batch))
    reverse_entry(context, provider, (c.person_id, c.seq), "other")
    decisions = [
        RecognitionDraft(d.person_id, d.seq, "recognised"),
        RecognitionDraft(b.person_id, b.seq, "rejected", None, "无据"),
    ]
    assert [each.refusal for each in recognise_entries(context, authority, decisions)] == [None, None]

    def refs(**chosen: Any) -> set[str]:
        return {each.external_ref for each in all_pages(context, provider, 2, **chosen)}

    assert refs() == set("abcde")
    assert refs(person_id=a.person_id) == set("ab")
    assert refs(credit_year=2022) == set("bd")
    assert refs(status="reversed") == {"c"}
    assert refs(status="recognised") == {"d"}
    assert refs(status="rejected") == {"b"}
    assert refs(status="registered", person_id=e.person_id) == {"e"}
    assert refs(person_id=1) == set()


def test_who_sees_what(context: Context, provider: Client, authority: Client) -> None:
    other = create_client(context, "provider", "另一中心")[0]
    admin = create_client(context, "admin", "管理员")[0]
    county = create_client(context, "authority", "龙泉", ["331181"])[0]
    places = ["331100", "331181", "330500", "330400"]
    own = [
        created(each)
        for each in register_entries(context, provider, [draft(code, division_code=code) for code in places])
    ]
    (foreign,) = (
        created(each) for each in register_entries(context, other, [draft("x", division_code="331181")])
    )
    visible = {
        provider: places,
        other: ["x"],
        authority: ["331100", "331181", "330500", "x"],
        county: ["331181", "x"],
        admin: [*places, "x"],
    }
    for client, refs in visible.items():
        assert {each.external_ref for each in all_pages(context, client, 2)} == set(refs)
        for entry in (*own, foreign):
            entry_id = (entry.person_id, entry.seq)
            if entry.external_ref in refs:
                assert read_entry(context, client, entry_id, asker=ASKER) == entry
                continue
            with pytest.raises(Refusal) as refused:
                read_entry(context, client, entry_id, asker=ASKER)
            assert refused.value.code == ("not_found" if client.role == "provider" else "forbidden_division")
    with pytest.raises(Refusal, match="not_found"):
        read_entry(context, admin, (own[0].person_id, 99), asker=ASKER)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "0000000000000",
        "0000000000001-0",
        "0000000000001-1 ",
        "2023.0000000000001-1",
        "2³.1.0000000000001-1",
    ],
)
def test_a_cursor_of_someone_elses(context: Context, provider: Client, cursor: str) -> None:
    with pytest.raises(Refusal, match="invalid_request") as refused:
        list_entries(context, provider, cursor=cursor, asker=ASKER)
    assert [fault.code for fault in refused.value.faults] == ["invalid_cursor"]


def test_a_transcript_sums_by_year_and_subject(context: Context, provider: Client, authority: Client) -> None:
    batch = [
        draft("a", hours=100),
        draft("b", hours=50, division_code="330500"),
        draft("c", hours=30, subject="public"),
        draft("d", hours=20, credit_year=2022),
        draft("e", hours=10, credit_year=2022),
        draft("f", 2),
    ]
    a, b, _, _, e, f = (created(each) for each in register_entries(context, provider, batch))
    recognise_entries(context, authority, [RecognitionDraft(b.person_id, b.seq, "recognised", 40, "部分")])
    reverse_entry(context, provider, (e.person_id, e.seq), "other")
    transcript = read_transcript(context, a.person_id, asker=ASKER)
    assert (transcript.name, transcript.id_number) == ("测试1", draft().identity.id_number)
    assert transcript.years == [
        TranscriptYear(2022, {"specialty": Amounts(registered=20)}),
        TranscriptYear(2023, {"public": Amounts(registered=30), "specialty": Amounts(100, 0, 40, 10)}),
    ]
    assert [(each.external_ref, each.status) for each in transcript.entries] == [
        ("a", "registered"),
        ("b", "recognised"),
        ("c", "registered"),
        ("d", "registered"),
        ("e", "reversed"),
    ]
    with context.database.reading() as connection:
        (standing,) = read_standings(connection, person_ids=[a.person_id])
    assert (transcript.position, transcript.head) == (standing.position, standing.head)
    only = read_transcript(context, a.person_id, 2022, asker=ASKER)
    assert ([each.year for each in only.years], len(only.entries), only.position) == ([2022], 2, 7)
    assert read_transcript(context, a.person_id, 2000, asker=ASKER).years == []
    with pytest.raises(Refusal, match="not_found"):
        read_transcript(context, f.person_id + 1, asker=ASKER)
