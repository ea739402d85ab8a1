"""Recognising all, part or none, again and again; taking back."""

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.read_entries import read_entry
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.store.standing import read_standings
from tests.operations.ledger import ASKER, contents, created, draft, drafts, kept_totals


@pytest.fixture
def entry(context: Context, provider: Client) -> Entry:
    """72 hours; besides them the person has 1 hour in the same year and subject."""
    batch = [draft("R-1"), draft("R-2", hours=10)]
    return created(register_entries(context, provider, batch)[0])


def sums(context: Context, person_id: int) -> tuple[int, ...]:
    with context.database.reading() as connection:
        (standing,) = read_standings(connection, person_ids=[person_id])
    ((_, _, _, *amounts),) = standing.totals
    return tuple(amounts)


def test_a_later_decision_replaces_an_earlier_one_and_both_stay(
    context: Context, provider: Client, authority: Client, entry: Entry
) -> None:
    steps = [
        (("recognised", None, None), ("recognised", 720), (10, 0, 720, 0)),
        (("recognised", 540, "材料不全"), ("recognised", 540), (10, 0, 540, 180)),
        (("rejected", None, "无据"), ("rejected", 0), (10, 0, 0, 720)),
        (("recognised", 1, "复核"), ("recognised", 1), (10, 0, 1, 719)),
        (("recognised", 720, None), ("recognised", 720), (10, 0, 720, 0)),
    ]
    for (outcome, hours, reason), (status, recognised), expected in steps:
        decision = RecognitionDraft(entry.person_id, entry.seq, outcome, hours, reason)  # type: ignore[arg-type]
        (done,) = recognise_entries(context, authority, [decision])
        assert (done.status, done.hours, done.recognised_hours, done.refusal) == (
            status,
            720,
            recognised,
            None,
        )
        found = read_entry(context, provider, (entry.person_id, entry.seq), asker=ASKER)
        assert (found.status, found.recognised_hours) == (status, recognised)
        assert sums(context, entry.person_id) == expected
    assert len(contents(context.database)["ledger"]) == 2 + len(steps)
    reverse_entry(context, provider, (entry.person_id, entry.seq), "wrong_hours")
    assert sums(context, entry.person_id) == (10, 0, 0, 0)
    assert verify_ledger(context) is None


@pytest.mark.parametrize(
    ("outcome", "hours", "reason", "codes"),
    [
        ("rejected", None, None, ["reason_required"]),
        ("recognised", 719, None, ["reason_required"]),
        ("recognised", 721, "多", ["more_than_registered"]),
        ("recognised", 0, "零", ["more_than_registered"]),
        ("rejected", 10, "有", ["hours_not_applicable"]),
        ("rejected", 10, None, ["hours_not_applicable", "reason_required"]),
    ],
)
def test_decisions_that_cannot_be(
    context: Context,
    authority: Client,
    entry: Entry,
    outcome: str,
    hours: int | None,
    reason: str | None,
    codes: list[str],
) -> None:
    before = contents(context.database)
    decision = RecognitionDraft(entry.person_id, entry.seq, outcome, hours, reason)  # type: ignore[arg-type]
    (done,) = recognise_entries(context, authority, [decision])
    assert done.refusal is not None
    assert [fault.code for fault in done.refusal.faults] == codes
    assert contents(context.database) == before


def test_one_refused_decision_does_not_stop_the_others(
    context: Context, provider: Client, authority: Client, entry: Entry
) -> None:
    far = created(register_entry(context, provider, draft("far", 2, division_code="330400")))
    gone = created(register_entry(context, provider, draft("gone", 3)))
    reverse_entry(context, provider, (gone.person_id, gone.seq), "other")
    ids = [
        (1, 1),
        (far.person_id, far.seq),
        (gone.person_id, gone.seq),
        (entry.person_id, 99),
        (entry.person_id, 1),
    ]
    done = recognise_entries(context, authority, [RecognitionDraft(*each, "recognised") for each in ids])
    assert [each.refusal.code if each.refusal else None for each in done] == [
        "not_found",
        "forbidden_division",
        "already_reversed",
        "not_found",
        None,
    ]
    assert recognise_entries(context, authority, []) == []
    assert verify_ledger(context) is None


