"""A context over each kind of database, and a provider."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from importers.layout import load_layout
from importers.roster import Roster, read_roster
from service.context import Context
from service.domain.client import Client
from service.operations.clients import create_client
from service.policy_book import PolicyBook, load_policy_book
from service.settings import Settings
from service.store.database import Database
from service.vault import make_vault

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(scope="session")
def policy_book() -> PolicyBook:
    return load_policy_book()


def _context(url: str, book: PolicyBook) -> Context:
    settings = Settings(database_url=url, identity_keys=f"k1:{KEY}", lookup_key=KEY)
    return Context(
        settings, Database(url), book, make_vault(settings), lambda: datetime(2026, 11, 21, 2, tzinfo=UTC)
    )


@pytest.fixture
def context(database_url: str, policy_book: PolicyBook) -> Iterator[Context]:
    made = _context(database_url, policy_book)
    yield made
    made.database.close()


@pytest.fixture
def sqlite_context(sqlite_url: str, policy_book: PolicyBook) -> Iterator[Context]:
    made = _context(sqlite_url, policy_book)
    yield made
    made.database.close()


@pytest.fixture
def provider(context: Context) -> Client:
    return create_client(context, "provider", "培训基地")[0]


@pytest.fixture
def read(tmp_path, policy_book):
    """Reads a roster without asking a ledger."""
    context = _context(f"sqlite:///{tmp_path}/none.sqlite3", policy_book)
    client = Client(7, "培训基地", "provider", ("330000",))

    def read(upload, division_code: str | None = None) -> Roster:
        return read_roster(context, client, upload, load_layout("standard"), division_code)

    return read
