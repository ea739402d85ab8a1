"""The ledger, what is derived from it, people, clients and imports.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("ledger", "entry_reference")

MARKING = "(kind IN ('attestation', 'integrity_record', 'link') OR reason = 'falsified')"


def upgrade() -> None:
    create_ledger()
    create_derived()
    create_people()
    create_clients()
    forbid_changes()
    bind_withdrawals()


def downgrade() -> None:
    for table in (
        "import",
        "client_key",
        "client",
        "identity",
        "person",
        "totals",
        "entry_state",
        "chain_head",
        "entry_reference",
        "ledger",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION refuse_idle_withdrawal()")


def create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("credit_year", sa.SmallInteger(), nullable=True),
        sa.Column("subject", sa.String(length=16), nullable=True),
        sa.Column("division_code", sa.String(length=6), nullable=True),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("self_registered", sa.Integer(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.BigInteger(), nullable=True),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("course_code", sa.Text(), nullable=True),
        sa.Column("course_title", sa.Text(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("other_person_id", sa.BigInteger(), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint(
            "kind <> 'attestation' OR (entry_seq = seq AND credit_year IS NOT NULL AND division_code"
            " IS NOT NULL AND outcome IS NOT NULL AND outcome IN ('met', 'not_met') AND reason IS NOT"
            " NULL AND registered = 0 AND self_registered = 0 AND recognised = 0 AND rejected = 0 AND"
            " subject IS NULL AND note IS NULL AND hours IS NULL AND provider_id IS NULL AND"
            " external_ref IS NULL AND series IS NULL AND course_code IS NULL AND course_title IS NULL"
            " AND completed_on IS NULL AND certificate_no IS NULL AND entered_on IS NULL AND"
            " other_person_id IS NULL)",
            name=op.f("ledger_attestation"),
        ),
        sa.CheckConstraint(
            "seq > 0 AND length(prev_hash) = 32 AND length(hash) = 32",
            name=op.f("ledger_chain"),
        ),
        sa.CheckConstraint(
            "kind <> 'integrity_record' OR (entry_seq = seq AND entered_on IS NOT NULL AND"
            " division_code IS NOT NULL AND reason IS NOT NULL AND credit_year IS NULL AND outcome IS"
            " NULL AND other_person_id IS NULL AND registered = 0 AND self_registered = 0 AND"
            " recognised = 0 AND rejected = 0 AND subject IS NULL AND note IS NULL AND hours IS NULL"
            " AND provider_id IS NULL AND external_ref IS NULL AND series IS NULL AND course_code IS"
            " NULL AND course_title IS NULL AND completed_on IS NULL AND certificate_no IS NULL)",
            name=op.f("ledger_integrity_record"),
        ),
        sa.CheckConstraint(
            "kind IN ('registration', 'recognition', 'reversal', 'attestation', 'integrity_record',"
            " 'withdrawal', 'link')",
            name=op.f("ledger_kind"),
        ),
        sa.CheckConstraint(
            "kind <> 'link' OR (entry_seq = seq AND other_person_id IS NOT NULL AND other_person_id"
            " <> person_id AND reason IS NOT NULL AND division_code IS NULL AND credit_year IS NULL"
            " AND outcome IS NULL AND entered_on IS NULL AND registered = 0 AND self_registered = 0"
            " AND recognised = 0 AND rejected = 0 AND subject IS NULL AND note IS NULL AND hours IS"
            " NULL AND provider_id IS NULL AND external_ref IS NULL AND series IS NULL AND course_code"
            " IS NULL AND course_title IS NULL AND completed_on IS NULL AND certificate_no IS NULL)",
            name=op.f("ledger_link"),
        ),
        sa.CheckConstraint(
            "kind <> 'recognition' OR (entry_seq > 0 AND entry_seq < seq AND outcome IS NOT NULL AND"
            " outcome IN ('recognised', 'rejected') AND registered + self_registered + recognised +"
            " rejected = 0 AND credit_year IS NOT NULL AND subject IS NOT NULL AND division_code IS"
            " NOT NULL AND hours IS NULL AND provider_id IS NULL AND external_ref IS NULL AND series"
            " IS NULL AND course_code IS NULL AND course_title IS NULL AND completed_on IS NULL AND"
            " certificate_no IS NULL AND entered_on IS NULL AND other_person_id IS NULL)",
            name=op.f("ledger_recognition"),
        ),
        sa.CheckConstraint(
            "kind <> 'registration' OR (entry_seq = seq AND hours IS NOT NULL AND provider_id IS NOT"
            " NULL AND external_ref IS NOT NULL AND hours > 0 AND hours <= 87840 AND registered >= 0"
            " AND self_registered >= 0 AND recognised >= 0 AND rejected = 0 AND registered +"
            " self_registered + recognised + rejected = hours AND credit_year IS NOT NULL AND subject"
            " IS NOT NULL AND division_code IS NOT NULL AND outcome IS NULL AND reason IS NULL AND"
            " note IS NULL AND entered_on IS NULL AND other_person_id IS NULL)",
            name=op.f("ledger_registration"),
        ),
        sa.CheckConstraint(
            "kind <> 'reversal' OR (entry_seq > 0 AND entry_seq < seq AND outcome IS NULL AND reason"
            " IS NOT NULL AND registered <= 0 AND self_registered <= 0 AND recognised <= 0 AND"
            " rejected <= 0 AND registered + self_registered + recognised + rejected < 0 AND"
            " credit_year IS NOT NULL AND subject IS NOT NULL AND division_code IS NOT NULL AND hours"
            " IS NULL AND provider_id IS NULL AND external_ref IS NULL AND series IS NULL AND"
            " course_code IS NULL AND course_title IS NULL AND completed_on IS NULL AND certificate_no"
            " IS NULL AND entered_on IS NULL AND other_person_id IS NULL)",
            name=op.f("ledger_reversal"),
        ),
        sa.CheckConstraint(
            "subject IN ('general_public', 'industry_public', 'public', 'specialty')",
            name=op.f("ledger_subject"),
        ),
        sa.CheckConstraint(
            "kind <> 'withdrawal' OR (entry_seq > 0 AND entry_seq < seq AND reason IS NOT NULL AND"
            " division_code IS NOT NULL AND credit_year IS NULL AND outcome IS NULL AND registered = 0"
            " AND self_registered = 0 AND recognised = 0 AND rejected = 0 AND subject IS NULL AND note"
            " IS NULL AND hours IS NULL AND provider_id IS NULL AND external_ref IS NULL AND series IS"
            " NULL AND course_code IS NULL AND course_title IS NULL AND completed_on IS NULL AND"
            " certificate_no IS NULL AND entered_on IS NULL AND other_person_id IS NULL)",
            name=op.f("ledger_withdrawal"),
        ),
        sa.PrimaryKeyConstraint("person_id", "seq", name="ledger_pkey"),
    )
    op.create_index(
        "ledger_undone_once_idx",
        "ledger",
        ["person_id", "entry_seq"],
        unique=True,
        postgresql_where=sa.text("kind IN ('reversal', 'withdrawal')"),
        sqlite_where=sa.text("kind IN ('reversal', 'withdrawal')"),
    )
    op.create_index(
        "ledger_marking_idx",
        "ledger",
        ["person_id", "seq"],
        unique=False,
        postgresql_where=sa.text(MARKING),
        sqlite_where=sa.text(MARKING),
    )
    op.create_index(
        "ledger_linked_once_idx",
        "ledger",
        ["person_id", "other_person_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'link'"),
        sqlite_where=sa.text("kind = 'link'"),
    )
    op.create_table(
        "entry_reference",
        sa.Column("provider_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider_id", "external_ref", name="entry_reference_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chain_head",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="chain_head_pkey"),
        sqlite_with_rowid=False,
    )


def create_derived() -> None:
    op.create_table(
        "entry_state",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("course_key", sa.Text(), nullable=True),
        sa.Column("credit_year", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("series_key", sa.Text(), nullable=True),
        sa.Column("division_code", sa.String(length=6), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("self_registered", sa.Boolean(), nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "recognised >= 0 AND recognised <= hours AND (status = 'recognised' OR recognised = 0)",
            name=op.f("entry_state_recognised"),
        ),
        sa.CheckConstraint(
            "status IN ('registered', 'recognised', 'rejected', 'reversed')", name=op.f("entry_state_status")
        ),
        sa.CheckConstraint("last_seq >= entry_seq", name=op.f("entry_state_last_seq")),
        sa.PrimaryKeyConstraint("person_id", "entry_seq", name="entry_state_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "entry_state_course_idx",
        "entry_state",
        ["person_id", "provider_id", "course_key", "credit_year"],
        unique=True,
        postgresql_where=sa.text("status <> 'reversed' AND course_key IS NOT NULL"),
        sqlite_where=sa.text("status <> 'reversed' AND course_key IS NOT NULL"),
    )
    op.create_index(
        "entry_state_provider_idx", "entry_state", ["provider_id", "person_id", "entry_seq"], unique=False
    )
    op.create_index(
        "entry_state_pending_idx",
        "entry_state",
        ["division_code", "registered_at", "person_id", "entry_seq"],
        unique=False,
        postgresql_where=sa.text("status = 'registered'"),
        sqlite_where=sa.text("status = 'registered'"),
    )
    op.create_table(
        "totals",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("credit_year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("division_code", sa.String(length=6), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("self_registered", sa.Integer(), nullable=False),
        sa.Column("recognised", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "registered >= 0 AND self_registered >= 0 AND recognised >= 0 AND rejected >= 0",
            name=op.f("totals_not_negative"),
        ),
        sa.PrimaryKeyConstraint("person_id", "credit_year", "subject", "division_code", name="totals_pkey"),
        sqlite_with_rowid=False,
    )


def create_people() -> None:
    op.create_table(
        "person",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="person_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identity",
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("id_type", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="identity_person_id_fkey"),
        sa.PrimaryKeyConstraint("id_hash", name="identity_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("identity_person_id_idx", "identity", ["person_id", "id_hash"], unique=False)


def create_clients() -> None:
    op.create_table(
        "client",
        sa.Column("client_id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("divisions", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "role IN ('provider', 'authority', 'platform', 'admin')", name=op.f("client_role")
        ),
        sa.PrimaryKeyConstraint("client_id", name="client_pkey"),
        sa.UniqueConstraint("name", name="client_name_key"),
    )
    op.create_table(
        "client_key",
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("client_id", BIG_KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="client_key_client_id_fkey"),
        sa.PrimaryKeyConstraint("key_hash", name="client_key_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("client_key_client_id_idx", "client_key", ["client_id"], unique=False)
    op.create_table(
        "import",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", BIG_KEY, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("replayed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("faults_total", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="import_client_id_fkey"),
        sa.PrimaryKeyConstraint("import_id", name="import_pkey"),
    )
    op.create_index("import_client_id_idx", "import", ["client_id"], unique=False)


def forbid_changes() -> None:
    """Facts and references are appended, nothing else, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$
            """
        )
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def bind_withdrawals() -> None:
    """A withdrawal is of an attestation or integrity record of its person. AFTER: a BEFORE trigger slows every COPY."""
    missing = (
        "NOT EXISTS (SELECT 1 FROM ledger WHERE person_id = NEW.person_id AND seq = NEW.entry_seq"
        " AND kind IN ('attestation', 'integrity_record'))"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION refuse_idle_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {missing} THEN
                    RAISE EXCEPTION 'nothing to withdraw' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NULL;
            END $$
            """
        )
        op.execute(
            "CREATE TRIGGER ledger_withdrawal AFTER INSERT ON ledger FOR EACH ROW WHEN (NEW.kind = 'withdrawal')"
            " EXECUTE FUNCTION refuse_idle_withdrawal()"
        )
        return
    op.execute(
        "CREATE TRIGGER ledger_withdrawal AFTER INSERT ON ledger WHEN NEW.kind = 'withdrawal'"
        f" BEGIN SELECT RAISE(ABORT, 'nothing to withdraw') WHERE {missing}; END"
    )
