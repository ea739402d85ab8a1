"""Coming in and going: who gets in, what the browser keeps, what ends a sign-in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from pydantic import SecretStr

from api.app import create_app
from api.limits import Knocking
from api.pages.entrance import SESSION_TOKEN
from api.pages.page import Audience
from api.pages.sign_in import ATTEMPTS_PER_MINUTE, own_place
from api.pages.site import all_pages
from service.context import Context
from service.domain.client import ROLES
from service.domain.errors import Refusal
from service.operations.clients import create_client, revoke_client
from service.vault import make_vault
from tests.api.calls import Clock
from tests.api.conftest import KEY
from tests.pages.browser import Browser
from tests.pages.conftest import NUMBER


@pytest.fixture
def key(context: Context) -> str:
    """Of a training provider."""
    return create_client(context, "provider", "一家机构")[1]


def test_staff_sign_in_with_their_key_and_out_again(visitor: Browser, key: str) -> None:
    answer = visitor.submit("/sign-in/key", {"key": key})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/provider")
    assert "一家机构" in visitor.get("/").text
    visitor.follow(visitor.submit("/sign-out"))
    assert "一家机构" not in visitor.get("/").text


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_holds_no_key(visitor: Browser, key: str) -> None:
    cookie = visitor.submit("/sign-in/key", {"key": key}).headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert key not in cookie


def test_a_wrong_key_is_told_and_not_repeated(visitor: Browser) -> None:
    wrong = "hl_" + "x" * 43
    answer = visitor.submit("/sign-in/key", {"key": wrong})
    assert answer.status_code == 401
    assert "没有登录成功" in answer.text
    assert wrong not in answer.text


def test_a_form_without_its_token_does_nothing(app: Flask, visitor: Browser, key: str) -> None:
    for token in ("", "x", Browser(app).get("/sign-in").text[:50]):
        answer = visitor.submit("/sign-in/key", {"key": key, "csrf_token": token})
        assert answer.status_code == 403
        assert "form_expired" in answer.text
    assert "一家机构" not in visitor.get("/").text


def test_knocking_is_limited(visitor: Browser) -> None:
    for _ in range(ATTEMPTS_PER_MINUTE):
        visitor.submit("/sign-in/key", {"key": "x"})
    answer = visitor.submit("/sign-in/key", {"key": "x"})
    assert answer.status_code == 429
    assert "请求过于频繁" in answer.text


def test_one_is_led_back_to_where_one_was_going_but_never_elsewhere(visitor: Browser, key: str) -> None:
    answer = visitor.submit("/sign-in/key", {"key": key, "next": "/provider/entries?page=2"})
    assert answer.headers["Location"] == "/provider/entries?page=2"
    for place in ("//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", "", None):
        assert own_place(place) is None
    assert (
        visitor.submit("/sign-in/key", {"key": key, "next": "//evil.example"}).headers["Location"]
        == "/provider"
    )


def test_a_sign_in_ends_with_its_client_and_by_itself(
    app: Flask, context: Context, clock: Clock, key: str, staff: Callable[..., Browser]
) -> None:
    browser = Browser(app)
    browser.submit("/sign-in/key", {"key": key})
    assert "一家机构" in browser.get("/").text
    revoke_client(context, "一家机构")
    assert "一家机构" not in browser.get("/").text
    admin = staff("admin", name="管理方")
    assert "管理方" in admin.get("/").text
    clock.now += timedelta(hours=context.settings.session_hours)
    assert "管理方" not in admin.get("/").text


def test_a_sign_in_sealed_with_a_retired_key_is_none(
    context: Context, person: Callable[..., Browser]
) -> None:
    """Else its browser would get no page at all any more, the one to sign out with included."""
    browser = person()
    assert "测试人" in browser.get("/").text
    settings = context.settings.model_copy(update={"identity_keys": SecretStr(f"k2:{KEY}")})
    late = Browser(create_app(replace(context, settings=settings, vault=make_vault(settings))))
    with browser._client.session_transaction(base_url="https://localhost") as kept:
        token = kept[SESSION_TOKEN]
    with late._client.session_transaction(base_url="https://localhost") as kept:
        kept[SESSION_TOKEN] = token
    answer = late.get("/")
    assert answer.status_code == 200
    assert "测试人" not in answer.text
    assert late.get("/me").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_way_to_the_sign_in_page_repeats_no_identity_number(visitor: Browser) -> None:
    for path in (f"/me/hours?q={NUMBER}", f"/me/hours/{NUMBER}", f"/me?series={NUMBER[:6]}%20{NUMBER[6:]}"):
        assert visitor.get(path).headers["Location"] == "/sign-in"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_subscriber_of_ipv6_counts_once(app: Flask) -> None:
    knocking = Knocking(2)
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        knocking.allow("key", address)
    with pytest.raises(Refusal, match="too_many_requests"):
        knocking.allow("key", "2001:db8:1:2:3:4:5:6")
    for other in ("2001:db8:1:3::1", "192.0.2.1", "192.0.2.2", "fe80::1%eth0", ""):
        knocking.allow("key", other)
    knocking.allow("key", "::ffff:192.0.2.1")
    with pytest.raises(Refusal, match="too_many_requests"):
        knocking.allow("key", "192.0.2.1")


def test_signing_out_everywhere_ends_the_other_browsers_too(person: Callable[..., Browser]) -> None:
    here, there, somebody_else = person(), person(), person("330400198707070040", "测试乙")
    assert "测试人" in there.get("/").text
    here.get("/")
    assert here.submit("/sign-out/everywhere").status_code == 303
    assert "测试人" not in there.get("/").text
    assert "测试乙" in somebody_else.get("/").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_demo_sign_in_is_there_in_demo_mode_only(context: Context, visitor: Browser) -> None:
    assert visitor.submit("/sign-in/demo", {"who": "person-0"}).status_code == 404
    demo = Browser(create_app(replace(context, settings=context.settings.model_copy(update={"demo": True}))))
    assert demo.submit("/sign-in/demo", {"who": "person-0"}).headers["Location"] == "/me"
    assert "测试人" in demo.get("/").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_is_for_its_audience_alone(
    app: Flask, context: Context, person: Callable[..., Browser], staff: Callable[..., Browser]
) -> None:
    browsers = {role: staff(role) for role in ROLES}
    for page in all_pages(app, context):
        path = page.path.replace("<", "").replace(">", "")
        if page.audience == Audience():
            continue
        send = "get" if page.method == "GET" else "submit"
        stranger = getattr(Browser(app), send)(path)
        assert stranger.status_code == 303, page.name
        assert stranger.headers["Location"].startswith("/sign-in"), page.name
        for role, browser in browsers.items():
            status = getattr(browser, send)(path).status_code
            assert (status == 403) == (role not in page.audience.roles), (page.name, role, status)
        assert (getattr(person(), send)(path).status_code == 403) == (not page.audience.person), page.name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_language_is_the_browsers_until_another_is_chosen(app: Flask) -> None:
    browser = Browser(app, language="en")
    assert "May I declare a title this year?" in browser.get("/").text
    browser.follow(browser.get("/language?to=zh-CN&next=/"))
    assert "今年能申报职称吗？" in browser.get("/").text
    assert browser.get("/language?to=fr").status_code == 422


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(app: Flask, visitor: Browser) -> None:
    assert visitor.get("/nowhere").mimetype == "text/html"
    plain = app.test_client().get("/nowhere")
    assert plain.mimetype == "application/problem+json"
