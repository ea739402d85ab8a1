"""A course that is credited is found by one look into its index, however many entries somebody has.

The index of courses has the provider last: who looks a course up names person, course and year for the index and the
provider beside it (service/store/entries.py, PROVIDER_UNINDEXED), and what comes after the first column that is not
named is looked through.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_anew(["person_id", "course_key", "credit_year", "provider_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # All that this and the next revision change, as in 0010.
        op.execute("LOCK TABLE chain_head, entry_state, access_record IN ACCESS EXCLUSIVE MODE")
    make_anew(["person_id", "provider_id", "course_key", "credit_year"])


def make_anew(columns: list[str]) -> None:
    op.drop_index("entry_state_course_idx", table_name="entry_state")
    where = sa.text("status <> 'reversed' AND course_key IS NOT NULL")
    op.create_index(
        "entry_state_course_idx",
        "entry_state",
        columns,
        unique=True,
        postgresql_where=where,
        sqlite_where=where,
    )
