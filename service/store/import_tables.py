"""The tables that bind entries to the import they came from."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from service.store.columns import Instant, metadata

import_entry = Table(
    "import_entry",
    metadata,
    Column("import_id", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: the entries an import made, ``place`` 1 … n in the order of its rows. Keyed by import and place, so that
a million rows are appended at one end of the index and read back page by page."""

import_reversal = Table(
    "import_reversal",
    metadata,
    Column("import_id", BigInteger, primary_key=True, autoincrement=False),
    Column("client_id", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("reversed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: an import that was undone. Its key is the rule that this happens once."""

entry_correction = Table(
    "entry_correction",
    metadata,
    Column("provider_id", BigInteger, primary_key=True, autoincrement=False),
    Column("external_ref", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: what replaced the entry first registered under a reference, revision 2 and up. The entry's own reference
is ``REF#2``; this table and not that text says what it corrects, since a provider may have a ``REF#2`` of its own."""
