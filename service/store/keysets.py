"""Many keys in one statement: an array on PostgreSQL (one parameter however many), a list on SQLite."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_

from service.store.arrays import ArrayText

KEYS_MAX = 10_000
"""Keys of up to three columns in one statement: SQLite takes 32,766 parameters."""


def is_among(dialect_name: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """``column`` is one of the values bound as ``name``.

    A join with the array's elements, not ``= ANY``: tables without statistics (a first import) would have
    PostgreSQL compare every row of an index range with every element.
    """
    if dialect_name == "postgresql":
        return column.in_(select(func.unnest(bindparam(name, type_=ArrayText(column.type)))))
    return column.in_(bindparam(name, expanding=True, type_=column.type))


def are_among(dialect_name: str, columns: Sequence[ColumnElement[Any]], name: str) -> ColumnElement[bool]:
    """``columns`` together are one of the tuples bound by ``bind_tuples`` under ``name``."""
    if dialect_name == "postgresql":
        arrays = [
            func.unnest(bindparam(f"{name}_{place}", type_=ArrayText(column.type)))
            for place, column in enumerate(columns)
        ]
        return tuple_(*columns).in_(select(*arrays))
    return tuple_(*columns).in_(bindparam(name, expanding=True))


def bind_tuples(dialect_name: str, name: str, keys: Sequence[tuple[Any, ...]], width: int) -> dict[str, Any]:
    """The parameters for ``are_among`` over ``width`` columns."""
    if dialect_name == "postgresql":
        return {f"{name}_{place}": [key[place] for key in keys] for place in range(width)}
    return {name: keys}
