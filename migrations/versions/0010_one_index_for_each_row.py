"""What is written most touches fewer pages of large indexes.

An access record is in one index by person, or by document, instead of two: the one of what settles an answer or the one
of the rest. A provider's entries are indexed by year and registration, not by person: new ones lie together then.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # All that this and the next revision change: who asks holds some of these and waits for the others, and a
        # migration that came to the rest only after long work would be in a deadlock with them.
        op.execute("LOCK TABLE chain_head, totals, entry_state, access_record IN ACCESS EXCLUSIVE MODE")
    drop()
    for column in ("person_id", "id_hash"):
        make_by(column, f"NOT settles AND {column} IS NOT NULL")
    make_by_provider(["provider_id", "credit_year", "registered_at"])


def downgrade() -> None:
    drop()
    make_by("person_id", None)
    make_by("id_hash", "id_hash IS NOT NULL")
    make_by_provider(["provider_id", "person_id", "entry_seq"])


def drop() -> None:
    for column in ("person_id", "id_hash"):
        op.drop_index(f"access_record_{column}_idx", table_name="access_record")
    op.drop_index("entry_state_provider_idx", table_name="entry_state")


def make_by(column: str, condition: str | None) -> None:
    where = None if condition is None else sa.text(condition)
    op.create_index(
        f"access_record_{column}_idx",
        "access_record",
        [column, "access_id"],
        unique=False,
        postgresql_where=where,
        sqlite_where=where,
    )


def make_by_provider(columns: list[str]) -> None:
    op.create_index("entry_state_provider_idx", "entry_state", columns, unique=False)
