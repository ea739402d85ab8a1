"""Statements on the path of every question: SQL by hand, handed to libpq as it is.

What SQLAlchemy and a cursor add to such a statement costs more than the database's part of it. On SQLite it runs by
SQLAlchemy all the same.
"""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from psycopg import generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, Select, TextualSelect
from sqlalchemy.dialects import postgresql

_NAMED: Final = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")

_ROLLED_BACK: Final = "rolled back"
_numbers: Final = itertools.count()

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
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
    connection: Connection,
    statement: Prepared | Select[Any] | TextualSelect,
    values: Mapping[str, Any],
    meanwhile: Callable[[], object] | None = None,
) -> Sequence[Row]:
    """Every row. Raises psycopg's errors for a Prepared, SQLAlchemy's otherwise; the Database knows both.

    ``meanwhile`` is done once, on PostgreSQL while it is at work; without a use of the connection.
    """
    if not isinstance(statement, Prepared):
        rows = cast("Sequence[Row]", connection.execute(statement, values).all())
        if meanwhile is not None:
            meanwhile()
        return rows
    pooled = connection.connection
    raw = cast("psycopg.Connection[Any]", pooled.driver_connection)
    return execute(raw, pooled.info, statement, [values[name] for name in statement.names], meanwhile)


def execute(
    raw: psycopg.Connection[Any],
    known: dict[Any, Any],
    statement: Prepared,
    values: Sequence[Any],
    meanwhile: Callable[[], object] | None = None,
) -> Sequence[Row]:
    """The rows. ``known`` remembers, for as long as the connection lives, what was prepared on it."""
    is_first = raw.pgconn.transaction_status == TransactionStatus.IDLE
    if raw.pgconn.pipeline_status or (raw.autocommit and not is_first):
        with psycopg.RawCursor(raw) as cursor:
            cursor.execute(statement.sql, values, prepare=True)
            if meanwhile is not None:
                meanwhile()
            # In a pipeline nothing is waited for, and nothing comes back.
            return () if raw.pgconn.pipeline_status else cursor.fetchall()
    if known.pop(_ROLLED_BACK, False):
        _forget_what_is_gone(raw, known)
    try:
        return _execute_at_once(raw, known, statement, values, meanwhile)
    except (InvalidSqlStatementName, FeatureNotSupported):
        # psycopg lets go of everything prepared after some statements of its own; and a statement is not run again
        # once a column that it returns has got another type.
        known.clear()
        if not is_first:
            raise  # the transaction is lost: the Database begins another
        raw.rollback()
        return _execute_at_once(raw, known, statement, values)


def note_rollback(connection: Connection) -> None:
    """To be told of every rollback: with it psycopg may have let go of everything prepared on the connection."""
    if not connection.invalidated:  # else it has ended, and what was prepared with it
        connection.connection.info[_ROLLED_BACK] = True


def _forget_what_is_gone(raw: psycopg.Connection[Any], known: dict[Any, Any]) -> None:
    # Asked, not tried: a statement that is not there would cost the whole transaction.
    result = _checked(raw.pgconn.exec_(b"SELECT name FROM pg_prepared_statements"))
    left = {result.get_value(row, 0) for row in range(result.ntuples)}
    for what in [what for what, name in known.items() if name not in left]:
        del known[what]


def _execute_at_once(
    raw: psycopg.Connection[Any],
    known: dict[Any, Any],
    statement: Prepared,
    values: Sequence[Any],
    meanwhile: Callable[[], object] | None = None,
) -> Sequence[Row]:
    adapting = Transformer(raw)
    parameters = adapting.dump_sequence(values, [PyFormat.AUTO] * len(values))
    connection = raw.pgconn
    if not raw.autocommit and connection.transaction_status == TransactionStatus.IDLE:
        _checked(connection.exec_(b"BEGIN"))
    # psycopg sends a number in as few bytes as it needs: the types are part of what is prepared.
    name = known.get((statement, adapting.types))
    if name is None:
        name = f"at_once_{next(_numbers)}".encode()
        _checked(connection.prepare(name, statement.sql.encode(), adapting.types or ()))
        known[statement, adapting.types] = name
    if meanwhile is None:
        result = _checked(connection.exec_prepared(name, parameters, adapting.formats, Format.BINARY))  # type: ignore[arg-type]  # None is NULL
    else:
        connection.send_query_prepared(name, parameters, adapting.formats, Format.BINARY)
        raw.wait(generators.send(connection))
        try:
            meanwhile()
        except BaseException:
            raw.wait(generators.fetch_many(connection))
            raise
        result = _checked(raw.wait(generators.fetch_many(connection))[-1])
    if result.status == ExecStatus.COMMAND_OK:
        return ()
    adapting.set_pgresult(result)
    return adapting.load_rows(0, result.ntuples, tuple)


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        error = error_from_result(result)
        # libpq's own errors have no state: the connection is gone.
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
    return result
