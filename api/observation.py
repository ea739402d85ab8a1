"""Around every request: its id, its clock, its line in the access log, its count, and the headers of every answer."""

import logging
import re
import secrets
import time
from typing import Final

import structlog
from flask import Flask, Request, Response, g, request

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


def request_id_of(incoming: Request) -> str:
    """The caller's X-Request-Id when it is sane and holds no long number (it will be logged), else one made here."""
    given = incoming.headers.get("X-Request-Id", "")
    if _SANE_ID.fullmatch(given) and not _LONG_NUMBER.search(given):
        return given
    return secrets.token_hex(16)


def observe_requests(app: Flask, metrics: Metrics) -> None:
    """Hooks the observation into an application."""

    def begin() -> None:
        g.started_at = time.perf_counter()
        g.request_id = request_id_of(request)
        g.language = chosen_language(request)
        request.environ["wsgi.input"] = Body(request)

    def finish(response: Response) -> Response:
        if response.status_code >= 400:
            drain(request)
        seconds = time.perf_counter() - g.started_at
        route = request.url_rule.rule if request.url_rule else NOWHERE
        method = request.method if request.method in _METHODS else "OTHER"
        metrics.observe(method, route, response.status_code, seconds)
        if _ACCESS.isEnabledFor(logging.INFO):  # structlog binds a logger even for a line that is left out
            client = g.get("client")
            log.info(
                "request",
                request_id=g.request_id,
                method=method,
                route=route,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
                bytes=response.content_length,
                client_id=client.client_id if client else None,
            )
        _finish_headers(response)
        return response

    app.before_request(begin)
    app.after_request(finish)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _finish_headers(response: Response) -> None:
    headers = response.headers
    present = {name.lower() for name, _ in headers}
    wanted = (*_EVERYWHERE, ("Content-Language", g.language), ("X-Request-Id", g.request_id))
    headers.extend([pair for pair in wanted if pair[0].lower() not in present])
