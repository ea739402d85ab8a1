"""The tables of a person's rights: disputes with what was said in them, and erasures."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from service.store.columns import BigKey, Instant, metadata

dispute = Table(
    "dispute",
    metadata,
    Column("dispute_id", BigKey, primary_key=True, autoincrement=True),
    Column("person_id", BigInteger, nullable=False),
    Column("entry_seq", Integer, nullable=False),
    Column("provider_id", BigInteger, nullable=False),
    Column("division_code", String(6), nullable=False),
    Column("status", String(8), nullable=False),
    CheckConstraint("status IN ('open', 'answered', 'closed')", name="status"),
    Index("dispute_entry_idx", "person_id", "entry_seq"),
    Index(
        "dispute_one_open_idx",
        "person_id",
        "entry_seq",
        unique=True,
        postgresql_where=text("status <> 'closed'"),
        sqlite_where=text("status <> 'closed'"),
    ),
    Index("dispute_provider_idx", "provider_id", "dispute_id"),
)
"""A dispute of an entry. ``status`` is what its last event says; the partial index is the rule that an entry has one
open dispute at most. Provider and division are the entry's, which never change."""

dispute_event = Table(
    "dispute_event",
    metadata,
    Column("dispute_id", BigKey, ForeignKey("dispute.dispute_id"), primary_key=True),
    Column("event_no", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("outcome", String(8)),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    CheckConstraint(
        "kind IN ('opened', 'answered', 'closed') AND (kind = 'opened') = (event_no = 1)", name="kind"
    ),
    CheckConstraint(
        "(kind = 'closed') = (outcome IS NOT NULL) AND (outcome IS NULL OR outcome IN ('upheld', 'rejected'))",
        name="outcome",
    ),
    sqlite_with_rowid=False,
)
"""Append-only: what was said, by whom and when."""

erasure = Table(
    "erasure",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("erased_at", Instant, nullable=False),
    Column("erased_by", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: whose name and number were erased."""
