"""The tables. What must always hold is a constraint; what must never change has triggers in the migration."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    text,
)

from service.domain.hours import TENTHS_MAX
from service.store import (  # noqa: F401  # so that metadata holds them
    certificate_tables,
    determination_tables,
    evidence_tables,
    rights_tables,
    session_tables,
)
from service.store.access_table import access_record
from service.store.columns import BigKey, Instant, metadata
from service.store.import_tables import entry_correction, import_entry, import_reversal

__all__ = [
    "MARKING",
    "UNDOING",
    "access_record",
    "chain_head",
    "client",
    "client_key",
    "entry_correction",
    "entry_reference",
    "entry_state",
    "identity",
    "import_entry",
    "import_reversal",
    "imports",
    "ledger",
    "metadata",
    "person",
]


def _all_null(*names: str) -> str:
    return " AND ".join(f"{name} IS NULL" for name in names)


_NO_CONTENT: Final = _all_null(
    "hours",
    "provider_id",
    "external_ref",
    "series",
    "course_code",
    "course_title",
    "completed_on",
    "certificate_no",
)
_NO_NOTE: Final = _all_null("entered_on", "other_person_id")
_PLACED: Final = "credit_year IS NOT NULL AND subject IS NOT NULL AND division_code IS NOT NULL"
_DELTA_SUM: Final = "registered + self_registered + recognised + rejected"
_NO_HOURS: Final = (
    "registered = 0 AND self_registered = 0 AND recognised = 0 AND rejected = 0 AND subject IS NULL AND note IS NULL"
    f" AND {_NO_CONTENT}"
)

UNDOING: Final = "kind IN ('reversal', 'withdrawal')"
"""Facts that take another one back, each fact once."""

MARKING: Final = "(kind IN ('attestation', 'integrity_record', 'link') OR reason = 'falsified')"
"""The few facts that a question reads one by one. Queries must say it word for word to find the index."""

ledger = Table(
    "ledger",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("entry_seq", Integer, nullable=False),
    Column("credit_year", SmallInteger),
    Column("subject", String(16)),
    Column("division_code", String(6)),
    Column("registered", Integer, nullable=False),
    Column("self_registered", Integer, nullable=False),
    Column("recognised", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    Column("hours", Integer),
    Column("provider_id", BigInteger),
    Column("external_ref", Text),
    Column("series", Text),
    Column("course_code", Text),
    Column("course_title", Text),
    Column("completed_on", Date),
    Column("certificate_no", Text),
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("note", Text),
    Column("entered_on", Date),
    Column("other_person_id", BigInteger),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    CheckConstraint(
        "kind IN ('registration', 'recognition', 'reversal', 'attestation', 'integrity_record', 'withdrawal', 'link')",
        name="kind",
    ),
    CheckConstraint("seq > 0 AND length(prev_hash) = 32 AND length(hash) = 32", name="chain"),
    CheckConstraint(
        "subject IN ('general_public', 'industry_public', 'public', 'specialty')", name="subject"
    ),
    CheckConstraint(
        "kind <> 'registration' OR (entry_seq = seq AND hours IS NOT NULL AND provider_id IS NOT NULL"
        f" AND external_ref IS NOT NULL AND hours > 0 AND hours <= {TENTHS_MAX} AND registered >= 0"
        f" AND self_registered >= 0 AND recognised >= 0 AND rejected = 0 AND {_DELTA_SUM} = hours"
        f" AND {_PLACED} AND outcome IS NULL AND reason IS NULL AND note IS NULL AND {_NO_NOTE})",
        name="registration",
    ),
    CheckConstraint(
        "kind <> 'recognition' OR (entry_seq > 0 AND entry_seq < seq AND outcome IS NOT NULL"
        f" AND outcome IN ('recognised', 'rejected') AND {_DELTA_SUM} = 0 AND {_PLACED} AND {_NO_CONTENT}"
        f" AND {_NO_NOTE})",
        name="recognition",
    ),
    CheckConstraint(
        "kind <> 'reversal' OR (entry_seq > 0 AND entry_seq < seq AND outcome IS NULL AND reason IS NOT NULL"
        f" AND registered <= 0 AND self_registered <= 0 AND recognised <= 0 AND rejected <= 0"
        f" AND {_DELTA_SUM} < 0 AND {_PLACED} AND {_NO_CONTENT} AND {_NO_NOTE})",
        name="reversal",
    ),
    CheckConstraint(
        "kind <> 'attestation' OR (entry_seq = seq AND credit_year IS NOT NULL AND division_code IS NOT NULL"
        " AND outcome IS NOT NULL AND outcome IN ('met', 'not_met') AND reason IS NOT NULL"
        f" AND {_NO_HOURS} AND {_NO_NOTE})",
        name="attestation",
    ),
    CheckConstraint(
        "kind <> 'integrity_record' OR (entry_seq = seq AND entered_on IS NOT NULL AND division_code IS NOT NULL"
        " AND reason IS NOT NULL AND credit_year IS NULL AND outcome IS NULL AND other_person_id IS NULL"
        f" AND {_NO_HOURS})",
        name="integrity_record",
    ),
    CheckConstraint(
        "kind <> 'withdrawal' OR (entry_seq > 0 AND entry_seq < seq AND reason IS NOT NULL"
        " AND division_code IS NOT NULL AND credit_year IS NULL AND outcome IS NULL"
        f" AND {_NO_HOURS} AND {_NO_NOTE})",
        name="withdrawal",
    ),
    CheckConstraint(
        "kind <> 'link' OR (entry_seq = seq AND other_person_id IS NOT NULL AND other_person_id <> person_id"
        " AND reason IS NOT NULL AND division_code IS NULL AND credit_year IS NULL AND outcome IS NULL"
        f" AND entered_on IS NULL AND {_NO_HOURS})",
        name="link",
    ),
    Index(
        "ledger_undone_once_idx",
        "person_id",
        "entry_seq",
        unique=True,
        postgresql_where=text(UNDOING),
        sqlite_where=text(UNDOING),
    ),
    Index(
        "ledger_marking_idx",
        "person_id",
        "seq",
        postgresql_where=text(MARKING),
        sqlite_where=text(MARKING),
    ),
    Index(
        "ledger_decision_idx",
        "division_code",
        "recorded_at",
        "person_id",
        "seq",
        postgresql_where=text("kind = 'recognition'"),
        sqlite_where=text("kind = 'recognition'"),
    ),
    Index(
        "ledger_linked_once_idx",
        "person_id",
        "other_person_id",
        unique=True,
        postgresql_where=text("kind = 'link'"),
        sqlite_where=text("kind = 'link'"),
    ),
)
"""Append-only. One row is one fact; ``prev_hash`` and ``hash`` chain the facts of a person. A trigger holds that a
withdrawal is of an attestation or an integrity record."""

entry_reference = Table(
    "entry_reference",
    metadata,
    Column("provider_id", BigInteger, primary_key=True, autoincrement=False),
    Column("external_ref", Text, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Append-only: a provider's own id of an entry, unique for ever. A table of its own because it is unique
across persons, and keyed to none, so that the ledger can be split by person one day."""

