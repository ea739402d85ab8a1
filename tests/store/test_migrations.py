"""The database is what its migrations make it: up, down and up again, once however many begin at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import CheckConstraint, create_engine, inspect, text

from service.domain.errors import Refusal
from service.store.database import Database
from service.store.schema import alembic_config, is_at_head, lock_schema, migrate
from service.store.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite3"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def names(url: str) -> set[str]:
    """Tables, and on PostgreSQL functions."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names())
        if engine.dialect.name == "postgresql":
            found |= set(
                connection.scalars(
                    text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
                )
            )
    engine.dispose()
    return found


def at_head(url: str) -> bool:
    database = Database(url)
    try:
        return is_at_head(database.reading_engine)
    finally:
        database.close()


def test_up_down_and_up_again(empty_url: str) -> None:
    assert not at_head(empty_url)
    migrate(empty_url, "base")
    migrate(empty_url)
    made = names(empty_url)
    assert made >= set(metadata.tables)
    assert at_head(empty_url)
    migrate(empty_url, "base")
    assert names(empty_url) == {"alembic_version"}
    assert not at_head(empty_url)
    migrate(empty_url)
    assert names(empty_url) == made
    migrate(empty_url)
    assert at_head(empty_url)


def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    """Alembic finds no difference; it raises when it does."""
    database = Database(database_url)
    with database.writing() as connection:
        command.check(alembic_config(connection))
    database.close()


def test_constraints_are_those_of_the_tables(database_url: str) -> None:
    """Alembic compares no CHECK constraints: their names are compared here, their effect elsewhere."""
    engine = create_engine(database_url)
    inspector = inspect(engine)
    for table in metadata.sorted_tables:
        declared = {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        stored = {each["name"] for each in inspector.get_check_constraints(table.name)}
        assert stored == declared, table.name
    engine.dispose()


def test_one_head_and_numbered_files() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    revisions = [each.revision for each in script.walk_revisions()][::-1]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    stored = sorted(each.name for each in Path(str(files("migrations") / "versions")).glob("*.py"))
    assert [name[:4] for name in stored] == revisions
    assert all(re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.py", name) for name in stored)


def test_many_processes_migrate_at_once(empty_url: str) -> None:
    gate = Barrier(8)

    def run(_: int) -> None:
        gate.wait()
        migrate(empty_url)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert at_head(empty_url)


def test_a_migration_does_not_queue_everyone_behind_a_busy_table(postgres_url: str) -> None:
    """It gives up the wait for a lock (``lock_timeout``) and leaves everything as it was."""
    database, other = Database(postgres_url), Database(postgres_url)

    def lower(action: Callable[[], None]) -> None:
        with pytest.raises(Refusal, match="unavailable"):
            action()

    def drop() -> None:
        with database.writing() as connection:
            lock_schema(connection)
            timeout = connection.execute(text("SHOW lock_timeout")).scalar_one()
            assert timeout == "5s"
            connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            connection.execute(text("DROP TABLE chain_head"))

    with other.writing() as connection:
        connection.execute(text("SELECT count(*) FROM chain_head"))
        lower(drop)
    assert at_head(postgres_url)
    database.close()
    other.close()


def test_a_broken_migration_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    # The last thing the first migration does.
    monkeypatch.setattr("alembic.op.execute", lambda *_args, **_kw: broken())
    with pytest.raises(RuntimeError, match="broken"):
        migrate(empty_url)
    assert names(empty_url) <= {"alembic_version"}
    monkeypatch.undo()
    migrate(empty_url)
    assert at_head(empty_url)


def test_a_database_from_the_future_is_left_alone(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CommandError, match="9999"):
        migrate(database_url)
    assert not is_at_head(database.reading_engine)
    database.close()
