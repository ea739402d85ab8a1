"""The tables of certificates: what was attested on paper, and of which chains."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from service.store.columns import BigKey, Instant, metadata

certificate = Table(
    "certificate",
    metadata,
    Column("code", String(19), primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("client_id", BigKey, ForeignKey("client.client_id")),
    Column("issued_at", Instant, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("credit_year", SmallInteger),
    Column("listing", LargeBinary(32), nullable=False),
    Column("kid", Text, nullable=False),
    Column("question", Text),
    Column("outcome", Text),
    Column("policy_digest", String(71), ForeignKey("policy_text.digest")),
    CheckConstraint("length(code) = 19 AND length(listing) = 32", name="form"),
    CheckConstraint(
        "(question IS NULL) = (outcome IS NULL) AND (policy_digest IS NULL OR outcome IS NOT NULL)",
        name="outcome",
    ),
    Index("certificate_person_id_idx", "person_id"),
    sqlite_with_rowid=False,
)
"""Append-only. ``client_id`` null: issued to the person themselves. ``credit_year`` null: of all years. ``listing``:
digest of the entries as listed; ``kid``: the key the claim was signed with; ``question`` and ``outcome``: JSON texts,
null where no outcome is stated. No name and no number is in it, not even masked."""

certificate_member = Table(
    "certificate_member",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("code", String(19), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    CheckConstraint("position >= 0 AND length(head) = 32", name="head"),
    Index("certificate_member_of_idx", "code"),
    sqlite_with_rowid=False,
)
"""Append-only: whose chains it was made from (several for linked persons), up to where, and the hash there."""

certificate_claim = Table(
    "certificate_claim",
    metadata,
    Column("code", String(19), ForeignKey("certificate.code"), primary_key=True),
    Column("claim_sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The signed claim, sealed, for it holds the masked name and number. Gone when the person's name and number are
erased; else never changed."""
