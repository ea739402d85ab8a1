"""Splits the large tables of an empty ledger by the hash of the person, to measure what that does.

No part of the product: ``python -m bench.growth --partitions 16`` fills such a ledger and asks it in turn with a small
one that is not split. The numbers that came of it are in docs/scale.md.
"""

from typing import Final

import psycopg

from bench.fill import index_statements
from bench.ledgers import plain_url

SPLIT: Final = ("ledger", "entry_state", "chain_head")


def partition_by_person(url: str, parts: int) -> None:
    """Puts partitioned tables with the same columns, constraints, indexes and triggers in the place of these; parts 0
    leaves them as they are."""
    if not parts:
        return
    with psycopg.connect(plain_url(url)) as connection:
        for table in SPLIT:
            triggers = connection.execute(
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [table],
            ).fetchall()
            connection.execute(
                f"CREATE TABLE split_{table} (LIKE {table} INCLUDING ALL EXCLUDING INDEXES)"
                " PARTITION BY HASH (person_id)"
            )
            for part in range(parts):
                connection.execute(
                    f"CREATE TABLE {table}_{part} PARTITION OF split_{table}"
                    f" FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
                )
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"ALTER TABLE split_{table} RENAME TO {table}")
            for definition in (*index_statements(table)[1], *(row[0] for row in triggers)):
                connection.execute(definition)
