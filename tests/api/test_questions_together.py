"""Questions that come while another is being answered are answered by one statement, on PostgreSQL: each as though it
had been asked alone."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from service.context import Context
from service.operations.clients import create_client, revoke_client
from service.operations.record_access import list_access_records
from service.operations.verify_ledger import verify_ledger
from tests.api.at_once import Request, at_once
from tests.api.calls import Caller, refused
from tests.api.people import attestation, entry, question
from tests.api.test_statement_counts import statements

PATH = "/v1/eligibility"


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def ask_at_once(context: Context, requests: list[Request]) -> list[Any]:
    return at_once(context, "access_record", context.database.asking_together, requests)


@pytest.fixture
def people(context: Context, provider: Caller, authority: Caller, platform: Caller) -> list[int]:
    """Five with hours, the last with an attestation too, and one whom nobody knows; every worker has seen the key."""
    entries = [entry(f"R-{number}", number, hours=10 + number) for number in range(1, 6)]
    provider.post("/v1/entries/batch", {"entries": entries})
    authority.post("/v1/attestations", attestation(5))
    platform.post(PATH, question())
    return [1, 2, 3, 4, 5, 6]


def without_moment(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json.items() if name != "as_of"}


def test_everyone_gets_their_own_answer_and_record(
    context: Context, platform: Caller, people: list[int]
) -> None:
    alone = [without_moment(platform.post(PATH, question(number))) for number in people]
    last = list_access_records(context, limit=1000).records[-1].access_id
    asks = [lambda number=number: platform.post(PATH, question(number)) for number in people]
    with statements(context) as sent:
        answers = ask_at_once(context, asks)
    assert [answer.status_code for answer in answers] == [200] * len(people)
    assert [without_moment(answer) for answer in answers] == alone
    # The first; the others at once; and by themselves who has an attestation or is unknown.
    assert len(sent) == 4
    records = [each for each in list_access_records(context, limit=1000).records if each.access_id > last]
    told = {answer.headers["X-Request-Id"]: answer.json for answer in answers}
    assert len(records) == len(told) == len(people)
    for record in records:
        answer = told.pop(record.request_id)
        assert record.as_of == datetime.fromisoformat(answer["as_of"])
        assert record.position == answer["ledger"]["position"]
        assert (record.person_id is None) == (not answer["person"]["known"])
    assert verify_ledger(context) is None


def test_the_same_person_twice(context: Context, platform: Caller, people: list[int]) -> None:
    asks = [lambda number=number: platform.post(PATH, question(number)) for number in (1, 2, 2, 2, 3)]
    answers = ask_at_once(context, asks)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["as_of"] for answer in answers[1:4]}) == 3
    assert len({str(without_moment(answer)) for answer in answers[1:4]}) == 1


def test_what_was_stored_before_a_question_came_is_in_its_answer(
    context: Context, platform: Caller, provider: Caller, people: list[int]
) -> None:
    def after_an_entry() -> Any:
        assert provider.post("/v1/entries", entry("R-new", 2)).status_code == 201
        return platform.post(PATH, question(2))

    def ask(number: int) -> Request:
        return lambda: platform.post(PATH, question(number))

    _, answer, _ = ask_at_once(context, [ask(1), after_an_entry, ask(3)])
    assert answer.json["ledger"]["position"] == 2


def test_each_platform_by_itself_and_none_whose_key_has_ended(
    context: Context, app: Flask, platform: Caller, people: list[int]
) -> None:
    made, key = create_client(context, "platform", "another")
    another = Caller(app, key)
    assert another.post(PATH, question(1)).status_code == 200
    asks = [lambda: platform.post(PATH, question(1)), lambda: platform.post(PATH, question(2))]
    asks += [lambda: another.post(PATH, question(3)), lambda: another.post(PATH, question(4))]
    answers = ask_at_once(context, asks)
    assert {answer.status_code for answer in answers} == {200}

    def ended() -> Any:
        revoke_client(context, made.name)
        return another.post(PATH, question(3))

    answers = ask_at_once(context, [asks[0], ended, asks[1]])
    refused(answers[1], 401, "unauthenticated")
    assert [answers[0].status_code, answers[2].status_code] == [200, 200]
