"""Every failure leaves as one shape: application/problem+json (RFC 9457). Here is the one table code → status."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import structlog
from flask import Response
from werkzeug.exceptions import HTTPException

from api.logs import error_places
from service.domain.errors import Fault, Refusal
from service.wording import Language, say
from service.wording.faults import FAULTS
from service.wording.problems import DETAILS, TITLES
from service.wording.roster import ROSTER

STATUS: Final[Mapping[str, int]] = {
    "bad_request": 400,
    "not_json": 400,
    "unauthenticated": 401,
    "sign_in_failed": 401,
    "forbidden_role": 403,
    "forbidden_division": 403,
    "forbidden_series": 403,
    "forbidden_withdrawal": 403,
    "form_expired": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "mistyped_code": 404,
    "not_acceptable": 406,
    "reference_conflict": 409,
    "duplicate_entry": 409,
    "name_mismatch": 409,
    "already_reversed": 409,
    "already_withdrawn": 409,
    "already_decided": 409,
    "decided_meanwhile": 409,
    "atomic_batch_refused": 409,
    "import_built_on": 409,
    "dispute_open": 409,
    "dispute_answered": 409,
    "dispute_closed": 409,
    "retention_not_over": 409,
    "already_erased": 409,
    "person_erased": 409,
    "unprintable_name": 409,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "invalid_request": 422,
    "unknown_division": 422,
    "too_many_requests": 429,
    "internal_error": 500,
    "no_signing_key": 501,
    "unavailable": 503,
}

_OF_THE_FRAMEWORK: Final[Mapping[int, str]] = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
}

_FAULT_WORDS: Final = {**FAULTS, **ROSTER}

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 5
WAIT_AND_RETRY: Final = frozenset({429, 503})

log = structlog.get_logger("api")


def problem_document(refusal: Refusal, language: Language, request_id: str | None) -> dict[str, Any]:
    """The problem as JSON. ``request_id`` None: a part of a larger answer (an item of a batch)."""
    code = refusal.code
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": say(TITLES, code, language, {}),
        "status": STATUS[code],
        "detail": say(DETAILS, code, language, refusal.params),
        "code": code,
    }
    if request_id is not None:
        document["request_id"] = request_id
    if refusal.faults:
        document["errors"] = [_fault_document(fault, language) for fault in refusal.faults]
    document.update(refusal.extra)
    return document


def _fault_document(fault: Fault, language: Language) -> dict[str, str]:
    return {
        "pointer": fault.pointer,
        "code": fault.code,
        "detail": say(_FAULT_WORDS, fault.code, language, fault.params),
    }


def problem_response(refusal: Refusal, language: Language, request_id: str) -> Response:
    """The answer for a refusal, with the headers its status asks for."""
    document = problem_document(refusal, language, request_id)
    response = Response(orjson.dumps(document), status=document["status"], mimetype=PROBLEM_MEDIA_TYPE)
    if refusal.code == "unauthenticated":
        response.headers["WWW-Authenticate"] = 'Bearer realm="hours-ledger"'
    if document["status"] in WAIT_AND_RETRY:
        response.headers["Retry-After"] = retry_after(refusal)
    return response


def retry_after(refusal: Refusal) -> str:
    """The ``Retry-After`` of a refusal that ends by itself, in seconds."""
    return str(refusal.params.get("seconds", RETRY_AFTER_SECONDS))


def refusal_of(error: HTTPException) -> Refusal:
    """The refusal that says what an exception of the framework means."""
    status = error.code or 500
    if status in _OF_THE_FRAMEWORK:
        return Refusal(_OF_THE_FRAMEWORK[status])
    return Refusal("bad_request" if 400 <= status < 500 else "internal_error")


def log_failure(error: Exception) -> None:
    """Record an error nobody foresaw: its type and where it was raised, never its text, which may quote data."""
    log.error("failure", error=type(error).__qualname__, where=error_places(error))
