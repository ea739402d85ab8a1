"""Rosters by HTTP."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from tests.api.calls import Caller, Clock, codes, refused
from tests.api.people import resident_id

HEADER = (
    "证件类型,证件号码,姓名,区划代码,学习年度,科目类别,学时,系列,课程编号,课程名称,完成日期,证书编号,备注"
)


def roster(*hours: str, division: str = "331100") -> bytes:
    rows = [
        f"居民身份证,{resident_id(number)},测试人,{division},2023,专业,{each},,C-1,课程,2023-05-04,ZS-{number},"
        for number, each in enumerate(hours)
    ]
    return "\n".join([HEADER, *rows, ""]).encode()


def upload(caller: Caller, data: bytes, name: str = "roster.csv", **fields: str) -> TestResponse:
    form: dict[str, Any] = {"file": (io.BytesIO(data), name), **fields}
    return caller.post("/v1/imports", data=form)


def test_a_clean_roster_and_the_same_again(provider: Caller) -> None:
    answer = upload(provider, roster("60", "12.5"), layout="standard")
    assert answer.status_code == 201
    counts = {name: answer.json[name] for name in ("rows", "created", "replayed", "refused", "faults")}
    assert counts == {"rows": 2, "created": 2, "replayed": 0, "refused": 0, "faults": []}
    assert provider.get(answer.headers["Location"]).json == answer.json
    again = upload(provider, roster("60", "12.5")).json
    assert (again["created"], again["replayed"]) == (0, 2)


def test_faults_by_line_and_column(provider: Caller, caller: Callable[..., Caller]) -> None:
    answer = upload(provider, roster("60", "0", "x"))
    assert (answer.status_code, answer.json["created"], answer.json["refused"]) == (201, 0, 3)
    assert [(fault["line"], fault["column"]) for fault in answer.json["faults"]] == [(3, "学时"), (4, "学时")]
    assert all(fault["detail"] and fault["code"] for fault in answer.json["faults"])
    path = answer.headers["Location"]
    table = provider.speaking("en").get(f"{path}/faults.csv")
    assert table.mimetype == "text/csv"
    assert len(table.text.splitlines()) == 3
    assert resident_id(1) not in table.text + answer.text
    for other in (caller("provider"), caller("provider", "330500")):
        refused(other.get(path), 404, "not_found")
        refused(other.get(f"{path}/faults.csv"), 404, "not_found")
    for text in ("0" * 13, "x"):
        refused(provider.get(f"/v1/imports/{text}"), 404, "not_found")


def test_partial_and_dry_run(provider: Caller) -> None:
    dry = upload(provider, roster("60", "0"), partial="true", dry_run="true").json
    assert (dry["import_id"], dry["created"], dry["refused"]) == (None, 1, 1)
    assert provider.get("/v1/entries").json["entries"] == []
    real = upload(provider, roster("60", "0"), partial="true").json
    assert {**real, "import_id": None} == dry


def test_forms_that_are_wrong(provider: Caller, caller: Callable[..., Caller]) -> None:
    answer = upload(
        provider, roster("60"), layout="no such", dry_run="perhaps", colour="red", division_code="999999"
    )
    refused(answer, 422, "invalid_request")
    assert codes(answer) == {
        "/dry_run": "not_a_boolean",
        "/colour": "unknown_field",
        "/division_code": "unknown_division",
    }
    assert codes(upload(provider, roster("60"), layout="no such")) == {"/layout": "unknown_layout"}
    assert codes(provider.post("/v1/imports", data={"file": "text"}, content_type="multipart/form-data")) == {
        "/file": "not_a_file"
    }
    assert codes(provider.post("/v1/imports", data={"x": "1"}, content_type="multipart/form-data")) == {
        "/x": "unknown_field",
        "/file": "required",
    }
    refused(upload(provider, b"\x00\x01\x02" * 10), 422, "invalid_request")
    refused(upload(provider, b""), 422, "invalid_request")
    refused(
        upload(caller("provider", "330500"), roster("60"), division_code="331100"), 403, "forbidden_division"
    )
    refused(provider.post("/v1/imports", {"file": 1}), 415, "unsupported_media_type")
    refused(provider.post("/v1/imports", data=b"x", content_type="multipart/form-data"), 400, "bad_request")
    refused(upload(provider, b"x" * (16 * 1024 * 1024 + 1)), 413, "payload_too_large")
    refused(upload(provider, b"x" * (17 * 1024 * 1024)), 413, "payload_too_large")
    refused(upload(provider, b"x", layout="x" * 100_000), 413, "payload_too_large")


def test_a_corrected_file_replaces_and_an_import_is_undone(
    provider: Caller, caller: Callable[..., Caller]
) -> None:
    upload(provider, roster("60", "12.5"))
    conflict = upload(provider, roster("72", "12.5")).json
    assert [fault["code"] for fault in conflict["faults"]] == ["reference_conflict"]
    answer = upload(provider, roster("72", "12.5"), correct="true")
    counts = {name: answer.json[name] for name in ("created", "corrected", "replayed", "refused")}
    assert counts == {"created": 0, "corrected": 1, "replayed": 1, "refused": 0}
    entries = provider.get("/v1/entries").json["entries"]
    said = {(each["external_ref"], each["hours"], each["status"]) for each in entries}
    assert said == {("ZS-0", 60, "reversed"), ("ZS-0#2", 72, "registered"), ("ZS-1", 12.5, "registered")}
    place = f"{answer.headers['Location']}/reversal"
    refused(caller("provider").post(place), 404, "not_found")
    undone = provider.post(place, {"reason": "other"})
    assert (undone.status_code, undone.json["reversed"]) == (201, 1)
    refused(provider.post(place), 409, "already_reversed")
    refused(provider.post(place, {"reason": "?"}), 422, "invalid_request")


def test_the_history_is_ones_own_newest_first_and_paged(
    provider: Caller, admin: Caller, caller: Callable[..., Caller], clock: Clock
) -> None:
    places = []
    for hours in ("60", "72", "0"):
        clock.now += timedelta(minutes=1)
        places.append(upload(provider, roster(hours), name=f"{hours}.csv").headers["Location"])
    upload(caller("provider"), roster("60", "60"), name="别家.csv")
    assert provider.post(f"{places[0]}/reversal").status_code == 201
    first = provider.get("/v1/imports?limit=2").json
    rest = provider.get(f"/v1/imports?limit=2&cursor={first['next_cursor']}").json
    listed = [*first["imports"], *rest["imports"]]
    assert [f"/v1/imports/{it['import_id']}" for it in listed] == places[::-1]
    assert [it["file_name"] for it in listed] == ["0.csv", "72.csv", "60.csv"]
    assert [(it["created"], it["refused"], it["faults_total"]) for it in listed] == [
        (0, 1, 1),
        (0, 1, 1),
        (1, 0, 0),
    ]
    assert [it["undone"] and it["undone"]["entries"] for it in listed] == [None, None, 1]
    assert rest["next_cursor"] is None
    assert len(admin.get("/v1/imports").json["imports"]) == 4
    refused(provider.get("/v1/imports?cursor=x"), 422, "invalid_request")
