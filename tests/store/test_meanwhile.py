"""What is done while PostgreSQL is at a statement: once, and whatever goes wrong, the connection serves on."""

import psycopg
import pytest
from sqlalchemy import Connection

from service.store.database import Database
from service.store.prepared import fetch, prepared

DOUBLED = prepared("SELECT 2 * CAST(:number AS bigint)")
DIVIDED = prepared("SELECT 1 / CAST(:number AS bigint)")


@pytest.fixture
def database(postgres_url: str) -> Database:
    made = Database(postgres_url, pool_size=1)
    yield made
    made.close()


def test_it_is_done_once_before_the_rows_are_there(database: Database) -> None:
    done: list[str] = []

    def work(connection: Connection) -> int:
        for number in (1, 2, 3):
            rows = fetch(connection, DOUBLED, {"number": number}, lambda: done.append("meanwhile"))
            assert rows == [(2 * number,)]
            done.append("rows")
        return len(done)

    assert database.write(work) == 6
    assert done == ["meanwhile", "rows"] * 3


def test_the_connection_outlives_what_it_raises(database: Database) -> None:
    def fail() -> None:
        raise LookupError

    def work(connection: Connection) -> None:
        with pytest.raises(LookupError):
            fetch(connection, DOUBLED, {"number": 1}, fail)
        assert fetch(connection, DOUBLED, {"number": 2}) == [(4,)]

    database.write(work)


def test_the_databases_error_is_raised_after_it(database: Database) -> None:
    done: list[int] = []
    with pytest.raises(psycopg.errors.DivisionByZero):
        database.write(lambda each: fetch(each, DIVIDED, {"number": 0}, lambda: done.append(1)))
    assert done == [1]
    assert database.write(lambda each: fetch(each, DIVIDED, {"number": 1})) == [(1,)]


def test_what_it_raises_is_raised_though_the_statement_has_to_be_prepared_anew(database: Database) -> None:
    def fail() -> None:
        raise LookupError

    database.write(lambda each: fetch(each, DOUBLED, {"number": 1}))

    def work(connection: Connection) -> None:
        connection.connection.driver_connection.execute("DEALLOCATE ALL")
        connection.connection.driver_connection.rollback()
        fetch(connection, DOUBLED, {"number": 1}, fail)

    with pytest.raises(LookupError):
        database.write(work)
