"""Registering, reading and reversing entries as the contract says."""

from collections.abc import Callable

from tests.api.calls import Caller, codes, refused
from tests.api.people import entry, person

EXAMPLE = {
    "external_ref": "ZJ-2023-00017",
    "person": {"id_type": "resident_id", "id_number": "330500199001010011", "name": "测试人"},
    "division_code": "331100",
    "credit_year": 2023,
    "subject": "specialty",
    "hours": 72,
    "series": "建设工程",
    "course": {"code": "JG-101", "title": "装配式建筑"},
    "completed_on": "2023-05-04",
}


def test_the_contract_s_example(provider: Caller) -> None:
    answer = provider.post("/v1/entries", EXAMPLE)
    assert answer.status_code == 201
    body = answer.json
    assert (body["status"], body["hours"], body["recognised_hours"]) == ("registered", 72, 0)
    assert body["entry_id"].startswith(body["person_id"])
    assert body["course"] == EXAMPLE["course"]
    assert body["completed_on"] == "2023-05-04"
    assert provider.get(answer.headers["Location"]).json == body
    assert "330500199001010011" not in answer.text


def test_sent_again_it_is_replayed(provider: Caller) -> None:
    first = provider.post("/v1/entries", EXAMPLE)
    again = provider.post("/v1/entries", {**EXAMPLE, "hours": "72.0"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json == first.json
    assert "Idempotent-Replayed" not in first.headers


def test_sent_again_with_other_content(provider: Caller) -> None:
    provider.post("/v1/entries", EXAMPLE)
    answer = provider.post("/v1/entries", {**EXAMPLE, "hours": 71.5, "credit_year": 2022})
    problem = refused(answer, 409, "reference_conflict")
    assert set(problem["fields"]) == {"hours", "credit_year"}


def test_the_same_course_twice(provider: Caller) -> None:
    first = provider.post("/v1/entries", entry("A", course={"code": "C"})).json
    answer = provider.post("/v1/entries", entry("B", course={"code": "C"}))
    assert refused(answer, 409, "duplicate_entry")["existing_entry_id"] == first["entry_id"]


def test_another_name_for_the_same_number(provider: Caller) -> None:
    provider.post("/v1/entries", entry("A"))
    answer = provider.post("/v1/entries", entry("B", person=person(1, "另一人")))
    refused(answer, 409, "name_mismatch")
    assert "测试人" not in answer.text


def test_a_trusted_feed_is_recognised_on_arrival(caller: Callable[..., Caller]) -> None:
    feed = caller("provider", "330500", feed_id="hzhret")
    sent = entry("A", division_code="330500", subject="general_public", hours=12.5)
    answer = feed.post("/v1/entries", sent)
    assert (answer.json["status"], answer.json["recognised_hours"]) == ("recognised", 12.5)
    assert feed.post("/v1/entries", entry("B", division_code="330500")).json["status"] == "registered"


def test_pages_of_entries(provider: Caller, caller: Callable[..., Caller]) -> None:
    sent = [entry(f"R{number}", number % 3) for number in range(7)]
    provider.post("/v1/entries/batch", {"entries": sent})
    seen, path = [], "/v1/entries?limit=3"
    while path:
        page = provider.get(path).json
        assert len(page["entries"]) <= 3
        seen += [item["external_ref"] for item in page["entries"]]
        path = page["next_cursor"] and f"/v1/entries?limit=3&cursor={page['next_cursor']}"
    assert sorted(seen) == sorted(item["external_ref"] for item in sent)
    one = provider.get(
        f"/v1/entries?person_id={page['entries'][0]['person_id']}&credit_year=2023&status=registered"
    )
    assert {item["person_id"] for item in one.json["entries"]} == {page["entries"][0]["person_id"]}
    assert caller("provider").get("/v1/entries").json == {"entries": [], "next_cursor": None}
    assert len(caller("authority", "331100").get("/v1/entries").json["entries"]) == 7
    assert caller("authority", "330500").get("/v1/entries").json["entries"] == []


def test_a_faulty_query(provider: Caller) -> None:
    answer = provider.get(
        "/v1/entries?limit=0&status=lost&person_id=x&year=1&credit_year=2023&credit_year=2024"
    )
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {
        "/limit": "out_of_range",
        "/status": "invalid_choice",
        "/person_id": "invalid_person_id",
        "/year": "unknown_field",
        "/credit_year": "repeated",
    }
    refused(provider.get("/v1/entries?cursor=nonsense"), 422, "invalid_request")


def test_another_provider_s_entry_is_not_there(provider: Caller, caller: Callable[..., Caller]) -> None:
    entry_id = provider.post("/v1/entries", EXAMPLE).json["entry_id"]
    other = caller("provider")
    refused(other.get(f"/v1/entries/{entry_id}"), 404, "not_found")
    refused(other.post(f"/v1/entries/{entry_id}/reversal", {"reason": "other"}), 404, "not_found")
    refused(other.post(f"/v1/entries/{entry_id}/reversal", {"reason": "no such"}), 404, "not_found")


def test_reversal(provider: Caller) -> None:
    path = "/v1/entries/" + provider.post("/v1/entries", EXAMPLE).json["entry_id"]
    answer = provider.post(f"{path}/reversal", {"reason": "wrong_hours", "note": "少了一天"})
    assert (answer.status_code, answer.json["status"]) == (201, "reversed")
    assert provider.get(path).json == answer.json
    refused(provider.post(f"{path}/reversal", {"reason": "wrong_hours"}), 409, "already_reversed")


def test_reversal_asks_for_a_reason_of_the_list(provider: Caller) -> None:
    path = "/v1/entries/" + provider.post("/v1/entries", EXAMPLE).json["entry_id"]
    answer = provider.post(f"{path}/reversal", {"reason": "mood", "remark": 1})
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/reason": "invalid_choice", "/remark": "unknown_field"}


def test_an_authority_reverses_in_its_divisions_only(provider: Caller, caller: Callable[..., Caller]) -> None:
    entry_id = provider.post("/v1/entries", EXAMPLE).json["entry_id"]
    answer = caller("authority", "330500").post(f"/v1/entries/{entry_id}/reversal", {"reason": "falsified"})
    assert answer.status_code in (403, 404)
    answer = caller("authority", "331100").post(f"/v1/entries/{entry_id}/reversal", {"reason": "falsified"})
    assert answer.status_code == 201


def test_ids_that_cannot_be_are_not_found(provider: Caller) -> None:
    for text in ("x", "0" * 13, "0" * 13 + "-0", "0" * 13 + "-1", "%00", "测", "0" * 13 + "-" + "9" * 9):
        refused(provider.get(f"/v1/entries/{text}"), 404, "not_found")
