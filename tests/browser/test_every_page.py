"""A walk along the links: every audience, every page that it can reach, on a phone and on a desk, in both languages."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from api.app import create_app
from importers.samples import DEMO_PEOPLE
from tests.browser.conftest import OpenPage, Site, faults_of_page, sign_in_at

AUDIENCES = {
    "nobody": "/notices",
    "person-0": "/me/hours/<entry_id>",
    "newcomer": "/me/register",
    "provider": "/provider/imports/<import_id>",
    "authority": "/authority/entries/<entry_id>",
    "admin": "/admin/policies/<policy_id>",
}
"""Who walks, and a page that must be among those that they come by."""
NUMBER = re.compile("|".join(person.id_number for person in DEMO_PEOPLE))


@pytest.mark.parametrize("who", AUDIENCES)
def test_every_page_that_is_linked(site: Site, open_page: OpenPage, who: str) -> None:
    context = site.open_context()
    routes = create_app(context).url_map.bind("127.0.0.1")
    context.database.close()
    page = open_page(accept_downloads=True)
    if who != "nobody":
        sign_in_at(site, page, who)
    page.goto(f"{site.url}/language?to=en&next=/" if who == "newcomer" else site.url)
    seen, waiting, faults = set(), _places(page, site), []
    while waiting:
        place = waiting.pop(0)
        try:
            rule, _ = routes.match(urlsplit(place).path, method="GET", return_rule=True)
        except HTTPException:
            continue  # a page that is still to come; that links lead somewhere is another test's question
        if rule.rule in seen or rule.rule.startswith(ELSEWHERE):
            continue
        seen.add(rule.rule)
        answer = page.request.get(f"{site.url}{place}", headers={"Accept": "text/html"})
        if "text/html" not in answer.headers["content-type"]:
            continue
        assert answer.status == 200, place
        page.goto(f"{site.url}{place}")
        faults += [f"{place} {fault}" for fault in faults_of_page(page, ((360, "light"), (1280, "dark")))]
        page.set_viewport_size({"width": 1920, "height": 1080})
        faults += [f"{place} 1920: too wide"] * page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not NUMBER.search(page.url), place
        waiting += _places(page, site)
    assert faults == []
    assert AUDIENCES[who] in seen
    assert not NUMBER.search(site.log.read_text("utf-8"))


ELSEWHERE = ("/docs", "/sign-in/oidc", "/language", "/v1", "/metrics", "/readyz", "/openapi", "/assets")
"""No pages of ours, or the way out."""


def _places(page: Page, site: Site) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [place.removeprefix(site.url) for place in found if place.startswith(f"{site.url}/")]
