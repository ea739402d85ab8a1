"""Sign-in by a real OpenID provider on loopback: who comes in, and what is done with answers that are not right."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server
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


def test_the_provider_leads_back_to_the_address_that_people_use(context: Context) -> None:
    settings = context.settings.model_copy(update={"public_url": "https://xueshi.example/ledger"})
    browser = Browser(create_app(replace(context, settings=settings)))
    asked = parse_qs(urlsplit(browser.get("/sign-in/oidc").headers["Location"]).query)
    assert asked["redirect_uri"] == ["https://xueshi.example/ledger/sign-in/oidc/return"]


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


def test_beginning_again_and_again_leaves_the_cookie_small(visitor: Browser) -> None:
    """Browsers drop a cookie of more than 4096 bytes: then nobody could come in any more."""
    begun = []
    for _ in range(12):
        answer = visitor.get("/sign-in/oidc?next=%2Fme%2Fhours%3Fyear%3D2023")
        assert len(answer.headers["Set-Cookie"]) < 4096
        begun.append(answer.headers["Location"])
    assert visitor.get(_agree(begun[0], "person")).status_code == 401
    # Two windows: either may be finished.
    assert visitor.get(_agree(begun[-2], "person")).status_code == 303


@contextmanager
def _provider_that_says(answers: dict[str, Any]) -> Iterator[str]:
    """A provider that answers each path with JSON; ``{here}`` in a text is its own address."""
    made = Flask("provider")
    server = make_server("127.0.0.1", 0, made, threaded=True)
    here = f"http://127.0.0.1:{server.server_port}"

    @made.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> Any:
        return json.loads(json.dumps(answers[f"/{path}"]).replace("{here}", here))

    thread = threading.Thread(target=server.serve_forever, args=(0.1,))
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _browser_for(context: Context, issuer: str) -> Browser:
    settings = context.settings.model_copy(update={"oidc_issuer": issuer})
    return Browser(create_app(replace(context, settings=settings)))


def test_without_an_id_token_nobody_vouches_for_the_claims(context: Context) -> None:
    description = {
        "issuer": "{here}",
        "authorization_endpoint": "{here}/authorize",
        "token_endpoint": "{here}/token",
        "userinfo_endpoint": "{here}/userinfo",
        "jwks_uri": "{here}/jwks",
    }
    answers = {
        "/.well-known/openid-configuration": description,
        "/token": {"access_token": "x", "token_type": "Bearer"},
        "/userinfo": PERSON,
    }
    with _provider_that_says(answers) as issuer:
        browser = _browser_for(context, issuer)
        state = parse_qs(urlsplit(_start(browser)).query)["state"][0]
        assert browser.get(f"/sign-in/oidc/return?code=x&state={state}").status_code == 401
    assert NAME not in browser.get("/").text


@pytest.mark.parametrize("issuer", ["https://elsewhere.example", None])
def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    context: Context, provider: str, issuer: str | None
) -> None:
    path = "/.well-known/openid-configuration"
    description = requests.get(f"{provider}{path}", timeout=10).json()
    told = {**description, "issuer": issuer}
    with _provider_that_says({path: {name: it for name, it in told.items() if it}}) as address:
        browser = _browser_for(context, address)
        assert browser.get("/sign-in/oidc").status_code == 503


@pytest.mark.parametrize(
    ("issuer", "is_taken"),
    [
        ("https://id.example/realm", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost/", True),
        ("http://id.example", False),
        ("http://localhost.evil.example", False),
        ("http://localhost:80@evil.example", False),
        ("ftp://id.example", False),
        ("https://id.example/?x", False),
    ],
)
def test_who_somebody_is_never_comes_in_clear(context: Context, issuer: str, is_taken: bool) -> None:
    values = {**context.settings.model_dump(exclude_unset=True), "oidc_issuer": issuer}
    if is_taken:
        assert type(context.settings).model_validate(values).oidc_issuer == issuer
        return
    with pytest.raises(ValueError, match="oidc_issuer"):
        type(context.settings).model_validate(values)
