"""``hours-ledger verify``: names the first bad row."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from importers.samples import CLEAN
from tests.cli.conftest import Cli


@pytest.fixture
def loaded(both_cli: Cli) -> Cli:
    both_cli("client", "create", "--role", "provider", "--name", "基地")
    both_cli("import", str(CLEAN), "--provider", "基地")
    return both_cli


def test_a_sound_ledger(loaded: Cli) -> None:
    for arguments in (("verify",), ("verify", "--rebuild", "--language", "en")):
        sound = loaded(*arguments)
        assert sound.status == 0, sound.out


@pytest.fixture
def database(sqlite_cli: Cli, sqlite_url: str) -> Path:
    """A loaded SQLite database, its triggers taken away as somebody with the file can."""
    sqlite_cli("client", "create", "--role", "provider", "--name", "基地")
    sqlite_cli("import", str(CLEAN), "--provider", "基地")
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"drop trigger {name}")
        connection.commit()
    return path


def tamper(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement).rowcount == 1
        connection.commit()


def test_a_changed_fact_is_named_and_not_mended(sqlite_cli: Cli, database: Path) -> None:
    tamper(
        database,
        "update ledger set course_title = '别的' where rowid = "
        "(select rowid from ledger where seq = 2 order by person_id limit 1)",
    )
    for arguments in (("verify",), ("verify", "--rebuild")):
        found = sqlite_cli(*arguments)
        assert found.status == 1
        assert found.last_line.startswith("ledger ")
        assert "-2: " in found.last_line


def test_changed_totals_are_named_and_made_anew(sqlite_cli: Cli, database: Path) -> None:
    tamper(
        database,
        "update chain_head set totals = '[]' where person_id = (select person_id from chain_head limit 1)",
    )
    found = sqlite_cli("verify")
    assert found.status == 1
    assert found.last_line.startswith("chain_head ")
    assert sqlite_cli("verify", "--rebuild").status == 0
    assert sqlite_cli("verify").status == 0
