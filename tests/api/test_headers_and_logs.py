"""What goes round every request: its id, the headers of every answer, the log that holds nothing private."""

import io
import json
import logging
import os
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from api.logs import configure_logging
from tests.api.calls import Caller
from tests.api.people import document, entry, question, resident_id


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that is logged, as the server logs it."""
    before = structlog.get_config()
    configure_logging("DEBUG")
    lines = io.StringIO()
    root = logging.getLogger()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    yield lines
    root.handlers.clear()
    structlog.configure(**before)


def test_request_ids(anyone: Caller) -> None:
    made = [anyone.get("/healthz").headers["X-Request-Id"] for _ in range(2)]
    assert made[0] != made[1]
    assert (
        anyone.get("/healthz", headers={"X-Request-Id": "order-7.b"}).headers["X-Request-Id"] == "order-7.b"
    )
    for odd in ("", "a b", "x" * 101, "<b>", resident_id(1), f"r-{resident_id(2)}"):
        assert anyone.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd


def test_a_process_that_was_forked_makes_other_ids(anyone: Caller) -> None:
    """As the server's do where the application is made before them."""

    def made() -> bytes:
        return anyone.get("/nowhere").headers["X-Request-Id"].encode()

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, made())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    theirs = os.read(reading, 100)
    os.close(reading)
    assert len(theirs) == 32
    assert theirs not in {made() for _ in range(3)}


def test_every_answer_has_the_headers(app: Flask, anyone: Caller, provider: Caller) -> None:
    answers = [
        anyone.get("/"),
        anyone.get("/docs"),
        anyone.get("/nowhere"),
        anyone.get("/assets/pages.css"),
        anyone.send("OPTIONS", "/v1/entries"),
        anyone.send("HEAD", "/healthz"),
        provider.post("/v1/entries", entry()),
        provider.post("/v1/entries", {}),
    ]
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Request-Id"]
        assert headers["Content-Language"] == "zh-CN"
        assert headers["Vary"].startswith("Accept-Language")
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers
        assert "Set-Cookie" not in headers
    assert answers[6].headers["Cache-Control"] == "no-store"


def test_logs_hold_nothing_private(
    provider: Caller, platform: Caller, anyone: Caller, log_lines: io.StringIO
) -> None:
    number = resident_id(1)
    provider.post("/v1/entries", entry("A"))
    provider.post("/v1/entries", entry("A", hours=1))
    provider.post("/v1/entries/batch", {"entries": [entry("B"), entry("C", hours=0), {number: number}]})
    provider.get(f"/v1/entries?{number}={number}")
    platform.post("/v1/eligibility", question())
    platform.post("/v1/people/lookup", document())
    platform.post("/v1/eligibility", {"person": document(), number: number})
    anyone.get(f"/{number}?q={number}")
    anyone.get(f"/v1/people/{number}/transcript", headers={"X-Request-Id": number})
    text = log_lines.getvalue()
    for secret in (number, number[:17], "测试人", provider.key, platform.key):
        assert secret is not None
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 9
    first = requests[0]
    assert (first["method"], first["route"], first["status"]) == ("POST", "/v1/entries", 201)
    assert first["client_id"] > 0
    assert first["request_id"]
    assert first["timestamp"]
    assert all("?" not in line["route"] for line in requests)
