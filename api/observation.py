"""Around every request: its id, its clock, its line in the access log, its count, and the headers of every answer."""

import logging
import random
import re
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import structlog
from flask import Request, Response

from api.body import Body
from api.draining import drain
from api.language import chosen_language
from api.metrics import Metrics

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_LONG_NUMBER: Final = re.compile(r"[0-9]{15}")

_ACCESS: Final = logging.getLogger("api.access")
log = structlog.get_logger("api.access")

NOWHERE: Final = "(none)"
"""The route of a request to a path that does not exist: the path itself is the caller's text and is not kept."""

_EVERYWHERE: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Vary", "Accept-Language"),
)
"""Headers of every answer that does not set them itself."""

_NAMES: Final = frozenset(name.lower() for name, _ in _EVERYWHERE) | {"content-language", "x-request-id"}


def _sane(given: str) -> bool:
    """Whether a caller's X-Request-Id can be taken: it will be logged, so it holds no long number."""
    return _SANE_ID.fullmatch(given) is not None and not _LONG_NUMBER.search(given)


def _new_id() -> str:
    """Ids differ and are no secret: what the system would be asked for lets other threads go first. Python sows this
    generator anew in every process."""
    return f"{random.getrandbits(128):032x}"


class DoorResponse(Response):
    """What a door answers, without a cookie. ``rest`` are headers that need no check: werkzeug would check each when it
    is added, and all of them once more when they are copied for the server."""

    rest: Sequence[tuple[str, str]] = ()

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """As werkzeug's, with the rest."""
        # No header that depends on the request, and a body whose length is told: whole, with nothing to close after it.
        if self.status_code == 200 and environ["REQUEST_METHOD"] != "HEAD":
            return cast("list[bytes]", self.response), self.status, [*self.headers, *self.rest]
        pieces, status, headers = super().get_wsgi_response(environ)
        return pieces, status, [*headers, *self.rest]


class Observation:
    """What is done at the beginning and at the end of every request."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def begin(self, request: Request, kept: Any) -> None:
        """``kept`` is Flask's ``g`` of this request; the other way the same."""
        kept.started_at = time.perf_counter()
        sent = request.environ
        given = sent.get("HTTP_X_REQUEST_ID")
        kept.request_id = given if given and _sane(given) else _new_id()
        kept.language = chosen_language(request)
        sent["wsgi.input"] = Body(sent)

    def finish(self, request: Request, kept: Any, response: Response) -> None:
        """Counts the request, logs it, and adds the headers of every answer."""
        status = response.status_code
        if status >= 400:
            drain(request)
        seconds = time.perf_counter() - kept.started_at
        route = request.url_rule.rule if request.url_rule else NOWHERE
        method = request.method if request.method in _METHODS else "OTHER"
        self._metrics.observe(method, route, status, seconds)
        if _ACCESS.isEnabledFor(logging.INFO):  # structlog binds a logger even for a line that is left out
            client = kept.get("client")
            log.info(
                "request",
                request_id=kept.request_id,
                method=method,
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 1),
                bytes=response.content_length,
                client_id=client.client_id if client else None,
            )
        _finish_headers(response, kept)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _finish_headers(response: Response, kept: Any) -> None:
    present = {name.lower() for name, _ in response.headers}
    wanted: tuple[tuple[str, str], ...] = (
        *_EVERYWHERE,
        ("Content-Language", kept.language),
        ("X-Request-Id", kept.request_id),
    )
    if not present.isdisjoint(_NAMES):
        wanted = tuple(pair for pair in wanted if pair[0].lower() not in present)
    if isinstance(response, DoorResponse):
        response.rest = wanted
    else:
        response.headers.extend(wanted)
