"""What the database refuses whoever asks: changes to facts, facts that cannot be, sums below zero."""

from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.context import Context
from service.domain.amounts import Amounts
from service.domain.client import Client
from service.operations.clients import create_client
from service.operations.register_entries import register_entries
from service.operations.reverse_entry import reverse_entry
from service.store.tables import chain_head, entry_reference, entry_state, ledger
from tests.operations.ledger import contents, created, draft, open_ledger


@pytest.fixture
def context(database_url: str) -> Any:
    """A ledger with one person: seq 1 and 2 registered, 3 reverses 1."""
    opened = open_ledger(database_url)
    provider: Client = create_client(opened, "provider", "某中心")[0]
    batch = [draft("R-1", course_code="A"), draft("R-2", course_code="B")]
    first, _ = (created(each) for each in register_entries(opened, provider, batch))
    reverse_entry(opened, provider, (first.person_id, first.seq), "other")
    yield opened
    opened.database.close()


def refused(context: Context, statement: Any, error: type[DBAPIError], parameters: Any = None) -> str:
    before = contents(context.database)
    with pytest.raises(error) as raised, context.database.writing() as connection:
        connection.execute(statement, parameters)
    assert contents(context.database) == before
    return str(raised.value.orig)


@pytest.mark.parametrize("table", [ledger, entry_reference], ids=lambda table: table.name)
@pytest.mark.parametrize("verb", ["update", "update nothing new", "delete", "delete one", "wipe"])
def test_facts_and_references_are_only_appended(context: Context, table: Table, verb: str) -> None:
    name, column = table.name, "note" if table is ledger else "seq"
    wipe = {
        "sqlite": f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}",
        "postgresql": f"TRUNCATE {name} CASCADE",
    }
    statements: dict[str, Any] = {
        "update": text(f"UPDATE {name} SET {column} = NULL"),
        "update nothing new": text(f"UPDATE {name} SET {column} = {column}"),
        "delete": delete(table),
        "delete one": delete(table).where(table.c.seq == 1),
        "wipe": text(wipe[context.database.dialect_name]),
    }
    assert f"{name} is append-only" in refused(context, statements[verb], DBAPIError)


def rows(context: Context) -> dict[int, dict[str, Any]]:
    with context.database.reading() as connection:
        return {row["seq"]: dict(row) for row in connection.execute(select(ledger)).mappings()}


REGISTRATIONS: dict[str, dict[str, Any]] = {
    "no hours": {"hours": 0, "registered": 0},
    "hours below zero": {"hours": -10, "registered": -10},
    "more hours than a year has": {"hours": 87_841, "registered": 87_841},
    "hours unknown": {"hours": None},
    "deltas other than the hours": {"registered": 719},
    "a rejected registration": {"registered": 0, "rejected": 720},
    "a delta below zero": {"registered": 730, "recognised": -10},
    "another's entry": {"entry_seq": 1},
    "without provider": {"provider_id": None},
    "without reference": {"external_ref": None},
    "with a reason": {"reason": "other"},
    "with an outcome": {"outcome": "recognised"},
    "an unknown subject": {"subject": "sport"},
    "an unknown kind": {"kind": "gift"},
    "a short hash": {"hash": b"1"},
    "no hash": {"hash": None},
    "seq 0": {"seq": 0, "entry_seq": 0},
}
REVERSALS: dict[str, dict[str, Any]] = {
    "of itself": {"entry_seq": 4},
    "of a later one": {"entry_seq": 5},
    "of none": {"entry_seq": 0},
    "that gives": {"registered": 720},
    "that gives elsewhere": {"registered": -730, "rejected": 10},
    "that takes nothing": {"registered": 0},
    "without reason": {"reason": None},
    "with hours": {"hours": 720},
    "with a course": {"course_code": "A"},
    "of what is reversed": {"entry_seq": 1},
}
RECOGNITIONS: dict[str, dict[str, Any]] = {
    "of nothing": {"entry_seq": 0},
    "that makes hours": {"recognised": 730},
    "without outcome": {"outcome": None},
    "with another outcome": {"outcome": "registered"},
    "with a certificate": {"certificate_no": "1"},
    "of itself": {"entry_seq": 4},
}


@pytest.mark.parametrize("case", REGISTRATIONS)
def test_a_registration_that_cannot_be(context: Context, case: str) -> None:
    sound = rows(context)[2] | {"seq": 4, "entry_seq": 4}
    refused(context, insert(ledger), IntegrityError, sound | REGISTRATIONS[case])
    accepted(context, sound)


@pytest.mark.parametrize("case", REVERSALS)
def test_a_reversal_that_cannot_be(context: Context, case: str) -> None:
    sound = rows(context)[3] | {"seq": 4, "entry_seq": 2}
    refused(context, insert(ledger), IntegrityError, sound | REVERSALS[case])
    accepted(context, sound)


@pytest.mark.parametrize("case", RECOGNITIONS)
def test_a_recognition_that_cannot_be(context: Context, case: str) -> None:
    changes = {"kind": "recognition", "outcome": "recognised", "recognised": 720, "reason": None}
    sound = rows(context)[3] | {"seq": 4, "entry_seq": 2, **changes}
    refused(context, insert(ledger), IntegrityError, sound | RECOGNITIONS[case])
    accepted(context, sound)


def accepted(context: Context, row: dict[str, Any]) -> None:
    """So that what was refused was refused for its fault alone."""
    with context.database.writing() as connection:
        connection.execute(insert(ledger), row)


@pytest.mark.parametrize("standing", ["registered", "self_registered", "recognised", "rejected"])
def test_totals_never_fall_below_zero(context: Context, standing: str) -> None:
    amounts = [-1 if name == standing else 1 for name in Amounts._fields]
    totals = orjson.dumps([[2023, "specialty", "331100", *amounts]]).decode()
    refused(context, update(chain_head).values(totals=totals), IntegrityError)


def copy_state(connection: Connection, **changes: Any) -> None:
    row = connection.execute(select(entry_state).where(entry_state.c.entry_seq == 2)).mappings().one()
    connection.execute(insert(entry_state), dict(row) | {"entry_seq": 9, "last_seq": 9} | changes)


def test_a_live_course_is_unique(context: Context) -> None:
    with pytest.raises(IntegrityError), context.database.writing() as connection:
        copy_state(connection)
    for seq, changes in enumerate(
        ({"status": "reversed"}, {"course_key": None}, {"credit_year": 1999}, {"provider_id": 99}), start=10
    ):
        with context.database.writing() as connection:
            copy_state(connection, entry_seq=seq, last_seq=seq, **changes)


@pytest.mark.parametrize(
    "changes",
    [{"status": "gone"}, {"recognised": 1}, {"status": "recognised", "recognised": 721}, {"last_seq": 1}],
)
def test_a_state_that_cannot_be(context: Context, changes: dict[str, Any]) -> None:
    refused(context, update(entry_state).where(entry_state.c.entry_seq == 2).values(changes), IntegrityError)


def test_a_seq_and_a_reference_are_taken_once(context: Context) -> None:
    refused(context, insert(ledger), IntegrityError, rows(context)[2])
    with context.database.reading() as connection:
        reference = dict(connection.execute(select(entry_reference)).mappings().first() or {})
        head = dict(connection.execute(select(chain_head)).mappings().one())
    refused(context, insert(entry_reference), IntegrityError, reference | {"person_id": 1})
    refused(context, insert(chain_head), IntegrityError, head)
