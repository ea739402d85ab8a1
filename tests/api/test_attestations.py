"""Attestations, integrity records, their withdrawal, and two persons who are one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.calls import Caller, Clock, codes, refused
from tests.api.people import attestation, entry, integrity_record, question, resident_id

ASK = "/v1/eligibility"
NOTES = [
    ("/v1/attestations", attestation, "attestation_id"),
    ("/v1/integrity-records", integrity_record, "integrity_record_id"),
]
Make = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(("path", "make", "name"), NOTES)
def test_said_once_said_again_withdrawn(
    authority: Caller, admin: Caller, path: str, make: Make, name: str
) -> None:
    first = authority.post(path, make())
    assert (first.status_code, first.json["withdrawn"]) == (201, None)
    again = authority.post(path, make())
    assert (again.status_code, again.headers["Idempotent-Replayed"], again.json) == (200, "true", first.json)
    assert admin.post(path, make()).status_code == 201  # another client's word is another
    assert authority.post(path, make(basis="别的依据")).status_code == 201
    withdrawal = f"{path}/{first.json[name]}/withdrawal"
    gone = authority.post(withdrawal, {"reason": "记错"})
    assert (gone.status_code, gone.json["withdrawn"]["reason"]) == (201, "记错")
    refused(authority.post(withdrawal, {"reason": "记错"}), 409, "already_withdrawn")
    anew = authority.post(path, make())
    assert (anew.status_code, anew.json[name] != first.json[name]) == (201, True)


@pytest.mark.parametrize(("path", "make", "name"), NOTES)
def test_who_and_where(
    authority: Caller, caller: Callable[..., Caller], path: str, make: Make, name: str
) -> None:
    elsewhere = caller("authority", "330500")
    refused(elsewhere.post(path, make()), 403, "forbidden_division")
    refused(elsewhere.post(path, make(basis=1)), 403, "forbidden_division")
    place = f"{path}/{authority.post(path, make()).json[name]}/withdrawal"
    refused(elsewhere.post(place, {"reason": "x"}), 403, "forbidden_division")
    refused(elsewhere.post(place, {}), 403, "forbidden_division")
    other = NOTES[0][0] if path != NOTES[0][0] else NOTES[1][0]
    refused(authority.post(place.replace(path, other), {"reason": "x"}), 404, "not_found")
    for wrong in ("1", "0" * 13 + "-1", place.split("/")[3][:-1] + "9"):
        refused(authority.post(f"{path}/{wrong}/withdrawal", {}), 404, "not_found")


@pytest.mark.parametrize(("path", "make", "name"), NOTES)
def test_the_person_is_known_or_named(
    authority: Caller, provider: Caller, path: str, make: Make, name: str
) -> None:
    document = {"id_type": "resident_id", "id_number": resident_id(1)}
    unnamed = refused(authority.post(path, make(person=document)), 422, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in unnamed["errors"]] == [("/person/name", "required")]
    person_id = provider.post("/v1/entries", entry()).json["person_id"]
    assert authority.post(path, make(person=document)).json["person_id"] == person_id
    assert authority.post(path, make(person={"person_id": person_id})).status_code == 200
    refused(authority.post(path, make(person={**document, "name": "别人"})), 409, "name_mismatch")
    stranger = authority.post(path, make(person={"person_id": "0" * 13}))
    assert codes(stranger) == {"/person/person_id": "unknown_person"}


def test_what_cannot_be(authority: Caller) -> None:
    wrong = authority.post("/v1/attestations", attestation(year=2027, met="yes", basis=" ", x=1))
    assert codes(wrong) == {
        "/year": "credit_year_range",
        "/met": "not_a_boolean",
        "/basis": "blank",
        "/x": "unknown_field",
    }
    for day in ("2026-11-21", "0001-01-01"):
        late = authority.post("/v1/integrity-records", integrity_record(entered_on=day))
        assert codes(late) == {"/entered_on": "day_out_of_range"}


def advisories(answer: Any) -> list[str]:
    return [each["code"] for each in answer.json["advisories"]]


def test_an_integrity_record_holds_and_an_earlier_answer_stays(
    authority: Caller, provider: Caller, platform: Caller, clock: Clock
) -> None:
    huzhou = {"division_code": "330500", "declaration_year": 2021}
    provider.post("/v1/entries", entry(division_code="330500", credit_year=2020))
    before = platform.post(ASK, question(**huzhou)).json
    record = authority.post("/v1/integrity-records", integrity_record(division_code="330500")).json
    held = platform.post(ASK, question(**huzhou))
    assert held.json["outcome"] == "undetermined"
    assert held.json["findings"][0]["code"] == "integrity_hold"
    assert "integrity_record" in advisories(held)
    again = platform.post(ASK, question(**huzhou, as_of=before["as_of"])).json
    assert again == before
    place = f"/v1/integrity-records/{record['integrity_record_id']}/withdrawal"
    assert authority.post(place, {"reason": "复核"}).status_code == 201
    free = platform.post(ASK, question(**huzhou)).json
    assert (free["outcome"], free["findings"]) == (before["outcome"], before["findings"])
    assert platform.post(ASK, question(**huzhou, as_of=held.json["as_of"])).json == held.json


def test_attestations_and_falsified_reversals_are_shown(
    authority: Caller, provider: Caller, platform: Caller
) -> None:
    sent = provider.post("/v1/entries", entry()).json
    authority.post("/v1/attestations", attestation(met=False))
    provider.post(f"/v1/entries/{sent['entry_id']}/reversal", {"reason": "falsified"})
    shown = advisories(platform.post(ASK, question()))
    assert {"attested_not_met", "falsified_reversal"} <= set(shown)


def test_two_persons_are_one(admin: Caller, provider: Caller, platform: Caller) -> None:
    a, b, c = (provider.post("/v1/entries", entry(f"R{n}", n)).json["person_id"] for n in (1, 2, 3))
    alone = platform.post(ASK, question(1)).json
    link = {"person_id": a, "other_person_id": b, "reason": "同一人"}
    first = admin.post("/v1/people/links", link)
    assert (first.status_code, set(first.json["person_ids"])) == (201, {a, b})
    again = admin.post("/v1/people/links", {**link, "person_id": b, "other_person_id": a})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    third = admin.post("/v1/people/links", {**link, "other_person_id": c})
    assert set(third.json["person_ids"]) == {a, b, c}
    answers = [platform.post(ASK, question(n)).json for n in (1, 2, 3)]
    assert [next(y for y in each["years"] if y["year"] == 2023)["hours"]["total"] for each in answers] == [
        216
    ] * 3
    # Each chain: an entry, and a link to each of the other two.
    assert len({(each["ledger"]["position"], each["ledger"]["head"]) for each in answers}) == 1
    assert answers[0]["ledger"]["position"] == 9
    assert platform.post(ASK, question(1, as_of=alone["as_of"])).json == alone
    transcript = platform.get(f"/v1/people/{b}/transcript").json
    assert {each["person_id"] for each in transcript["entries"]} == {a, b, c}
    assert transcript["years"][0]["subjects"]["specialty"]["registered"] == 216


def test_links_that_cannot_be(admin: Caller, provider: Caller) -> None:
    a = provider.post("/v1/entries", entry()).json["person_id"]
    path, nobody = "/v1/people/links", "0" * 13
    same = admin.post(path, {"person_id": a, "other_person_id": a, "reason": "x"})
    assert codes(same) == {"/other_person_id": "same_person"}
    unknown = admin.post(path, {"person_id": nobody, "other_person_id": "1" + nobody[1:], "reason": "x"})
    assert codes(unknown) == {"/person_id": "unknown_person", "/other_person_id": "unknown_person"}
