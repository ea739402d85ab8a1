"""``hours-ledger demo``: printed once, kept for ever."""

import shlex
import stat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.app import create_app
from api.cli.columns import COLUMNS, width
from service.context import open_context
from service.settings import load_settings
from tests.cli.conftest import KEY, Cli

STORIES = ("少12学时", "待认定", "累计达标", "不能判定")


def keys_in(text: str) -> list[str]:
    return [line.split()[-1] for line in text.splitlines() if line.split()[-1:] and "  hl_" in line]


def test_four_stories_keys_and_calls(cli: Cli) -> None:
    shown = cli("demo")
    assert shown.status == 0
    for story in STORIES:
        assert story in shown.out
    assert len(keys_in(shown.out)) == 4
    curls = [line for line in shown.out.splitlines() if line.startswith("curl ")]
    assert len(curls) == 5
    assert [line for line in shown.out.splitlines() if width(line) > COLUMNS and line not in curls] == []
    assert Path("var/hours-ledger.sqlite3").exists()
    key_file = Path("var/hours-ledger.sqlite3.demo-keys.json")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_the_huzhou_story_ends_well(cli: Cli) -> None:
    lines = [shlex.split(line) for line in cli("demo").out.splitlines() if line.startswith("curl ")]
    context = open_context(load_settings())
    web = create_app(context).test_client()

    def send(line: list[str]) -> Any:
        headers = dict(line[at + 1].split(": ", 1) for at, word in enumerate(line) if word == "-H")
        body = line[line.index("-d") + 1]
        answer = web.post(urlsplit(line[-1]).path, data=body.encode(), headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    assert send(lines[4])["pending_would_satisfy"]
    for expected in ("created", "replayed"):
        assert {result["result"] for result in send(lines[3])["results"]} == {expected}
    assert send(lines[4])["outcome"] == "eligible"
    context.database.close()


def test_again_keeps_data_and_keys(cli: Cli) -> None:
    first = cli("demo")
    cli("client", "create", "--role", "provider", "--name", "自己加的")
    again = cli("demo")
    assert again.status == 0
    assert again.out == first.out
    assert "自己加的" in cli("client", "list").out
    assert cli("client", "list").out.count("\n") == 2 + 4 + 1


def test_english(cli: Cli) -> None:
    shown = cli("demo", "--language", "en")
    assert "12 short of 90" in " ".join(shown.out.split())
    assert "undetermined" in shown.out


def test_a_lost_key_file_gives_new_keys_but_real_clients_are_left_alone(cli: Cli) -> None:
    first = cli("demo")
    Path("var/hours-ledger.sqlite3.demo-keys.json").unlink()
    assert set(keys_in(cli("demo").out)).isdisjoint(keys_in(first.out))
    Path("var/hours-ledger.sqlite3.demo-keys.json").write_text("{", "utf-8")
    assert cli("demo").status == 1
    Path("var/hours-ledger.sqlite3.demo-keys.json").unlink()
    cli("client", "create", "--role", "provider", "--name", "真实机构")
    refused = cli("demo")
    assert (refused.status, refused.out) == (1, "")


def test_on_postgresql(cli: Cli, empty_postgres_url: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", empty_postgres_url)
    environment.setenv("IDENTITY_KEYS", f"k1:{KEY}")
    environment.setenv("LOOKUP_KEY", KEY)
    shown = cli("demo")
    assert shown.status == 0, shown.err
    assert all(story in shown.out for story in STORIES)
    assert cli("demo").out == shown.out
