"""Pages in a real browser: Chromium before gunicorn, a real database and a real OpenID provider.

Each file of tests has a server and a browser of its own, and data as ``hours-ledger demo`` makes them – but not the
demo mode, so people and staff sign in at the provider. What a page must never do fails the test that saw it.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.engine import make_url

from api.cli.demo_data import prepare_demo
from service.context import Context, open_context
from service.settings import Settings
from service.store.schema import migrate
from tests.browser.chromium import Watch, chromium
from tests.browser.identity_provider import identity_provider
from tests.browser.people import USERS
from tests.cli.conftest import KEY
from tests.cli.server import ROOT, environment, serving
from tests.postgres_server import fresh_database

SCREENSHOTS = ROOT / "var" / "screenshots"
SIZES = {360: 780, 390: 844, 1280: 800}

OpenPage = Callable[..., Page]
SignIn = Callable[[Page, str], None]
Look = Callable[[Page, str], None]

_numbers = count()


@dataclass(frozen=True)
class Site:
    """A running server. ``keys``: role → key of the demo's client of that role."""

    url: str
    settings: Mapping[str, str]
    keys: Mapping[str, str]
    log: Path

    def open_context(self) -> Context:
        """The server's data, for a test to look at."""
        return open_context(_settings(self.settings))


def _settings(values: Mapping[str, str]) -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in values.items()})


def _seed(settings: Mapping[str, str]) -> dict[str, str]:
    """The demo's clients, people and entries in a migrated database; role → key."""
    context = open_context(_settings(settings))
    try:
        return dict(prepare_demo(context, "zh-CN").keys)
    finally:
        context.database.close()


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The OpenID provider's address."""
    with identity_provider(USERS) as issuer:
        yield issuer


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A directory with a seeded SQLite database and its keys, to be copied."""
    directory = tmp_path_factory.mktemp("seeded")
    url = f"sqlite:///{directory / 'ledger.sqlite3'}"
    migrate(url)
    return directory, _seed({"DATABASE_URL": url})


@pytest.fixture(scope="module")
def site(
    seeded: tuple[Path, dict[str, str]], provider: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A server on SQLite, for the tests of one file."""
    directory = tmp_path_factory.mktemp("site")
    shutil.copytree(seeded[0], directory, dirs_exist_ok=True)
    settings = {"DATABASE_URL": f"sqlite:///{directory / 'ledger.sqlite3'}"}
    yield from _served(settings, seeded[1], provider, directory)


@pytest.fixture(scope="module")
def postgres_site(
    postgres_server_url: str, _postgres_template: str, provider: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The same on PostgreSQL."""
    directory = tmp_path_factory.mktemp("site")
    with (
        fresh_database(postgres_server_url, _postgres_template) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.chdir(directory)  # where the demo puts the keys that it makes
        settings = {
            "DATABASE_URL": make_url(url).render_as_string(hide_password=False),
            "IDENTITY_KEYS": f"k1:{KEY}",
            "LOOKUP_KEY": KEY,
            "SIGNING_KEYS": f"s1:{KEY}",
            "EVIDENCE_DIR": str(directory / "evidence"),
        }
        yield from _served(settings, _seed(settings), provider, directory)


def _served(
    settings: Mapping[str, str], keys: Mapping[str, str], provider: str, directory: Path
) -> Iterator[Site]:
    # Each browser says that it comes from elsewhere, so that no test uses up another's attempts to sign in.
    full = {**settings, "OIDC_ISSUER": provider, "OIDC_CLIENT_SECRET": "of the tests", "TRUSTED_PROXIES": "1"}
    with serving(["serve"], environment(**full), directory / "server.log") as server:
        yield Site(server.url, full, keys, server.log)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Not for longer than a file: while it runs, nothing else in the process can use asyncio."""
    with chromium() as launched:
        yield launched


@pytest.fixture
def expected_statuses() -> set[int]:
    """Statuses from 500 on that the test provokes and puts in here."""
    return set()


@pytest.fixture
def open_page(browser: Browser, expected_statuses: set[int]) -> Iterator[OpenPage]:
    """``open_page(locale="en", java_script_enabled=False, …)``: one more browser, without cookies.

    Afterwards: no error in any console, no violated content policy, no request that left the machine, no 5xx.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_one(**options: Any) -> Page:
        number = next(_numbers)
        address = f"10.0.{number // 250}.{number % 250 + 1}"
        context = browser.new_context(
            **{
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "reduced_motion": "reduce",
                "viewport": {"width": 1280, "height": 800},
                "extra_http_headers": {"X-Forwarded-For": address},
                **options,
            }
        )
        context.set_default_timeout(20_000)
        opened.append((context, Watch(context, expected_statuses)))
        return context.new_page()

    yield open_one
    for context, _ in opened:
        context.close()
    assert [fault for _, watch in opened for fault in watch.faults] == []


@pytest.fixture
def browser_page(open_page: OpenPage) -> Page:
    """One fresh browser, Chinese, of desktop size."""
    return open_page()


@pytest.fixture
def sign_in(site: Site) -> SignIn:
    """``sign_in(page, who)``: at the provider, as one of people.USERS. Ends on that audience's first page."""

    def sign_in(page: Page, who: str) -> None:
        sign_in_at(site, page, who)

    return sign_in


def sign_in_at(site: Site, page: Page, who: str) -> None:
    """Signs in on a certain server."""
    page.goto(f"{site.url}/sign-in")
    page.locator('a[role="button"][href^="/sign-in/oidc"]').click()
    page.locator(f'button[name="sub"][value="{who}"]').click()
    page.wait_for_url(f"{site.url}/**")
    assert not page.url.startswith(f"{site.url}/sign-in"), page.inner_text("main")


@pytest.fixture
def look() -> Look:
    """``look(page, name)``: pictures of the page into var/screenshots, on a phone and on a desk, by day and by night;
    nothing wider than the screen, and axe finds nothing serious."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def look(page: Page, name: str) -> None:
        assert faults_of_page(page, ((390, "light"), (1280, "light"), (1280, "dark")), name) == [], name

    return look


def faults_of_page(page: Page, looks: Sequence[tuple[int, str]], name: str | None = None) -> list[str]:
    """What is wrong with a page at these widths and colour schemes; ``name``: keeps pictures under it."""
    faults = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if name is not None:
            suffix = "" if scheme == "light" else f"-{scheme}"
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}{suffix}.png", full_page=True)
        faults += [f"{width} {scheme}: {fault}" for fault in [*_overflow(page), *_inaccessible(page)]]
    page.emulate_media(color_scheme="light")
    return faults


def _overflow(page: Page) -> list[str]:
    root = "document.documentElement"
    beyond = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return [f"{beyond} px wider than the screen"] if beyond > 0 else []


def _inaccessible(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{it['id']}: {[node['html'][:150] for node in it['nodes'][:3]]}"
        for it in found
        if it["impact"] in ("serious", "critical")
    ]
