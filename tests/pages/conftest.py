"""The real application in front of browsers, on SQLite and on PostgreSQL."""

from collections.abc import Callable

import pytest
from flask import Flask

from api.pages.entrance import SESSION_TOKEN
from service.context import Context
from service.domain.client import Role
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.operations.clients import create_client
from service.operations.sessions import sign_in_client, sign_in_person
from tests.api.conftest import app, caller, clock, context, policy_book
from tests.pages.browser import Browser

__all__ = ["app", "caller", "clock", "context", "policy_book"]

NUMBER = "330500199001010011"
NAME = "测试人"


def _signed_in(app: Flask, token: str, language: str) -> Browser:
    browser = Browser(app, language=language)
    with browser._client.session_transaction(base_url="https://localhost") as kept:
        kept[SESSION_TOKEN] = token
    return browser


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Instead of pytest-flask's, in which all requests of a test would share one ``g`` and so one form token."""


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Nobody in particular."""
    return Browser(app)


@pytest.fixture
def person(app: Flask, context: Context) -> Callable[..., Browser]:
    """Signs a person in: ``person()``, ``person(number, name)``."""

    def sign_in(number: str = NUMBER, name: str = NAME, language: str = "zh-CN") -> Browser:
        token = sign_in_person(context, SignedInPerson(Identity("resident_id", number), name))
        return _signed_in(app, token, language)

    return sign_in


@pytest.fixture
def staff(app: Flask, context: Context) -> Callable[..., Browser]:
    """Signs in the staff of a new client: ``staff("authority", "330500")``."""
    made = 0

    def sign_in(
        role: Role,
        *divisions: str,
        series: tuple[str, ...] = (),
        name: str | None = None,
        language: str = "zh-CN",
    ) -> Browser:
        nonlocal made
        made += 1
        client, _ = create_client(context, role, name or f"{role} staff {made}", divisions, series)
        return _signed_in(app, sign_in_client(context, client), language)

    return sign_in
