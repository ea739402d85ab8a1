"""Evidence through the doors: for authorities of the place and admins; a file to be kept, never run."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from service.context import Context
from service.domain.entry import Entry
from service.domain.identifiers import encode_entry_id
from service.operations.register_own_entry import register_own_entry
from tests.api.calls import Caller, refused
from tests.api.people import entry
from tests.api.test_access_records import seen
from tests.operations.own import files, own_draft, signed_in


@pytest.fixture
def own(context: Context) -> Entry:
    stored = register_own_entry(context, signed_in(), own_draft(), files(2)).entry
    assert stored is not None
    return stored


def path_of(own: Entry) -> str:
    return f"/v1/entries/{encode_entry_id(own.person_id, own.seq)}"


def test_an_authority_lists_and_reads(authority: Caller, admin: Caller, own: Entry) -> None:
    shown = authority.get(path_of(own)).json
    assert (shown["self_registered"], shown["evidence"], shown["provider_id"]) == (True, 2, 0)
    (waiting,) = authority.get("/v1/recognitions/queue").json["entries"]
    assert (waiting["self_registered"], waiting["evidence"]) == (True, 2)
    listed = authority.get(f"{path_of(own)}/evidence").json["evidence"]
    assert [each["file_name"] for each in listed] == ["证书0.pdf", "证书1.pdf"]
    for each, sent in zip(listed, files(2), strict=True):
        answer = authority.get(f"/v1/evidence/{each['evidence_id']}")
        assert (answer.status_code, answer.content_type, answer.data) == (
            200,
            "application/pdf",
            sent.content,
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == (
            f"attachment; filename=\"evidence.pdf\"; filename*=UTF-8''{quote(sent.file_name)}"
        )
    purposes = [purpose for purpose, _, _ in seen(admin)]
    assert purposes == ["entries", "recognition", "evidence", "evidence", "evidence"]


def test_who_may_not(
    caller: Callable[..., Caller], provider: Caller, platform: Caller, admin: Caller, own: Entry
) -> None:
    evidence_id = admin.get(f"{path_of(own)}/evidence").json["evidence"][0]["evidence_id"]
    paths = (f"{path_of(own)}/evidence", f"/v1/evidence/{evidence_id}")
    elsewhere = caller("authority", "330500")
    for path in paths:
        for role in (provider, platform):
            refused(role.get(path), 403, "forbidden_role")
        refused(elsewhere.get(path), 403, "forbidden_division")
        assert caller("authority", "331100").get(path).status_code == 200
    for nowhere in ("/v1/evidence/x", f"/v1/evidence/{'0' * 13}", f"/v1/entries/{'0' * 13}-1/evidence"):
        refused(admin.get(nowhere), 404, "not_found")
        refused(admin.get(f"{nowhere}?x=1"), 404, "not_found")
    refused(elsewhere.get(f"{paths[1]}?x=1"), 403, "forbidden_division")
    refused(admin.get(f"{paths[1]}?x=1"), 422, "invalid_request")


def test_a_provider_does_not_meet_them(provider: Caller, own: Entry) -> None:
    refused(provider.get(path_of(own)), 404, "not_found")
    refused(provider.post(f"{path_of(own)}/reversal", {"reason": "other"}), 404, "not_found")
    provider.post("/v1/entries", entry())
    assert [each["evidence"] for each in provider.get("/v1/entries").json["entries"]] == [0]
