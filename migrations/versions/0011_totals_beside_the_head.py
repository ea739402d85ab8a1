"""A person's totals lie in one text beside the head of the chain.

As fifteen rows of a table of their own they were read, locked in memory and written one by one; where a ledger is
larger than the memory, each from another place.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = """
    SELECT person_id, '[' || credit_year || ',"' || subject || '","' || division_code || '",' || registered || ','
        || self_registered || ',' || recognised || ',' || rejected || ']' AS total
    FROM totals WHERE registered + self_registered + recognised + rejected > 0"""

NOT_NEGATIVE = "replace(totals, '-', '') = totals"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # As in 0010, for a database that has it already; entry_state is what the next revision changes.
        op.execute("LOCK TABLE chain_head, totals, entry_state IN ACCESS EXCLUSIVE MODE")
        # Each fact changes its person's row: where the page has room, no index has to follow it.
        op.execute("ALTER TABLE chain_head SET (fillfactor = 80)")
        op.add_column("chain_head", sa.Column("totals", sa.Text(), nullable=True))
        op.execute(
            "UPDATE chain_head SET totals = coalesce('[' || (SELECT string_agg(total, ',' ORDER BY total COLLATE \"C\")"
            f" FROM ({BEFORE}) AS made WHERE made.person_id = chain_head.person_id) || ']', '[]')"
        )
        op.alter_column("chain_head", "totals", nullable=False)
        op.create_check_constraint(op.f("chain_head_totals_not_negative"), "chain_head", NOT_NEGATIVE)
    else:
        make_heads_anew(
            "coalesce('[' || (SELECT group_concat(total, ',') FROM"
            f" (SELECT * FROM ({BEFORE}) AS made WHERE made.person_id = head.person_id ORDER BY total)) || ']', '[]')",
            sa.Column("totals", sa.Text(), nullable=False),
            sa.CheckConstraint(NOT_NEGATIVE, name=op.f("chain_head_totals_not_negative")),
        )
    op.drop_table("totals")


def downgrade() -> None:
    create_totals()
    if op.get_bind().dialect.name == "postgresql":
        # As 0010 does on the way up, and for what it changes on the way down too.
        op.execute("LOCK TABLE chain_head, entry_state, access_record IN ACCESS EXCLUSIVE MODE")
        each, item = "jsonb_array_elements(CAST(totals AS jsonb)) AS each", "each ->> {}"
    else:
        each, item = "json_each(totals) AS each", "json_extract(each.value, '$[{}]')"
    numbers = ", ".join(f"CAST({item.format(place)} AS integer)" for place in range(3, 7))
    op.execute(
        f"INSERT INTO totals SELECT person_id, CAST({item.format(0)} AS integer), {item.format(1)}, {item.format(2)},"
        f" {numbers} FROM chain_head CROSS JOIN {each}"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("chain_head", "totals")
        op.execute("ALTER TABLE chain_head RESET (fillfactor)")
    else:
        make_heads_anew()


def make_heads_anew(totals: str = "", *added: sa.schema.SchemaItem) -> None:
    """SQLite changes no constraint of a table that is there."""
    op.rename_table("chain_head", "chain_head_before")
    op.create_table(
        "chain_head",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        *added,
        sa.PrimaryKeyConstraint("person_id", name="chain_head_pkey"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO chain_head SELECT person_id, seq, hash, recorded_at{totals and f', {totals}'}"
        " FROM chain_head_before AS head"
    )
    op.drop_table("chain_head_before")


def create_totals() -> None:
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
