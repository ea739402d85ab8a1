"""Transactions, retry and what is said when the database cannot be worked with."""

from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from service.domain.errors import Refusal
from service.store import database as database_module
from service.store.database import ATTEMPTS_MAX, Database
from service.store.prepared import fetch, prepared
from service.store.tables import entry_reference

ROW = {"provider_id": 1, "external_ref": "R-1", "person_id": 1, "seq": 1}


@pytest.fixture
def database(database_url: str) -> Database:
    return Database(database_url)


def count(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(entry_reference)).all())


def test_a_conflict_runs_the_work_again(database: Database) -> None:
    runs = []

    def work(connection: Connection) -> str:
        runs.append(1)
        if len(runs) == 1:
            # Somebody else was first: what the constraint says when they have committed.
            connection.execute(insert(entry_reference), [ROW, ROW])
        connection.execute(insert(entry_reference), ROW)
        return "done"

    assert database.write(work) == "done"
    assert (len(runs), count(database)) == (2, 1)


def test_a_conflict_that_stays_is_raised_in_the_end(database: Database) -> None:
    runs = []

    def work(connection: Connection) -> None:
        runs.append(1)
        connection.execute(insert(entry_reference), [ROW, ROW])

    with pytest.raises(IntegrityError):
        database.write(work)
    assert (len(runs), count(database)) == (ATTEMPTS_MAX, 0)


def test_other_faults_are_raised_at_once(database: Database) -> None:
    runs = []

    def work(connection: Connection) -> None:
        runs.append(1)
        connection.execute(insert(entry_reference), ROW | {"person_id": None})

    with pytest.raises(IntegrityError):
        database.write(work)
    assert len(runs) == 1


def test_a_faulty_statement_is_our_mistake_not_the_database_s(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("SELECT nonsense FROM nowhere"))


def test_what_fails_inside_writing_is_rolled_back(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(entry_reference), ROW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(database) == 0


def test_a_snapshot_stays_at_its_moment(database: Database) -> None:
    with database.snapshot() as connection:
        assert connection.execute(select(entry_reference)).all() == []
        with database.writing() as other:
            other.execute(insert(entry_reference), ROW)
        assert connection.execute(select(entry_reference)).all() == []
        assert count(database) == 1
    with database.snapshot() as connection:
        assert len(connection.execute(select(entry_reference)).all()) == 1


def test_sqlite_waits_its_turn_and_says_so_when_it_takes_too_long(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 100)
    first, second = Database(sqlite_url), Database(sqlite_url)
    with first.writing() as connection:
        connection.execute(insert(entry_reference), ROW)
        with pytest.raises(Refusal, match="unavailable") as refused, second.writing():
            pass
        assert isinstance(refused.value.__cause__, OperationalError)
        with second.reading() as reading:  # readers never wait
            assert reading.execute(select(entry_reference)).all() == []
    monkeypatch.setattr(database_module, "_BUSY_TIMEOUT_MS", 15_000)
    third = Database(sqlite_url)
    begun, held = Event(), Event()

    def hold() -> None:
        with first.writing():
            begun.set()
            held.wait(0.3)

    thread = Thread(target=hold)
    thread.start()
    begun.wait()
    with third.writing() as connection:
        connection.execute(insert(entry_reference), ROW | {"external_ref": "R-2"})
    thread.join()
    assert count(third) == 2


def test_reading_connections_cannot_write_on_sqlite(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(Refusal), database.reading() as connection:
        connection.execute(insert(entry_reference), ROW)
    assert count(database) == 0


def test_sqlite_is_set_up_as_promised(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.writing() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "recursive_triggers", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "recursive_triggers": 1,
        "busy_timeout": 15_000,
    }


def count_nothing(_connection: Connection) -> None:
    pass


def test_no_server_is_unavailable() -> None:
    database = Database("postgresql+psycopg://nobody:hidden@127.0.0.1:1/none")
    for opening in (database.reading, database.writing, database.snapshot):
        with pytest.raises(Refusal, match="unavailable"), opening():
            pass
    with pytest.raises(Refusal, match="unavailable"):
        database.write(count_nothing)


def test_errors_show_no_values(database: Database) -> None:
    secret = "机密内容"
    with pytest.raises(IntegrityError) as raised, database.writing() as connection:
        connection.execute(insert(entry_reference), ROW | {"external_ref": secret, "seq": None})
    assert secret not in str(raised.value).split("DETAIL")[0]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_databases_we_do_not_keep_a_ledger_in(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        Database(url)


@pytest.mark.parametrize(
    ("url", "read_url"),
    [
        ("sqlite:///x.sqlite3", "postgresql+psycopg://h/x"),
        ("postgresql+psycopg://h/x", "sqlite:///x.sqlite3"),
    ],
)
def test_a_standby_is_of_postgresql(url: str, read_url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL_READ"):
        Database(url, read_url=read_url)


def test_a_sqlite_file_s_directory_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a/b/ledger.sqlite3")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_work_is_not_begun_anew_because_what_was_prepared_went_with_a_rollback(postgres_url: str) -> None:
    """psycopg lets go of every prepared statement at a rollback, once it has prepared one of its own."""
    database = Database(postgres_url)
    of_ours, runs = prepared("SELECT 1"), []

    def work(connection: Connection) -> None:
        runs.append(1)
        for _ in range(8):  # more often than psycopg waits for before it prepares
            connection.execute(text("SELECT 2"))
        fetch(connection, of_ours, {})
        raise Refusal("not_found")

    for _ in range(3):
        with pytest.raises(Refusal):
            database.write(work)
    assert len(runs) == 3
    database.close()
