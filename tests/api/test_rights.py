"""A person's rights by HTTP: disputes, export, erasure."""

from collections.abc import Callable
from datetime import timedelta

from tests.api.calls import Caller, Clock, codes, refused
from tests.api.people import document, entry, question, resident_id


def test_a_dispute(provider: Caller, authority: Caller, admin: Caller) -> None:
    made = provider.post("/v1/entries", entry()).json
    path = f"/v1/entries/{made['entry_id']}/disputes"
    opened = authority.post(path, {"text": "应为 84 学时"})
    assert (opened.status_code, opened.json["status"]) == (201, "open")
    place = opened.headers["Location"]
    assert opened.json["answer"] is None
    twice = refused(admin.post(path, {"text": "再次"}), 409, "dispute_open")
    assert twice["existing_dispute_id"] == opened.json["dispute_id"]
    answered = provider.post(f"{place}/answer", {"text": "签到记录为 72 学时"})
    assert (answered.status_code, answered.json["status"]) == (201, "answered")
    closed = authority.post(f"{place}/closing", {"text": "以签到记录为准", "outcome": "rejected"})
    assert closed.status_code == 201
    read = provider.get(place).json
    assert read == closed.json
    assert [read[name]["text"] for name in ("opening", "answer", "closing")] == [
        "应为 84 学时",
        "签到记录为 72 学时",
        "以签到记录为准",
    ]
    assert read["closing"]["outcome"] == "rejected"
    assert read["entry_id"] == made["entry_id"]
    for query in ("", "?status=closed", f"?entry_id={made['entry_id']}", "?limit=1"):
        assert provider.get(f"/v1/disputes{query}").json == {"disputes": [read], "next_cursor": None}
    assert provider.get("/v1/disputes?status=open").json["disputes"] == []


def test_who_may_dispute_answer_and_close(
    provider: Caller, authority: Caller, caller: Callable[..., Caller]
) -> None:
    made = provider.post("/v1/entries", entry()).json
    path = f"/v1/entries/{made['entry_id']}/disputes"
    refused(provider.post(path, {"text": "x"}), 403, "forbidden_role")
    refused(caller("authority", "330400").post(path, {"text": "x"}), 403, "forbidden_division")
    refused(authority.post(f"/v1/entries/{'0' * 13}-1/disputes", {"text": 1}), 404, "not_found")
    place = authority.post(path, {"text": "少了"}).headers["Location"]
    refused(caller("provider").get(place), 404, "not_found")
    refused(caller("provider").post(f"{place}/answer", {"text": "x"}), 404, "not_found")
    refused(provider.post(f"{place}/closing", {"text": "x", "outcome": "upheld"}), 403, "forbidden_role")
    refused(authority.get("/v1/disputes/x"), 404, "not_found")
    faulty = authority.post(f"{place}/closing", {"text": " ", "outcome": "both"})
    assert codes(faulty) == {"/text": "blank", "/outcome": "invalid_choice"}
    assert codes(authority.get("/v1/disputes?entry_id=1&cursor=x&status=y")) == {
        "/entry_id": "invalid_entry_id",
        "/status": "invalid_choice",
    }
    assert codes(authority.get("/v1/disputes?cursor=x")) == {"/cursor": "invalid_cursor"}


def test_no_identity_number_is_kept_in_what_is_said(provider: Caller, authority: Caller) -> None:
    made = provider.post("/v1/entries", entry()).json
    path = f"/v1/entries/{made['entry_id']}/disputes"
    answer = authority.post(path, {"text": f"证件号{resident_id(1)}的学时有误"})
    assert codes(answer) == {"/text": "id_number_in_text"}
    assert resident_id(1) not in answer.text


def test_export(
    provider: Caller, platform: Caller, authority: Caller, admin: Caller, caller: Callable[..., Caller]
) -> None:
    first = provider.post("/v1/entries", entry("A")).json
    provider.post("/v1/entries", entry("B", hours=5))
    provider.post(f"/v1/entries/{first['entry_id']}/reversal", {"reason": "wrong_hours", "note": "录入有误"})
    determination = platform.post("/v1/determinations", question()).json
    authority.post(f"/v1/entries/{first['entry_id']}/disputes", {"text": "少了"})
    path = f"/v1/people/{first['person_id']}/export"
    answer = admin.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    export = answer.json
    (person,) = export["people"]
    assert (person["name"], person["documents"]) == ("测试人", [document(1)])
    histories = [[fact["kind"] for fact in each["history"]] for each in person["entries"]]
    assert histories == [["registration", "reversal"], ["registration"]]
    assert person["entries"][0]["history"][1]["note"] == "录入有误"
    assert person["ledger"]["position"] == 3
    assert export["determinations"] == [determination]
    assert [dispute["status"] for dispute in export["disputes"]] == ["open"]
    assert authority.get(path).json["access_records"][-1]["purpose"] == "export"
    refused(caller("authority", "330400").get(path), 403, "forbidden_division")
    refused(platform.get(path), 403, "forbidden_role")
    refused(admin.get("/v1/people/x/export"), 404, "not_found")


def test_erasure(provider: Caller, platform: Caller, admin: Caller, clock: Clock) -> None:
    made = provider.post("/v1/entries", entry()).json
    given = platform.post("/v1/determinations", question())
    person = f"/v1/people/{made['person_id']}"
    too_early = refused(admin.post(f"{person}/erasure", {"reason": "本人申请"}), 409, "retention_not_over")
    assert too_early["erasable_on"] == "2056-11-20"
    clock.now += timedelta(days=31 * 366)
    erased = admin.post(f"{person}/erasure", {"reason": "本人申请"})
    assert (erased.status_code, erased.json["person_id"]) == (201, made["person_id"])
    refused(admin.post(f"{person}/erasure", {"reason": "再次"}), 409, "already_erased")

    refused(platform.post("/v1/people/lookup", document()), 404, "not_found")
    assert platform.post("/v1/eligibility", question()).json["person"]["known"] is False
    transcript = platform.get(f"{person}/transcript").json
    assert transcript["person"] == {
        "person_id": made["person_id"],
        "id_number_masked": None,
        "name_masked": None,
    }
    assert len(transcript["entries"]) == 1
    kept = platform.get(given.headers["Location"]).json
    nobody = {"id_number_masked": None, "name_masked": None}
    assert kept == {**given.json, "person": {**given.json["person"], **nobody}}
    assert platform.get(f"{given.headers['Location']}/replay").json["same"] is True
    refused(admin.post("/v1/people/x/erasure", {}), 404, "not_found")
    assert codes(admin.post(f"{person}/erasure", {})) == {"/reason": "required"}
