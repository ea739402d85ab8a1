"""Finding people and reading their transcripts."""

import csv
import io

from tests.api.calls import Caller, codes, refused
from tests.api.people import document, entry, resident_id


def test_lookup(provider: Caller, platform: Caller, authority: Caller) -> None:
    person_id = provider.post("/v1/entries", entry()).json["person_id"]
    for caller in (platform, authority):
        answer = caller.post("/v1/people/lookup", document())
        assert (answer.status_code, answer.json) == (200, {"person_id": person_id})
    spaced = {"id_type": "resident_id", "id_number": f" {resident_id(1)[:6]} {resident_id(1)[6:].lower()}"}
    assert platform.post("/v1/people/lookup", spaced).json == {"person_id": person_id}
    refused(platform.post("/v1/people/lookup", document(2)), 404, "not_found")
    refused(platform.post("/v1/people/lookup", {"id_number": 1}), 422, "invalid_request")


def test_transcript(provider: Caller, platform: Caller) -> None:
    first = provider.post("/v1/entries", entry("A", hours=60.5)).json
    provider.post("/v1/entries", entry("B", credit_year=2022, subject="public", hours=18))
    gone = provider.post("/v1/entries", entry("C", hours=3)).json
    provider.post(f"/v1/entries/{gone['entry_id']}/reversal", {"reason": "other"})
    path = f"/v1/people/{first['person_id']}/transcript"
    answer = platform.get(path)
    body = answer.json
    assert body["person"]["name_masked"] == "测**"
    assert resident_id(1) not in answer.text
    nothing = {"registered": 0, "self_registered": 0, "recognised": 0, "rejected": 0}
    assert body["years"] == [
        {"year": 2022, "subjects": {"public": {**nothing, "registered": 18}}},
        {"year": 2023, "subjects": {"specialty": {**nothing, "registered": 60.5}}},
    ]
    assert [each["status"] for each in body["entries"]] == ["registered", "registered", "reversed"]
    assert body["ledger"]["position"] == 4
    one = platform.get(f"{path}?year=2022").json
    assert [each["external_ref"] for each in one["entries"]] == ["B"]
    assert [each["year"] for each in one["years"]] == [2022]
    answer = platform.get(f"{path}?year=soon")
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {"/year": "not_an_integer"}
    for unknown in ("0" * 13, "x", "8" + "0" * 12):
        refused(platform.get(f"/v1/people/{unknown}/transcript?year=soon"), 404, "not_found")


def test_a_transcript_as_a_table_or_not_at_all(provider: Caller, platform: Caller) -> None:
    first = provider.post("/v1/entries", entry("A", hours=60.5, course={"title": "=1+1"})).json
    path = f"/v1/people/{first['person_id']}/transcript"
    answer = platform.get(path, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "Accept" in answer.headers["Vary"].split(", ")
    header, line = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert dict(zip(header, line, strict=True))["学时"] == "60.5"
    assert "'=1+1" in line
    assert resident_id(1) not in answer.text
    refused(platform.get(path, headers={"Accept": "image/png"}), 406, "not_acceptable")
    refused(platform.get(path, headers={"Accept": "text/csv;q=0, image/png"}), 406, "not_acceptable")
