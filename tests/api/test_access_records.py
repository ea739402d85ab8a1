"""Who looked at whom: every door through which a person is seen leaves its record."""

from datetime import timedelta

from service.context import Context
from tests.api.calls import Caller, Clock, codes
from tests.api.people import document, entry, question

RECORDS = "/v1/access-records"


def seen(admin: Caller, query: str = "") -> list[tuple[str, str | None, str]]:
    records = admin.get(f"{RECORDS}?limit=1000{query}").json["access_records"]
    return [(each["purpose"], each["person_id"], each["request_id"]) for each in records]


def test_every_door_leaves_its_record(
    provider: Caller, authority: Caller, platform: Caller, admin: Caller
) -> None:
    first = provider.post("/v1/entries", entry()).json
    person_id = first["person_id"]
    assert seen(admin) == []
    expected = []

    def ask(caller: Caller, method: str, path: str, purpose: str, body: object = None) -> None:
        request_id = f"request-{len(expected)}"
        answer = caller.send(method, path, json=body, headers={"X-Request-Id": request_id})
        assert answer.status_code == 200, answer.text
        expected.append((purpose, person_id, request_id))

    ask(platform, "POST", "/v1/eligibility", "eligibility", question())
    ask(platform, "POST", "/v1/eligibility", "eligibility", question(as_of="2026-11-20T09:00:00+08:00"))
    ask(platform, "POST", "/v1/eligibility/batch", "eligibility", {"questions": [question(), question()]})
    ask(platform, "GET", f"/v1/people/{person_id}/transcript", "transcript")
    ask(platform, "POST", "/v1/people/lookup", "lookup", document())
    ask(provider, "GET", "/v1/entries", "entries")
    ask(authority, "GET", f"/v1/entries/{first['entry_id']}", "entries")
    assert seen(admin) == expected
    assert seen(admin, f"&person_id={person_id}") == expected
    assert seen(admin, f"&person_id={'0' * 13}") == []


def test_a_document_nobody_has_is_recorded_without_it(platform: Caller, admin: Caller) -> None:
    platform.post("/v1/eligibility", question())
    assert platform.post("/v1/people/lookup", document()).status_code == 404
    answer = admin.get(RECORDS)
    assert [(each["purpose"], each["person_id"]) for each in answer.json["access_records"]] == [
        ("eligibility", None),
        ("lookup", None),
    ]
    assert document()["id_number"] not in answer.text


def test_what_shows_nothing_leaves_nothing(provider: Caller, platform: Caller, admin: Caller) -> None:
    first = provider.post("/v1/entries", entry()).json
    platform.get(f"/v1/people/{first['person_id']}/transcript?year=x")
    provider.post(f"/v1/entries/{first['entry_id']}/reversal", {})
    platform.post("/v1/eligibility", question(person={"person_id": "0" * 13}))
    assert seen(admin) == []


def test_pages_and_times(provider: Caller, platform: Caller, admin: Caller, clock: Clock) -> None:
    provider.post("/v1/entries", entry())
    for _ in range(5):
        platform.post("/v1/eligibility", question())
        clock.now += timedelta(hours=1)
    met, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{RECORDS}?limit=2{cursor and '&cursor=' + cursor}").json
        met += page["access_records"]
        cursor = page["next_cursor"]
    assert len(met) == 5
    since, until = met[1]["at"].replace("+", "%2B"), met[3]["at"].replace("+", "%2B")
    assert admin.get(f"{RECORDS}?from={since}&to={until}").json["access_records"] == met[1:3]
    assert codes(admin.get(f"{RECORDS}?cursor=x&from=now&limit=0")) == {
        "/from": "invalid_instant",
        "/limit": "out_of_range",
    }
    assert codes(admin.get(f"{RECORDS}?cursor=x")) == {"/cursor": "invalid_cursor"}


def test_the_answer_waits_for_its_record(platform: Caller, context: Context, admin: Caller) -> None:
    """What a question says of its moment is what the record says."""
    answer = platform.post("/v1/eligibility", question()).json
    (record,) = admin.get(RECORDS).json["access_records"]
    assert (record["as_of"], record["position"]) == (answer["as_of"], answer["ledger"]["position"])
