"""A browser without a screen: keeps cookies, fills in forms with the token that the page showed."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """One browser; ``secure``: as if over HTTPS."""

    def __init__(self, app: Flask, *, language: str = "zh-CN") -> None:
        self._client = app.test_client()
        self._language = language
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """The page at a path, redirections not followed. Keeps the token of its forms."""
        return self._remember(self._client.get(path, **self._sent(options)))

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page that an answer leads to."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def submit(self, path: str, fields: Mapping[str, Any] | None = None, **options: Any) -> TestResponse:
        """Sends a form with the token of the last page (any page with a form)."""
        if not self.token:
            self.get("/sign-in")
        data = {"csrf_token": self.token, **(fields or {})}
        return self._remember(self._client.post(path, data=data, **self._sent(options)))

    def _sent(self, options: dict[str, Any]) -> dict[str, Any]:
        headers = {"Accept": "text/html", "Accept-Language": self._language, **options.pop("headers", {})}
        return {"base_url": "https://localhost", "headers": headers, **options}

    def _remember(self, answer: TestResponse) -> TestResponse:
        if answer.status_code == 303:
            self.token = ""  # signing in or out makes a new one
        elif answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
        return answer
