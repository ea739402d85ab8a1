"""Questions asked of the ledger."""

from collections.abc import Callable
from datetime import datetime, timedelta

from service.domain.zone import SHANGHAI
from tests.api.calls import Caller, Clock, codes, refused
from tests.api.people import document, entry, question, resident_id

ASK = "/v1/eligibility"


def register_good_years(provider: Caller, number: int = 1, years: tuple[int, ...] = (2022, 2023)) -> None:
    rows = [
        entry(f"{number}-{year}-{subject}", number, credit_year=year, subject=subject, hours=hours)
        for year in years
        for subject, hours in (("general_public", 12), ("industry_public", "6.0"), ("specialty", 72))
    ]
    results = provider.post("/v1/entries/batch", {"entries": rows}).json["results"]
    assert {result["result"] for result in results} == {"created"}


def test_from_registered_hours_to_an_answer(provider: Caller, platform: Caller) -> None:
    register_good_years(provider)
    answer = platform.post(ASK, question(required_years=2))
    assert answer.status_code == 200
    body = answer.json
    assert body["outcome"] == "eligible"
    assert body["person"]["known"] is True
    assert body["person"]["name_masked"] == "测**"
    assert body["person"]["id_number_masked"] == f"{resident_id(1)[:4]}**********{resident_id(1)[-4:]}"
    assert body["ledger"]["position"] == 6
    assert body["policy"]["digest"].startswith("sha256:")
    assert resident_id(1) not in answer.text
    by_id = platform.post(ASK, question(person={"person_id": body["person"]["person_id"]}, required_years=2))
    assert {**by_id.json, "as_of": ""} == {**body, "as_of": ""}


def test_a_reversal_is_seen_and_the_past_stays(provider: Caller, platform: Caller, clock: Clock) -> None:
    register_good_years(provider)
    moment = clock().isoformat()
    clock.now += timedelta(days=1)
    entry_id = provider.get("/v1/entries").json["entries"][0]["entry_id"]
    provider.post(f"/v1/entries/{entry_id}/reversal", {"reason": "falsified"})
    assert platform.post(ASK, question(required_years=2)).json["outcome"] == "not_eligible"
    past = platform.post(ASK, question(required_years=2, as_of=moment)).json
    assert (past["outcome"], past["ledger"]["position"]) == ("eligible", 6)


def test_somebody_the_ledger_never_saw(platform: Caller) -> None:
    body = platform.post(ASK, question(77)).json
    assert body["person"] == {
        "known": False,
        "person_id": None,
        "id_number_masked": f"{resident_id(77)[:4]}**********{resident_id(77)[-4:]}",
        "name_masked": None,
    }
    assert body["ledger"] == {"position": 0, "head": "sha256:" + "0" * 64}


def test_a_person_id_the_ledger_does_not_know(platform: Caller) -> None:
    answer = platform.post(ASK, question(person={"person_id": "0" * 13}))
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/person/person_id": "unknown_person"}


def test_only_one_way_to_name_a_person(platform: Caller) -> None:
    answer = platform.post(ASK, question(person={**document(), "person_id": "0" * 13}))
    assert codes(answer) == {"/person/id_type": "unknown_field", "/person/id_number": "unknown_field"}
    assert codes(platform.post(ASK, question(person={}))) == {
        "/person/id_type": "required",
        "/person/id_number": "required",
    }


def test_times_that_cannot_be(platform: Caller, clock: Clock) -> None:
    later = (clock.now + timedelta(days=1)).isoformat()
    answer = platform.post(ASK, question(as_of=later, tenure_start=2024, required_years=0))
    assert codes(answer) == {
        "/as_of": "as_of_in_future",
        "/tenure_start": "tenure_after_declaration",
        "/required_years": "out_of_range",
    }
    for moment in (
        "2023-09-30T23:59:59",
        "2023-09-30",
        "2023-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        1,
    ):
        assert codes(platform.post(ASK, question(as_of=moment))) == {"/as_of": "invalid_instant"}


def test_the_end_of_today_is_answered_for_now(provider: Caller, platform: Caller, clock: Clock) -> None:
    register_good_years(provider, 1)
    tonight = clock.now.astimezone(SHANGHAI).replace(hour=23, minute=59, second=59)
    answer = platform.post(ASK, question(1, required_years=2, as_of=tonight.isoformat())).json
    assert answer["person"]["known"]
    assert datetime.fromisoformat(answer["as_of"]) < tonight
    again = platform.post(ASK, question(1, required_years=2, as_of=answer["as_of"])).json
    assert again == answer


def test_a_batch_in_order(provider: Caller, platform: Caller) -> None:
    register_good_years(provider, 1)
    asked = [question(number, required_years=2) for number in (2, 1, 3, 1)]
    asked[2]["division_code"] = "330604"
    answers = platform.post(f"{ASK}/batch", {"questions": asked}).json["answers"]
    assert [answer["outcome"] for answer in answers] == [
        "not_eligible",
        "eligible",
        "undetermined",
        "eligible",
    ]
    assert [answer["person"]["known"] for answer in answers] == [False, True, False, True]


def test_one_faulty_question_refuses_the_batch(platform: Caller) -> None:
    asked = [question(), question(level="chief"), question(person={"person_id": "0" * 13})]
    answer = platform.post(f"{ASK}/batch", {"questions": asked})
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/questions/1/level": "invalid_choice"}
    answer = platform.post(f"{ASK}/batch", {"questions": [asked[0], asked[2]]})
    assert codes(answer) == {"/questions/1/person/person_id": "unknown_person"}
    for size, code in ((0, "too_few"), (1001, "too_many")):
        answer = platform.post(f"{ASK}/batch", {"questions": [question()] * size})
        assert codes(answer) == {"/questions": code}


def test_divisions_of_a_platform(caller: Callable[..., Caller]) -> None:
    lishui = caller("platform", "331100")
    assert lishui.post(ASK, question(division_code="331181")).status_code == 200
    refused(lishui.post(ASK, question(division_code="330500", level="x")), 403, "forbidden_division")
    asked = {"questions": [question(), question(division_code="330500")]}
    refused(lishui.post(f"{ASK}/batch", asked), 403, "forbidden_division")
    refused(lishui.post(ASK, question(division_code="110000")), 422, "unknown_division")
    refused(lishui.post(ASK, question(division_code="110000", level="x")), 422, "invalid_request")


def test_moments_far_away_and_very_precise(provider: Caller, platform: Caller) -> None:
    provider.post("/v1/entries", entry())
    moments = ("0001-01-02T00:00:00Z", "1899-12-31T23:59:59+08:00", "2023-09-30t23:59:59.123456789z")
    for moment in moments:
        answer = platform.post(ASK, question(as_of=moment))
        assert (answer.status_code, answer.json["ledger"]["position"]) == (200, 0), moment
