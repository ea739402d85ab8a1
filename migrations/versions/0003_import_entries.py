"""Which entries an import made, what corrected which, and imports that were undone.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")

APPEND_ONLY = ("import_entry", "import_reversal", "entry_correction")


def upgrade() -> None:
    op.create_table(
        "import_entry",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "place", name="import_entry_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_reversal",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("reversed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="import_reversal_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry_correction",
        sa.Column("provider_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("provider_id", "external_ref", "revision", name="entry_correction_pkey"),
        sqlite_with_rowid=False,
    )
    op.add_column("import", sa.Column("corrected", sa.Integer(), server_default="0", nullable=False))
    forbid_changes()


def downgrade() -> None:
    op.drop_column("import", "corrected")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def forbid_changes() -> None:
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
