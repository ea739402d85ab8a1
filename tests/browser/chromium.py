"""Chromium as the tests run it, and what they hold against a page that it shows."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, Response, sync_playwright

LOOPBACK: Final = "127.0.0.1"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",  # containers run the tests as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
_ALWAYS_THERE: Final = frozenset({"stylesheet", "script", "image", "font"})


class BrowserUnavailable(Exception):
    """There is no Chromium; the text says how to get one. Skipped tests would look like passed ones."""


def executable() -> str:
    """The Chromium of ``$CHROMIUM`` or of the system."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise BrowserUnavailable("no Chromium: `make install-browser`, or name one in $CHROMIUM")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Listens to the pages of a context. ``expected``: statuses from 500 on that a test provokes."""

    def __init__(self, context: BrowserContext, expected: set[int]) -> None:
        self.faults: list[str] = []
        self._expected = expected
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form is such a message too; what must not fail to load is seen by its response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.hostname != LOOPBACK:
            self.faults.append(f"left the machine: {request.url}")

    def _answered(self, response: Response) -> None:
        status, kind = response.status, response.request.resource_type
        if (status >= 500 and status not in self._expected) or (status >= 400 and kind in _ALWAYS_THERE):
            self.faults.append(f"{status}: {response.url}")
