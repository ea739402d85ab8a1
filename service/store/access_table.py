"""The table of who looked at whom, and of the answers that may not change."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from service.store.columns import BigKey, Instant, metadata

SETTLED_OF_PERSON: Final = "settles AND person_id IS NOT NULL"
SETTLED_OF_DOCUMENT: Final = "settles AND id_hash IS NOT NULL"
UNSETTLED_OF_PERSON: Final = "NOT settles AND person_id IS NOT NULL"
UNSETTLED_OF_DOCUMENT: Final = "NOT settles AND id_hash IS NOT NULL"
"""Of a person, and of a document, every record is in one of two indexes: a question that touched both would read and
write two pages of indexes far larger than memory, where one will do."""

access_record = Table(
    "access_record",
    metadata,
    Column("access_id", BigKey, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("client_id", BigInteger),
    Column("person_id", BigInteger),
    Column("id_hash", LargeBinary(32)),
    Column("purpose", String(16), nullable=False),
    Column("request_id", Text, nullable=False),
    Column("as_of", Instant),
    Column("position", Integer),
    Column("settles", Boolean, nullable=False),
    CheckConstraint("(person_id IS NULL) <> (id_hash IS NULL)", name="whom"),
    CheckConstraint(
        "(as_of IS NULL AND position IS NULL AND NOT settles)"
        " OR (as_of IS NOT NULL AND position IS NOT NULL AND position >= 0)",
        name="answer",
    ),
    Index("access_record_at_idx", "at"),
    Index(
        "access_record_person_id_idx",
        "person_id",
        "access_id",
        postgresql_where=text(UNSETTLED_OF_PERSON),
        sqlite_where=text(UNSETTLED_OF_PERSON),
    ),
    Index(
        "access_record_id_hash_idx",
        "id_hash",
        "access_id",
        postgresql_where=text(UNSETTLED_OF_DOCUMENT),
        sqlite_where=text(UNSETTLED_OF_DOCUMENT),
    ),
    Index(
        "access_record_person_moment_idx",
        "person_id",
        "as_of",
        unique=True,
        postgresql_where=text(SETTLED_OF_PERSON),
        sqlite_where=text(SETTLED_OF_PERSON),
    ),
    Index(
        "access_record_document_moment_idx",
        "id_hash",
        "as_of",
        unique=True,
        postgresql_where=text(SETTLED_OF_DOCUMENT),
        sqlite_where=text(SETTLED_OF_DOCUMENT),
    ),
)
"""Append-only, and deletable after 180 days. ``client_id`` null: the command line. ``id_hash``: of a document that
nobody in the ledger had then, else null. ``as_of`` and ``position``: the moment a question was answered for and the
place in the person's chain that was; the first such record ``settles`` it for ever."""
