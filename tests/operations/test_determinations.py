"""Determinations: as given for ever, computed again from what was stored, and anchors of the ledger."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import create_client
from service.operations.determine import Determination, determine, read_determination
from service.operations.link_persons import link_persons
from service.operations.register_entries import register_entries
from service.operations.replay_determination import Replay, replay_determination, replay_determinations
from service.operations.resolve_committee import CommitteeAsk
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.store.determination_tables import determination, determination_mask
from service.store.determinations import select_members
from tests.operations.ledger import created, draft, id_number

ASKER = Asker(1, "test", "determination")


@pytest.fixture
def platform(context: Context) -> Client:
    return create_client(context, "platform", "申报平台")[0]


def ask(person: int = 1, **changes: Any) -> EligibilityAsk:
    question = Question("331100", 2023, "intermediate", required_years=4, tenure_start=2018)
    return EligibilityAsk(Identity("resident_id", id_number(person)), replace(question, **changes))


def given(context: Context, platform: Client, person: int = 1, **changes: Any) -> Determination:
    return determine(context, platform, ask(person, **changes), "zh-CN", asker=ASKER)


def replayed(context: Context, platform: Client, made: Determination) -> Replay:
    return replay_determination(context, platform, made.record.determination_id, asker=ASKER)


def test_it_is_the_answer_and_stays_as_it_was_given(
    context: Context, provider: Client, platform: Client
) -> None:
    (registration,) = register_entries(context, provider, [draft()])
    entry = created(registration)
    made = given(context, platform)
    (answer,) = check_eligibility(context, [ask()], "zh-CN", ASKER)
    told = {key: value for key, value in made.answer.items() if key not in ("determination_id", "given_at")}
    assert {**told, "as_of": None} == {**answer, "as_of": None}
    reverse_entry(context, provider, (entry.person_id, entry.seq), "falsified")
    register_entries(context, provider, [draft("R-2", credit_year=2023, hours=900)])
    again = read_determination(context, platform, made.record.determination_id, asker=ASKER)
    assert orjson.dumps(again.answer) == orjson.dumps(made.answer)
    replay = replayed(context, platform, made)
    assert (replay.same, replay.differences) == (True, ())
    assert (replay.policy_file, replay.engine, replay.ledger) == (False, False, False)
    assert orjson.dumps(replay.now) == orjson.dumps(made.answer)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("division_code", ["331100", "330500", "330400", "330604", "330100", "330682"])
def test_every_city_is_the_same_again(
    context: Context, provider: Client, platform: Client, division_code: str, language: Any
) -> None:
    register_entries(context, provider, [draft(division_code=division_code, series="建设工程")])
    for year in (2015, 2023, 2026):
        question = ask(1, division_code=division_code, declaration_year=year, tenure_start=None)
        made = determine(context, platform, question, language, asker=ASKER)
        assert replayed(context, platform, made).same


def test_no_number_and_no_name_is_stored_in_clear(
    context: Context, provider: Client, platform: Client
) -> None:
    register_entries(context, provider, [draft()])
    for person in (1, 2):
        given(context, platform, person)
    with context.database.reading() as connection:
        for table in (determination, determination_mask):
            for row in connection.execute(select(table)):
                stored = repr(tuple(row))
                for number in (id_number(1), id_number(2)):
                    assert number not in stored
                    assert number[-4:] + '"' not in stored
                assert "测" not in stored


def test_someone_the_ledger_does_not_know(context: Context, provider: Client, platform: Client) -> None:
    made = given(context, platform, 2)
    assert made.answer["person"]["known"] is False
    assert made.answer["ledger"]["position"] == 0
    assert replayed(context, platform, made).same
    register_entries(context, provider, [draft(person=2)])
    assert (
        read_determination(context, platform, made.record.determination_id, asker=None).answer == made.answer
    )
    assert replayed(context, platform, made).same


def test_who_may_read_it(context: Context, platform: Client, authority: Client) -> None:
    made = given(context, platform)
    determination_id = made.record.determination_id
    admin = create_client(context, "admin", "管理员")[0]
    for client in (platform, authority, admin):
        assert read_determination(context, client, determination_id, asker=ASKER).answer == made.answer
    other = create_client(context, "platform", "别的平台")[0]
    elsewhere = create_client(context, "authority", "嘉兴", ["330400"])[0]
    for client, code in ((other, "not_found"), (elsewhere, "forbidden_division")):
        for operation in (read_determination, replay_determination):
            with pytest.raises(Refusal, match=code):
                operation(context, client, determination_id, asker=ASKER)
    with pytest.raises(Refusal, match="not_found"):
        read_determination(context, admin, 1, asker=ASKER)


def test_a_changed_file_is_told_and_changes_nothing(
    context: Context, provider: Client, platform: Client
) -> None:
    register_entries(context, provider, [draft()])
    made = given(context, platform)
    book = context.policy_book
    files = tuple(
        replace(file, policy=replace(file.policy, digest="sha256:" + "0" * 64, name="别名"))
        for file in book.files
    )
    today = replace(context, policy_book=replace(book, files=files))
    replay = replayed(today, platform, made)
    assert (replay.same, replay.policy_file, replay.engine, replay.ledger) == (True, True, False, False)
    without = replace(context, policy_book=replace(book, files=()))
    assert (replayed(without, platform, made).same, replayed(without, platform, made).policy_file) == (
        True,
        True,
    )


def test_another_engine_that_answers_otherwise_is_named(
    context: Context, provider: Client, platform: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_entries(context, provider, [draft()])
    made = given(context, platform)
    monkeypatch.setattr("service.operations.determine.ENGINE", 2)
    replay = replayed(context, platform, made)
    assert (replay.same, replay.engine) == (True, True)
    monkeypatch.setattr("service.answer.hours_number", lambda tenths: tenths)
    replay = replayed(context, platform, made)
    assert (replay.same, replay.policy_file, replay.engine, replay.ledger) == (False, False, True, False)
    assert all(difference.given != difference.now for difference in replay.differences)
    assert any(difference.path.startswith("/years/") for difference in replay.differences)


def test_all_at_once_with_progress(context: Context, provider: Client, platform: Client) -> None:
    register_entries(context, provider, [draft()])
    made = {given(context, platform, person).record.determination_id for person in (1, 2, 1)}
    told: list[tuple[int, int]] = []
    replays = list(replay_determinations(context, None, lambda *args: told.append(args)))
    assert {replay.determination_id for replay in replays} == made
    assert all(replay.same for replay in replays)
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(Refusal, match="not_found"):
        list(replay_determinations(context, [1]))


@pytest.mark.parametrize("table", ["determination", "determination_member", "policy_text"])
@pytest.mark.parametrize("verb", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_what_was_given_cannot_be_changed(
    context: Context, provider: Client, platform: Client, table: str, verb: str
) -> None:
    register_entries(context, provider, [draft()])
    given(context, platform)
    column = {"determination": "answer", "determination_member": "head", "policy_text": "text"}[table]
    with pytest.raises(DBAPIError, match="append-only"), context.database.writing() as connection:
        connection.execute(text(verb.format(table, column)))


def test_linked_people_are_one_question_with_a_head_each(
    context: Context, provider: Client, platform: Client
) -> None:
    entries = [
        created(each)
        for each in register_entries(context, provider, [draft("A", 1), draft("B", 2, hours=180)])
    ]
    alone = given(context, platform)
    admin = create_client(context, "admin", "管理员")[0]
    people = sorted(entry.person_id for entry in entries)
    link_persons(context, admin, people[0], people[1], "同一人，换过证件")
    together = given(context, platform)
    assert together.answer["ledger"]["position"] == 4
    with context.database.reading() as connection:
        members = select_members(connection, together.record.determination_id)
    assert [(member.person_id, member.position) for member in members] == [(each, 2) for each in people]
    register_entries(context, provider, [draft("C", 2, course_code="C")])
    for made in (alone, together):
        assert replayed(context, platform, made).same
    assert verify_ledger(context) is None


def test_the_plan_of_the_day_is_replayed(context: Context, provider: Client, platform: Client) -> None:
    register_entries(context, provider, [draft(division_code="330500", credit_year=2021)])
    question = ask(division_code="330500", declaration_year=2021, tenure_start=None, required_years=None)
    made = determine(context, platform, replace(question, committee=CommitteeAsk("3")), "zh-CN", asker=ASKER)
    assert made.answer["committee"]["number"] == "3"
    replay = replayed(context, platform, made)
    assert (replay.same, replay.policy_file) == (True, False)
    book = context.annex_book
    other = tuple(replace(source, digest="sha256:" + "0" * 64) for source in book.sources)
    today = replace(context, annex_book=replace(book, sources=other, plan_rows=()))
    replay = replayed(today, platform, made)
    assert (replay.same, replay.policy_file) == (True, True)
