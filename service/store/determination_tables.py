"""The tables of determinations: answers kept as they were given, with all they were made from."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from service.store.columns import BigKey, Instant, metadata

policy_text = Table(
    "policy_text",
    metadata,
    Column("digest", String(71), primary_key=True),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: whole policy files (and the baseline's) by ``sha256:…``, once however many answers they gave."""

determination = Table(
    "determination",
    metadata,
    Column("determination_id", BigInteger, primary_key=True, autoincrement=False),
    Column("client_id", BigKey, ForeignKey("client.client_id"), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("language", String(8), nullable=False),
    Column("division_code", String(6), nullable=False),
    Column("policy_id", Text),
    Column("policy_digest", String(71), ForeignKey("policy_text.digest")),
    Column("baseline_digest", String(71), ForeignKey("policy_text.digest"), nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    CheckConstraint("(policy_id IS NULL) = (policy_digest IS NULL)", name="policy"),
)
"""Append-only. ``ground``, ``question`` and ``answer`` are JSON texts that hold no name and no number, not even
masked: those are in ``determination_mask``."""

determination_member = Table(
    "determination_member",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("determination_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    CheckConstraint("position >= 0 AND length(head) = 32", name="head"),
    Index("determination_member_of_idx", "determination_id"),
    sqlite_with_rowid=False,
)
"""Append-only: whose chains an answer was made from (several for linked persons, none for someone the ledger did
not know), up to where, and the hash there: what no later rewriting of a chain reaches."""

determination_mask = Table(
    "determination_mask",
    metadata,
    Column(
        "determination_id",
        BigInteger,
        ForeignKey("determination.determination_id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("id_hash", LargeBinary(32), index=True),
    Column("masks_sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The masked name and number an answer carried, sealed; ``id_hash`` where the ledger did not know the person. Gone
when the person's name and number are erased; else never changed."""
