"""A single entry of somebody known, on PostgreSQL: read, decided on and stored without a lock and a transaction.
Whatever happens between reading and storing, it is as if the one had come after the other."""

from collections.abc import Callable

import pytest

from service.context import Context
from service.domain.access import Unconfirmed
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations import register_chunk
from service.operations.clients import authenticate, create_client
from service.operations.register_entries import register_entries, register_entry
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import created, draft, kept_totals, open_ledger
from tests.operations.test_verify_ledger import tamper


@pytest.fixture
def context(postgres_url: str) -> Context:
    opened = open_ledger(postgres_url)
    yield opened
    opened.database.close()


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[int]]:
    """Runs something once, after what decides on an entry was read and before it is decided on and stored; counts how
    often it is decided on."""
    deciding = register_chunk.Deciding

    def arrange(action: Callable[[], object]) -> list[int]:
        decided: list[int] = []

        def acting(*args: object) -> object:
            decided.append(len(decided))
            if len(decided) == 1:
                monkeypatch.setattr(register_chunk, "Deciding", deciding)
                action()
                monkeypatch.setattr(register_chunk, "Deciding", acting)
            return deciding(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(register_chunk, "Deciding", acting)
        return decided

    return arrange


def test_nothing_happens_between(context: Context, provider: Client, between) -> None:
    register_entries(context, provider, [draft("R-1")])
    decided = between(lambda: None)
    entry = created(register_entry(context, provider, draft("R-2", course_code="B")))
    assert (entry.seq, decided) == (2, [0])
    assert verify_ledger(context) is None


def test_the_chain_goes_on_meanwhile(context: Context, provider: Client, between) -> None:
    register_entries(context, provider, [draft("R-1")])
    decided = between(lambda: register_entries(context, provider, [draft("R-2", course_code="B")]))
    entry = created(register_entry(context, provider, draft("R-3", course_code="C")))
    assert (entry.seq, decided) == (3, [0, 1])
    assert verify_ledger(context) is None


def test_the_same_comes_meanwhile(context: Context, provider: Client, between) -> None:
    register_entries(context, provider, [draft("R-1")])
    same = draft("R-2", course_code="B")
    between(lambda: register_entries(context, provider, [same]))
    assert register_entry(context, provider, same).result == "replayed"
    assert verify_ledger(context) is None


def test_the_course_is_credited_meanwhile(context: Context, provider: Client, between) -> None:
    register_entries(context, provider, [draft("R-1")])
    between(lambda: register_entries(context, provider, [draft("R-2", course_code="B")]))
    with pytest.raises(Refusal, match="duplicate_entry"):
        register_entry(context, provider, draft("R-3", course_code="B"))
    assert verify_ledger(context) is None


def test_the_reference_is_taken_meanwhile_for_somebody_else(
    context: Context, provider: Client, between
) -> None:
    register_entries(context, provider, [draft("R-1")])
    between(lambda: register_entries(context, provider, [draft("R-2", 2)]))
    with pytest.raises(Refusal, match="reference_conflict"):
        register_entry(context, provider, draft("R-2", course_code="B"))
    assert [row[4:] for row in kept_totals(context.database)] == [(720, 0, 0, 0)] * 2
    assert verify_ledger(context) is None


def test_the_document_is_erased_meanwhile(context: Context, provider: Client, between) -> None:
    """The entry is not the erased person's: whoever has the document now is somebody new."""
    erased = created(register_entries(context, provider, [draft("R-1")])[0]).person_id
    between(lambda: tamper(context, "DELETE FROM identity WHERE person_id = :p", p=erased))
    entry = created(register_entry(context, provider, draft("R-2", course_code="B")))
    assert (entry.person_id != erased, entry.seq) == (True, 1)


def test_totals_are_made_anew_meanwhile(context: Context, provider: Client, between) -> None:
    register_entries(context, provider, [draft("R-1")])
    right = "UPDATE chain_head SET totals = replace(totals, '7200', '720')"
    tamper(context, "UPDATE chain_head SET totals = replace(totals, '720', '7200')")
    between(lambda: tamper(context, right))
    created(register_entry(context, provider, draft("R-2", course_code="B")))
    assert verify_ledger(context) is None


def test_the_key_has_ended(context: Context, provider: Client) -> None:
    register_entries(context, provider, [draft("R-1")])
    _, key = create_client(context, "provider", "另一家")
    other = authenticate(context, key)
    (credential,) = (each for each in context.credentials.values() if each.client == other)
    tamper(context, "UPDATE client_key SET revoked_at = created_at")
    with pytest.raises(Unconfirmed):
        register_entry(context, other, draft("R-2", course_code="B"), credential)
    assert len(kept_totals(context.database)) == 1
