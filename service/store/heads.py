"""Heads of chains, stored in the place of those that are there: many in one statement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from service.store.append import Row
from service.store.arrays import array_text
from service.store.prepared import fetch, prepared
from service.store.tables import chain_head

_COLUMNS: Final = tuple(chain_head.columns.keys())

GIVES_WAY: Final = """ON CONFLICT (person_id) DO UPDATE
SET seq = excluded.seq, hash = excluded.hash, recorded_at = excluded.recorded_at, totals = excluded.totals"""
"""Ends an INSERT on PostgreSQL: the head that is there already."""

_REPLACING: Final = prepared(
    rf"""
    INSERT INTO chain_head (person_id, seq, hash, recorded_at, totals)
    SELECT * FROM unnest(
        CAST(:person_id AS bigint[]), CAST(:seq AS integer[]), CAST(:hash AS bytea[]),
        CAST(:recorded_at AS timestamptz[]), string_to_array(:totals, E'\n')
    )
    {GIVES_WAY}
    """  # noqa: S608  # a constant
)

_plain: Final = sqlite.insert(chain_head)
_REPLACING_EACH: Final = _plain.on_conflict_do_update(
    index_elements=["person_id"],
    set_={column.name: column for column in _plain.excluded if not column.primary_key},
)

Heads = Mapping[str, str] | list[dict[str, Any]]
"""Rows of ``chain_head`` in the form in which a database takes them."""


def made_heads(dialect_name: str, rows: Sequence[Row]) -> Heads:
    """Rows, one at least, as ``replace_heads`` takes them."""
    if dialect_name != "postgresql":
        return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    *columns, totals = zip(*rows, strict=True)
    arrays = dict(zip(_COLUMNS, map(array_text, columns), strict=False))
    # A line for each: nothing in them is a line break, and in an array every quotation mark would be escaped.
    return {**arrays, "totals": "\n".join(totals)}


def replace_heads(
    connection: Connection, heads: Heads, meanwhile: Callable[[], object] | None = None
) -> None:
    """Stores heads; those of the same people give way. ``meanwhile`` may be done while PostgreSQL is at it."""
    if isinstance(heads, list):
        connection.execute(_REPLACING_EACH, heads)
    else:
        fetch(connection, _REPLACING, heads, meanwhile)
