"""Who is signed in on the pages. Rows go when they expire or are signed out: they are no part of the ledger."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table

from service.store.columns import BigKey, Instant, metadata

session: Final = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("id_hash", LargeBinary(32)),
    Column("person_sealed", LargeBinary),
    Column("client_id", BigKey, ForeignKey("client.client_id")),
    Column("key_hash", LargeBinary(32), ForeignKey("client_key.key_hash")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    CheckConstraint(
        "(id_hash IS NULL) <> (client_id IS NULL) AND (id_hash IS NULL) = (person_sealed IS NULL)"
        " AND (key_hash IS NULL OR client_id IS NOT NULL)",
        name="whose",
    ),
    Index("session_id_hash_idx", "id_hash"),
    Index("session_client_id_idx", "client_id"),
    Index("session_expires_at_idx", "expires_at"),
    sqlite_with_rowid=False,
)
"""A person's by their document's keyed hash, since the ledger may not know them yet; or a client's, by the key that
was typed in (``key_hash``) or, without one, by the organisation's own sign-in."""
