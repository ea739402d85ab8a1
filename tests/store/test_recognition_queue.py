"""The queue is read off its index, place by place, however much is decided already."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, text

from service.domain.competence import EVERYTHING, Scope
from service.store.database import Database
from service.store.decisions import DecisionFilter, decided_statement
from service.store.queue_counts import counting_statement
from service.store.recognition import Place, QueueFilter, pending_statement


def plan(database_url: str, statement: Select[Any]) -> str:
    """How the database would go about a statement."""
    database = Database(database_url)
    with database.writing() as connection:
        if database.dialect_name == "postgresql":
            for way in ("seqscan", "bitmapscan"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
            explain = "EXPLAIN "
        else:
            explain = "EXPLAIN QUERY PLAN "
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.exec_driver_sql(explain + str(compiled)).all()
    database.close()
    return "\n".join(str(value) for row in rows for value in row)


def test_each_place_is_read_off_the_index(database_url: str) -> None:
    narrow = Scope(general_public=False, unnamed=True, series=frozenset({"建设工程"}))
    places = [Place("330500", EVERYTHING), Place("330502", narrow), Place("331100", EVERYTHING)]
    for chosen in (QueueFilter(), QueueFilter(series_key="建设工程", credit_year=2023, provider_id=1)):
        found = plan(database_url, pending_statement(places, chosen, 100))
        assert found.count("entry_state_pending_idx") == len(places), found


def test_a_hundred_places_are_one_statement(database_url: str) -> None:
    places = [Place(f"33{number:04}", EVERYTHING) for number in range(120)]
    assert (
        plan(database_url, pending_statement(places, QueueFilter(), 100)).count("entry_state_pending_idx")
        == 120
    )


def test_the_counts_and_the_decisions_are_read_off_their_indexes(database_url: str) -> None:
    places = [Place("330500", EVERYTHING), Place("331100", EVERYTHING)]
    moments = [datetime(2026, 11, 12, 16, tzinfo=UTC), datetime(2026, 10, 20, 16, tzinfo=UTC)]
    counted = plan(database_url, counting_statement(places, QueueFilter(), moments))
    assert counted.count("entry_state_pending_idx") == 2, counted
    divisions = [place.division_code for place in places]
    for chosen in (
        DecisionFilter(),
        DecisionFilter(recorded_by=1, outcome="rejected", after=(moments[0], 1, 2)),
    ):
        decided = plan(database_url, decided_statement(divisions, chosen, 100))
        assert decided.count("ledger_decision_idx") == 2, decided
