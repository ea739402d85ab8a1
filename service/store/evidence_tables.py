"""The tables of evidence: what was added to an entry, for ever, and where its file lies, until the person is erased."""

from typing import Final

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
)

from service.store.columns import Instant, metadata

evidence: Final = Table(
    "evidence",
    metadata,
    Column("evidence_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", BigInteger, nullable=False),
    Column("entry_seq", Integer, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", BigInteger, nullable=False),
    CheckConstraint("size > 0 AND length(sha256) = 32 AND entry_seq > 0", name="content"),
    Index("evidence_entry_idx", "person_id", "entry_seq"),
    sqlite_with_rowid=False,
)
"""Append-only. ``size`` and ``sha256`` are of the file as it was sent."""

evidence_file: Final = Table(
    "evidence_file",
    metadata,
    Column(
        "evidence_id",
        BigInteger,
        ForeignKey("evidence.evidence_id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("stored_as", String(32), nullable=False, unique=True),
    Column("file_name_sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Never changed, and deleted with the file when the person is erased."""
