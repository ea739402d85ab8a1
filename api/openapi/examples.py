"""The examples of openapi.yaml: a small story told to a real application, with a clock and ids that repeat."""

import base64
import io
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from flask import Flask
from pydantic import SecretStr
from werkzeug.test import TestResponse

from api.app import create_app
from api.door import Door
from api.metrics import Metrics
from api.openapi.document import Examples
from api.openapi.evidence_story import tell_evidence
from api.openapi.rights_story import tell_certificates, tell_erasure, tell_rights
from api.problems import STATUS, problem_document
from api.routes import all_doors
from service.context import Context
from service.domain.client import ROLES
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.policy_book import load_policy_book
from service.settings import Settings
from service.signing import make_signer
from service.store.database import Database
from service.store.schema import migrate
from service.vault import make_vault

REQUEST_ID: Final = "0f3a9c52e8b14d7f"
BEGIN: Final = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

_PERSON: Final = {"id_type": "resident_id", "id_number": "331100199202290039"}
_ENTRY: Final[dict[str, Any]] = {
    "external_ref": "ZJ-2023-00017",
    "person": {**_PERSON, "name": "测试人"},
    "division_code": "331100",
    "credit_year": 2023,
    "subject": "specialty",
    "hours": 60,
    "series": "建设工程",
    "course": {"code": "JG-101", "title": "装配式建筑"},
    "completed_on": "2023-05-04",
}
_QUESTION: Final[dict[str, Any]] = {
    "person": _PERSON,
    "division_code": "331100",
    "declaration_year": 2023,
    "level": "intermediate",
    "purpose": "review",
    "reviewed_by": "city",
    "series": "建设工程",
    "required_years": 4,
    "tenure_start": 2018,
}
_SUPPOSED: Final[dict[str, Any]] = {
    "declaration_year": 2025,
    "level": "intermediate",
    "hours": [
        {"year": year, "subject": subject, "hours": hours}
        for year, public, specialty in ((2022, 18, 72), (2023, 18, 72), (2024, 36, 108), (2025, 12, 24))
        for subject, hours in (("public", public), ("specialty", specialty))
    ],
}


_ROSTER: Final = """\
证件类型,证件号码,姓名,区划代码,学习年度,科目类别,学时,系列,课程编号,课程名称,完成日期,证书编号,备注
居民身份证,33060419791115004X,样例甲,331100,2023,专业,72,建设工程,JG-101,装配式建筑,2023-05-04,ZS-0001,
居民身份证,331100199202290039,测试人,331100,2023,一般公需,12.25,建设工程,GX-9,职业道德,2023-06-01,ZS-0002,
"""

_ROSTER_2: Final = (
    "".join(_ROSTER.splitlines(keepends=True)[:2]).replace("0001", "0003").replace("101", "103")
)


@dataclass
class _Story:
    """Sends requests and keeps what was said."""

    app: Flask
    keys: dict[str, str]
    told: Examples = field(default_factory=dict)
    doors: dict[str, Door] = field(default_factory=lambda: {door.name: door for door in all_doors(Metrics())})

    def tell(self, name: str, body: Any = None, *, path: dict[str, str] | None = None, **options: Any) -> Any:
        """One request through a door, by the first role it admits; its body and answer become examples."""
        door = self.doors[name]
        if body is not None:
            options["json"] = body
        answer = self.send(door, path or {}, **options)
        if answer.status_code >= 400:
            raise LookupError(f"{name}: {answer.status_code} {answer.text}")
        kept = self.told.setdefault(name, {"answers": {}})
        if body is not None and "request" not in kept:
            kept["request"] = body
        told = answer.json if answer.is_json else answer.text
        kept["answers"].setdefault(str(answer.status_code), told)
        return told

    def refuse(self, code: str, name: str, role: str | None = None, **options: Any) -> None:
        """One request that meets the problem ``code``."""
        answer = self.send(self.doors[name], options.pop("path", {}), role=role, **options)
        problem: dict[str, Any] = answer.get_json()
        if problem["code"] != code:
            raise LookupError(f"{code}: {answer.status_code} {answer.text}")
        self.told.setdefault("problems", {})[code] = problem

    def send(self, door: Door, path: dict[str, str], role: str | None = None, **options: Any) -> TestResponse:
        admitted = role if role is not None else next(iter(door.access.roles), "")
        headers = {"X-Request-Id": REQUEST_ID, **options.pop("headers", {})}
        if admitted:
            headers["Authorization"] = f"Bearer {self.keys[admitted]}"
        options.setdefault("method", door.method)
        place = door.path.format(**path) + options.pop("query", "")
        return self.app.test_client().open(place, headers=headers, **options)


