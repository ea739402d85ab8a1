"""Files that people add to hours they register alone.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "size > 0 AND length(sha256) = 32 AND entry_seq > 0", name=op.f("evidence_content")
        ),
        sa.PrimaryKeyConstraint("evidence_id", name="evidence_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("evidence_entry_idx", "evidence", ["person_id", "entry_seq"], unique=False)
    op.create_table(
        "evidence_file",
        sa.Column("evidence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("file_name_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.evidence_id"], name="evidence_file_evidence_id_fkey"
        ),
        sa.PrimaryKeyConstraint("evidence_id", name="evidence_file_pkey"),
        sa.UniqueConstraint("stored_as", name="evidence_file_stored_as_key"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "access_record_id_hash_idx",
        "access_record",
        ["id_hash", "access_id"],
        unique=False,
        postgresql_where=sa.text("id_hash IS NOT NULL"),
        sqlite_where=sa.text("id_hash IS NOT NULL"),
    )
    forbid_changes()


def downgrade() -> None:
    op.drop_index("access_record_id_hash_idx", "access_record")
    op.drop_table("evidence_file")
    op.drop_table("evidence")


def forbid_changes() -> None:
    """What was added stays; where its file lies may only be forgotten."""
    for table, verbs in (("evidence", ("UPDATE", "DELETE")), ("evidence_file", ("UPDATE",))):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(verbs)} OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
