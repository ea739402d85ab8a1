"""The decisions of a division, by when they were made.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ledger_decision_idx",
        "ledger",
        ["division_code", "recorded_at", "person_id", "seq"],
        unique=False,
        postgresql_where=sa.text("kind = 'recognition'"),
        sqlite_where=sa.text("kind = 'recognition'"),
    )


def downgrade() -> None:
    op.drop_index("ledger_decision_idx", table_name="ledger")