def make_examples() -> Examples:
    """Every door's examples and one problem of every code. The same at every call for the same code and policies."""
    with _context() as context:
        keys: dict[str, str] = {role: create_client(context, role, role)[1] for role in ROLES}
        keys["elsewhere"] = create_client(context, "provider", "elsewhere", ["330500"])[1]
        keys["transport"] = create_client(context, "authority", "transport", ["330500"], ["交通工程"])[1]
        keys["another"] = create_client(context, "authority", "another")[1]
        story = _Story(create_app(context), {**keys, "nobody": "none"})
        _tell_answers(story)
        tell_evidence(story, context)
        _tell_problems(story)
        much_later = create_app(replace(context, clock=lambda: BEGIN + timedelta(days=31 * 366)))
        person_id = story.told["lookUpPerson"]["answers"]["200"]["person_id"]
        tell_erasure(replace(story, app=much_later), person_id)
        for code in sorted(set(STATUS) - set(story.told["problems"])):
            story.told["problems"][code] = problem_document(Refusal(code), "zh-CN", REQUEST_ID)
        return story.told


@contextmanager
def _context() -> Iterator[Context]:
    now = BEGIN

    def clock() -> datetime:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    numbers = random.Random(2026)  # noqa: S311  # ids of examples must repeat, not hide
    key = base64.b64encode(bytes(32)).decode()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("secrets.randbits", numbers.getrandbits),
        patch("secrets.randbelow", numbers.randrange),
    ):
        url = f"sqlite:///{folder}/examples.sqlite3"
        migrate(url)
        settings = Settings(
            database_url=url,
            identity_keys=SecretStr(f"k1:{key}"),
            lookup_key=SecretStr(key),
            signing_keys=SecretStr(f"s1:{key}"),
        )
        context = Context(
            settings,
            Database(url),
            load_policy_book(),
            make_vault(settings),
            clock,
            signer=make_signer(settings),
        )
        try:
            yield context
        finally:
            context.database.close()


def _tell_answers(story: _Story) -> None:
    entry = story.tell("registerEntry", _ENTRY)
    story.tell("registerEntry", _ENTRY)
    more = [
        {
            **_ENTRY,
            "external_ref": "ZJ-2023-00018",
            "subject": "general_public",
            "hours": 18,
            "course": {"code": "GX-7"},
        },
        {
            **_ENTRY,
            "external_ref": "ZJ-2022-00311",
            "credit_year": 2022,
            "hours": 90.5,
            "completed_on": "2022-11-30",
        },
        {**_ENTRY, "external_ref": "ZJ-2023-00019", "hours": 0},
    ]
    story.tell("registerEntries", {"entries": more})
    story.tell("listEntries", query="?credit_year=2023&limit=1")
    story.tell("readEntry", path={"entry_id": entry["entry_id"]})
    answer = story.tell("checkEligibility", _QUESTION)
    story.tell(
        "checkEligibilityBatch", {"questions": [{**_QUESTION, "person": {"person_id": entry["person_id"]}}]}
    )
    story.tell("evaluatePolicy", _SUPPOSED, path={"division_code": "330400"})
    story.tell("listPolicies")
    story.tell("readPolicy", path={"division_code": "330604"}, query="?declaration_year=2023")
    story.tell("lookUpPerson", _PERSON)
    story.tell("readTranscript", path={"person_id": answer["person"]["person_id"]})
    _tell_recognition(story)
    story.tell("listAuthorities", query="?division_code=330500&series=建设工程")
    story.tell("listReviewPlans", query="?division_code=330500&q=快递")
    _tell_notes(story)
    tell_rights(story, _QUESTION, entry["entry_id"])
    tell_certificates(story, _QUESTION, answer["person"]["person_id"])
    story.tell(
        "reverseEntry",
        {"reason": "wrong_hours", "note": "学时录入有误"},
        path={"entry_id": entry["entry_id"]},
    )
    report = story.tell(
        "importRoster", data={"file": (io.BytesIO(_ROSTER.encode()), "roster.csv"), "partial": "true"}
    )
    story.tell("listImports", query="?limit=1")
    story.tell("readImport", path={"import_id": report["import_id"]})
    story.tell("readImportFaults", path={"import_id": report["import_id"]})
    story.tell(
        "reverseImport", {"reason": "other", "note": "文件发错"}, path={"import_id": report["import_id"]}
    )
    for name in ("health", "readiness", "version"):
        story.tell(name)


def _tell_recognition(story: _Story) -> None:
    """Three entries in Huzhou: one recognised in part, twice; then all of them."""
    sent = [
        {
            **_ENTRY,
            "external_ref": f"HZ-2023-{number}",
            "division_code": "330500",
            "course": {"code": f"JS-{number}"},
        }
        for number in (1, 2)
    ]
    results = story.tell("registerEntries", {"entries": sent})["results"]
    first, second = ({"entry_id": result["entry_id"]} for result in results)
    story.tell("readRecognitionQueue", query="?division_code=330500&limit=1")
    story.tell("countRecognitionQueue", query="?division_code=330500")
    partly = {"outcome": "recognised", "hours": 54, "reason": "缺少证明材料"}
    story.tell("recogniseEntry", partly, path=first)
    story.tell("recogniseEntry", partly, path=first)
    story.refuse(
        "decided_meanwhile", "recogniseEntry", path=first, json={"outcome": "recognised", "after_seq": 1}
    )
    story.refuse(
        "forbidden_series", "recogniseEntry", role="transport", path=second, json={"outcome": "recognised"}
    )
    decisions = [
        {**first, "outcome": "recognised"},
        {**second, "outcome": "rejected", "reason": "不属于本专业"},
    ]
    story.tell("recogniseEntries", {"recognitions": decisions})
    story.tell("readEntryHistory", path=first)


