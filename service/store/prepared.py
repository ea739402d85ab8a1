"""Statements on the path of every question: SQL by hand, handed to psycopg as it is.

SQLAlchemy's part of such a statement costs more than the database's. On SQLite it runs by SQLAlchemy all the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from sqlalchemy import Connection, Select, TextualSelect
from sqlalchemy.dialects import postgresql

_NAMED: Final = re.compile(r"(?<![:\w]):([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement with its parameters numbered as PostgreSQL has it, and their names in that order."""

    sql: str
    names: tuple[str, ...]


def prepared(sql: str) -> Prepared:
    """From SQL with ``:name`` for its parameters."""
    names: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    # One line: the text goes along with a statement's first use on each connection.
    return Prepared(" ".join(_NAMED.sub(numbered, sql).split()), tuple(names))


def prepared_like(statement: Select[Any]) -> Prepared:
    """The same statement as SQLAlchemy would write it for PostgreSQL."""
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return prepared(str(statement.compile(dialect=dialect)))


def fetch(
    connection: Connection, statement: Prepared | TextualSelect, values: Mapping[str, Any]
) -> Sequence[tuple[Any, ...]]:
    """Every row. Raises psycopg's errors for a Prepared, SQLAlchemy's otherwise; the Database knows both."""
    if not isinstance(statement, Prepared):
        return cast("Sequence[tuple[Any, ...]]", connection.execute(statement, values).all())
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with psycopg.RawCursor(raw) as cursor:
        cursor.execute(statement.sql, [values[name] for name in statement.names], prepare=True)
        return cursor.fetchall()
