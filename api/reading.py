"""From bytes to checked values: query, JSON body, upload. Faults are gathered and told all at once.

Order, as the contract has it: 413 and 415, then 400, then 403 for a division, then 422.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from flask import Request
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from api.auth import require_divisions
from api.body import Body
from api.door import Call, Door, FormBody, JsonBody
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.zone import SHANGHAI
from service.fields import Known, StrictSchema, Surroundings, faults_of, pointer_token

FORM_OVERHEAD_MAX = 64 * 1024
"""What a multipart form may hold beside its file, in bytes."""


def read_request(door: Door, request: Request, call: Call) -> None:
    """Fills ``call.query``, ``call.raw`` and ``call.body`` by the door's schemas, or raises Refusal."""
    faults: list[Fault] = []
    known = call.context.policy_book.divisions
    if isinstance(door.reads, JsonBody):
        if door.reads.may_be_left_out and not request.mimetype and not request.content_length:
            call.raw = {}
        else:
            # Where the key turns out to have changed, the body is read a second time.
            call.raw = _json_of(request, call.context.settings.body_size_max, kept=door.confirms)
        if door.reads.divisions is not None and call.client is not None:
            require_divisions(call.client, door.reads.divisions(call.raw), known)
        call.raw = _with_path(call.raw, {name: call.path[name] for name in door.reads.from_path}, faults)
    elif isinstance(door.reads, FormBody):
        call.raw = _form_of(request, door.reads, call.context.settings.import_size_max, faults)
        if call.client is not None:
            require_divisions(call.client, [call.raw.get("division_code")], known)

    now = call.context.clock()
    with Surroundings(Known(known, now.astimezone(SHANGHAI).date(), now)):
        if not door.lenient_query and (door.query is not None or request.query_string):
            call.query = _loaded(door.query or StrictSchema, flat_values(request.args, faults), faults) or {}
        if door.reads is not None:
            call.body = _loaded(door.reads.schema, call.raw, faults)
    if faults:
        raise invalid_request(faults)


@cache
def _instance(schema: type[StrictSchema]) -> StrictSchema:
    """Making a schema copies all its fields; loading leaves it as it is, so one serves every thread."""
    return schema()


def _loaded(schema: type[StrictSchema], raw: Any, faults: list[Fault]) -> Any:
    try:
        return _instance(schema).load(raw)
    except ValidationError as error:
        faults.extend(faults_of(error.messages))
        return None


def _with_path(raw: Any, named: Mapping[str, str], faults: list[Fault]) -> Any:
    """The body with what the path already said; saying something else there is a fault."""
    if not isinstance(raw, Mapping):
        return raw
    faults += [
        Fault(f"/{name}", "division_differs") for name in named if raw.get(name, named[name]) != named[name]
    ]
    return {**raw, **named}


def flat_values(values: MultiDict[str, str], faults: list[Fault]) -> dict[str, str]:
    """The values of a query or a form by name; one that is repeated is a fault."""
    faults += [Fault(f"/{pointer_token(name)}", "repeated") for name, all_ in values.lists() if all_[1:]]
    return values.to_dict()


def _json_of(request: Request, size_max: int, *, kept: bool) -> Any:
    _require_media_type(request, "application/json")
    body: Body = request.environ["wsgi.input"]
    if body.length is not None and body.length <= size_max:
        data = body.whole(kept=kept)
    else:
        # A body without a length is cut there, not refused: hence the one more.
        request.max_content_length = size_max + 1
        data = request.get_data(cache=kept)
    if len(data) > size_max:
        raise Refusal("payload_too_large")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Refusal("not_json") from None


def _form_of(request: Request, reads: FormBody, size_max: int, faults: list[Fault]) -> Mapping[str, Any]:
    _require_media_type(request, "multipart/form-data")
    request.max_content_length = size_max + FORM_OVERHEAD_MAX
    request.max_form_memory_size = FORM_OVERHEAD_MAX
    request.max_form_parts = 20
    if "boundary" not in request.mimetype_params:
        raise BadRequest
    values: dict[str, Any] = {**flat_values(request.form, faults)}
    for name in request.files:
        upload = request.files[name]
        data = upload.stream.read()
        if len(data) > size_max:
            raise Refusal("payload_too_large")
        values[name] = (upload.filename or "", data) if name == reads.file else data
    return values


def _require_media_type(request: Request, media_type: str) -> None:
    """415 for another type, another charset than UTF-8, or a compressed body."""
    sent = request.environ
    if sent.get("CONTENT_TYPE") == media_type and "HTTP_CONTENT_ENCODING" not in sent:
        return  # as nearly everybody sends it: nothing to take apart
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype != media_type or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise Refusal("unsupported_media_type")
