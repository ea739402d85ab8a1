"""The OpenAPI document, made from the doors. ``python -m api.openapi`` writes it to openapi.yaml."""

import re
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from api.door import Door, FormBody, JsonBody
from api.metrics import Metrics
from api.openapi.field_schemas import DIVISION_CODE, ENTRY_ID, PERSON_ID, describe_field
from api.openapi.yaml_text import yaml_text
from api.problems import PROBLEM_MEDIA_TYPE, STATUS
from api.routes import all_doors
from api.schemas.certificate_answer import CODE_PATTERN
from api.schemas.problem import ProblemSchema
from service.wording.problems import TITLES

_DESCRIPTION: Final = (
    "Keeps the continuing-education hours of professional and technical personnel (专业技术人员继续教育学时) and "
    "answers, by each city's notice, whether a person may declare a title. "
    "Send `Authorization: Bearer KEY`. Texts come in `zh-CN` (default) or `en` by Accept-Language; codes never change "
    "with it. Unknown fields are refused. Every error is `application/problem+json` (RFC 9457) with all faults at "
    "once; when several apply the order is 401, 403, 404/405, 413/415, 400, 422, 409. Hours are numbers with one "
    "decimal at most. Every answer carries `X-Request-Id`."
)

_PATH_PARAMETERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "entry_id": ("The service's id of the entry.", ENTRY_ID),
    "attestation_id": ("The service's id of the attestation.", ENTRY_ID),
    "integrity_record_id": ("The service's id of the integrity record.", ENTRY_ID),
    "person_id": ("The service's id of the person.", PERSON_ID),
    "division_code": ("Division code (GB/T 2260).", DIVISION_CODE),
    "import_id": ("The import's id.", {"type": "string"}),
    "determination_id": ("The determination's id.", PERSON_ID),
    "evidence_id": ("The file's id.", PERSON_ID),
    "dispute_id": ("The dispute's id.", PERSON_ID),
    "certificate_code": (
        "The certificate's code, however it is typed.",
        {"type": "string", "pattern": CODE_PATTERN},
    ),
    "code": ("The problem's code.", {"type": "string", "enum": sorted(STATUS)}),
    "name": ("The file's name.", {"type": "string"}),
}

_HEADERS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "X-Request-Id": (
        "The caller's id of the request, if it was sane, else one made here.",
        {"type": "string"},
    ),
    "Idempotent-Replayed": (
        "The same was registered before; nothing was added.",
        {"type": "string", "enum": ["true"]},
    ),
    "Content-Disposition": ("That it is to be kept, and under which name.", {"type": "string"}),
    "Location": ("Path of what was made.", {"type": "string", "format": "uri-reference"}),
    "WWW-Authenticate": ("How to authenticate.", {"type": "string"}),
    "Retry-After": (
        "Seconds to wait before sending the same again.",
        {"type": "string", "pattern": "^[0-9]+$"},
    ),
}

Examples = dict[str, dict[str, Any]]
"""Door → {"request": body, "answers": {status: body}}; ``problems``: code → document."""


@cache
def openapi_text() -> str:
    """openapi.yaml, with the packaged examples."""
    return yaml_text(openapi_document(packaged_examples()))


def packaged_examples() -> Examples:
    """The examples made when openapi.yaml was last written."""
    examples: Examples = orjson.loads((files("api.openapi") / "examples.json").read_bytes())
    return examples


def openapi_document(examples: Examples) -> dict[str, Any]:
    """The document as a tree of JSON values."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Hours Ledger 继续教育学时账",
        version=version("hours-ledger"),
        openapi_version="3.1.0",
        info={"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        servers=[{"url": "/", "description": "Where this document was served."}],
        plugins=[plugin],
    )
    if plugin.converter is None:
        raise LookupError("the plugin makes its converter when the document begins")
    plugin.converter.add_attribute_function(describe_field)  # type: ignore[no-untyped-call]
    spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "A client's key."}
    )
    for name, (description, schema) in _HEADERS.items():
        spec.components.header(name, {"description": description, "schema": schema})
    doors = all_doors(Metrics())
    for tag in dict.fromkeys(door.tag for door in doors):
        spec.tag({"name": tag})
    for door in doors:
        spec.path(path=door.path, operations={door.method.lower(): _operation(door, examples)})
    document: dict[str, Any] = orjson.loads(orjson.dumps(spec.to_dict()))
    return {"openapi": document.pop("openapi"), **document}


def _operation(door: Door, examples: Examples) -> dict[str, Any]:
    own = examples.get(door.name, {})
    parameters: list[Any] = [_path_parameter(name) for name in re.findall(r"{(\w+)}", door.path)]
    if door.query is not None:
        parameters.append({"in": "query", "schema": door.query})
    operation: dict[str, Any] = {
        "operationId": door.name,
        "tags": [door.tag],
        "summary": door.summary,
        "description": door.description,
        "parameters": parameters,
        "responses": {
            **{str(status): _answer(door, status, own) for status in sorted(door.answers)},
            **_problems(door, examples.get("problems", {})),
        },
    }
    if door.access.roles:
        operation["security"] = [{"key": []}]
        operation["description"] += f" Roles: {', '.join(door.access.roles)}."
    else:
        operation["security"] = []
    if door.reads is not None:
        operation["requestBody"] = _request_body(door.reads, own)
    return operation


def _path_parameter(name: str) -> dict[str, Any]:
    description, schema = _PATH_PARAMETERS[name]
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _request_body(reads: JsonBody | FormBody, own: dict[str, Any]) -> dict[str, Any]:
    media_type = "application/json" if isinstance(reads, JsonBody) else "multipart/form-data"
    content: dict[str, Any] = {"schema": reads.schema}
    if "request" in own and isinstance(reads, JsonBody):
        content["example"] = own["request"]
    is_required = not (isinstance(reads, JsonBody) and reads.may_be_left_out)
    return {"required": is_required, "content": {media_type: content}}


def _answer(door: Door, status: int, own: dict[str, Any]) -> dict[str, Any]:
    answer = door.answers[status]
    content: dict[str, Any] = {}
    if answer.schema is not None or answer.media_type.startswith("text/"):
        content["schema"] = answer.schema or {"type": "string"}
    example = own.get("answers", {}).get(str(status))
    if example is not None:
        content["example"] = example
    return {
        "description": answer.description,
        "headers": _header_references("X-Request-Id", *answer.headers),
        "content": {
            answer.media_type: content,
            **{
                media_type: {"schema": {"type": "string"}} if media_type.startswith("text/") else {}
                for media_type in answer.also
            },
        },
    }


def _problems(door: Door, examples: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status in sorted({STATUS[code] for code in door.problems}):
        codes = [code for code in door.problems if STATUS[code] == status]
        content: dict[str, Any] = {"schema": ProblemSchema}
        shown = {code: {"value": examples[code]} for code in codes if code in examples}
        if shown:
            content["examples"] = shown
        meaning = "; ".join(f"`{code}`: {TITLES[code][1]} {TITLES[code][0]}" for code in codes)
        headers = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}. {meaning}",
            "headers": _header_references("X-Request-Id", *headers),
            "content": {PROBLEM_MEDIA_TYPE: content},
        }
    return responses


def _header_references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
