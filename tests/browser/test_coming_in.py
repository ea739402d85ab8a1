"""The way in, as people and staff see it: the first page, the provider, the first page of their own."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Look, OpenPage, SignIn, Site, sign_in_at
from tests.browser.people import USERS


def test_the_first_page_and_the_sign_in(site: Site, browser_page: Page, look: Look) -> None:
    browser_page.goto(site.url)
    look(browser_page, "home")
    browser_page.get_by_role("button", name="登录查看我的学时").click()
    assert browser_page.url == f"{site.url}/sign-in"
    look(browser_page, "sign-in")


@pytest.mark.parametrize("who", ["person-0", "newcomer", "provider", "authority", "admin"])
def test_everybody_signs_in_at_the_provider(
    site: Site, browser_page: Page, sign_in: SignIn, who: str
) -> None:
    sign_in(browser_page, who)
    browser_page.goto(site.url)
    name = USERS[who].get("hours_ledger_client", USERS[who]["name"])
    assert browser_page.locator("details.account summary").inner_text() == name
    (cookie,) = (it for it in browser_page.context.cookies() if it["name"] == "hours-ledger")
    # Chromium takes a Secure cookie from a loopback address without TLS, so the server needs no demo mode here.
    assert cookie["secure"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert browser_page.evaluate("document.cookie") == ""


def test_it_all_works_on_postgresql_too_and_without_scripts(postgres_site: Site, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False, locale="en")
    sign_in_at(postgres_site, page, "person-0")
    page.goto(postgres_site.url)
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert page.get_by_role("status").inner_text() == "You have signed out."
