"""Runs commands as the shell does, against a database of the test's own."""

import base64
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.root import run

KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


Cli = Callable[..., Result]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No setting of this machine, and a working directory that is nobody's."""
    for name in (
        "DATABASE_URL",
        "IDENTITY_KEYS",
        "LOOKUP_KEY",
        "SIGNING_KEYS",
        "PUBLIC_URL",
        "DEMO",
        "HOST",
        "PORT",
        "WEB_CONCURRENCY",
    ):
        monkeypatch.setenv(name, "")  # so that what a command sets is undone
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def cli(environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Cli]:
    """``cli("client", "list", stdin="…")`` in this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def call(*arguments: str, stdin: str = "") -> Result:
        capfd.readouterr()
        environment.setattr("sys.stdin", io.StringIO(stdin))
        status = run(arguments)
        out, err = capfd.readouterr()
        return Result(status, out, err)

    yield call
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def sqlite_cli(cli: Cli, sqlite_url: str, environment: pytest.MonkeyPatch) -> Cli:
    """Commands on a migrated SQLite database."""
    environment.setenv("DATABASE_URL", sqlite_url)
    return cli


@pytest.fixture
def both_cli(cli: Cli, database_url: str, environment: pytest.MonkeyPatch) -> Cli:
    """Commands on a migrated database of each kind."""
    environment.setenv("DATABASE_URL", database_url)
    environment.setenv("IDENTITY_KEYS", f"k1:{KEY}")
    environment.setenv("LOOKUP_KEY", KEY)
    return cli
