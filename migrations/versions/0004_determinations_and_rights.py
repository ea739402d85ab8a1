"""Determinations as they were given; disputes and erasures.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("policy_text", "determination", "determination_member", "dispute_event", "erasure")


def upgrade() -> None:
    create_determinations()
    create_disputes()
    create_erasures()
    forbid_changes()


def downgrade() -> None:
    for table in (
        "erasure",
        "dispute_event",
        "dispute",
        "determination_mask",
        "determination_member",
        "determination",
        "policy_text",
    ):
        op.drop_table(table)


def create_determinations() -> None:
    op.create_table(
        "policy_text",
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="policy_text_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "determination",
        sa.Column("determination_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", BIG_KEY, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("division_code", sa.String(length=6), nullable=False),
        sa.Column("policy_id", sa.Text(), nullable=True),
        sa.Column("policy_digest", sa.String(length=71), nullable=True),
        sa.Column("baseline_digest", sa.String(length=71), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(policy_id IS NULL) = (policy_digest IS NULL)", name=op.f("determination_policy")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="determination_client_id_fkey"),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_text.digest"], name="determination_policy_digest_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["baseline_digest"], ["policy_text.digest"], name="determination_baseline_digest_fkey"
        ),
        sa.PrimaryKeyConstraint("determination_id", name="determination_pkey"),
    )
    op.create_table(
        "determination_member",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("determination_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("position >= 0 AND length(head) = 32", name=op.f("determination_member_head")),
        sa.ForeignKeyConstraint(
            ["determination_id"],
            ["determination.determination_id"],
            name="determination_member_determination_id_fkey",
        ),
        sa.PrimaryKeyConstraint("person_id", "determination_id", name="determination_member_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("determination_member_of_idx", "determination_member", ["determination_id"], unique=False)
    op.create_table(
        "determination_mask",
        sa.Column("determination_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("masks_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["determination_id"],
            ["determination.determination_id"],
            name="determination_mask_determination_id_fkey",
        ),
        sa.PrimaryKeyConstraint("determination_id", name="determination_mask_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("determination_mask_id_hash_idx", "determination_mask", ["id_hash"], unique=False)


def create_disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("dispute_id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.BigInteger(), nullable=False),
        sa.Column("division_code", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')", name=op.f("dispute_status")),
        sa.PrimaryKeyConstraint("dispute_id", name="dispute_pkey"),
    )
    op.create_index("dispute_entry_idx", "dispute", ["person_id", "entry_seq"], unique=False)
    op.create_index(
        "dispute_one_open_idx",
        "dispute",
        ["person_id", "entry_seq"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
        sqlite_where=sa.text("status <> 'closed'"),
    )
    op.create_index("dispute_provider_idx", "dispute", ["provider_id", "dispute_id"], unique=False)
    op.create_table(
        "dispute_event",
        sa.Column("dispute_id", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("event_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'answered', 'closed') AND (kind = 'opened') = (event_no = 1)",
            name=op.f("dispute_event_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'closed') = (outcome IS NOT NULL) AND (outcome IS NULL OR outcome IN ('upheld',"
            " 'rejected'))",
            name=op.f("dispute_event_outcome"),
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.dispute_id"], name="dispute_event_dispute_id_fkey"),
        sa.PrimaryKeyConstraint("dispute_id", "event_no", name="dispute_event_pkey"),
        sqlite_with_rowid=False,
    )


def create_erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("erased_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="erasure_pkey"),
        sqlite_with_rowid=False,
    )


def forbid_changes() -> None:
    """As of the ledger: appended, nothing else, whoever asks."""
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
