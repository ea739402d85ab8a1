"""No foreign key leads from one key of distribution to another.

A person's rows, a document's, an answer's and a certificate's may lie in different places one day, and no database
holds a foreign key between places. ``hours-ledger verify`` finds a row whose other half is missing.

Revision 0009, after 0008.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    move(with_foreign_keys=False)


def downgrade() -> None:
    move(with_foreign_keys=True)


def move(*, with_foreign_keys: bool) -> None:
    for table, column, target in (
        ("identity", "person_id", "person"),
        ("determination_member", "determination_id", "determination"),
        ("certificate_member", "code", "certificate"),
    ):
        name = f"{table}_{column}_fkey"
        if op.get_bind().dialect.name != "postgresql":
            foreign = [sa.ForeignKeyConstraint([column], [f"{target}.{column}"], name=name)]
            make_anew(table, foreign if with_foreign_keys else [])
        elif with_foreign_keys:
            op.create_foreign_key(name, table, target, [column], [column])
        else:
            op.drop_constraint(name, table, type_="foreignkey")


def make_anew(table: str, foreign: Sequence[sa.ForeignKeyConstraint]) -> None:
    """SQLite changes no constraint of a table that is there. What hangs on the old one goes with it."""
    op.rename_table(table, f"{table}_before")
    columns, index, index_columns = DEFINITIONS[table]
    op.drop_index(index, table_name=f"{table}_before")
    op.create_table(table, *columns(), *foreign, sqlite_with_rowid=False)
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before")
    op.drop_table(f"{table}_before")
    op.create_index(index, table, index_columns, unique=False)
    if table != "identity":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def identity() -> list[Any]:
    return [
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("id_type", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name="identity_pkey"),
    ]


def determination_member() -> list[Any]:
    return [
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("determination_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("position >= 0 AND length(head) = 32", name=op.f("determination_member_head")),
        sa.PrimaryKeyConstraint("person_id", "determination_id", name="determination_member_pkey"),
    ]


def certificate_member() -> list[Any]:
    return [
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=19), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("position >= 0 AND length(head) = 32", name=op.f("certificate_member_head")),
        sa.PrimaryKeyConstraint("person_id", "code", name="certificate_member_pkey"),
    ]


DEFINITIONS = {
    "identity": (identity, "identity_person_id_idx", ["person_id", "id_hash"]),
    "determination_member": (
        determination_member,
        "determination_member_of_idx",
        ["determination_id"],
    ),
    "certificate_member": (certificate_member, "certificate_member_of_idx", ["code"]),
}
