"""What the database refuses of attestations, integrity records, withdrawals and links; and of access records."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from service.context import Context
from service.domain.client import Client
from service.domain.identity import Identity
from service.domain.note import AttestationDraft, IntegrityDraft, Named
from service.operations.attest import attest, record_integrity
from service.operations.clients import create_client
from service.operations.link_persons import link_persons
from service.operations.record_access import purge_access_records, record_access
from service.operations.register_entries import register_entry
from service.operations.withdraw import withdraw
from service.store.tables import access_record, ledger
from tests.operations.ledger import ASKER, contents, created, draft, id_number, open_ledger


@pytest.fixture
def context(database_url: str) -> Any:
    """Seq 1 a registration, 2 an attestation, 3 an integrity record, 4 withdraws 2, 5 a link to another person."""
    opened = open_ledger(database_url)
    provider: Client = create_client(opened, "provider", "某中心")[0]
    authority = create_client(opened, "authority", "某局")[0]
    admin = create_client(opened, "admin", "管理")[0]
    first = created(register_entry(opened, provider, draft()))
    person = Named(Identity("resident_id", id_number(1)), None)
    note, _ = attest(opened, authority, AttestationDraft(person, "330500", 2018, True, "证书"))
    record_integrity(opened, authority, IntegrityDraft(person, "330500", date(2026, 3, 2), "不实"))
    withdraw(opened, authority, "attestation", (note.person_id, note.seq), "有误")
    other = created(register_entry(opened, provider, draft("R-2", 2)))
    link_persons(opened, admin, first.person_id, other.person_id, "同一人")
    yield opened
    opened.database.close()


def refused(context: Context, statement: Any, error: type[DBAPIError], parameters: Any = None) -> str:
    before = contents(context.database)
    with pytest.raises(error) as raised, context.database.writing() as connection:
        connection.execute(statement, parameters)
    assert contents(context.database) == before
    return str(raised.value.orig)


def row_of(context: Context, kind: str) -> dict[str, Any]:
    """The fixture's fact of that kind, as the next fact of its person would repeat it."""
    with context.database.reading() as connection:
        found = connection.execute(select(ledger).where(ledger.c.kind == kind)).mappings().first()
    assert found is not None
    with context.database.reading() as connection:
        seqs = select(ledger.c.seq).where(ledger.c.person_id == found["person_id"]).order_by(ledger.c.seq)
        last = connection.scalars(seqs).all()[-1]
    own = found["entry_seq"] == found["seq"]
    return dict(found) | {"seq": last + 1, "entry_seq": last + 1 if own else 3}


HOURS = ("registered", "self_registered", "recognised", "rejected")
ANY: dict[str, dict[str, Any]] = {
    **{f"with {name} hours": {name: 1} for name in HOURS},
    "with a subject": {"subject": "public"},
    "with hours": {"hours": 10},
    "with a course": {"course_code": "A"},
    "with a note": {"note": "x"},
    "without a reason": {"reason": None},
}
CASES: dict[str, dict[str, dict[str, Any]]] = {
    "attestation": {
        "of no year": {"credit_year": None},
        "of no place": {"division_code": None},
        "that says nothing": {"outcome": None},
        "that says something else": {"outcome": "recognised"},
        "of another fact": {"entry_seq": 1},
        "of a day": {"entered_on": date(2026, 1, 1)},
        "of a person": {"other_person_id": 5},
    },
    "integrity_record": {
        "of no day": {"entered_on": None},
        "of a year": {"credit_year": 2020},
        "of no place": {"division_code": None},
        "with an outcome": {"outcome": "met"},
        "of another fact": {"entry_seq": 1},
    },
    "withdrawal": {
        "of a registration": {"entry_seq": 1},
        "of a withdrawal": {"entry_seq": 4},
        "of what is withdrawn": {"entry_seq": 2},
        "of nothing": {"entry_seq": 0},
        "of itself": {"entry_seq": 6},
        "of a later fact": {"entry_seq": 9},
        "of a year": {"credit_year": 2020},
        "of no place": {"division_code": None},
    },
    "link": {
        "to nobody": {"other_person_id": None},
        "said twice": {},
        "of a place": {"division_code": "330500", "other_person_id": 5},
        "of another fact": {"entry_seq": 1, "other_person_id": 5},
    },
}


