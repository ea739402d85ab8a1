"""The queue is read off its index, place by place, however much is decided already."""

from sqlalchemy import text

from service.domain.competence import EVERYTHING, Scope
from service.store.database import Database
from service.store.recognition import Place, QueueFilter, pending_statement


def plan(database_url: str, places: list[Place], chosen: QueueFilter) -> str:
    """How the database would read a page."""
    database = Database(database_url)
    statement = pending_statement(places, chosen, 100)
    with database.writing() as connection:
        if database.dialect_name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
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
        found = plan(database_url, places, chosen)
        assert found.count("entry_state_pending_idx") == len(places), found


def test_a_hundred_places_are_one_statement(database_url: str) -> None:
    places = [Place(f"33{number:04}", EVERYTHING) for number in range(120)]
    assert plan(database_url, places, QueueFilter()).count("entry_state_pending_idx") == 120
