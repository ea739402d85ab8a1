"""Databases for every test: migrated once into a template, copied for each test that asks.

`postgres_url` and `sqlite_url` give an empty, migrated database of the test's own; `database_url` runs a
test on both. The PostgreSQL server is one per run, shared by the xdist workers.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal import observability
from sqlalchemy.engine import make_url
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.postgres_server import PostgresServer, fresh_database

# Two shared cores: an example's time says nothing about the code, the time-out of the whole test does.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# schemathesis switches observability on, and then every later Hypothesis test of its process is traced line by line.
observability.OBSERVABILITY_COLLECT_COVERAGE = False

SHARED_SERVER = "HOURS_LEDGER_TEST_SERVER_URL"  # from the controller to its xdist workers
_started = pytest.StashKey[PostgresServer]()


def _server_url(config: pytest.Config) -> str:
    """The URL of the run's server; starts one the first time, unless one is named."""
    named = os.environ.get("TEST_DATABASE_URL") or os.environ.get(SHARED_SERVER)
    if named:
        return make_url(named).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if _started not in config.stash:
        config.stash[_started] = PostgresServer()
    return config.stash[_started].url


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers are, so that they share it."""
    is_worker = hasattr(config, "workerinput")
    if not is_worker and config.getoption("numprocesses", None) and not config.option.collectonly:
        os.environ[SHARED_SERVER] = _server_url(config)


class BrowserFilesTogether(LoadScopeScheduling):
    """Keeps a file of tests/browser on one worker, where its server and its browser are; the rest goes where there is
    room. (xdist's own groups write to a node id in a way that pytest 9.2 no longer reads.)"""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowserFilesTogether:
    """Called by xdist's controller."""
    return BrowserFilesTogether(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server that this process started."""
    server = config.stash.get(_started, None)
    if server is not None:
        os.environ.pop(SHARED_SERVER, None)
        server.stop()


@pytest.fixture(scope="session")
def postgres_server_url(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL server's URL, of a role that may create databases."""
    return _server_url(request.config)


@pytest.fixture(scope="session")
def _postgres_template(postgres_server_url: str) -> Iterator[str]:
    from service.store.schema import migrate

    with fresh_database(postgres_server_url) as url:
        migrate(url)
        name = make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from service.store.schema import migrate

    path = tmp_path_factory.mktemp("template") / "ledger.sqlite3"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:  # all of it into the one file that is copied
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return path


@pytest.fixture
def postgres_url(postgres_server_url: str, _postgres_template: str) -> Iterator[str]:
    """An empty PostgreSQL database at the head of the migrations."""
    with fresh_database(postgres_server_url, _postgres_template) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server_url: str) -> Iterator[str]:
    """A PostgreSQL database with nothing in it: for tests of the migrations themselves."""
    with fresh_database(postgres_server_url) as url:
        yield url


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database at the head of the migrations."""
    path = tmp_path / "ledger.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs on each kind of database."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url
