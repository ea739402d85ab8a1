"""Certificates: what was attested on paper.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("certificate", "certificate_member")


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("code", sa.String(length=19), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", BIG_KEY, nullable=True),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("credit_year", sa.SmallInteger(), nullable=True),
        sa.Column("listing", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("policy_digest", sa.String(length=71), nullable=True),
        sa.CheckConstraint("length(code) = 19 AND length(listing) = 32", name=op.f("certificate_form")),
        sa.CheckConstraint(
            "(question IS NULL) = (outcome IS NULL) AND (policy_digest IS NULL OR outcome IS NOT NULL)",
            name=op.f("certificate_outcome"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="certificate_client_id_fkey"),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_text.digest"], name="certificate_policy_digest_fkey"
        ),
        sa.PrimaryKeyConstraint("code", name="certificate_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("certificate_person_id_idx", "certificate", ["person_id"], unique=False)
    op.create_table(
        "certificate_member",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=19), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("position >= 0 AND length(head) = 32", name=op.f("certificate_member_head")),
        sa.ForeignKeyConstraint(["code"], ["certificate.code"], name="certificate_member_code_fkey"),
        sa.PrimaryKeyConstraint("person_id", "code", name="certificate_member_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("certificate_member_of_idx", "certificate_member", ["code"], unique=False)
    op.create_table(
        "certificate_claim",
        sa.Column("code", sa.String(length=19), nullable=False),
        sa.Column("claim_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["certificate.code"], name="certificate_claim_code_fkey"),
        sa.PrimaryKeyConstraint("code", name="certificate_claim_pkey"),
        sqlite_with_rowid=False,
    )
    forbid_changes()


def downgrade() -> None:
    for table in ("certificate_claim", "certificate_member", "certificate"):
        op.drop_table(table)


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
