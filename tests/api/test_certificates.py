"""Certificates by HTTP: issued, printed, verified by anyone."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from werkzeug.test import TestResponse

from api.app import create_app
from api.paper.seal import verify_claim, verify_file
from service.context import Context
from service.signing import BadSignature, KeyRing, Signer, read_key_ring
from tests.api.calls import Caller, Clock, codes, refused
from tests.api.people import entry, person, question, resident_id

PDF = {"Accept": "application/pdf"}
ASKED = {"question": {name: value for name, value in question().items() if name != "person"}}


@pytest.fixture
def person_id(provider: Caller) -> str:
    """Of a person with rare characters in the name."""
    for number, hours in enumerate((72, 18.5)):
        sent = entry(f"A{number}", hours=hours, person=person(1, "㐀𠮷"), course={"title": f"课程{number}😀"})
        made: str = provider.post("/v1/entries", sent).json["person_id"]
    return made


def paths(person_id: str) -> tuple[str, str]:
    return f"/v1/people/{person_id}/certificates", f"/v1/people/{person_id}/transcript"


def text_of(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf"
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def public_keys(anyone: Caller) -> KeyRing:
    answer = anyone.get("/.well-known/jwks.json?x=1")
    assert "max-age" in answer.headers["Cache-Control"]
    return read_key_ring(answer.text)


def test_the_paper(person_id: str, platform: Caller, anyone: Caller) -> None:
    issue, transcript = paths(person_id)
    answer = platform.get(transcript, headers=PDF)
    assert answer.status_code == 200
    text = text_of(answer)
    for told in (
        "㐀𠮷",
        "3311**********",
        person_id,
        "2026 年 11 月 20 日",
        "72",
        "18.5",
        "provider 1",
        "课程0〓",
    ):
        assert told.replace(" ", "") in text.replace(" ", ""), told
    assert "〓 代表字库中没有的字符" in text
    assert resident_id(1) not in text
    issued = platform.post(issue)
    assert (issued.status_code, issued.headers["Idempotent-Replayed"]) == (200, "true")
    assert issued.json["code"] in text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{issued.json["code"]}.pdf"'
    assert answer.headers["Vary"] == "Accept, Accept-Language"
    found = verify_file(answer.data, public_keys(anyone))
    assert found == verify_claim(issued.json["claim"], public_keys(anyone))
    assert (found.claim["name"], found.claim["code"]) == ("㐀*", issued.json["code"])


def test_the_same_request_the_same_bytes(
    person_id: str, platform: Caller, provider: Caller, clock: Clock
) -> None:
    issue, transcript = paths(person_id)
    first = platform.get(transcript, headers=PDF).data
    clock.now += timedelta(hours=6)
    assert platform.get(transcript, headers=PDF).data == first
    assert platform.post(issue, headers=PDF).data == first
    english = platform.speaking("en").get(transcript, headers=PDF)
    assert "Certificate of Continuing Education Hours" in text_of(english)
    assert platform.speaking("en").post(issue, {}, headers=PDF).data == english.data != first
    assert platform.get(f"{transcript}?year=2023", headers=PDF).data != first
    provider.post("/v1/entries", entry("B", person=person(1, "㐀𠮷")))
    assert platform.get(transcript, headers=PDF).data != first


def test_an_outcome_on_it(person_id: str, platform: Caller, caller: Callable[..., Caller]) -> None:
    issue, _ = paths(person_id)
    made = platform.post(issue, ASKED)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/certificates/{made.json['code']}"
    assert made.json["outcome"] == "not_eligible"
    text = text_of(platform.post(issue, ASKED, headers=PDF))
    for told in ("不能申报", "丽人社函〔2023〕45", "丽水市", "中级", "2023 年总学时"):
        assert told.replace(" ", "") in text.replace(" ", ""), told
    found = platform.get(made.headers["Location"]).json
    assert (found["outcome"]["then"], found["outcome"]["now"]) == ("not_eligible", "not_eligible")
    assert found["outcome"]["policy"]["id"] == "lishui-2023"
    answer = platform.post(
        issue, {"question": {"as_of": "2026-01-01T00:00:00Z", "level": "x"}, "year": 1, "more": 1}
    )
    assert codes(answer) == {
        "/question/as_of": "unknown_field",
        "/question/level": "invalid_choice",
        "/question/division_code": "required",
        "/question/declaration_year": "required",
        "/year": "out_of_range",
        "/more": "unknown_field",
    }
    answer = platform.post(issue, {"question": {**ASKED["question"], "committee": "999"}})
    assert codes(answer) == {"/question/committee": "unknown_committee"}
    refused(caller("platform", "330400").post(issue, ASKED), 403, "forbidden_division")


def test_anyone_verifies_it(person_id: str, platform: Caller, provider: Caller, anyone: Caller) -> None:
    issue, transcript = paths(person_id)
    made = platform.post(issue).json
    place = f"/v1/certificates/{made['code'].lower().replace('-', '')}"
    found = anyone.get(place)
    assert found.status_code == 200
    told = found.json
    assert (told["holds"], told["message"], told["objections"]) == (True, "仍然有效", [])
    transcript_told = platform.get(transcript).json
    assert told["person"]["name_masked"] == "㐀*"
    assert told["person"]["id_number_masked"] == transcript_told["person"]["id_number_masked"]
    assert told["years"] == told["years_now"] == transcript_told["years"]
    assert (told["claim"], told["entries"], told["position"]) == (made["claim"], 2, 2)
    for secret in (resident_id(1), "㐀𠮷", "课程", person_id):
        assert secret not in found.text
    provider.post(f"/v1/entries/{person_id}-2/reversal", {"reason": "falsified"})
    told = anyone.speaking("en").get(place).json
    assert (told["holds"], told["message"]) == (False, "It no longer holds")
    assert [each["code"] for each in told["objections"]] == ["hours_lost"]
    assert told["changes"] == [
        {
            "code": "entry_reversed",
            "line": 2,
            "year": 2023,
            "subject": "specialty",
            "hours": 18.5,
            "then": {"recognised": 0, "pending": 18.5},
            "now": {"recognised": 0, "pending": 0},
            "changed_on": "2026-11-20",
            "message": "No. 2 (2023, specialty, 18.5 hours) was reversed on 2026-11-20",
        }
    ]
    assert "falsified" not in anyone.get(place).text
    refused(anyone.get(f"{place[:-1]}u"), 404, "mistyped_code")
    refused(anyone.get("/v1/certificates/0000-0000-0000-0000"), 404, "not_found")


def test_a_name_that_cannot_be_printed(provider: Caller, platform: Caller) -> None:
    named = entry("N", 2, person=person(2, "测\U000323b0\U000323b0"))
    issue, transcript = paths(provider.post("/v1/entries", named).json["person_id"])
    for answer in (platform.post(issue), platform.get(transcript, headers=PDF)):
        assert refused(answer, 409, "unprintable_name")["characters"] == ["U+323B0"]
    assert platform.get(transcript).status_code == 200


def test_who_may_and_in_which_form(
    person_id: str, provider: Caller, anyone: Caller, admin: Caller, authority: Caller
) -> None:
    issue, transcript = paths(person_id)
    refused(anyone.post(issue), 401, "unauthenticated")
    refused(provider.post(issue), 403, "forbidden_role")
    refused(admin.post(issue, headers={"Accept": "text/csv"}), 406, "not_acceptable")
    refused(admin.post(paths("0" * 13)[0]), 404, "not_found")
    refused(admin.post(paths("0" * 13)[0], {"year": "x"}), 404, "not_found")
    assert admin.post(issue).status_code == 201
    assert authority.post(issue, headers={"Accept": "*/*"}).mimetype == "application/json"
    assert authority.get(transcript, headers={"Accept": "*/*"}).mimetype == "application/json"


def test_issuing_leaves_an_access_record_and_verifying_none(
    person_id: str, platform: Caller, admin: Caller, anyone: Caller
) -> None:
    issue, transcript = paths(person_id)
    code = platform.post(issue).json["code"]
    platform.get(transcript, headers=PDF)
    anyone.get(f"/v1/certificates/{code}")
    export = admin.get(f"/v1/people/{person_id}/export").json
    assert [each["purpose"] for each in export["access_records"]] == ["transcript"] * 2
    assert [(each["code"], each["issued_to"]) for each in export["certificates"]] == [(code, "platform 2")]


def test_any_changed_byte_is_found(person_id: str, platform: Caller, anyone: Caller) -> None:
    ring = public_keys(anyone)
    good = platform.get(paths(person_id)[1], headers=PDF).data
    verify_file(good, ring)
    seal_at = good.index(b"%HLS ")
    for number, place in enumerate([*range(0, len(good), 401), *range(seal_at, len(good))]):
        wrong = bytearray(good)
        wrong[place] ^= (1, 2, 32, 128)[number % 4]
        with pytest.raises(BadSignature):
            verify_file(bytes(wrong), ring)
    seal = good[seal_at : good.rindex(b"startxref")]
    for wrong_file in (
        good.replace(seal, b""),
        good + b"\n",
        good[:-1],
        good.replace(seal, seal + seal),
        good.replace(seal, seal + b"%HLS \n"),
        seal + b"startxref\n" + good,
        b"",
        b"%PDF-1.7",
    ):
        with pytest.raises(BadSignature):
            verify_file(wrong_file, ring)
    for keys in ({"s1": bytes(32)}, {"s2": bytes(range(32))}):
        with pytest.raises(BadSignature):
            verify_file(good, Signer(keys).ring)


def test_a_seal_belongs_to_its_own_file(person_id: str, platform: Caller, anyone: Caller) -> None:
    _, transcript = paths(person_id)
    one, other = (platform.get(f"{transcript}{query}", headers=PDF).data for query in ("", "?year=2023"))

    def seal(file: bytes) -> bytes:
        return file[file.index(b"%HLS ") : file.rindex(b"startxref")]

    with pytest.raises(BadSignature, match="content"):
        verify_file(one.replace(seal(one), seal(other)), public_keys(anyone))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_is_for_archives_and_speaks(person_id: str, platform: Caller) -> None:
    document = pypdf.PdfReader(io.BytesIO(platform.get(paths(person_id)[1], headers=PDF).data), strict=True)
    assert document.metadata is not None
    assert document.metadata.title.startswith("专业技术人员继续教育学时证明")
    catalog: Any = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    about = catalog["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2" in about
    assert "<pdfuaid:part>1" in about


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_many_entries_many_pages(provider: Caller, platform: Caller, context: Context) -> None:
    sent = [
        entry(
            f"R{number}",
            credit_year=1980 + number % 46,
            subject=("specialty", "public")[number % 2],
            hours=0.5,
        )
        for number in range(300)
    ]
    results = provider.post("/v1/entries/batch", {"entries": sent}).json["results"]
    public_url = "https://xueshi.example.gov.cn/some/long/prefix"
    settings = context.settings.model_copy(update={"public_url": public_url})
    elsewhere = Caller(create_app(replace(context, settings=settings)), platform.key)
    answer = elsewhere.get(paths(results[0]["person_id"])[1], headers=PDF)
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    assert len(pages) > 5
    last = pages[-1].extract_text().replace(" ", "")
    assert f"第{len(pages)}页" in last
    assert "以下空白" in last
    assert f"{public_url}/verify" in pages[0].extract_text().replace("\n", "")
