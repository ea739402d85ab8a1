"""Who is signed in on the pages.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("person_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("client_id", BIG_KEY, nullable=True),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(id_hash IS NULL) <> (client_id IS NULL) AND (id_hash IS NULL) = (person_sealed IS NULL)"
            " AND (key_hash IS NULL OR client_id IS NOT NULL)",
            name=op.f("session_whose"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name="session_client_id_fkey"),
        sa.ForeignKeyConstraint(["key_hash"], ["client_key.key_hash"], name="session_key_hash_fkey"),
        sa.PrimaryKeyConstraint("token_hash", name="session_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("session_id_hash_idx", "session", ["id_hash"], unique=False)
    op.create_index("session_client_id_idx", "session", ["client_id"], unique=False)
    op.create_index("session_expires_at_idx", "session", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("session")
