"""``hours-ledger replay``: the same again, or which determination differs and what changed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from service.context import Context, open_context
from service.domain.access import Asker
from service.domain.identifiers import encode_person_id
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.determine import determine
from service.operations.register_entries import register_entries
from service.settings import load_settings
from tests.cli.conftest import Cli
from tests.operations.ledger import draft, id_number


@pytest.fixture
def context(both_cli: Cli) -> Iterator[Context]:
    opened = open_context(load_settings())
    yield opened
    opened.database.close()


@pytest.fixture
def given(context: Context) -> list[str]:
    """Three determinations, of two people."""
    provider = create_client(context, "provider", "基地")[0]
    platform = create_client(context, "platform", "平台")[0]
    register_entries(context, provider, [draft("A"), draft("B", 2)])
    question = Question("331100", 2023, "intermediate", tenure_start=2018)
    asks = [EligibilityAsk(Identity("resident_id", id_number(person)), question) for person in (1, 2, 2)]
    asker = Asker(platform.client_id, "test", "determination")
    made = [determine(context, platform, ask, "zh-CN", asker=asker) for ask in asks]
    return [encode_person_id(each.record.determination_id) for each in made]


def test_all_are_the_same_again(both_cli: Cli, given: list[str]) -> None:
    for arguments, count in ((["--all"], 3), (given[:2], 2)):
        result = both_cli("replay", *arguments, "--language", "en")
        assert (result.status, result.last_line) == (
            0,
            f"{count} determinations: every answer is the same again",
        )


def change(context: Context, table: str, statement: str) -> None:
    with context.database.writing() as connection:
        if context.database.dialect_name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        assert connection.execute(text(statement)).rowcount > 0


def test_what_differs_is_named_with_what_changed(both_cli: Cli, context: Context, given: list[str]) -> None:
    change(context, "ledger", "UPDATE ledger SET hours = 800, registered = 800 WHERE external_ref = 'A'")
    result = both_cli("replay", "--all", "--language", "en")
    assert result.status == 1
    lines = result.out.splitlines()
    assert lines[0] == f"{given[0]}: the ledger was tampered with"
    assert any(line.startswith("  /years/") for line in lines)
    assert result.last_line == "3 determinations: 1 come out otherwise"
    assert both_cli("replay", given[1]).status == 0
    assert both_cli("replay", given[0]).status == 1


def test_a_tampered_chain_is_named_though_the_answer_is_the_same(
    both_cli: Cli, context: Context, given: list[str]
) -> None:
    change(context, "ledger", "UPDATE ledger SET course_title = '别的' WHERE external_ref = 'A'")
    for arguments, count in ((["--all"], 3), (given[:1], 1)):
        result = both_cli("replay", *arguments, "--language", "en")
        assert result.status == 1
        assert result.out.splitlines() == [
            f"{given[0]}: the ledger was tampered with, the answer is the same",
            f"{count} determinations: 0 come out otherwise, and of 1 more the ledger was tampered with",
        ]
    assert "账本被改动过，结论仍相同" in both_cli("replay", given[0]).out
    assert both_cli("replay", *given[1:]).status == 0


def test_verifying_names_the_determination(both_cli: Cli, context: Context, given: list[str]) -> None:
    change(context, "determination", "UPDATE determination SET answer = replace(answer, 'sha256:', 'x')")
    result = both_cli("verify", "--language", "en")
    assert (result.status, result.last_line) == (
        1,
        f"determination {min(given)}: the answer's position and head are not those of the chains kept with it",
    )


def test_verifying_names_the_policy_text(both_cli: Cli, context: Context, given: list[str]) -> None:
    change(context, "policy_text", "UPDATE policy_text SET text = text || ' '")
    result = both_cli("verify")
    assert result.status == 1
    assert result.last_line.startswith("policy_text sha256:")
    assert result.last_line.endswith(": 政策文本与摘要不符：被改动过")


def test_an_engine_without_its_version(
    both_cli: Cli, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.answer.hours_number", lambda tenths: tenths)
    result = both_cli("replay", given[0])
    assert result.status == 1
    assert "未变" in result.out


def test_wrong_usage(both_cli: Cli, given: list[str]) -> None:
    assert both_cli("replay").status == 2
    assert both_cli("replay", "--all", given[0]).status == 2
    assert both_cli("replay", "x").status == 2
    assert both_cli("replay", "0" * 13).status == 1


def test_nothing_to_replay(both_cli: Cli) -> None:
    assert both_cli("replay", "--all").status == 0