@pytest.mark.parametrize(("kind", "case"), [(kind, case) for kind in CASES for case in (*CASES[kind], *ANY)])
def test_a_note_that_cannot_be(context: Context, kind: str, case: str) -> None:
    sound = row_of(context, kind)
    if kind == "link" and case != "said twice":
        sound["other_person_id"] = 5
    refused(context, insert(ledger), IntegrityError, sound | (CASES[kind] | ANY)[case])
    if case != "said twice":
        with context.database.writing() as connection:
            connection.execute(insert(ledger), sound)


def test_a_link_to_oneself(context: Context) -> None:
    sound = row_of(context, "link")
    refused(context, insert(ledger), IntegrityError, sound | {"other_person_id": sound["person_id"]})


RECORD: dict[str, Any] = {
    "at": datetime(2026, 11, 21, tzinfo=UTC),
    "client_id": 1,
    "person_id": 7,
    "purpose": "eligibility",
    "request_id": "x",
    "as_of": datetime(2026, 11, 21, tzinfo=UTC),
    "position": 1,
    "settles": True,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"person_id": None},
        {"id_hash": bytes(32)},
        {"as_of": None},
        {"position": None},
        {"position": -1},
        {"as_of": None, "position": None},
        {"purpose": None},
        {"request_id": None},
    ],
)
def test_an_access_record_that_cannot_be(context: Context, changes: dict[str, Any]) -> None:
    refused(context, insert(access_record), IntegrityError, RECORD | changes)


def test_a_moment_is_settled_once(context: Context) -> None:
    unseen = RECORD | {"person_id": None, "id_hash": bytes(32), "position": 0}
    for record in (RECORD, unseen):
        with context.database.writing() as connection:
            connection.execute(insert(access_record), record)
            connection.execute(insert(access_record), record | {"settles": False})
        refused(context, insert(access_record), IntegrityError, record | {"position": 2})


def test_access_records_are_kept_and_then_let_go(context: Context) -> None:
    now = datetime.now(UTC)
    old = [RECORD | {"at": now - timedelta(days=days), "settles": False} for days in (170, 179, 181, 200)]
    with context.database.writing() as connection:
        connection.execute(insert(access_record), old)
    record_access(context, None, ASKER, [7])
    assert len(contents(context.database)["access_record"]) == 5
    refused(context, update(access_record).values(purpose="x"), DBAPIError)
    assert "append-only" in refused(context, delete(access_record), DBAPIError)
    if context.database.dialect_name == "postgresql":
        refused(context, text("TRUNCATE access_record"), DBAPIError)
    with pytest.raises(ValueError, match="180 days"):
        purge_access_records(context, 179)
    assert purge_access_records(context) == 2
    assert purge_access_records(context) == 0
    assert len(contents(context.database)["access_record"]) == 3


def test_records_that_hold_an_answer_in_place_are_kept_for_ever(context: Context) -> None:
    """The clock alone would now say 2 for that moment, and the answer was 1: a late commit, a clock set back."""
    long_ago = datetime.now(UTC) - timedelta(days=300)
    with context.database.reading() as connection:
        person_id = connection.scalars(select(ledger.c.person_id).where(ledger.c.seq == 5)).one()
    later = datetime.now(UTC)
    records = [
        RECORD | {"at": long_ago, "person_id": person_id, "as_of": later, "position": 1},
        RECORD | {"at": long_ago, "person_id": person_id, "as_of": long_ago, "position": 0},
        RECORD | {"at": long_ago, "person_id": 7, "as_of": long_ago, "position": 0},
    ]
    with context.database.writing() as connection:
        connection.execute(insert(access_record), records)
    assert purge_access_records(context) == 1
    assert {row[3] for row in contents(context.database)["access_record"]} == {person_id}
