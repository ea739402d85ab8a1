"""A large batch is decided on part by part while PostgreSQL works: to the same end as in one go."""

import gc
import random
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.operations import register_chunk
from service.operations.register_entries import Registration, register_entries
from service.operations.verify_ledger import verify_ledger
from service.store import people, posting
from tests.operations.ledger import contents, created, draft, drafts, open_ledger
from tests.operations.test_answers_stay import provider_of

PEOPLE = 30


@dataclass
class Watch:
    """What decided on batches, and how many drafts at a time the last of them."""

    deciding: list[weakref.ref[Any]] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen = Watch()

    class Watched(register_chunk.Deciding):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            seen.deciding.append(weakref.ref(self))
            seen.parts = []

        def decide(self, most: int | None = None) -> bool:
            done = len(self.registrations)
            is_more = super().decide(most)
            if is_more:
                seen.parts.append(len(self.registrations) - done)
            return is_more

    monkeypatch.setattr(register_chunk, "Deciding", Watched)
    return seen


def mixed(some: random.Random, count: int, people_count: int) -> list[EntryDraft]:
    """Entries of known and perhaps of new people, some sent twice, some of a course that is there, some under another
    name."""
    batch: list[EntryDraft] = []
    for number in range(count):
        item = draft(f"N-{number}", some.randrange(people_count), course_code=f"N-{number}")
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


CREDITED = [draft(f"C-{n}", n, course_code=f"before-{n}") for n in (1, 2)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("replayed", "credited", "people_count"),
    [(0, [], PEOPLE), (0, [], 2 * PEOPLE), (250, [], PEOPLE), (0, CREDITED, PEOPLE)],
    ids=["all known", "some new", "some there", "courses credited"],
)
def test_parts_come_to_the_same(
    context: Context,
    provider: Client,
    monkeypatch: pytest.MonkeyPatch,
    watch: Watch,
    seed: int,
    replayed: int,
    credited: list[EntryDraft],
    people_count: int,
) -> None:
    earlier = drafts(max(replayed, PEOPLE), PEOPLE, "before")
    register_entries(context, provider, earlier)
    # What is there already first, so that whole parts store nothing; courses at either end.
    batch = [
        *credited[:1],
        *earlier[:replayed],
        *mixed(random.Random(seed), 230, people_count),
        *credited[1:],
    ]
    monkeypatch.setattr(register_chunk, "_IN_PARTS_MIN", len(batch) + 1)
    at_once = told(register_entries(context, provider, batch, dry_run=True))
    assert len(watch.parts) == 1
    monkeypatch.setattr(register_chunk, "_IN_PARTS_MIN", 200)
    before = contents(context.database)["entry_reference"]
    in_parts = register_entries(context, provider, batch)
    assert told(in_parts) == at_once
    on_postgres = context.database.dialect_name == "postgresql"
    if people_count == PEOPLE:
        assert len(watch.parts) == (4 if on_postgres else 1)
    made = {
        (provider.client_id, each.entry.external_ref, each.entry.person_id, each.entry.seq)
        for each in in_parts
        if each.result == "created" and each.entry is not None
    }
    assert made
    after = contents(context.database)
    assert {tuple(row) for row in after["entry_reference"]} == {tuple(row) for row in before} | made
    assert len(after["ledger"]) == len(after["entry_state"]) == len(before) + len(made)
    assert verify_ledger(context) is None


def test_a_batch_that_was_there_stores_nothing(context: Context, provider: Client) -> None:
    batch = drafts(250, 20)
    register_entries(context, provider, batch)
    before = contents(context.database)
    assert {each.result for each in register_entries(context, provider, batch)} == {"replayed"}
    assert contents(context.database) == before


def test_what_breaks_down_between_two_parts_stores_nothing(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = open_ledger(postgres_url)
    provider = provider_of(context)
    register_entries(context, provider, drafts(20, 20, "before"))
    before = contents(context.database)
    decide = register_chunk.Deciding.decide

    def breaking(self: Any, most: int | None = None) -> bool:
        if len(self.registrations) > 150:
            raise ArithmeticError
        return decide(self, most)

    batch = drafts(250, 20)
    with monkeypatch.context() as broken:
        broken.setattr(register_chunk.Deciding, "decide", breaking)
        with pytest.raises(ArithmeticError):
            register_entries(context, provider, batch)
        assert contents(context.database) == before
    assert {each.result for each in register_entries(context, provider, batch)} == {"created"}
    assert verify_ledger(context) is None
    context.database.close()


def test_the_same_comes_from_elsewhere_between_two_look_ups(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody new, stored after the people were locked; while another draft's course is credited."""
    context = open_ledger(postgres_url)
    provider = provider_of(context)
    register_entries(context, provider, drafts(20, 20, "before"))
    look_up = register_chunk.read_taken_references
    same = draft("same", 77, course_code="same")

    def after_the_rival(*args: Any) -> Any:
        monkeypatch.setattr(register_chunk, "read_taken_references", look_up)
        created(register_entries(context, provider, [same])[0])
        return look_up(*args)

    monkeypatch.setattr(register_chunk, "read_taken_references", after_the_rival)
    batch = [same, *CREDITED, *drafts(250, 20)]
    results = [each.result for each in register_entries(context, provider, batch)]
    assert results == ["replayed", "refused", "refused", *["created"] * 250]
    assert verify_ledger(context) is None
    context.database.close()


@pytest.mark.parametrize("count", [1, 30, 250])
def test_new_people_are_stored_before_all_else(
    context: Context, provider: Client, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """As an import stores them: two that met in another order would wait for each other."""
    register_entries(context, provider, drafts(20, 20, "before"))
    stored: list[str] = []

    def noting(name: str, store: Callable[..., None]) -> Callable[..., None]:
        def note(*args: Any) -> None:
            stored.append(name)
            store(*args)

        return note

    monkeypatch.setattr(people, "append_tables", noting("people", people.append_tables))
    monkeypatch.setattr(posting, "append_tables", noting("facts", posting.append_tables))
    monkeypatch.setattr(posting, "store_registration", noting("facts", posting.store_registration))
    # Who is new comes last.
    batch = [*drafts(count - 1, 20), draft("new", 99)]
    for each in register_entries(context, provider, batch):
        created(each)
    assert stored == ["people", "facts"]


def test_what_has_decided_is_let_go_of_without_being_looked_for(
    context: Context, provider: Client, watch: Watch
) -> None:
    """In a roster each holds thousands of drafts."""
    register_entries(context, provider, drafts(20, 20, "before"))
    gc.disable()
    try:
        register_entries(context, provider, drafts(250, 20))
        assert [each() for each in watch.deciding] == [None] * 2
    finally:
        gc.enable()