entry_state = Table(
    "entry_state",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_seq", Integer, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("recognised", Integer, nullable=False),
    Column("provider_id", BigInteger, nullable=False),
    Column("course_key", Text),
    Column("credit_year", SmallInteger, nullable=False),
    Column("subject", String(16), nullable=False),
    Column("series_key", Text),
    Column("division_code", String(6), nullable=False),
    Column("hours", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("self_registered", Boolean, nullable=False),
    Column("registered_at", Instant, nullable=False),
    CheckConstraint("status IN ('registered', 'recognised', 'rejected', 'reversed')", name="status"),
    CheckConstraint(
        "recognised >= 0 AND recognised <= hours AND (status = 'recognised' OR recognised = 0)",
        name="recognised",
    ),
    CheckConstraint("last_seq >= entry_seq", name="last_seq"),
    # The provider last: no plan may look it up in an index of its own, so its place in this one must not matter.
    Index(
        "entry_state_course_idx",
        "person_id",
        "course_key",
        "credit_year",
        "provider_id",
        unique=True,
        postgresql_where=text("status <> 'reversed' AND course_key IS NOT NULL"),
        sqlite_where=text("status <> 'reversed' AND course_key IS NOT NULL"),
    ),
    # By time, not by person: what a provider registers lies together then, not all over its part of the index. By year
    # before, for a year is asked for. Who is not told: a part of a roster has one moment, and so one key that
    # PostgreSQL stores once; as few are sorted by person.
    Index("entry_state_provider_idx", "provider_id", "credit_year", "registered_at"),
    Index(
        "entry_state_pending_idx",
        "division_code",
        "registered_at",
        "person_id",
        "entry_seq",
        postgresql_where=text("status = 'registered'"),
        sqlite_where=text("status = 'registered'"),
    ),
    sqlite_with_rowid=False,
)
"""Derived from the facts: where an entry stands now. The course index is the duplicate rule, the pending index the
queue of what waits for recognition; ``series_key`` is the series' name in the form in which names are compared."""

chain_head = Table(
    "chain_head",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("totals", Text, nullable=False),
    # The text has a minus sign only where an amount is below zero.
    CheckConstraint("replace(totals, '-', '') = totals", name="totals_not_negative"),
    sqlite_with_rowid=False,
)
"""A person's last fact, and the sums of all of them as ``kept_totals`` writes them. Whoever appends to a person locks
this row first."""

person = Table(
    "person",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name_sealed", LargeBinary),
    Column("name_hash", LargeBinary(32)),
    Column("created_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""Name and its hash are null once erased; the documents are gone then."""

identity = Table(
    "identity",
    metadata,
    Column("id_hash", LargeBinary(32), primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("id_type", String(32), nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    # With the hash: "the first of a person's documents" would else be looked for along the primary key.
    Index("identity_person_id_idx", "person_id", "id_hash"),
    sqlite_with_rowid=False,
)

client = Table(
    "client",
    metadata,
    Column("client_id", BigKey, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("divisions", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("feed_id", Text),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    CheckConstraint("role IN ('provider', 'authority', 'platform', 'admin')", name="role"),
)
"""``divisions`` and ``series`` are JSON lists of text."""

client_key = Table(
    "client_key",
    metadata,
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("client_id", BigKey, ForeignKey("client.client_id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    sqlite_with_rowid=False,
)

imports = Table(
    "import",
    metadata,
    Column("import_id", BigInteger, primary_key=True, autoincrement=False),
    Column("client_id", BigKey, ForeignKey("client.client_id"), nullable=False, index=True),
    Column("file_name", Text, nullable=False),
    Column("file_digest", LargeBinary(32), nullable=False),
    Column("layout", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("replayed", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("faults_total", Integer, nullable=False),
    Column("faults", Text, nullable=False),
    Column("skipped", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("corrected", Integer, nullable=False, server_default="0"),
)
"""What an import did; ``faults`` (the first of ``faults_total``) and ``skipped`` are JSON lists. A dry run
leaves no row."""
