"""Every failure is one shape: every code raised once, and the order when several apply."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from api.app import create_app
from api.problems import STATUS
from service.context import Context
from service.signing import Signer
from service.store.database import Database
from service.wording.problems import ADVICE, DETAILS, TITLES
from tests.api.calls import Caller, Clock, refused
from tests.api.people import attestation, entry, person, question
from tests.api.test_imports import roster, upload

ENTRIES = "/v1/entries"
ON_THE_PAGES = {"already_decided", "form_expired", "sign_in_failed", "too_many_requests"}
"""Raised in tests/pages and tests/operations."""


def undone_import(provider: Caller) -> str:
    """The path of an import whose one entry was reversed by itself."""
    place = upload(provider, roster("60")).headers["Location"]
    (mine,) = [each for each in provider.get(ENTRIES).json["entries"] if each["external_ref"] == "ZS-0"]
    provider.post(f"{ENTRIES}/{mine['entry_id']}/reversal", {"reason": "other"})
    return place


def about_a_person(
    provider: Caller, authority: Caller, admin: Caller, clock: Clock
) -> dict[str, TestResponse]:
    """The refusals of a dispute and of an erasure."""
    entry_id = provider.post(ENTRIES, entry("D", 9)).json["entry_id"]
    path, said = f"{ENTRIES}/{entry_id}/disputes", {"text": "少了"}
    dispute = f"/v1/disputes/{authority.post(path, said).json['dispute_id']}"
    answers = {"dispute_open": authority.post(path, said)}
    provider.post(f"{dispute}/answer", said)
    answers["dispute_answered"] = provider.post(f"{dispute}/answer", said)
    authority.post(f"{dispute}/closing", {**said, "outcome": "upheld"})
    answers["dispute_closed"] = provider.post(f"{dispute}/answer", said)
    erasure, reason = f"/v1/people/{entry_id[:13]}/erasure", {"reason": "本人申请"}
    answers["retention_not_over"] = admin.post(erasure, reason)
    clock.now += timedelta(days=31 * 366)
    admin.post(erasure, reason)
    answers["already_erased"] = admin.post(erasure, reason)
    answers["person_erased"] = admin.post(f"/v1/people/{entry_id[:13]}/certificates")
    return answers


def about_a_certificate(provider: Caller, platform: Caller, context: Context) -> dict[str, TestResponse]:
    """The refusals of a certificate; of somebody erased, it is asked where the erasure is."""
    named = entry("N", 11, person=person(11, "测\U000323b0"))
    path = f"/v1/people/{provider.post(ENTRIES, named).json['person_id']}/certificates"
    without_keys = create_app(replace(context, signer=Signer({})))
    return {
        "unprintable_name": platform.post(path),
        "no_signing_key": Caller(without_keys, platform.key).post(path),
        "mistyped_code": platform.get("/v1/certificates/0000-0000-0000-0001"),
    }


def test_every_code_is_raised_by_something(
    provider: Caller,
    platform: Caller,
    authority: Caller,
    admin: Caller,
    anyone: Caller,
    caller: Callable[..., Caller],
    context: Context,
    clock: Clock,
) -> None:
    first = provider.post(ENTRIES, entry("A", course={"code": "C"}, series="建设工程")).json
    reversal = f"{ENTRIES}/{first['entry_id']}/reversal"
    answers = {
        "invalid_request": provider.post(ENTRIES, {}),
        "unknown_division": provider.post(ENTRIES, entry(division_code="990000")),
        "not_json": provider.post(ENTRIES, data=b"{", content_type="application/json"),
        "bad_request": provider.post("/v1/imports", data=b"x", content_type="multipart/form-data"),
        "unauthenticated": anyone.post(ENTRIES, entry()),
        "forbidden_role": platform.post(ENTRIES, entry()),
        "forbidden_division": caller("provider", "330500").post(ENTRIES, entry()),
        "not_found": anyone.get("/nowhere"),
        "method_not_allowed": provider.send("DELETE", ENTRIES),
        "not_acceptable": platform.get(
            f"/v1/people/{first['person_id']}/transcript", headers={"Accept": "image/png"}
        ),
        "payload_too_large": provider.post(ENTRIES, data=b" " * 2_000_001, content_type="application/json"),
        "unsupported_media_type": provider.post(ENTRIES, data=b"{}", content_type="text/plain"),
        "reference_conflict": provider.post(ENTRIES, entry("A", hours=1)),
        "duplicate_entry": provider.post(ENTRIES, entry("B", course={"code": "C"})),
        "name_mismatch": provider.post(ENTRIES, entry("B", person=person(1, "另一人"))),
        "atomic_batch_refused": provider.post(
            f"{ENTRIES}/batch?atomic=true", {"entries": [entry("A", hours=1)]}
        ),
    }
    decided = f"{ENTRIES}/{first['entry_id']}/recognition"
    authority.post(decided, {"outcome": "recognised"})
    late = {"outcome": "rejected", "reason": "重复", "after_seq": 1}
    answers["decided_meanwhile"] = authority.post(decided, late)
    transport = caller("authority", "331100", series=("交通工程",))
    answers["forbidden_series"] = transport.post(decided, {"outcome": "recognised"})
    assert provider.post(reversal, {"reason": "other"}).status_code == 201
    answers["already_reversed"] = provider.post(reversal, {"reason": "other"})
    answers["import_built_on"] = provider.post(f"{undone_import(provider)}/reversal")
    attested = transport.post("/v1/attestations", attestation()).json["attestation_id"]
    for _ in range(2):
        answers["already_withdrawn"] = transport.post(
            f"/v1/attestations/{attested}/withdrawal", {"reason": "有误"}
        )
    answers["forbidden_withdrawal"] = caller("authority", "331100").post(
        f"/v1/attestations/{attested}/withdrawal", {"reason": "有误"}
    )
    answers |= about_a_person(provider, authority, admin, clock)
    answers |= about_a_certificate(provider, platform, context)
    for code, answer in answers.items():
        refused(answer, STATUS[code], code)
    assert set(answers) | {"internal_error", "unavailable"} | ON_THE_PAGES == set(STATUS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_error_nobody_foresaw(
    context: Context, platform: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM 330500199001010011")

    monkeypatch.setattr("api.routes.eligibility.check_eligibility", fail)
    with caplog.at_level(logging.DEBUG):
        answer = Caller(create_app(context), platform.key).post("/v1/eligibility", question())
    refused(answer, 500, "internal_error")
    assert "SELECT" not in answer.text + caplog.text
    assert "Traceback" not in answer.text + caplog.text


def test_a_database_that_is_not_there(context: Context, platform: Caller, tmp_path: Path) -> None:
    if context.database.dialect_name == "postgresql":
        gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    else:
        gone = Database(f"sqlite:///{tmp_path}/gone/ledger.sqlite3")
        (tmp_path / "gone").rmdir()
    broken = Caller(create_app(replace(context, database=gone)), platform.key)
    for answer in (broken.post("/v1/eligibility", question()), broken.get("/readyz")):
        refused(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert broken.get("/healthz").status_code == 200
    assert (
        broken.post(
            "/v1/policies/331100/evaluate", {"declaration_year": 2023, "level": "junior", "hours": []}
        ).status_code
        == 200
    )


def test_the_order_when_several_apply(
    provider: Caller, platform: Caller, anyone: Caller, caller: Callable[..., Caller]
) -> None:
    huge, text = b"x" * 2_000_001, {"content_type": "text/plain"}
    entry_id = provider.post(ENTRIES, entry("A")).json["entry_id"]
    nowhere = f"{ENTRIES}/{'0' * 13}-1/reversal"
    refused(anyone.post(ENTRIES, data=huge, **text), 401, "unauthenticated")
    refused(Caller(anyone.app, "hl_wrong").send("DELETE", ENTRIES), 401, "unauthenticated")
    refused(platform.send("DELETE", ENTRIES), 403, "forbidden_role")
    refused(platform.post(ENTRIES, data=huge, **text), 403, "forbidden_role")
    refused(provider.post(nowhere, data=huge, **text), 404, "not_found")
    refused(provider.post(nowhere, data=huge, content_type="application/json"), 404, "not_found")
    refused(provider.post(nowhere, {"reason": 1}), 404, "not_found")
    refused(provider.post(ENTRIES, data=huge, **text), 415, "unsupported_media_type")
    refused(provider.post(ENTRIES, data=huge, content_type="application/json"), 413, "payload_too_large")
    refused(provider.post(f"{ENTRIES}?x=1", data=b"{", content_type="application/json"), 400, "not_json")
    elsewhere = caller("provider", "330500")
    refused(elsewhere.post(ENTRIES, entry("A", hours="x")), 403, "forbidden_division")
    refused(provider.post(ENTRIES, entry("A", hours="x")), 422, "invalid_request")
    refused(provider.post(f"{ENTRIES}/{entry_id}/reversal", {}), 422, "invalid_request")


def test_405_says_what_is_allowed(provider: Caller, anyone: Caller) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = provider.send(method, ENTRIES)
        refused(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    refused(anyone.post("/v1/policies", {}), 405, "method_not_allowed")
    answer = anyone.send("OPTIONS", ENTRIES)
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (
        200,
        {"GET", "HEAD", "OPTIONS", "POST"},
    )


def test_unauthenticated_says_how(anyone: Caller) -> None:
    for value in ("", "Bearer", "Bearer ", "Basic eDp5", "Bearer x y", "Bearer 测", "Bearer " + "x" * 5000):
        answer = anyone.get(ENTRIES, headers={"Authorization": value.encode().decode("latin-1")})
        refused(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_unknown_paths(anyone: Caller) -> None:
    for path in (
        "/v2",
        "/v1/",
        "/v1/entries/",
        "//v1/entries",
        "/v1/people/1",
        "/%2e%2e/etc",
        "/测",
        "/healthz/",
    ):
        refused(anyone.get(path), 404, "not_found")


def test_a_compressed_body_is_refused(provider: Caller) -> None:
    headers = {"Content-Encoding": "gzip"}
    refused(provider.post(ENTRIES, entry(), headers=headers), 415, "unsupported_media_type")
    latin = provider.post(ENTRIES, data=b"{}", content_type="application/json; charset=gbk")
    refused(latin, 415, "unsupported_media_type")


def test_every_code_has_words_and_a_page(anyone: Caller) -> None:
    assert set(STATUS) <= set(TITLES) & set(DETAILS) & set(ADVICE)
    for code in STATUS:
        pages = [anyone.speaking(language).get(f"/problems/{code}") for language in ("zh-CN", "en")]
        assert [page.status_code for page in pages] == [200, 200]
        assert pages[0].mimetype == "text/html"
        assert TITLES[code][0] in pages[0].text
        assert pages[0].text != pages[1].text
        assert "default-src 'none'" in pages[0].headers["Content-Security-Policy"]
    refused(anyone.get("/problems/nothing"), 404, "not_found")


def test_words_follow_the_language(anyone: Caller) -> None:
    chinese, english = anyone.get(ENTRIES), anyone.speaking("en").get(ENTRIES)
    assert (chinese.json["title"], english.json["title"]) == TITLES["unauthenticated"]
    assert "Accept-Language" in chinese.headers["Vary"]
    for odd in ("zh-TW", "*", "xx", ";;q=,", "en;q=0", "fr, zh;q=0.1"):
        assert anyone.speaking(odd).get(ENTRIES).headers["Content-Language"] == "zh-CN"
