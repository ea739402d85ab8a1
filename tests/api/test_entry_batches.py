"""Batches of entries: one bad entry does not stop the others; with ``atomic`` all or none."""

from collections.abc import Callable
from typing import Any

from tests.api.calls import Caller, codes, refused
from tests.api.people import entry, person

BATCH = "/v1/entries/batch"


def count(caller: Caller) -> int:
    return len(caller.get("/v1/entries?limit=1000").json["entries"])


def mixed() -> list[Any]:
    return [
        entry("A", 1, course={"code": "C"}),
        entry("B", 2, hours=0),
        entry("A", 1, course={"code": "C"}),
        entry("C", 1, course={"code": "C"}),
        "not an entry",
        entry("D", 3, division_code="330500"),
        entry("E", 3, division_code="330500", hours=-1),
        entry("F", 1, person=person(1, "另一人")),
    ]


def test_each_item_has_its_own_result(caller: Callable[..., Caller]) -> None:
    provider = caller("provider", "331100")
    answer = provider.post(BATCH, {"entries": mixed()})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [result["index"] for result in results] == list(range(8))
    assert [result["external_ref"] for result in results] == ["A", "B", "A", "C", None, "D", "E", "F"]
    told = [result.get("problem", {}).get("code", result["result"]) for result in results]
    assert told == [
        "created",
        "invalid_request",
        "replayed",
        "duplicate_entry",
        "invalid_request",
        "forbidden_division",
        "forbidden_division",
        "name_mismatch",
    ]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/entries/1/hours"
    assert results[4]["problem"]["errors"][0]["pointer"] == "/entries/4"
    assert results[3]["problem"]["existing_entry_id"] == results[0]["entry_id"] == results[2]["entry_id"]
    assert count(provider) == 1


def test_atomic_tells_every_fault_of_every_item(provider: Caller) -> None:
    sent = [entry("A"), entry("B", 2, hours=0, subject="x"), entry("C", 3, credit_year=1899)]
    answer = provider.post(f"{BATCH}?atomic=true", {"entries": sent})
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {
        "/entries/1/hours": "hours_out_of_range",
        "/entries/1/subject": "unknown_subject",
        "/entries/2/credit_year": "credit_year_range",
    }
    assert count(provider) == 0


def test_atomic_refuses_the_good_with_the_conflicting(provider: Caller) -> None:
    sent = [entry("A", course={"code": "C"}), entry("B", course={"code": "C"}), entry("C", 2)]
    problem = refused(provider.post(f"{BATCH}?atomic=true", {"entries": sent}), 409, "atomic_batch_refused")
    assert [result["problem"]["code"] for result in problem["results"]] == [
        "atomic_batch_refused",
        "duplicate_entry",
        "atomic_batch_refused",
    ]
    assert count(provider) == 0
    sent[1]["course"] = {"code": "D"}
    answer = provider.post(f"{BATCH}?atomic=true", {"entries": sent})
    assert [result["result"] for result in answer.json["results"]] == ["created"] * 3
    again = provider.post(f"{BATCH}?atomic=1", {"entries": sent})
    assert [result["result"] for result in again.json["results"]] == ["replayed"] * 3


def test_atomic_outside_the_divisions(caller: Callable[..., Caller]) -> None:
    provider = caller("provider", "331100")
    refused(provider.post(f"{BATCH}?atomic=true", {"entries": mixed()}), 403, "forbidden_division")
    assert count(provider) == 0


def test_limits(provider: Caller) -> None:
    for entries, code in (
        ([], "too_few"),
        ([entry()] * 1001, "too_many"),
        ("x", "not_a_list"),
        (None, "null_not_allowed"),
    ):
        answer = provider.post(BATCH, {"entries": entries})
        refused(answer, 422, "invalid_request")
        assert codes(answer) == {"/entries": code}
    assert codes(provider.post(f"{BATCH}?atomic=perhaps", {"entries": [entry()]})) == {
        "/atomic": "not_a_boolean"
    }
    assert count(provider) == 0


def test_a_thousand(provider: Caller) -> None:
    sent = [entry(f"R{number}", number % 100) for number in range(1000)]
    answer = provider.post(BATCH, {"entries": sent})
    assert [result["result"] for result in answer.json["results"]] == ["created"] * 1000
    assert count(provider) == 1000
