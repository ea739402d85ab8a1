"""Connections kept at hand for statements that commit by themselves: a few, sound ones, and gone when they must be."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from service.domain.errors import Refusal
from service.store.database import Database
from service.store.prepared import fetch, prepared

SIZE = 4
BACKEND = prepared("SELECT pg_backend_pid()")


@pytest.fixture
def database(postgres_url: str) -> Database:
    made = Database(postgres_url, pool_size=SIZE)
    yield made
    made.close()


def backend(connection: Connection) -> int:
    ((pid,),) = fetch(connection, BACKEND, {})
    return pid


def taken(database: Database) -> int:
    return database.recording_engine.pool.checkedout()


def test_the_same_one_is_used_again(database: Database) -> None:
    assert len({database.record(backend) for _ in range(5)}) == 1
    assert taken(database) == 1


def test_no_more_than_half_of_them_are_kept(database: Database) -> None:
    meeting = Barrier(SIZE)

    def work(connection: Connection) -> int:
        meeting.wait(30)
        return backend(connection)

    with ThreadPoolExecutor(SIZE) as pool:
        assert len(set(pool.map(lambda _: database.record(work), range(SIZE)))) == SIZE
    assert taken(database) == SIZE // 2


def test_one_that_failed_is_not_kept(database: Database) -> None:
    first = database.record(backend)

    def work(connection: Connection) -> None:
        assert backend(connection) == first
        raise LookupError

    with pytest.raises(LookupError):
        database.record(work)
    assert taken(database) == 0


def test_one_in_the_middle_of_something_is_not_kept(database: Database) -> None:
    def work(connection: Connection) -> None:
        connection.connection.driver_connection.execute("BEGIN")
        connection.execute(text("SELECT 1"))

    database.record(work)
    assert database.record(lambda connection: connection.execute(text("SELECT 1")).scalar_one()) == 1


def test_after_the_database_ended_them_one_request_fails_at_most(
    database: Database, postgres_url: str
) -> None:
    meeting = Barrier(SIZE)

    def work(connection: Connection) -> int:
        meeting.wait(30)
        return backend(connection)

    with ThreadPoolExecutor(SIZE) as pool:
        old = set(pool.map(lambda _: database.record(work), range(SIZE)))
    other = Database(postgres_url)
    with other.writing() as connection:
        for pid in old:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    other.close()
    with pytest.raises(Refusal, match="unavailable"):
        database.record(backend)
    assert old.isdisjoint({database.record(backend) for _ in range(SIZE)})


def test_all_are_closed_in_the_end(database: Database) -> None:
    database.record(backend)
    database.close()
    assert taken(database) == 0
