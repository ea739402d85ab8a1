"""The rules tried with supposed hours, without a key."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.calls import Caller, codes, refused

CASES = json.loads((Path(__file__).parents[1] / "domain" / "cases.json").read_text("utf-8"))
LISHUI = "/v1/policies/331100/evaluate"
QUESTION = {"declaration_year": 2023, "level": "intermediate", "hours": []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_agreed_case(anyone: Caller) -> None:
    for case in CASES:
        question = dict(case["question"])
        path = f"/v1/policies/{question['division_code']}/evaluate"
        answer = anyone.post(path, {**question, "hours": case["hours"]})
        assert answer.status_code == 200, answer.text
        check(case["id"], case["expect"], answer.json)


def check(name: str, expected: dict[str, Any], answer: dict[str, Any]) -> None:
    unmet = {finding["code"] for finding in answer["findings"] if not finding["met"]}
    assert answer["outcome"] == expected["outcome"], name
    assert unmet >= set(expected.get("has", ())), name
    assert {advisory["code"] for advisory in answer["advisories"]} >= set(expected.get("adv", ())), name
    if "remedy" in expected:
        rows = [
            [row[k] for k in ("year", "general_public", "public", "specialty", "any")]
            for row in answer["remedy"]["hours"]
        ]
        assert rows == expected["remedy"], name


def test_the_code_of_the_path_is_the_question_s(anyone: Caller) -> None:
    answer = anyone.post(LISHUI, {**QUESTION, "division_code": "330500"})
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/division_code": "division_differs"}


def test_an_unknown_division(anyone: Caller) -> None:
    refused(anyone.post("/v1/policies/990000/evaluate", QUESTION), 422, "unknown_division")


def test_a_place_of_the_province_without_a_policy(anyone: Caller) -> None:
    answer = anyone.post("/v1/policies/330100/evaluate", QUESTION)
    assert answer.json["outcome"] == "undetermined"
    assert [finding["code"] for finding in answer.json["findings"] if not finding["met"]] == ["no_local_rule"]


def test_the_moment_is_given_back(anyone: Caller) -> None:
    answer = anyone.post(LISHUI, {**QUESTION, "as_of": "2023-09-30T15:59:59Z"})
    assert answer.json["as_of"] == "2023-09-30T23:59:59+08:00"


def test_province_is_provincial(anyone: Caller) -> None:
    answer = anyone.post(LISHUI, {**QUESTION, "reviewed_by": "province", "series": "建设工程"})
    assert (
        answer.json
        == anyone.post(LISHUI, {**QUESTION, "reviewed_by": "provincial", "series": "建设工程"}).json
    )
    assert answer.json["outcome"] == "referred"


def test_words_follow_the_language_and_codes_do_not(anyone: Caller) -> None:
    body = {**QUESTION, "hours": [{"year": 2023, "subject": "specialty", "hours": 60}]}
    chinese, english = anyone.post(LISHUI, body), anyone.speaking("en-GB, zh;q=0.5").post(LISHUI, body)
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == ("zh-CN", "en")
    told = [
        [(finding["code"], finding["message"]) for finding in answer.json["findings"]]
        for answer in (chinese, english)
    ]
    assert [code for code, _ in told[0]] == [code for code, _ in told[1]]
    assert all(one != other for (_, one), (_, other) in zip(*told, strict=True))
    assert chinese.json["outcome"] == english.json["outcome"]
