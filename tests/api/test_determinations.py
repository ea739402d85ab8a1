"""Determinations by HTTP: kept, fetched as given, computed again."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.calls import Caller, Clock, refused
from tests.api.people import entry, question, resident_id

PATH = "/v1/determinations"


def test_the_answer_of_eligibility_kept(provider: Caller, platform: Caller, clock: Clock) -> None:
    provider.post("/v1/entries", entry())
    asked = question(as_of=clock.now.isoformat())
    made = platform.post(PATH, asked)
    assert made.status_code == 201
    assert made.headers["Location"] == f"{PATH}/{made.json['determination_id']}"
    answer = platform.post("/v1/eligibility", asked).json
    told = {name: value for name, value in made.json.items() if name not in ("determination_id", "given_at")}
    assert told == answer


def test_the_same_bytes_for_ever(provider: Caller, platform: Caller) -> None:
    entry_id = provider.post("/v1/entries", entry()).json["entry_id"]
    made = platform.speaking("en").post(PATH, question())
    provider.post(f"/v1/entries/{entry_id}/reversal", {"reason": "falsified"})
    path = made.headers["Location"]
    # In the language it was given in, whoever reads it now.
    assert platform.speaking("zh-CN").get(path).data == made.data
    replay = platform.get(f"{path}/replay").json
    assert replay["same"] is True
    assert replay["differences"] == []
    assert replay["changed"] == {"policy_file": False, "engine": False, "ledger": False}
    assert replay["engine"]["given"] == replay["engine"]["now"]
    assert replay["now"] == made.json


def test_the_moment_in_force_is_kept(provider: Caller, platform: Caller, clock: Clock) -> None:
    provider.post("/v1/entries", entry("A"))
    before = clock.now.isoformat()
    made = platform.post(PATH, question()).json
    assert made["as_of"] >= before
    provider.post("/v1/entries", entry("B", hours=5))
    same = platform.post("/v1/eligibility", question(as_of=made["as_of"])).json
    assert same["ledger"] == made["ledger"]
    earlier = platform.post(PATH, question(as_of="2020-01-01T00:00:00+08:00")).json
    assert (earlier["person"]["known"], earlier["ledger"]["position"]) == (True, 0)
    assert platform.get(f"{PATH}/{earlier['determination_id']}/replay").json["same"] is True


def test_who_may_fetch_it(provider: Caller, platform: Caller, caller: Callable[..., Caller]) -> None:
    provider.post("/v1/entries", entry())
    path = platform.post(PATH, question()).headers["Location"]
    for place in (path, f"{path}/replay"):
        for reader in (platform, caller("admin"), caller("authority", "331100")):
            assert reader.get(place).status_code == 200
        refused(caller("platform").get(place), 404, "not_found")
        refused(caller("authority", "330400").get(place), 403, "forbidden_division")
        refused(provider.get(place), 403, "forbidden_role")
    for unknown in ("0" * 13, "x"):
        refused(platform.get(f"{PATH}/{unknown}"), 404, "not_found")


@pytest.mark.parametrize("changes", [{}, {"division_code": "330500", "committee": "12", "reviewed_by": None}])
def test_no_number_leaves(platform: Caller, provider: Caller, changes: dict[str, Any]) -> None:
    provider.post("/v1/entries", entry())
    for number in (1, 2):
        asked = {name: value for name, value in question(number, **changes).items() if value is not None}
        made = platform.post(PATH, asked)
        if made.status_code != 201:
            assert made.json["errors"]
            continue
        answers = [
            made,
            platform.get(made.headers["Location"]),
            platform.get(f"{made.headers['Location']}/replay"),
        ]
        assert not any(resident_id(number) in answer.text for answer in answers)


def test_faults_are_those_of_a_question(platform: Caller, caller: Callable[..., Caller]) -> None:
    refused(platform.post(PATH, {}), 422, "invalid_request")
    refused(platform.post(PATH, question(division_code="990000")), 422, "unknown_division")
    refused(platform.post(PATH, question(person={"person_id": "0" * 13})), 422, "invalid_request")
    refused(caller("platform", "330400").post(PATH, question()), 403, "forbidden_division")


def test_it_leaves_access_records(provider: Caller, platform: Caller, admin: Caller) -> None:
    person_id = provider.post("/v1/entries", entry()).json["person_id"]
    path = platform.post(PATH, question()).headers["Location"]
    platform.get(path)
    platform.get(f"{path}/replay")
    purposes = [
        record["purpose"] for record in admin.get(f"/v1/people/{person_id}/export").json["access_records"]
    ]
    assert purposes.count("determination") == 3
