"""A ledger on each kind of database, with a provider and an authority."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.context import Context
from service.domain.client import Client
from service.operations.clients import create_client
from tests.operations.ledger import open_ledger


@pytest.fixture
def context(database_url: str, tmp_path: Path) -> Iterator[Context]:
    opened = open_ledger(database_url, evidence_dir=tmp_path / "evidence")
    yield opened
    opened.database.close()


@pytest.fixture
def provider(context: Context) -> Client:
    return create_client(context, "provider", "某培训中心")[0]


@pytest.fixture
def authority(context: Context) -> Client:
    return create_client(context, "authority", "某市人社局", ["330500", "331100"])[0]


@pytest.fixture
def admin(context: Context) -> Client:
    return create_client(context, "admin", "管理员")[0]
