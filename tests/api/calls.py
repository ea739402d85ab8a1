"""How tests call the application: a clock that can be set, and a telephone for every client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse


@dataclass
class Clock:
    """A clock that goes on by a millisecond at every look, and can be set."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 2, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass
class Caller:
    """Sends requests with one client's key."""

    app: Flask
    key: str | None
    language: str | None = None

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if self.language:
            sent["Accept-Language"] = self.language
        return self.app.test_client().open(
            path, method=method, headers={**sent, **(headers or {})}, **options
        )

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.send("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        if json is not None:
            options["json"] = json
        return self.send("POST", path, **options)

    def speaking(self, language: str) -> "Caller":
        return Caller(self.app, self.key, language)


def codes(answer: TestResponse) -> dict[str, str]:
    """Pointer → code of a problem's faults."""
    return {fault["pointer"]: fault["code"] for fault in answer.json["errors"]}


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Checks that an answer is this problem, whole; returns it."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    return problem
