"""The real application over a real database, and callers of every role."""

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from api.app import create_app
from service.context import Context
from service.domain.client import Role
from service.operations.clients import create_client
from service.policy_book import PolicyBook, load_policy_book
from service.settings import Settings
from service.signing import make_signer
from service.store.database import Database
from service.vault import make_vault
from tests.api.calls import Caller, Clock

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(scope="session")
def policy_book() -> PolicyBook:
    return load_policy_book()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_context(
    url: str, policy_book: PolicyBook, clock: Callable[[], datetime], evidence_dir: Path
) -> Context:
    settings = Settings(
        database_url=url,
        identity_keys=f"k1:{KEY}",
        lookup_key=KEY,
        signing_keys=f"s1:{KEY}",
        body_size_max=2_000_000,
        evidence_dir=evidence_dir,
    )
    vault, signer = make_vault(settings), make_signer(settings)
    return Context(settings, Database(url), policy_book, vault, clock, signer=signer)


@pytest.fixture
def context(database_url: str, policy_book: PolicyBook, clock: Clock, tmp_path: Path) -> Iterator[Context]:
    """On SQLite and on PostgreSQL."""
    made = make_context(database_url, policy_book, clock, tmp_path / "evidence")
    yield made
    made.database.close()


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


@pytest.fixture
def caller(app: Flask, context: Context) -> Callable[..., Caller]:
    """Makes a client of a role and gives it a telephone: ``caller("provider", "331100")``."""
    made = 0

    def make(
        role: Role,
        *divisions: str,
        feed_id: str | None = None,
        name: str | None = None,
        series: tuple[str, ...] = (),
    ) -> Caller:
        nonlocal made
        made += 1
        _, key = create_client(context, role, name or f"{role} {made}", divisions, series, feed_id)
        return Caller(app, key)

    return make


@pytest.fixture
def provider(caller: Callable[..., Caller]) -> Caller:
    return caller("provider")


@pytest.fixture
def authority(caller: Callable[..., Caller]) -> Caller:
    return caller("authority")


@pytest.fixture
def platform(caller: Callable[..., Caller]) -> Caller:
    return caller("platform")


@pytest.fixture
def admin(caller: Callable[..., Caller]) -> Caller:
    return caller("admin")


@pytest.fixture
def anyone(app: Flask) -> Caller:
    """Somebody without a key."""
    return Caller(app, None)
