"""``hours-ledger eligibility``."""

import json

import pytest

from api.cli.columns import COLUMNS, width
from importers.samples import CLEAN
from tests.cli.conftest import Cli

NUMBER = "330500199001010011"
QUESTION = ("eligibility", "--division", "331100", "--year", "2023", "--level", "intermediate")


@pytest.fixture
def loaded(sqlite_cli: Cli) -> Cli:
    sqlite_cli("client", "create", "--role", "provider", "--name", "基地")
    sqlite_cli("import", str(CLEAN), "--provider", "基地")
    return sqlite_cli


def test_people_read_the_answer_in_their_language(loaded: Cli) -> None:
    chinese = loaded(*QUESTION, stdin=f"{NUMBER}\n")
    assert chinese.status == 0
    assert "不能申报" in chinese.out
    assert "2023年总学时78，少12学时" in chinese.out
    assert "每年参加继续教育累计不少于90学时" in chinese.out
    assert "3305**********0011" in chinese.out
    assert all(width(line) <= COLUMNS for line in chinese.out.splitlines())
    english = loaded(*QUESTION, "--language", "en", stdin=NUMBER)
    assert "not eligible" in english.out
    assert NUMBER not in chinese.out + chinese.err + english.out + english.err


def test_json_is_the_answer_of_the_api(loaded: Cli) -> None:
    answer = json.loads(loaded(*QUESTION, "--json", stdin=NUMBER).out)
    assert answer["outcome"] == "not_eligible"
    assert answer["remedy"]["hours"] == [
        {"year": 2023, "general_public": 0, "public": 0, "specialty": 0, "any": 12}
    ]
    by_id = loaded(*QUESTION, "--json", "--person-id", answer["person"]["person_id"])
    assert json.loads(by_id.out)["ledger"] == answer["ledger"]


def test_a_person_the_ledger_has_never_seen_has_no_hours(loaded: Cli) -> None:
    unknown = loaded(*QUESTION, stdin="110101202311012176")
    assert unknown.status == 0
    assert "1101**********2176" in unknown.out


def test_wrong_input_names_the_option_and_never_the_number(loaded: Cli) -> None:
    wrong = loaded(
        *("eligibility", "--division", "999999", "--year", "1900", "--level", "junior"),
        *("--as-of", "2099-01-01T00:00:00+08:00", "--person-id", "x"),
    )
    assert (wrong.status, wrong.out) == (2, "")
    for option in ("--division", "--year", "--as-of", "--person-id"):
        assert option in wrong.err
    damaged = loaded(*QUESTION, stdin="330500199001010012")
    assert damaged.status == 2
    assert "330500199001010012" not in damaged.err
    assert loaded(*QUESTION, stdin="").status == 2
    assert loaded(*QUESTION, "--person-id", "0" * 13).status == 1
