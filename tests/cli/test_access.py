"""``hours-ledger access``: who looked at whom."""

import csv
import io

import orjson
import pytest

from tests.api.people import resident_id
from tests.cli.conftest import Cli

ASK = ("eligibility", "--division", "331100", "--year", "2023", "--level", "intermediate")


@pytest.fixture
def asked(both_cli: Cli) -> Cli:
    """Two questions about a document nobody has."""
    for _ in range(2):
        assert both_cli(*ASK, stdin=resident_id(1)).status == 0
    return both_cli


def test_export(asked: Cli) -> None:
    lines = [orjson.loads(line) for line in asked("access", "export").out.splitlines()]
    assert [(each["purpose"], each["client_id"], each["position"]) for each in lines] == [
        ("eligibility", None, 0)
    ] * 2
    assert lines[0]["request_id"] != lines[1]["request_id"]
    table = list(csv.DictReader(io.StringIO(asked("access", "export", "--format", "csv").out)))
    assert [row["as_of"] for row in table] == [each["as_of"] for each in lines]
    later = asked("access", "export", "--from", lines[1]["at"])
    assert [orjson.loads(line) for line in later.out.splitlines()] == lines[1:]
    earlier = asked("access", "export", "--to", lines[1]["at"])
    assert [orjson.loads(line) for line in earlier.out.splitlines()] == lines[:1]
    assert asked("access", "export", "--person-id", "0" * 13).out == ""


@pytest.mark.parametrize("option", [("--from", "today"), ("--to", "2026-11-21"), ("--person-id", "1")])
def test_wrong_options(both_cli: Cli, option: tuple[str, str]) -> None:
    assert both_cli("access", "export", *option).status == 2


def test_purge(asked: Cli) -> None:
    assert asked("access", "purge").out.startswith("0 access records")
    assert asked("access", "purge", "--days", "179").status == 2
    assert len(asked("access", "export").out.splitlines()) == 2
