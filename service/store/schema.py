"""The schema's versions: brings a database to the newest one and says whether it is there."""

from functools import cache
from importlib.resources import files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from service.store.database import Database

_LOCK_KEY: Final = 0x486F757273
"""Of PostgreSQL's advisory locks, the one that migrations of this service take."""

_LOCK_TIMEOUT: Final = "5s"
"""How long a migration may make everyone else wait behind it for a table."""


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the packaged migrations, over an open transaction if one is given."""
    config = Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrades (or, to an older ``revision``, downgrades) in one transaction: all of it or nothing.

    Several processes may call it at once: one works, the others wait for it and find nothing to do.
    """
    database = Database(url)
    try:
        with database.writing() as connection:
            lock_schema(connection)
            _move(connection, revision)
    finally:
        database.close()


def lock_schema(connection: Connection) -> None:
    """Keeps other migrations away until the transaction ends (SQLite's write lock does so already)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        connection.execute(
            text("SELECT set_config('lock_timeout', :timeout, true)"), {"timeout": _LOCK_TIMEOUT}
        )


def _move(connection: Connection, revision: str) -> None:
    config = alembic_config(connection)
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    path = ["base", *reversed(newest_first)]
    current = MigrationContext.configure(connection).get_current_revision() or "base"
    target = path[-1] if revision == "head" else revision
    if current == target:
        return
    if current in path and target in path and path.index(target) < path.index(current):
        command.downgrade(config, target)
    else:
        # A revision that this code does not know is for Alembic to refuse.
        command.upgrade(config, target)


def is_at_head(engine: Engine) -> bool:
    """Whether the database has exactly the schema this code was written for."""
    head = _head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


@cache
def _head() -> str | None:
    # The migration files do not change under a running process; readiness is asked every few seconds.
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
