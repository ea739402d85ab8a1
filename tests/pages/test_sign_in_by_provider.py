"""Sign-in by a real OpenID provider on loopback: who comes in, and what is done with answers that are not right."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from api.app import create_app
from api.pages.entrance import SESSION_TOKEN
from service.context import Context
from service.operations.clients import create_client, revoke_client
from tests.browser.identity_provider import identity_provider
from tests.operations.ledger import contents
from tests.pages.browser import Browser
from tests.pages.conftest import NAME, NUMBER

PERSON = {"id_number": NUMBER, "name": NAME}
USERS = {
    "person": PERSON,
    "officer": {"name": "科员", "hours_ledger_client": "湖州住建局"},
    "both": {**PERSON, "hours_ledger_client": "湖州住建局"},
    # Claims of the token itself, which the provider lets a user overwrite.
    "nonce": {**PERSON, "nonce": "another"},
    "audience": {**PERSON, "aud": ["somebody-else"]},
    "issuer": {**PERSON, "iss": "http://127.0.0.1:1"},
    "expired": {**PERSON, "exp": 1_600_000_000},
    "no number": {"name": NAME},
    "bad number": {"id_number": "330500199001010012", "name": NAME},
    "number as number": {"id_number": 330500199001010011, "name": NAME},
    "no name": {"id_number": NUMBER},
    "unknown client": {"name": "科员", "hours_ledger_client": "没有的单位"},
    "client as list": {"name": "科员", "hours_ledger_client": ["湖州住建局"]},
}
WRONG = [name for name in USERS if name not in ("person", "officer", "both")]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with identity_provider(USERS) as issuer:
        yield issuer


@pytest.fixture
def context(context: Context, provider: str) -> Context:
    values = {
        **context.settings.model_dump(exclude_unset=True),
        "oidc_issuer": provider,
        "oidc_client_secret": "of the tests",
    }
    return replace(context, settings=type(context.settings).model_validate(values))


@pytest.fixture
def app(context: Context) -> Flask:
    create_client(context, "authority", "湖州住建局", ["330500"])
    return create_app(context)


def _start(browser: Browser, place: str = "") -> str:
    """Off to the provider; its address."""
    answer = browser.get(f"/sign-in/oidc{place}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _agree(address: str, who: str) -> str:
    """What the provider sends the browser back with."""
    answer = requests.post(address, data={"sub": who}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def _sign_in(browser: Browser, who: str) -> TestResponse:
    return browser.get(_agree(_start(browser), who))


def test_people_and_staff_come_in_by_their_claims(visitor: Browser, app: Flask) -> None:
    assert _sign_in(visitor, "person").headers["Location"] == "/me"
    assert NAME in visitor.get("/").text
    for who in ("officer", "both"):
        officer = Browser(app)
        assert _sign_in(officer, who).headers["Location"] == "/authority"
        assert "湖州住建局" in officer.get("/").text


def test_the_request_is_protected_and_tells_nothing(visitor: Browser) -> None:
    address = _start(visitor)
    assert re.search("state=.{20}", address)
    assert re.search("nonce=.{16}", address)
    assert "code_challenge_method=S256" in address
    assert "response_type=code" in address


@pytest.mark.parametrize("who", WRONG)
def test_a_wrong_answer_lets_nobody_in_and_stores_nothing(
    visitor: Browser, context: Context, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = contents(context.database)
    answer = _sign_in(visitor, who)
    assert answer.status_code == 401
    assert "sign_in_failed" in answer.text
    assert NUMBER not in answer.text
    assert contents(context.database) == before
    assert NAME not in visitor.get("/").text
    assert NUMBER not in caplog.text


def test_an_answer_counts_once_and_only_for_who_asked(visitor: Browser, app: Flask, context: Context) -> None:
    back = _agree(_start(visitor), "person")
    assert Browser(app).get(back).status_code == 401
    assert visitor.get(back.replace("state=", "state=x")).status_code == 401
    back = _agree(_start(visitor), "person")
    assert visitor.get(back).status_code == 303
    assert visitor.get(back).status_code == 401
    for query in ("", "?code=x", "?state=x", "?error=access_denied"):
        assert Browser(app).get(f"/sign-in/oidc/return{query}").status_code == 401


def test_signing_in_makes_a_new_session_and_ends_the_old_one(visitor: Browser, context: Context) -> None:
    def token() -> str | None:
        with visitor._client.session_transaction(base_url="https://localhost") as kept:
            value: str | None = kept.get(SESSION_TOKEN)
            return value

    with visitor._client.session_transaction(base_url="https://localhost") as planted:
        planted[SESSION_TOKEN] = "x" * 43
        planted["left"] = "behind"
    _sign_in(visitor, "person")
    first = token()
    assert first not in (None, "x" * 43)
    with visitor._client.session_transaction(base_url="https://localhost") as kept:
        assert "left" not in kept
        stolen = dict(kept)
    _sign_in(visitor, "officer")
    assert token() not in (None, first)
    with visitor._client.session_transaction(base_url="https://localhost") as kept:
        kept.update(stolen)
    assert NAME not in visitor.get("/").text


def test_one_comes_back_to_where_one_was_going(visitor: Browser) -> None:
    asked = visitor.get("/me/hours?year=2023")
    assert asked.headers["Location"] == "/sign-in?next=%2Fme%2Fhours%3Fyear%3D2023"
    back = _agree(_start(visitor, "?next=%2Fme%2Fhours%3Fyear%3D2023"), "person")
    assert visitor.get(back).headers["Location"] == "/me/hours?year=2023"
    back = _agree(_start(visitor, "?next=//evil.example"), "person")
    assert visitor.get(back).headers["Location"] == "/me"


def test_a_revoked_client_stays_outside(visitor: Browser, context: Context) -> None:
    revoke_client(context, "湖州住建局")
    assert _sign_in(visitor, "officer").status_code == 401


def test_a_provider_that_is_down_is_told_as_such(context: Context, app: Flask, provider: str) -> None:
    elsewhere = context.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    browser = Browser(create_app(replace(context, settings=elsewhere)))
    answer = browser.get("/sign-in/oidc")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.mimetype == "text/html"

    with identity_provider(USERS) as short_lived:
        settings = context.settings.model_copy(update={"oidc_issuer": short_lived})
        late = Browser(create_app(replace(context, settings=settings)))
        back = _agree(_start(late), "person")
    assert late.get(back).status_code == 503
    assert NAME not in late.get("/").text
