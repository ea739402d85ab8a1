"""A ledger filled for the benchmarks is one that the service could have written, but for the hashes."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic import command

from bench.fill import PROVIDERS, Filled, fill_ledger
from bench.ledgers import bench_settings, plain_url
from bench.partitions import SPLIT, partition_by_person
from bench.roster_file import id_number
from bench.seeded import LISHUI, drafts_of
from service.context import Context, open_context
from service.domain.access import Asker
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.register_entries import register_entries
from service.operations.verify_ledger import rebuild_totals, verify_ledger
from service.store.schema import alembic_config
from tests.operations.ledger import contents
from tests.postgres_server import fresh_database

PEOPLE = 2 * PROVIDERS


@pytest.fixture
def filled(empty_postgres_url: str) -> Filled:
    return fill_ledger(empty_postgres_url, PEOPLE * 20, lambda _: None)


@pytest.fixture
def context(empty_postgres_url: str, filled: Filled) -> Iterator[Context]:
    opened = open_context(bench_settings(empty_postgres_url))
    yield opened
    opened.database.close()


def ask(context: Context, person: int) -> dict[str, Any]:
    """The answer without what tells this ledger from another."""
    asked = EligibilityAsk(
        Identity("resident_id", id_number(person)),
        Question(LISHUI, 2023, "intermediate", tenure_start=2019),
    )
    (answer,) = check_eligibility(context, [asked], "zh-CN", Asker(None, "test", "eligibility"))
    for own in ("person_id", "as_of", "head"):
        for part in (answer, answer["person"], answer["ledger"]):
            part.pop(own, None)
    return answer


def indexes(url: str) -> set[tuple[str, str]]:
    with psycopg.connect(plain_url(url)) as connection:
        found = connection.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {(name, definition.replace(" WITH (fillfactor='70')", "")) for name, definition in found}


def test_people_are_found_and_have_their_hours(context: Context) -> None:
    answers = [ask(context, person) for person in (0, PEOPLE - 1)]
    assert all(answer["person"]["known"] and answer["ledger"]["position"] == 20 for answer in answers)
    assert not ask(context, PEOPLE)["person"]["known"]


def test_keys_and_indexes_are_as_the_migrations_make_them(
    context: Context, empty_postgres_url: str, postgres_url: str
) -> None:
    assert indexes(empty_postgres_url) == indexes(postgres_url)
    with context.database.writing() as connection:
        command.check(alembic_config(connection))


def test_all_agrees_but_the_hashes(context: Context) -> None:
    before = contents(context.database)
    assert rebuild_totals(context) == PEOPLE
    assert contents(context.database) == before
    bad = verify_ledger(context)
    assert bad is not None
    assert (bad.table, bad.seq, bad.code) == ("ledger", 1, "hash")


def test_entries_go_on_from_there(context: Context, filled: Filled) -> None:
    more = [
        draft._replace(external_ref=f"M-{n}", course_code=f"M-{n}") for n, draft in enumerate(drafts_of(3))
    ]
    made = register_entries(context, filled.provider, more)
    assert [each.entry.seq for each in made if each.entry] == list(range(21, 41))
    again = register_entries(context, filled.provider, more)
    assert {each.result for each in again} == {"replayed"}


def test_a_ledger_that_is_split_answers_the_same(postgres_server_url: str, context: Context) -> None:
    with fresh_database(postgres_server_url) as url:
        fill_ledger(url, PEOPLE * 20, lambda _: None, lambda made: partition_by_person(made, 4))
        with psycopg.connect(plain_url(url)) as connection:
            split = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'p'").fetchall()
        assert {name for (name,) in split} == set(SPLIT)
        other = open_context(bench_settings(url))
        try:
            assert ask(other, 7) == ask(context, 7)
        finally:
            other.database.close()
