"""Statements on the write path and the read path: as many for a thousand entries as for ten."""

from datetime import UTC, datetime

import pytest

from service.context import Context
from service.domain.client import Client
from service.operations.clients import authenticate, create_client
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.store.standing import read_standings
from tests.operations.ledger import created, draft, drafts, watched_statements


def sent(context: Context, action: object) -> list[str]:
    seen: list[str] = []
    with watched_statements(context.database, seen.append):
        action()  # type: ignore[operator]
    return [statement for statement in seen if statement not in ("COMMIT", "BEGIN IMMEDIATE")]


def test_a_batch_takes_a_fixed_number_of_statements(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(5, 5, "seed"))
    counts = []
    for size in (30, 1000, 10_000):
        new = sent(context, lambda n=size: register_entries(context, provider, drafts(n, n, f"new{n}")))
        known = sent(context, lambda n=size: register_entries(context, provider, drafts(n, n, f"known{n}")))
        counts.append((len(new), len(known)))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0][0] <= 10


def test_a_batch_of_ten_takes_no_more_than_one_of_a_thousand(context: Context, provider: Client) -> None:
    ten = sent(context, lambda: register_entries(context, provider, drafts(10, 10, "a")))
    thousand = sent(context, lambda: register_entries(context, provider, drafts(1000, 1000, "b")))
    assert len(ten) <= 10
    assert len(thousand) <= 10
    # A few rows go by INSERT, many by COPY: one statement for each table either way.
    if context.database.dialect_name == "postgresql":
        assert thousand.count("COPY") == 5
        assert ten.count("COPY") == 0


def test_one_entry_takes_few_statements(context: Context, provider: Client) -> None:
    new = sent(context, lambda: register_entry(context, provider, draft("R-1")))
    known = sent(context, lambda: register_entry(context, provider, draft("R-2", course_code="A")))
    replay = sent(context, lambda: register_entry(context, provider, draft("R-2", course_code="A")))
    # On PostgreSQL one statement finds all that decides on the entry of somebody known, another stores it; anything
    # else is begun anew, locked and in a transaction.
    expected = (6, 2, 3) if context.database.dialect_name == "postgresql" else (8, 5, 2)
    assert (len(new), len(known), len(replay)) == expected


def test_a_thousand_recognitions_take_as_many_statements_as_thirty(
    context: Context, provider: Client, authority: Client
) -> None:
    counts = set()
    for size in (30, 1000):
        entries = [
            created(each) for each in register_entries(context, provider, drafts(size, 50, f"p{size}"))
        ]
        decisions = [RecognitionDraft(each.person_id, each.seq, "recognised") for each in entries]
        counts.add(len(sent(context, lambda d=decisions: recognise_entries(context, authority, d))))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_a_reversal_takes_few_statements(context: Context, provider: Client) -> None:
    entry = created(register_entry(context, provider, draft()))
    statements = sent(
        context, lambda: reverse_entry(context, provider, (entry.person_id, entry.seq), "other")
    )
    assert len(statements) <= 7


@pytest.mark.parametrize("as_of", [None, datetime(2030, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)])
def test_standing_is_one_statement_however_long_the_ledger(
    context: Context, provider: Client, as_of: datetime | None
) -> None:
    def ask() -> None:
        key = context.vault.lookup_hash(draft().identity)
        with context.database.reading() as connection:
            read_standings(connection, id_hashes=[key], as_of=as_of)

    register_entries(context, provider, [draft(f"a{n}") for n in range(10)])
    short = sent(context, ask)
    register_entries(context, provider, [draft(f"b{n}") for n in range(9_990)])
    assert sent(context, ask) == short
    assert len(short) == 1


def test_authenticating_is_one_statement(context: Context) -> None:
    client, key = create_client(context, "platform", "平台")
    assert len(sent(context, lambda: authenticate(context, key))) == 1
    assert authenticate(context, key) == client
    assert sent(context, lambda: authenticate(context, "hl_short")) == []
