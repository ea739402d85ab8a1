"""Many rows at once: COPY on PostgreSQL, one executemany elsewhere. Never a statement for each row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final, NamedTuple, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Date, Dialect, Table

from service.store.columns import Instant
from service.store.copy_text import copy_text

COPY_ROWS_MIN: Final = 20
"""Fewer rows are sooner there as one pipelined INSERT."""

_ROWS_AT_ONCE: Final = 500
"""So many rows' text is sent, and while the database takes it in that of the next is made."""

Row = tuple[Any, ...]


class Rows(NamedTuple):
    """Rows to be appended, as tuples in the order of ``columns``."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]


class Copying(NamedTuple):
    """The COPY that appends rows, and their text in parts."""

    statement: sql.Composed
    texts: Iterator[bytes]


@contextmanager
def pipelined(connection: Connection, rows_max: int) -> Iterator[None]:
    """On PostgreSQL the statements inside are sent without waiting for each other: one round trip, not ten.

    Only for statements that return nothing. Their errors surface at the end, as psycopg's. Does nothing when some
    table gets more than a few of the ``rows_max`` rows: COPY knows no pipeline. Nor for a single one, which
    is one statement (one_entry): the pipeline costs more than a second way there and back.
    """
    if connection.dialect.name != "postgresql" or not 1 < rows_max < COPY_ROWS_MIN:
        yield
        return
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with raw.pipeline():
        yield


def append_rows(connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Inserts rows given as tuples in the order of ``columns``. A unique conflict is raised, not skipped."""
    append_tables(connection, [Rows(table, columns, rows)])


def append_tables(
    connection: Connection, parts: Iterable[Rows | Copying], meanwhile: Callable[[], object] | None = None
) -> None:
    """As ``append_rows`` of each part, in their order. On PostgreSQL the first text of a part is made while the
    database still takes in the part before it, and ``meanwhile`` done while it takes in the last."""
    with ExitStack() as under_way:
        for part in parts:
            if isinstance(part, Rows):
                if connection.dialect.name != "postgresql" or len(part.rows) < COPY_ROWS_MIN:
                    under_way.close()
                    _insert(connection, part)
                    continue
                part = _copying(part)
            first = next(part.texts, b"")
            under_way.close()
            raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
            copy = under_way.enter_context(under_way.enter_context(raw.cursor()).copy(part.statement))
            copy.write(first)
            for text in part.texts:
                copy.write(text)
        if meanwhile is not None:
            meanwhile()


def made_ahead(part: Rows) -> Rows | Copying:
    """For PostgreSQL: the same with its text made here and now, by whoever has time for it."""
    if len(part.rows) < COPY_ROWS_MIN:
        return part
    statement, texts = _copying(part)
    return Copying(statement, iter(list(texts)))


def growing(table: Table, columns: tuple[str, ...], parts: Iterable[Sequence[Row]]) -> Copying:
    """For PostgreSQL: rows that come part by part, each asked for when those before have been sent."""
    texts = (copy_text(list(zip(*rows, strict=True))).encode() for rows in parts)
    return Copying(_copy_statement(table, columns), texts)


def _copy_statement(table: Table, columns: Iterable[str]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )


def _insert(connection: Connection, part: Rows) -> None:
    table, columns, rows = part
    if rows:
        statement, processors = _insertion(connection.dialect, table, columns)
        connection.exec_driver_sql(statement, _processed(processors, rows))


def _copying(part: Rows) -> Copying:
    """Rows, one at least, as PostgreSQL's COPY takes them."""
    table, columns, rows = part
    # What no row has is not sent: it is null by default.
    filled = [
        (name, values)
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
        # As a rule the first one says it: to count is to compare each.
        if values[0] is not None
        or values.count(None) < len(values)
        or table.c[name].server_default is not None
    ]
    # The driver writes a value at a time, which takes twice as long.
    texts = (
        copy_text([values[start : start + _ROWS_AT_ONCE] for _, values in filled]).encode()
        for start in range(0, len(rows), _ROWS_AT_ONCE)
    )
    return Copying(_copy_statement(table, [name for name, _ in filled]), texts)


Processor = Callable[[Any], Any]


@cache
def _insertion(
    dialect: Dialect, table: Table, columns: tuple[str, ...]
) -> tuple[str, tuple[tuple[int, Processor], ...]]:
    """The driver's INSERT with positional parameters, and what turns values into the driver's."""
    names = sql_names(dialect, columns)
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(columns))
    table_name = dialect.identifier_preparer.format_table(table)
    processors = []
    for place, name in enumerate(columns):
        column_type = table.c[name].type
        # psycopg takes every value as it is, SQLite's driver all but these.
        if dialect.name == "sqlite" and isinstance(column_type, Instant | Date):
            processor = column_type.dialect_impl(dialect).bind_processor(dialect)
            if processor is not None:
                processors.append((place, processor))
    return f"INSERT INTO {table_name} ({names}) VALUES ({marks})", tuple(processors)  # noqa: S608


def sql_names(dialect: Dialect, columns: Iterable[str]) -> str:
    return ", ".join(map(dialect.identifier_preparer.quote, columns))


def _processed(processors: tuple[tuple[int, Processor], ...], rows: Sequence[Row]) -> list[Row]:
    if not processors:
        return list(rows)
    columns = list(zip(*rows, strict=True))
    for place, processor in processors:
        # A batch has few distinct days and instants.
        known: dict[Any, Any] = {}
        columns[place] = tuple(
            known[value] if value in known else known.setdefault(value, processor(value))
            for value in columns[place]
        )
    return list(zip(*columns, strict=True))
