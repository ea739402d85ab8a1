"""Sheets by HTTP: the template to fill in, and one's own sheet with its faults marked."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from tests.api.calls import Caller, codes, refused
from tests.api.people import resident_id
from tests.api.test_imports import roster

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def marked(caller: Caller, data: bytes, **fields: str) -> TestResponse:
    form: dict[str, Any] = {"file": (io.BytesIO(data), "名册.csv"), **fields}
    return caller.post("/v1/imports/marked", data=form)


def sheet_of(answer: TestResponse) -> Any:
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    assert answer.headers["Cache-Control"] == "no-store"
    return openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]


def test_the_template_needs_no_key(anyone: Caller) -> None:
    sheet = sheet_of(anyone.get("/v1/imports/template"))
    assert sheet["B1"].value == "*证件号码"
    named = sheet_of(anyone.get("/v1/imports/template?layout=lishui-register"))
    assert "*登记编号" not in [cell.value for cell in named[1]]
    assert "一般公需" in str([cell.value for cell in named[1]])
    refused(answer := anyone.get("/v1/imports/template?layout=standrad"), 422, "invalid_request")
    assert codes(answer) == {"/layout": "unknown_layout"}
    assert codes(anyone.get("/v1/imports/template?layout=xapi-statements")) == {"/layout": "not_a_sheet"}


def test_the_sheet_comes_back_marked_and_nothing_is_stored(provider: Caller) -> None:
    sheet = sheet_of(marked(provider, roster("60", "0", "12.5")))
    assert sheet["N1"].value == "需要更正"
    assert sheet["B3"].value == resident_id(1)
    assert sheet["N2"].value is None
    assert "学时" in sheet["N3"].value
    assert provider.get("/v1/entries").json["entries"] == []
    english = sheet_of(marked(provider.speaking("en"), roster("0")))
    assert english["N1"].value == "To be corrected"


def test_what_the_ledger_knows_is_marked_too(provider: Caller) -> None:
    provider.post("/v1/imports", data={"file": (io.BytesIO(roster("60")), "r.csv")})
    changed = roster("61")
    assert "以前登记过" in sheet_of(marked(provider, changed))["N2"].value
    assert sheet_of(marked(provider, changed, correct="true"))["N2"].value is None


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"layout": "none"}, {"/layout": "unknown_layout"}),
        ({"layout": "xapi-statements"}, {"/layout": "not_a_sheet"}),
        ({"dry_run": "true"}, {"/dry_run": "unknown_field"}),
    ],
)
def test_wrong_forms(provider: Caller, fields: dict[str, str], fault: dict[str, str]) -> None:
    assert codes(marked(provider, roster("60"), **fields)) == fault


def test_who_may(provider: Caller, caller: Callable[..., Caller]) -> None:
    assert codes(marked(provider, b"")) == {"/file": "file_empty"}
    refused(
        marked(caller("provider", "330500"), roster("60"), division_code="331100"), 403, "forbidden_division"
    )
    refused(marked(caller("admin"), roster("60")), 403, "forbidden_role")


def test_faults_say_what_was_typed_and_what_belongs_there(provider: Caller) -> None:
    data = roster("１２学时").replace(resident_id(0).encode(), resident_id(0)[:-1].encode() + b"0" + b"1")
    answer = provider.post("/v1/imports", data={"file": (io.BytesIO(data), "r.csv"), "dry_run": "true"}).json
    number, hours = answer["faults"]
    assert number["value"].startswith(resident_id(0)[:4] + "***")
    assert resident_id(0)[:10] not in str(answer)
    assert number["suggestion"] is None
    assert "18位" in number["expected"]
    assert (hours["value"], hours["suggestion"]) == ("１２学时", "12")
    assert [note["code"] for note in answer["notes"]] == ["text_read", "header_found"]
