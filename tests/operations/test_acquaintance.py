"""People met in one part of an import are known in the next: whatever is settled when, the ledger is the same."""

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.identifiers import encode_person_id
from service.operations import acquaintance
from service.operations.intake import Intake
from service.operations.record_import import ImportOutcome, take_in
from service.operations.register_entries import hash_drafts, register_entries
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import contents, created, draft, drafts, watched_statements

PART = 40


def outcome(created_rows: int) -> ImportOutcome:
    return ImportOutcome("n.csv", bytes(32), "standard", created_rows, created_rows, 0, 0, 0, (), ())


def take_parts(context: Context, client: Client, batch: list, *, correct: bool = False) -> list:
    """Registers the batch as an import does, part by part."""
    registrations: list = []

    def work(intake: Intake) -> ImportOutcome:
        registrations.clear()
        for start in range(0, len(batch), PART):
            intake.register(hash_drafts(context, batch[start : start + PART]), registrations.extend)
        intake.settle()
        return outcome(sum(each.result in ("created", "corrected") for each in registrations))

    take_in(context, client, work, correct=correct)
    return registrations


@pytest.mark.parametrize(("people_max", "moves_max"), [(75_000, 60_000), (5, 60_000), (75_000, 3), (0, 0)])
def test_parts_of_an_import_make_one_ledger(
    context: Context, provider: Client, monkeypatch: pytest.MonkeyPatch, people_max: int, moves_max: int
) -> None:
    monkeypatch.setattr(acquaintance, "PEOPLE_MAX", people_max)
    monkeypatch.setattr(acquaintance, "MOVES_MAX", moves_max)
    earlier = [created(each) for each in register_entries(context, provider, drafts(20, 5, "before"))]
    repeated = draft("before-3", 3, course_code="before-3")
    same_course = draft("other", 4, course_code="before-4")
    batch = [*drafts(190, 11), repeated, same_course, *drafts(50, 13, "more")]
    registrations = take_parts(context, provider, batch)
    assert [each.result for each in registrations[190:192]] == ["replayed", "refused"]
    assert registrations[191].refusal.params == {
        "existing_entry_id": f"{encode_person_id(earlier[4].person_id)}-{earlier[4].seq}"
    }
    made = [created(each) for each in (*registrations[:190], *registrations[192:])]
    assert len({(each.person_id, each.seq) for each in made}) == 240
    assert verify_ledger(context) is None
    heads = contents(context.database)["chain_head"]
    assert sorted(row[1] for row in heads) == sorted(
        len([each for each in (*earlier, *made) if each.person_id == row[0]]) for row in heads
    )


def test_corrections_come_in_parts_too(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(30, 5))
    batch = [
        *drafts(100, 9, "new"),
        *(draft(f"R-{n}", n % 5, course_code=f"R-{n}", hours=10) for n in range(30)),
    ]
    registrations = take_parts(context, provider, batch, correct=True)
    assert [each.result for each in registrations] == ["created"] * 100 + ["corrected"] * 30
    assert verify_ledger(context) is None


def test_a_person_is_looked_up_once(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(7, 7, "seed"))
    seen: list[str] = []
    with watched_statements(context.database, seen.append):
        take_parts(context, provider, drafts(5 * PART, 7))
    assert sum("FROM identity JOIN person" in statement for statement in seen) == 1
    assert sum("INTO chain_head" in statement for statement in seen) == 1
