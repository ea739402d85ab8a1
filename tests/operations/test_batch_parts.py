"""A large batch is decided on part by part while PostgreSQL stores what came before: to the same end as in one go."""

import gc
import random
import weakref
from typing import Any

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.operations import register_chunk
from service.operations.register_entries import Registration, register_entries
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import contents, draft, drafts

PEOPLE = 30


def mixed(some: random.Random, count: int) -> list[EntryDraft]:
    """Entries of known and new people, some sent twice, some of a course that is there, some under another name."""
    batch: list[EntryDraft] = []
    for number in range(count):
        item = draft(f"N-{number}", some.randrange(2 * PEOPLE), course_code=f"N-{number}")
        chance = some.random()
        if chance < 0.1 and batch:
            item = some.choice(batch)
        elif chance < 0.2 and batch:
            item = some.choice(batch)._replace(external_ref=f"O-{number}")
        elif chance < 0.25:
            item = item._replace(name="测试别")
        batch.append(item)
    return batch


def told(registrations: list[Registration]) -> list[Any]:
    return [
        (each.result, each.refusal and each.refusal.code, each.entry and each.entry.external_ref)
        for each in registrations
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("repeated", [0, 250])
def test_parts_come_to_the_same(
    context: Context, provider: Client, monkeypatch: pytest.MonkeyPatch, seed: int, repeated: int
) -> None:
    earlier = drafts(max(repeated, PEOPLE), PEOPLE, "before")
    register_entries(context, provider, earlier)
    # With what is there already, so that whole parts of it store nothing.
    batch = [*earlier[:repeated], *mixed(random.Random(seed), 230)]
    monkeypatch.setattr(register_chunk, "_IN_PARTS_MIN", len(batch) + 1)
    at_once = told(register_entries(context, provider, batch, dry_run=True))
    monkeypatch.setattr(register_chunk, "_IN_PARTS_MIN", 200)
    before = len(contents(context.database)["ledger"])
    in_parts = register_entries(context, provider, batch)
    assert told(in_parts) == at_once
    made = sum(each.result == "created" for each in in_parts)
    assert made
    after = contents(context.database)
    assert len(after["ledger"]) == before + made
    assert len(after["entry_state"]) == len(after["entry_reference"]) == before + made
    assert verify_ledger(context) is None


def test_a_batch_that_was_there_stores_nothing(context: Context, provider: Client) -> None:
    batch = drafts(250, 20)
    register_entries(context, provider, batch)
    before = contents(context.database)
    assert {each.result for each in register_entries(context, provider, batch)} == {"replayed"}
    assert contents(context.database) == before


def test_what_has_decided_is_let_go_of_without_being_looked_for(
    context: Context, provider: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a roster each holds thousands of drafts."""
    seen: list[weakref.ref[object]] = []

    class Watched(register_chunk.Deciding):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            seen.append(weakref.ref(self))

    monkeypatch.setattr(register_chunk, "Deciding", Watched)
    gc.disable()
    try:
        register_entries(context, provider, drafts(250, 20))
        assert [each() for each in seen] == [None]
    finally:
        gc.enable()
