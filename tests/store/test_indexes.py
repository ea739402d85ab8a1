"""Lists are read off an index, and of a record that is written one index alone by whom it is about knows."""

import re
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Index, insert, select, text

from service.operations.register_entries import register_entries
from service.store.access import ids_about
from service.store.access_table import access_record
from service.store.database import Database
from service.store.entries import _COURSES_EACH, EntryFilter, listing_statement
from service.store.holdings import page_accesses
from service.store.one_entry import _AT_ONCE
from service.store.plain_standing import asking_plainly
from service.store.prepared import Prepared
from service.store.schema import migrate
from service.store.together import TOGETHER_MAX
from service.store.unlocked_entries import FIND, STORE
from tests.operations.ledger import drafts, open_ledger
from tests.operations.test_answers_stay import provider_of
from tests.store.test_recognition_queue import plan

MOMENT = datetime(2026, 11, 12, 16, tzinfo=UTC)


@pytest.mark.parametrize("limit", [None, 100])
def test_the_records_about_somebody_are_read_off_their_indexes(database_url: str, limit: int | None) -> None:
    order = access_record.c.access_id.desc()
    chosen = ids_about([1, 2], [b"h" * 32], [access_record.c.access_id < 9], order, limit)
    found = plan(database_url, select(access_record.c.at).where(access_record.c.access_id.in_(chosen)))
    for name, times in (("person_id", 2), ("person_moment", 2), ("id_hash", 1), ("document_moment", 1)):
        assert found.count(f"access_record_{name}_idx") == times, found


@pytest.mark.parametrize(
    "chosen",
    [EntryFilter(provider_id=1), EntryFilter(provider_id=1, credit_year=2023, after=(2023, MOMENT, 1, 2))],
)
def test_a_provider_s_entries_are_read_off_the_index_in_order(database_url: str, chosen: EntryFilter) -> None:
    found = plan(database_url, listing_statement(chosen, 100))
    assert found.count("entry_state_provider_idx") == 1, found
    # PostgreSQL sorts the few of one moment, SQLite has them in order too.
    assert "RIGHT PART OF ORDER BY" not in found, found


def test_a_person_s_entries_are_read_off_the_key(database_url: str) -> None:
    found = plan(database_url, listing_statement(EntryFilter(provider_id=1, person_id=2), 100))
    assert "entry_state_provider_idx" not in found
    assert re.search(r"PRIMARY KEY \(person_id=|entry_state_pkey", found), found


@pytest.mark.parametrize(
    "statement",
    [asking_plainly(1, confirming=True), asking_plainly(TOGETHER_MAX, confirming=True), FIND[True], STORE],
    ids=["one question", "questions", "finding", "storing"],
)
@pytest.mark.parametrize("people", [0, 40])
def test_no_table_is_read_whole_though_few_were_in_it_when_that_was_planned(
    postgres_url: str, statement: Prepared, people: int
) -> None:
    """A plan made once is kept until PostgreSQL counts the rows that have come since."""
    context = open_ledger(postgres_url)
    register_entries(context, provider_of(context), drafts(2 * people, people or 1))
    with context.database.recording_engine.connect() as connection:
        if people:
            connection.execute(text("ANALYZE"))
        found = generic_plan(connection.connection.driver_connection, statement)
    context.database.close()
    scans = re.findall(r"(?:Index|Bitmap)[^\n]* Scan [^\n]*\n *(\w+ Cond)?", found)
    assert len(scans) > 1, found
    assert all(scans), found
    assert not re.search("Seq Scan|Hash Join|Merge Join", found), found


@pytest.mark.parametrize("statement", [_COURSES_EACH, _AT_ONCE[True], FIND[True]])
def test_somebody_s_course_is_never_looked_for_among_all_of_a_provider_s_year(
    postgres_url: str, statement: Prepared
) -> None:
    """PostgreSQL may believe those to be few; a batch of a thousand once took ten seconds by that index."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        # With nothing better left it would look up the provider there if it could.
        connection.execute("ALTER TABLE entry_state DROP CONSTRAINT entry_state_pkey CASCADE")
        connection.execute("DROP INDEX entry_state_course_idx")
        connection.execute("SET enable_seqscan = off")
        found = generic_plan(connection, statement)
    assert "entry_state" in found, found
    assert not re.search(r"entry_state_provider_idx[^\n]*\n *Index Cond: \(+provider_id", found), found


@pytest.mark.parametrize("statement", [_COURSES_EACH, _AT_ONCE[True], FIND[True]])
def test_a_course_is_found_by_one_look_however_many_entries_somebody_has(
    postgres_url: str, statement: Prepared
) -> None:
    """What follows an index's first column that is not named is looked through."""
    context = open_ledger(postgres_url)
    register_entries(context, provider_of(context), drafts(600, 3))
    with context.database.recording_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        found = generic_plan(connection.connection.driver_connection, statement)
        columns = connection.scalar(text("SELECT pg_get_indexdef('entry_state_course_idx'::regclass)"))
    context.database.close()
    named = re.search(r"entry_state_course_idx[^\n]*\n *Index Cond: ([^\n]+)", found)
    assert named, found
    assert re.findall(r"(person_id|course_key|credit_year) = ", named[1]) == [
        "person_id",
        "course_key",
        "credit_year",
    ]
    assert "(person_id, course_key, credit_year, provider_id)" in columns


def generic_plan(connection: psycopg.Connection[Any], statement: Prepared) -> str:
    nothing = ", ".join(["NULL"] * len(statement.names))
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute(f"PREPARE asked AS {statement.sql}")
    return "\n".join(line for (line,) in connection.execute(f"EXPLAIN EXECUTE asked({nothing})"))


def test_a_record_is_in_one_index_by_person_and_in_one_by_document() -> None:
    for column in ("person_id", "id_hash"):
        conditions = sorted(
            str(index.dialect_options["postgresql"]["where"])
            for index in access_record.indexes
            if isinstance(index, Index) and column in index.columns
        )
        assert conditions == [f"NOT settles AND {column} IS NOT NULL", f"settles AND {column} IS NOT NULL"]


def test_what_is_stored_survives_the_way_back_and_forth(database_url: str) -> None:
    records = [
        {
            "at": MOMENT,
            "person_id": person_id,
            "id_hash": id_hash,
            "purpose": "eligibility",
            "request_id": "r",
        }
        | {"as_of": MOMENT, "position": 0, "settles": settles}
        for person_id, id_hash in ((1, None), (None, b"h" * 32))
        for settles in (True, False)
    ]

    def stored() -> list[Any]:
        database = Database(database_url)
        with database.reading() as connection:
            found = page_accesses(connection, [1], [b"h" * 32], None, 9)
        database.close()
        return found

    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(insert(access_record), records)
    database.close()
    before = stored()
    assert [each.access_id for each in before] == [4, 3, 2, 1]
    migrate(database_url, "0009")
    migrate(database_url)
    assert stored() == before
