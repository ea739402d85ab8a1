"""Alembic's entry: over the connection that ``service.store.schema`` hands in, else over ``DATABASE_URL``."""

from alembic import context
from sqlalchemy import Connection

from service.settings import load_settings
from service.store.database import Database
from service.store.schema import lock_schema
from service.store.tables import metadata


def run(connection: Connection) -> None:
    # SQLite can roll back CREATE TABLE as well: a migration is done whole or not at all on both databases.
    context.configure(
        connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    database = Database(load_settings().database_url)
    with database.writing() as opened:
        lock_schema(opened)
        run(opened)
    database.close()
