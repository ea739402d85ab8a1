"""schemathesis over openapi.yaml: no 5xx, every answer is one the document promises, every operation succeeds.

Whoever makes up identity numbers and ids never gets past the first check, so of every two made-up requests one has
its ids, people and places exchanged for some that exist.
"""

import io
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.metrics import Metrics
from api.openapi.document import openapi_text
from api.problems import STATUS
from api.routes import all_doors
from service.domain.identifiers import encode_entry_id
from service.operations.clients import create_client
from service.operations.register_own_entry import register_own_entry
from service.policy_book import PolicyBook
from tests.api.calls import Caller, Clock
from tests.api.conftest import make_context
from tests.api.people import (
    attestation,
    document,
    entry,
    integrity_record,
    person,
    question,
    resident_id,
)
from tests.operations.own import files, own_draft, signed_in

DOORS = {door.name: door for door in all_doors(Metrics())}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 30


class World:
    """A seeded application, and what is known to exist in it."""

    def __init__(self, app: Flask, callers: dict[str, Caller], clock: Clock, own_entry_id: str) -> None:
        self.app = app
        self.callers = callers
        of_own = callers["authority"].get(f"/v1/entries/{own_entry_id}/evidence").json
        self.evidence_id = of_own["evidence"][0]["evidence_id"]
        self.counter = itertools.count()
        provider = callers["provider"]
        self.long_gone = _register_in_1990(provider, clock)
        sent = [entry(f"S{number}", number % 50) for number in range(300)]
        results = provider.post("/v1/entries/batch", {"entries": sent}).json["results"]
        self.entry_ids = [result["entry_id"] for result in results]
        self.import_id = provider.post("/v1/imports", data={"file": (io.BytesIO(_roster()), "r.csv")}).json[
            "import_id"
        ]
        self.determination_id = (
            callers["platform"].post("/v1/determinations", question()).json["determination_id"]
        )
        certified = f"/v1/people/{self.entry_ids[0].partition('-')[0]}/certificates"
        self.certificate_code = callers["platform"].post(certified).json["code"]
        opened = [
            callers["authority"].post(f"/v1/entries/{entry_id}/disputes", {"text": "少了"})
            for entry_id in self.entry_ids[:100]
        ]
        self.dispute_ids = [each.json["dispute_id"] for each in opened]
        self.attestation_ids, self.integrity_record_ids = (
            [callers["authority"].post(path, make(number)).json[name] for number in range(EXAMPLES)]
            for path, make, name in (
                ("/v1/attestations", attestation, "attestation_id"),
                ("/v1/integrity-records", integrity_record, "integrity_record_id"),
            )
        )

    def key_for(self, name: str) -> str | None:
        roles = DOORS[name].access.roles
        return self.callers[roles[0]].key if roles else None

    def path_parameters(self, name: str, number: int, names: dict[str, Any]) -> dict[str, Any]:
        # The first hundred are disputed, the last hundred get reversed: each door finds entries it can still deal with.
        first = 200 if name == "reverseEntry" else 100
        entry_id = self.entry_ids[first + number % 100]
        known = {
            "entry_id": entry_id,
            "attestation_id": self.attestation_ids[number // 2 % EXAMPLES],
            "integrity_record_id": self.integrity_record_ids[number // 2 % EXAMPLES],
            "person_id": entry_id.partition("-")[0],
            "determination_id": self.determination_id,
            # Some to answer, others to close: a closed one can't be answered.
            "dispute_id": self.dispute_ids[number % 50 + (50 if name == "closeDispute" else 0)],
            "division_code": ("331100", "330604", "330400", "330500", "330682")[number % 5],
            "import_id": self.import_id,
            "evidence_id": self.evidence_id,
            "certificate_code": self.certificate_code,
            "code": sorted(STATUS)[number % len(STATUS)],
            "name": "pages.css",
        }
        if name == "reverseImport":
            # One of its own each time: what was undone, or built on by another door, can't be undone again.
            upload = {"file": (io.BytesIO(_roster(number + 1)), "r.csv")}
            known["import_id"] = self.callers["provider"].post("/v1/imports", data=upload).json["import_id"]
        if name == "erasePerson":
            known["person_id"] = self.long_gone[number % len(self.long_gone)]
        return {each: known[each] for each in names}

    def mended(self, number: int, body: Any) -> Any:
        """The body with people, places and ids that exist."""
        if isinstance(body, list):
            return [self.mended(number + index, item) for index, item in enumerate(body)]
        if not isinstance(body, dict):
            return body
        changed = {key: self.mended(number, value) for key, value in body.items()}
        if "division_code" in changed:
            changed["division_code"] = "331100"
        if "id_number" in changed:
            changed |= person(number % 50) if "name" in changed else document(number % 50)
        if "person_id" in changed:
            changed["person_id"] = self.entry_ids[number % len(self.entry_ids)].partition("-")[0]
        if "credit_year" in changed:
            changed["credit_year"] = 2023
            changed.pop("completed_on", None)
            changed["external_ref"] = f"M{number}"
            changed["course"] = None
        if "other_person_id" in changed:
            changed["other_person_id"] = self.entry_ids[(number + 1) % len(self.entry_ids)].partition("-")[0]
        for key in ("entered_on", "met"):
            if key in changed and "basis" in changed:
                changed[key] = {"entered_on": "2026-03-02", "met": True}[key]
        if "year" in changed and "basis" in changed:
            changed["year"] = 2018
        for key in ("as_of", "tenure_start"):
            changed.pop(key, None)
        if isinstance(changed.get("hours"), int | float):
            changed["hours"] = max(0.1, round(changed["hours"], 1))
        return changed


def _register_in_1990(provider: Caller, clock: Clock) -> list[str]:
    """People whose names and numbers may be erased."""
    today, clock.now = clock.now, datetime(1990, 5, 1, tzinfo=UTC)
    sent = [entry(f"O{number}", number, credit_year=1990) for number in range(500, 600)]
    results = provider.post("/v1/entries/batch", {"entries": sent}).json["results"]
    clock.now = today
    return [result["person_id"] for result in results]


def _roster(number: int = 0) -> bytes:
    header = (
        "证件类型,证件号码,姓名,区划代码,学习年度,科目类别,学时,系列,课程编号,课程名称,完成日期,证书编号,备注"
    )
    person_cells = f"居民身份证,{resident_id(77)},测试人"  # nobody whom another door changes
    return f"{header}\n{person_cells},331100,2023,专业,1,,C{number},课,2023-05-04,Z-{number},\n".encode()


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path, policy_book: PolicyBook
) -> Iterator[World]:
    path = tmp_path_factory.mktemp("conformance") / "ledger.sqlite3"
    path.write_bytes(_sqlite_template.read_bytes())
    clock = Clock()
    context = make_context(f"sqlite:///{path}", policy_book, clock, path.parent / "evidence")
    app = create_app(context)
    roles = ("provider", "authority", "platform", "admin")
    callers = {role: Caller(app, create_client(context, role, role)[1]) for role in roles}
    own = register_own_entry(context, signed_in(), own_draft(), files()).entry
    assert own is not None
    yield World(app, callers, clock, encode_entry_id(own.person_id, own.seq))
    context.database.close()


@pytest.fixture(scope="module")
def schema(world: World) -> Any:
    loaded = schemathesis.openapi.from_dict(yaml.safe_load(openapi_text()))
    loaded.app = world.app

    @loaded.hook
    def map_case(context: Any, case: Any) -> Any:
        number = next(world.counter)
        if number % 2:
            if case.path_parameters:
                name = case.operation.definition.raw["operationId"]
                case.path_parameters = world.path_parameters(name, number, case.path_parameters)
            if case.media_type == "multipart/form-data":
                case.body = {"file": _roster()}
            elif isinstance(case.body, dict | list):
                case.body = world.mended(number, case.body)
        return case

    return loaded


@pytest.fixture(scope="module")
def operations(schema: Any) -> dict[str, Any]:
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("name", DOORS)
def test_conformance(name: str, mode: GenerationMode, operations: dict[str, Any], world: World) -> None:
    key = world.key_for(name)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    statuses = set()

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operations[name].as_strategy(mode))
    def run(case: Any) -> None:
        answer = case.call(headers=headers)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # an operation that takes nothing cannot be asked wrongly
    if mode is GenerationMode.POSITIVE:
        assert any(200 <= status < 300 for status in statuses), f"no 2xx among {sorted(statuses)}"
