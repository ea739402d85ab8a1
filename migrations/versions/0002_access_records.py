"""Who looked at whom, and which answers were given.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

DAYS_KEPT = 180


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("access_id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("as_of", INSTANT, nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (id_hash IS NULL)",
            name=op.f("access_record_whom"),
        ),
        sa.CheckConstraint(
            "(as_of IS NULL AND position IS NULL AND NOT settles)"
            " OR (as_of IS NOT NULL AND position IS NOT NULL AND position >= 0)",
            name=op.f("access_record_answer"),
        ),
        sa.PrimaryKeyConstraint("access_id", name="access_record_pkey"),
    )
    op.create_index("access_record_at_idx", "access_record", ["at"], unique=False)
    op.create_index("access_record_person_id_idx", "access_record", ["person_id", "access_id"], unique=False)
    for name, column in (("person", "person_id"), ("document", "id_hash")):
        settled = sa.text(f"settles AND {column} IS NOT NULL")
        op.create_index(
            f"access_record_{name}_moment_idx",
            "access_record",
            [column, "as_of"],
            unique=True,
            postgresql_where=settled,
            sqlite_where=settled,
        )
    forbid_changes()


def downgrade() -> None:
    op.drop_table("access_record")


def forbid_changes() -> None:
    """A record is not changed, and not deleted before its time."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER access_record_append_only BEFORE UPDATE OR TRUNCATE ON access_record"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER access_record_kept BEFORE DELETE ON access_record FOR EACH ROW"
            f" WHEN (OLD.at > now() - interval '{DAYS_KEPT} days') EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER access_record_no_update BEFORE UPDATE ON access_record"
        " BEGIN SELECT RAISE(ABORT, 'access_record is append-only'); END"
    )
    op.execute(
        "CREATE TRIGGER access_record_kept BEFORE DELETE ON access_record"
        f" WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{DAYS_KEPT} days')"
        " BEGIN SELECT RAISE(ABORT, 'access_record is append-only'); END"
    )
