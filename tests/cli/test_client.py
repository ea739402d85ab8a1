"""``hours-ledger client``."""

import pytest

from service.context import open_context
from service.domain.client import Client
from service.operations.clients import authenticate
from service.settings import load_settings
from tests.cli.conftest import Cli


def client_of(key: str) -> Client | None:
    """Whose key this is, asked of the database the command worked on."""
    context = open_context(load_settings())
    try:
        return authenticate(context, key)
    finally:
        context.database.close()


def test_the_key_is_alone_on_the_last_line_and_works(both_cli: Cli) -> None:
    made = both_cli(
        *("client", "create", "--role", "authority", "--name", "湖州市住建局", "--division", "330500"),
        *("--division", "330400", "--series", "建设工程"),
    )
    assert made.status == 0
    assert made.last_line not in made.err
    client = client_of(made.last_line)
    assert client is not None
    assert (client.name, client.role) == ("湖州市住建局", "authority")
    assert client.divisions == ("330500", "330400")
    assert client.series == ("建设工程",)


def test_a_feed_has_its_id_and_no_division_means_the_province(sqlite_cli: Cli) -> None:
    made = sqlite_cli("client", "create", "--role", "provider", "--name", "湖州培训网", "--feed-id", "hzhret")
    client = client_of(made.last_line)
    assert client is not None
    assert (client.feed_id, client.divisions) == ("hzhret", ("330000",))
    assert "hzhret" not in made.err
    other = sqlite_cli("client", "create", "--role", "provider", "--name", "别的网", "--feed-id", "hzrhet")
    assert other.status == 0
    assert "hzrhet" in other.err


def test_keys_are_rotated_and_clients_end(sqlite_cli: Cli) -> None:
    first = sqlite_cli("client", "create", "--role", "platform", "--name", "申报平台").last_line
    second = sqlite_cli("client", "issue-key", "--name", "申报平台", "--days", "30")
    assert second.status == 0
    assert second.last_line != first
    assert client_of(first) == client_of(second.last_line) is not None
    listed = sqlite_cli("client", "list")
    assert "申报平台" in listed.out
    assert first not in listed.out
    assert sqlite_cli("client", "revoke", "--name", "申报平台").status == 0
    assert client_of(first) is client_of(second.last_line) is None


def test_what_cannot_be_is_refused_in_one_line(sqlite_cli: Cli) -> None:
    sqlite_cli("client", "create", "--role", "platform", "--name", "申报平台")
    for arguments in (
        ("client", "create", "--role", "platform", "--name", "申报平台"),
        ("client", "issue-key", "--name", "没有"),
        ("client", "revoke", "--name", "没有"),
    ):
        refused = sqlite_cli(*arguments)
        assert (refused.status, refused.out) == (1, "")
        assert len(refused.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("client", "create", "--role", "nobody", "--name", "a"),
        ("client", "create", "--role", "admin"),
        ("client", "create", "--role", "admin", "--name", "a", "--division", "999999"),
        ("client", "create", "--role", "admin", "--name", " "),
        ("client", "create", "--role", "admin", "--name", "a", "--feed-id", "hzhret"),
        ("client", "create", "--role", "admin", "--name", "a\x00b"),
        ("client", "issue-key", "--name", "a", "--days", "0"),
        ("no-such-command",),
        ("client", "list", "--no-such-option"),
    ],
)
def test_wrong_usage_is_status_2(sqlite_cli: Cli, arguments: tuple[str, ...]) -> None:
    wrong = sqlite_cli(*arguments)
    assert (wrong.status, wrong.out) == (2, "")
    assert "Error: " in wrong.err
    assert "Traceback" not in wrong.err
