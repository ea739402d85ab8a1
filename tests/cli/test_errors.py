"""What was to be expected is one clear line and a status, never a traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

CALM = ("client", "list")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://localhost/hours"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql+psycopg://user@host:port/hours"),
        ("DATABASE_URL", "hours.sqlite3"),
        ("DATABASE_URL_READ", "sqlite:///copy.sqlite3"),
        ("DATABASE_URL_READ", "postgresql+psycopg://user@host:port/hours"),
        ("DATABASE_URL_READ", "postgresql+psycopg://user@host/hours"),  # with SQLite there is no standby
    ],
)
def test_a_wrong_setting_names_its_variable(
    cli: Cli, environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    wrong = cli(*CALM)
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.startswith(f"Error: {name}: ")
    assert len(wrong.err.splitlines()) == 1


def test_no_database_yet(cli: Cli) -> None:
    for command in (CALM, ("serve",), ("verify",)):
        refused = cli(*command)
        assert refused.status == 1
        assert "hours-ledger migrate" in refused.err
        assert not Path("var").exists()
    assert cli("migrate").status == 0
    assert cli("migrate").status == 0
    assert cli(*CALM).status == 0


def test_a_schema_of_another_version(cli: Cli, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "old.sqlite3").touch()
    environment.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/old.sqlite3")
    refused = cli("serve")
    assert refused.status == 1
    assert "hours-ledger migrate" in refused.err


def test_a_database_that_is_gone(cli: Cli, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none")
    environment.setenv("IDENTITY_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    environment.setenv("LOOKUP_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    for command in (CALM, ("migrate",), ("serve",), ("demo",)):
        gone = cli(*command)
        assert (gone.status, gone.out) == (1, "")
        assert len(gone.err.splitlines()) == 1
        assert "hunter2" not in gone.err


def test_a_file_that_is_no_database(cli: Cli, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "letter.sqlite3").write_text("各位同事：" * 1000, "utf-8")
    environment.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/letter.sqlite3")
    refused = cli(*CALM)
    assert refused.status == 1
    assert "Traceback" not in refused.err


def test_keys_are_required_with_postgresql(
    cli: Cli, environment: pytest.MonkeyPatch, postgres_url: str
) -> None:
    environment.setenv("DATABASE_URL", postgres_url)
    refused = cli(*CALM)
    assert refused.status == 2
    assert "IDENTITY_KEYS" in refused.err
    environment.setenv("IDENTITY_KEYS", "k1:short")
    environment.setenv("LOOKUP_KEY", "short")
    refused = cli(*CALM)
    assert refused.status == 2
    assert "short" not in refused.err


def test_an_address_that_is_taken(sqlite_cli: Cli, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HOST", "192.0.2.1")  # of nobody
    for command in (("serve",), ("demo", "--serve")):
        refused = sqlite_cli(*command)
        assert refused.status == 1
        assert "HOST" in refused.err


def test_help_and_version_are_status_0(cli: Cli) -> None:
    for arguments in (("--help",), ("--version",), ("demo", "-h"), ("policy", "check", "--help")):
        shown = cli(*arguments)
        assert (shown.status, shown.err) == (0, "")
        assert shown.out
