"""A ledger with totals in a table of their own, as revision 0010 has them, keeps them through 0011 and back."""

from sqlalchemy import Connection, text

from service.operations.clients import create_client
from service.operations.register_entries import register_entries
from service.operations.verify_ledger import verify_ledger
from service.store.database import Database
from service.store.schema import migrate
from tests.operations.ledger import contents, drafts, kept_totals, open_ledger


def rows_of_totals(connection: Connection) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in connection.execute(text("SELECT * FROM totals")))


def test_totals_move_beside_the_head_and_back(database_url: str) -> None:
    context = open_ledger(database_url)
    provider = create_client(context, "provider", "某中心")[0]
    register_entries(context, provider, drafts(60, 7))
    before, totals = contents(context.database), kept_totals(context.database)
    context.database.close()

    migrate(database_url, "0010")
    database = Database(database_url)
    with database.writing() as connection:
        assert rows_of_totals(connection) == totals
        # A group that was reversed away had its row still.
        connection.execute(
            text("INSERT INTO totals SELECT person_id, 1999, 'public', '330400', 0, 0, 0, 0 FROM chain_head")
        )
    database.close()

    migrate(database_url)
    context = open_ledger(database_url)
    assert contents(context.database) == before
    assert verify_ledger(context) is None
    context.database.close()
