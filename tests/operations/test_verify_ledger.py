"""Tampering by someone who may do anything to the database is found, and the first bad row is named."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from service.context import Context
from service.domain.client import Client
from service.domain.fact import GENESIS, Fact, fact_digest
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import BadRow, rebuild_totals, verify_ledger
from service.store.standing import read_standings
from service.store.tables import chain_head, ledger
from tests.operations.ledger import contents, created, draft

TRIGGERS = {
    "sqlite": ["DROP TRIGGER {0}_no_update", "DROP TRIGGER {0}_no_delete"],
    "postgresql": ["ALTER TABLE {0} DISABLE TRIGGER USER"],
}


@pytest.fixture
def person_id(context: Context, provider: Client, authority: Client) -> int:
    """A person with seven facts: five registrations, a recognition, a reversal; and two other people."""
    batch = [draft(f"R-{n}", course_code=f"C-{n}") for n in range(5)]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    register_entries(context, provider, [draft("X-1", 2), draft("X-2", 3)])
    person_id = entries[0].person_id
    recognise_entries(context, authority, [RecognitionDraft(person_id, 2, "recognised", 500, "部分")])
    reverse_entry(context, provider, (person_id, 3), "other")
    assert verify_ledger(context) is None
    return person_id


def tamper(context: Context, *statements: str, **values: Any) -> None:
    def work(connection: Connection) -> None:
        for table in ("ledger", "entry_reference"):
            for statement in TRIGGERS[context.database.dialect_name]:
                connection.execute(text(statement.format(table)))
        for statement in statements:
            changed = connection.execute(text(statement), values)
            assert changed.rowcount > 0

    context.database.write(work)


COPIED = (
    "person_id, kind, credit_year, subject, division_code, registered, self_registered, recognised, rejected,"
    " recorded_at, recorded_by, hours, provider_id"
)

CASES: dict[str, tuple[list[str], tuple[str, int | None, str]]] = {
    "more hours": (
        ["UPDATE ledger SET hours = 800, registered = 800 WHERE person_id = :p AND seq = 4"],
        ("ledger", 4, "hash"),
    ),
    "another year": (
        ["UPDATE ledger SET credit_year = 2022 WHERE person_id = :p AND seq = 1"],
        ("ledger", 1, "hash"),
    ),
    "another client": (
        ["UPDATE ledger SET recorded_by = 99 WHERE person_id = :p AND seq = 6"],
        ("ledger", 6, "hash"),
    ),
    "a note": (["UPDATE ledger SET note = '改' WHERE person_id = :p AND seq = 7"], ("ledger", 7, "hash")),
    "a deleted fact": (["DELETE FROM ledger WHERE person_id = :p AND seq = 4"], ("ledger", 4, "gap")),
    "the first fact deleted": (["DELETE FROM ledger WHERE person_id = :p AND seq = 1"], ("ledger", 1, "gap")),
    "the last fact deleted": (
        ["DELETE FROM ledger WHERE person_id = :p AND seq = 7"],
        ("chain_head", 6, "head"),
    ),
    "a reversal and its traces deleted": (
        [
            "DELETE FROM ledger WHERE person_id = :p AND seq = 7",
            "UPDATE chain_head SET seq = 6 WHERE person_id = :p",
            "UPDATE entry_state SET status = 'registered', last_seq = 3 WHERE person_id = :p AND entry_seq = 3",
            "UPDATE chain_head SET totals = replace(totals, ',720,', ',1440,') WHERE person_id = :p",
        ],
        ("chain_head", 6, "head"),
    ),
    "an inserted fact": (
        [
            f"INSERT INTO ledger ({COPIED}, seq, entry_seq, external_ref, prev_hash, hash)"
            f" SELECT {COPIED}, 8, 8, 'forged', hash, prev_hash FROM ledger WHERE person_id = :p AND seq = 5"
        ],
        ("ledger", 8, "link"),
    ),
    "two facts in each other's place": (
        [
            "UPDATE ledger SET external_ref = other.external_ref, course_code = other.course_code,"
            " prev_hash = other.prev_hash, hash = other.hash FROM (SELECT * FROM ledger) AS other"
            " WHERE other.person_id = ledger.person_id AND other.seq = 9 - ledger.seq"
            " AND ledger.person_id = :p AND ledger.seq IN (4, 5)"
        ],
        ("ledger", 4, "link"),
    ),
    "another hash": (
        ["UPDATE ledger SET hash = prev_hash WHERE person_id = :p AND seq = 2"],
        ("ledger", 2, "hash"),
    ),
    "totals": (
        ["UPDATE chain_head SET totals = replace(totals, ']]', '1]]') WHERE person_id = :p"],
        ("chain_head", None, "total"),
    ),
    "no totals": (
        ["UPDATE chain_head SET totals = '[]' WHERE person_id = :p"],
        ("chain_head", None, "total"),
    ),
    "totals that are no totals": (
        ["UPDATE chain_head SET totals = 'nothing' WHERE person_id = :p"],
        ("chain_head", None, "total"),
    ),
    "a state": (
        ["UPDATE entry_state SET recognised = 501 WHERE person_id = :p AND entry_seq = 2"],
        ("entry_state", 2, "state"),
    ),
    "a lost state": (
        ["DELETE FROM entry_state WHERE person_id = :p AND entry_seq = 5"],
        ("entry_state", 5, "state"),
    ),
    "a head": (["UPDATE chain_head SET seq = 9 WHERE person_id = :p"], ("chain_head", 7, "head")),
    "a lost head": (["DELETE FROM chain_head WHERE person_id = :p"], ("chain_head", 7, "head")),
    "a reference": (
        ["UPDATE entry_reference SET seq = 1 WHERE person_id = :p AND seq = 5"],
        ("entry_reference", 1, "reference"),
    ),
    "a lost reference": (
        ["DELETE FROM entry_reference WHERE person_id = :p AND seq = 5"],
        ("entry_reference", 5, "reference"),
    ),
    "everything but the head": (
        [
            f"DELETE FROM {table} WHERE person_id = :p"
            for table in ("ledger", "entry_state", "entry_reference")
        ],
        ("chain_head", None, "head"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_tampering_is_found(context: Context, person_id: int, case: str) -> None:
    statements, (table, seq, code) = CASES[case]
    tamper(context, *statements, p=person_id)
    assert verify_ledger(context) == BadRow(table, person_id, seq, code)


def test_a_chain_written_anew_is_sound_in_itself_but_not_the_one_given_out(
    context: Context, person_id: int
) -> None:
    """Whoever may do anything can hash a chain anew. The head that an answer carried shows it."""
    with context.database.reading() as connection:
        (given_out,) = read_standings(connection, person_ids=[person_id])
        rows = connection.execute(
            select(ledger).where(ledger.c.person_id == person_id).order_by(ledger.c.seq)
        )
        facts = [Fact(*row[:-2]) for row in rows]
    facts[3] = facts[3]._replace(hours=800, registered=800)
    tamper(context, "DELETE FROM ledger WHERE person_id = :p", p=person_id)
    previous, forged = GENESIS, []
    for fact in facts:
        digest = fact_digest(fact, previous)
        forged.append({**fact._asdict(), "prev_hash": previous, "hash": digest})
        previous = digest
    with context.database.writing() as connection:
        connection.execute(ledger.insert(), forged)
        connection.execute(
            update(chain_head).where(chain_head.c.person_id == person_id).values(hash=previous)
        )
    rebuild_totals(context)
    assert verify_ledger(context) is None
    with context.database.reading() as connection:
        (now,) = read_standings(connection, person_ids=[person_id])
    assert (now.position, now.head != given_out.head) == (given_out.position, True)


def test_derived_tables_are_rebuilt_from_the_facts(context: Context, person_id: int) -> None:
    before = contents(context.database)
    tamper(
        context,
        "UPDATE chain_head SET totals = replace(totals, '1', '2')",
        "DELETE FROM entry_state WHERE person_id = :p AND entry_seq <> 2",
        "UPDATE entry_state SET series_key = '别的' WHERE person_id = :p",
        p=person_id,
    )
    assert verify_ledger(context) is not None
    assert rebuild_totals(context) == 3
    assert contents(context.database) == before
    assert verify_ledger(context) is None


def test_verifying_says_how_far_it_is(context: Context, person_id: int) -> None:
    told: list[tuple[int, int]] = []
    assert verify_ledger(context, lambda done, total: told.append((done, total))) is None
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_empty_ledger_is_sound(context: Context) -> None:
    assert verify_ledger(context) is None