def test_decisions_of_a_batch_on_one_entry_come_one_after_the_other(
    context: Context, authority: Client, entry: Entry
) -> None:
    decisions = [
        RecognitionDraft(entry.person_id, entry.seq, "recognised", 100, "部分"),
        RecognitionDraft(entry.person_id, entry.seq, "rejected", None, "无据"),
        RecognitionDraft(entry.person_id, entry.seq, "recognised", 200, "部分"),
    ]
    assert [each.recognised_hours for each in recognise_entries(context, authority, decisions)] == [
        100,
        0,
        200,
    ]
    assert sums(context, entry.person_id) == (10, 0, 200, 520)
    assert verify_ledger(context) is None


@pytest.mark.parametrize("decided", [None, "recognised", "rejected"])
def test_a_reversal_restores_the_totals_exactly(
    context: Context, provider: Client, authority: Client, decided: str | None
) -> None:
    register_entries(context, provider, drafts(30))
    before = kept_totals(context.database)
    entry = created(register_entry(context, provider, draft("late", 3)))
    if decided:
        decision = RecognitionDraft(entry.person_id, entry.seq, decided, None, "理由")  # type: ignore[arg-type]
        recognise_entries(context, authority, [decision])
    assert kept_totals(context.database) != before
    reversed_entry = reverse_entry(context, provider, (entry.person_id, entry.seq), "falsified", "查实")
    assert (reversed_entry.status, reversed_entry.recognised_hours) == ("reversed", 0)
    assert kept_totals(context.database) == before
    (fact,) = [row for row in contents(context.database)["ledger"] if row[2] == "reversal"]
    assert fact[3] == entry.seq
    assert fact[-6:-4] == ("falsified", "查实")


def test_who_may_reverse(context: Context, provider: Client, authority: Client, entry: Entry) -> None:
    entry_id = (entry.person_id, entry.seq)
    other = create_client(context, "provider", "另一中心")[0]
    far = create_client(context, "authority", "嘉兴", ["330400"])[0]
    admin = create_client(context, "admin", "管理员")[0]
    for client, code in ((other, "not_found"), (far, "forbidden_division")):
        with pytest.raises(Refusal, match=code):
            reverse_entry(context, client, entry_id, "other")
    assert reverse_entry(context, authority, entry_id, "other").status == "reversed"
    for client in (admin, provider, authority):
        with pytest.raises(Refusal, match="already_reversed"):
            reverse_entry(context, client, entry_id, "other")
    # A fact that is no registration is no entry.
    for seq in (3, 4, 0):
        with pytest.raises(Refusal, match="not_found"):
            reverse_entry(context, admin, (entry.person_id, seq), "other")
    with pytest.raises(Refusal, match="not_found"):
        reverse_entry(context, admin, (1, 1), "other")
    assert reverse_entry(context, admin, (entry.person_id, 2), "other").status == "reversed"
    with context.database.reading() as connection:
        (standing,) = read_standings(connection, person_ids=[entry.person_id])
    assert (standing.position, standing.totals) == (4, [])


def test_a_decision_that_knows_less_than_there_is_is_refused(
    context: Context, authority: Client, entry: Entry
) -> None:
    key = (entry.person_id, entry.seq)
    first = RecognitionDraft(*key, "rejected", None, "重复", entry.seq)
    second = RecognitionDraft(*key, "recognised", after_seq=entry.seq)
    done = recognise_entries(context, authority, [first, second, first])
    assert [each.result for each in done] == ["created", "refused", "replayed"]
    assert done[1].refusal is not None
    assert done[1].refusal.code == "decided_meanwhile"
    (late,) = recognise_entries(context, authority, [second])
    assert late.refusal is not None
    aware = RecognitionDraft(*key, "recognised", after_seq=contents(context.database)["ledger"][-1][1])
    (taken,) = recognise_entries(context, authority, [aware])
    assert (taken.result, taken.status) == ("created", "recognised")
