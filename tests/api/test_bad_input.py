"""Bad input: a clear problem each, none a 500, none a stored row; the same for entries, batches and evaluate."""

from typing import Any

import pytest

from tests.api.calls import Caller, codes, refused
from tests.api.people import document, entry, person, question, resident_id

BAD_HOURS: list[tuple[Any, str]] = [
    (0, "hours_out_of_range"),
    (-1, "hours_out_of_range"),
    (0.05, "too_many_decimals"),
    (1e9, "hours_out_of_range"),
    (8784.1, "hours_out_of_range"),
    (12.55, "too_many_decimals"),
    (2**70, "hours_out_of_range"),
    ("１２", "invalid_hours"),
    ("1e3", "invalid_hours"),
    ("-1", "invalid_hours"),
    ("+1", "invalid_hours"),
    ("", "invalid_hours"),
    (" 12", "invalid_hours"),
    ("12\n", "invalid_hours"),
    ("NaN", "invalid_hours"),
    ("1,5", "invalid_hours"),
    (True, "invalid_hours"),
    (None, "null_not_allowed"),
    ([1], "invalid_hours"),
]
BAD_ENTRIES: list[tuple[dict[str, Any], dict[str, str]]] = [
    *(({"hours": hours}, {"/hours": code}) for hours, code in BAD_HOURS),
    ({"colour": "red"}, {"/colour": "unknown_field"}),
    ({"person": {**person(), "age": 3}}, {"/person/age": "unknown_field"}),
    ({"person": "somebody"}, {"/person": "not_an_object"}),
    ({"credit_year": 1899}, {"/credit_year": "credit_year_range"}),
    ({"credit_year": 2027}, {"/credit_year": "credit_year_range"}),
    ({"credit_year": "2023"}, {"/credit_year": "not_an_integer"}),
    ({"credit_year": 2023.5}, {"/credit_year": "not_an_integer"}),
    ({"credit_year": 2023, "completed_on": "2025-01-01"}, {"/credit_year": "credit_year_mismatch"}),
    ({"credit_year": 2023, "completed_on": "2022-12-31"}, {"/credit_year": "credit_year_mismatch"}),
    ({"credit_year": 2026, "completed_on": "2026-12-31"}, {"/completed_on": "completed_in_future"}),
    ({"completed_on": "2023-02-29"}, {"/completed_on": "invalid_day"}),
    ({"completed_on": "2023-2-9"}, {"/completed_on": "invalid_day"}),
    ({"completed_on": 20230504}, {"/completed_on": "invalid_day"}),
    (
        {"person": {**person(), "id_number": "360426199101010072"}},
        {"/person/id_number": "id_number_check_digit"},
    ),
    (
        {"person": {**person(), "id_number": "331100199102290031"}},
        {"/person/id_number": "id_number_birth_date"},
    ),
    (
        {"person": {**person(), "id_number": "330500209912310011"}},
        {"/person/id_number": "id_number_birth_date"},
    ),
    (
        {"person": {**person(), "id_number": int(resident_id(100)[:17])}},
        {"/person/id_number": "id_number_numeric"},
    ),
    ({"person": {**person(), "id_number": "1" * 10_000}}, {"/person/id_number": "id_number_form"}),
    ({"person": {**person(), "id_type": "passport"}}, {"/person/id_type": "invalid_choice"}),
    ({"person": {**person(), "name": " "}}, {"/person/name": "blank"}),
    ({"person": {**person(), "name": "测\u0000试"}}, {"/person/name": "control_characters"}),
    ({"person": {**person(), "name": "测\u202e试"}}, {"/person/name": "control_characters"}),
    ({"subject": "sport"}, {"/subject": "unknown_subject"}),
    ({"subject": ["specialty"]}, {"/subject": "not_a_text"}),
    ({"division_code": "999999"}, {"/division_code": "unknown_division"}),
    ({"division_code": 331100}, {"/division_code": "not_a_text"}),
    ({"external_ref": ""}, {"/external_ref": "blank"}),
    ({"external_ref": "x" * 201}, {"/external_ref": "too_long"}),
    ({"course": {"code": "a\nb"}}, {"/course/code": "control_characters"}),
    ({"course": []}, {"/course": "not_an_object"}),
    ({"series": 7}, {"/series": "not_a_text"}),
]


def nothing_stored(provider: Caller) -> bool:
    entries: list[Any] = provider.get("/v1/entries").json["entries"]
    return entries == []


def test_entries(provider: Caller) -> None:
    for changes, faults in BAD_ENTRIES:
        answer = provider.post("/v1/entries", entry(**changes))
        refused(
            answer,
            422,
            "unknown_division" if set(faults.values()) == {"unknown_division"} else "invalid_request",
        )
        assert codes(answer) == faults, changes
        assert all(fault["detail"] for fault in answer.json["errors"])
    assert nothing_stored(provider)