def _tell_notes(story: _Story) -> None:
    attested = {
        "person": {**_PERSON, "name": "测试人"},
        "division_code": "331100",
        "year": 2018,
        "met": True,
        "basis": "2018年度继续教育证书，原件已核",
    }
    note = story.tell("attestYear", attested)
    story.tell("attestYear", attested)
    entered = {
        "person": {"person_id": note["person_id"]},
        "division_code": "331100",
        "entered_on": "2026-03-02",
    }
    record = story.tell("recordIntegrity", {**entered, "basis": "业绩材料不实"})
    story.tell("recordIntegrity", {**entered, "basis": "业绩材料不实"})
    story.tell(
        "withdrawAttestation",
        {"reason": "证书与原件不符"},
        path={"attestation_id": note["attestation_id"]},
    )
    story.tell(
        "withdrawIntegrityRecord",
        {"reason": "复核后撤销"},
        path={"integrity_record_id": record["integrity_record_id"]},
    )
    other = {"id_type": "resident_id", "id_number": "810000199001010019", "name": "测试人"}
    twin = story.tell("attestYear", {**attested, "person": other})
    link = {
        "person_id": note["person_id"],
        "other_person_id": twin["person_id"],
        "reason": "同一人的两种证件",
    }
    story.tell("linkPersons", link)
    story.tell("linkPersons", link)
    story.tell("listAccessRecords", query="?limit=2")


def _tell_problems(story: _Story) -> None:
    other = {**_ENTRY, "external_ref": "ZJ-2023-00020"}
    reversed_id = story.told["registerEntry"]["answers"]["201"]["entry_id"]
    entry_id = story.told["registerEntries"]["answers"]["200"]["results"][0]["entry_id"]
    kept = {
        **_ENTRY,
        "external_ref": "ZJ-2023-00018",
        "subject": "general_public",
        "hours": 18,
        "course": {"code": "GX-7"},
    }
    story.refuse("invalid_request", "registerEntry", json={**other, "hours": 12.25, "credit_year": 2021})
    story.refuse("unknown_division", "registerEntry", json={**other, "division_code": "990000"})
    story.refuse("not_json", "registerEntry", data=b"{", content_type="application/json")
    story.refuse("bad_request", "importRoster", data=b"-", content_type="multipart/form-data")
    story.refuse("unauthenticated", "registerEntry", role="nobody", json=other)
    story.refuse("forbidden_role", "registerEntry", role="platform", json=other)
    story.refuse("forbidden_division", "registerEntry", role="elsewhere", json=other)
    story.refuse("not_found", "readEntry", role="elsewhere", path={"entry_id": entry_id})
    person_path = {"person_id": entry_id.partition("-")[0]}
    story.refuse("not_acceptable", "readTranscript", path=person_path, headers={"Accept": "image/png"})
    story.refuse("unsupported_media_type", "registerEntry", data=b"-", content_type="text/plain")
    story.refuse("reference_conflict", "registerEntry", json={**kept, "hours": 24})
    story.refuse("duplicate_entry", "registerEntry", json={**kept, "external_ref": "ZJ-2023-00021"})
    story.refuse("name_mismatch", "registerEntry", json={**other, "person": {**_PERSON, "name": "另一人"}})
    story.refuse(
        "already_reversed", "reverseEntry", path={"entry_id": reversed_id}, json={"reason": "wrong_hours"}
    )
    imported = story.tell("importRoster", data={"file": (io.BytesIO(_ROSTER_2.encode()), "roster.csv")})
    (mine,) = (
        each["entry_id"] for each in story.tell("listEntries")["entries"] if each["external_ref"] == "ZS-0003"
    )
    story.tell("reverseEntry", {"reason": "wrong_hours"}, path={"entry_id": mine})
    story.refuse("import_built_on", "reverseImport", path={"import_id": imported["import_id"]})
    withdrawn = {"attestation_id": story.told["withdrawAttestation"]["answers"]["201"]["attestation_id"]}
    again = {"reason": "再次撤回"}
    story.refuse("already_withdrawn", "withdrawAttestation", path=withdrawn, json=again)
    story.refuse("forbidden_withdrawal", "withdrawAttestation", "another", path=withdrawn, json=again)
    batch = {"entries": [{**kept, "hours": 24}, {**other, "course": {"code": "JG-102"}}]}
    story.refuse("atomic_batch_refused", "registerEntries", query="?atomic=true", json=batch)