def test_batches(provider: Caller) -> None:
    entries = [
        entry(f"R{index}", **changes) if "external_ref" not in changes else entry(**changes)
        for index, (changes, _) in enumerate(BAD_ENTRIES)
    ]
    results = provider.post("/v1/entries/batch", {"entries": entries}).json["results"]
    for index, (result, (_, faults)) in enumerate(zip(results, BAD_ENTRIES, strict=True)):
        assert result["result"] == "refused"
        told = {fault["pointer"]: fault["code"] for fault in result["problem"]["errors"]}
        assert told == {f"/entries/{index}{pointer}": code for pointer, code in faults.items()}
    assert nothing_stored(provider)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_evaluate(anyone: Caller) -> None:
    path = "/v1/policies/331100/evaluate"
    base = {"declaration_year": 2023, "level": "intermediate", "hours": []}
    row = {"year": 2023, "subject": "specialty", "hours": 1}
    bad: list[tuple[dict[str, Any], dict[str, str]]] = [
        *(({"hours": [row, {**row, "hours": hours}]}, {"/hours/1/hours": code}) for hours, code in BAD_HOURS),
        ({"hours": [{**row, "year": 1899}]}, {"/hours/0/year": "out_of_range"}),
        ({"hours": [{**row, "year": 2101}]}, {"/hours/0/year": "out_of_range"}),
        ({"hours": [{**row, "subject": "sport"}]}, {"/hours/0/subject": "unknown_subject"}),
        ({"hours": [{**row, "status": "lost"}]}, {"/hours/0/status": "invalid_choice"}),
        ({"hours": [{}]}, {"/hours/0/year": "required", "/hours/0/subject": "required", "/hours/0/hours": "required"}),
        ({"hours": [row] * 1001}, {"/hours": "too_many"}),
        ({"hours": {}}, {"/hours": "not_a_list"}),
        ({"person": document()}, {"/person": "unknown_field"}),
        ({"declaration_year": 1899}, {"/declaration_year": "out_of_range"}),
        ({"declaration_year": True}, {"/declaration_year": "not_an_integer"}),
        ({"level": "chief", "purpose": "fun", "reviewed_by": "me"}, {
            "/level": "invalid_choice", "/purpose": "invalid_choice", "/reviewed_by": "invalid_choice",
        }),
        ({"required_years": 41}, {"/required_years": "out_of_range"}),
        ({"tenure_start": 1900}, {"/tenure_start": "out_of_range"}),
        ({"division_code": "330500"}, {"/division_code": "division_differs"}),
        ({"division_code": 3}, {"/division_code": "division_differs"}),
    ]  # fmt: skip
    for changes, faults in bad:
        answer = anyone.post(path, {**base, **changes})
        refused(answer, 422, "invalid_request")
        assert codes(answer) == faults, changes


NOT_JSON = [
    b"", b"{", b"NaN", b'{"hours": NaN}', b'{"hours": Infinity}', b"\xff\xfe", b'"\\ud800"', b"[" * 5000,
    "﻿{}".encode(), "{}".encode("utf-16"), b"{'a': 1}", b'{"a": 1,}',
]  # fmt: skip
NOT_OBJECTS = [b"[]", b"null", b"1", b'"x"', b"true", b"1e400", b"[[]]"]


def test_bodies_that_are_not_json_or_no_object(provider: Caller, platform: Caller, anyone: Caller) -> None:
    doors = [
        (provider, "/v1/entries"),
        (provider, "/v1/entries/batch"),
        (provider, "/v1/entries/batch?atomic=true"),
        (platform, "/v1/eligibility"),
        (platform, "/v1/eligibility/batch"),
        (platform, "/v1/people/lookup"),
        (anyone, "/v1/policies/331100/evaluate"),
    ]
    for caller, path in doors:
        for data in NOT_JSON:
            refused(caller.post(path, data=data, content_type="application/json"), 400, "not_json")
        for data in NOT_OBJECTS:
            answer = caller.post(path, data=data, content_type="application/json")
            if data == b"1e400":
                assert answer.status_code in (400, 422)
            else:
                refused(answer, 422, "invalid_request")
                assert codes(answer) == {"": "not_an_object"}
    assert nothing_stored(provider)


def test_a_key_that_is_an_identity_number_is_not_repeated(provider: Caller, platform: Caller) -> None:
    number = resident_id(5)
    for answer in (
        provider.post("/v1/entries", entry(**{number: 1})),
        provider.post("/v1/entries/batch", {"entries": [entry(), {number: 1}]}),
        provider.get(f"/v1/entries?{number}=1"),
        platform.post("/v1/eligibility", question(**{f"x{number}": 1})),
        provider.get(f"/v1/people/{number}/transcript"),
        provider.get(f"/{number}"),
    ):
        assert number not in answer.text
        assert number[:17] not in answer.text


def test_texts_are_tidied(provider: Caller) -> None:
    sent = entry(
        "  R1 ", person=person(1, " 测试人\u3000"), series="cafe\u0301", course=None, certificate_no=None
    )
    answer = provider.post("/v1/entries", sent)
    assert answer.status_code == 201
    assert (answer.json["external_ref"], answer.json["series"]) == ("R1", "caf\u00e9")
    assert (
        provider.post("/v1/entries", {**sent, "external_ref": "R1", "series": "caf\u00e9"}).status_code == 200
    )
    rare = entry("R2", 2, person=person(2, "㐀𠮷·买买提"))
    assert provider.post("/v1/entries", rare).status_code == 201
