"""How long a page takes beside the API calls that answer the same: ``python -m bench.pages``.

One signed-in person's first page (``/me``) and the two calls of it (the question, the transcript), one after the other
over kept connections to the same gunicorn. What counts is the ratio; the page may take twice as long (BOUND).
"""

import argparse
import http.client
import re
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import orjson

from api.cli.demo_data import prepare_demo
from bench.rounds import seconds_of
from importers.samples import DEMO_PEOPLE
from service.context import open_context
from service.settings import Settings
from service.store.schema import migrate
from tests.cli.server import environment, serving

BOUND: Final = 2.0
_PERSON: Final = DEMO_PEOPLE[0]
_JSON: Final = {"Content-Type": "application/json"}


class Caller:
    """A connection that is kept, and the cookies that came over it."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = dict(headers or {})
        self._cookies: dict[str, str] = {}

    def send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "", status: int = 200
    ) -> bytes:
        """The answer's body. Raises SystemExit for another status."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = self._headers | {"Content-Type": kind, "Cookie": cookies}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != status:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300].decode()}")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return content


def measure(port: int, key: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each page, and of the calls beside it."""
    api = Caller(port, {"Authorization": f"Bearer {key}"})
    browser = Caller(port, {"Accept": "text/html", "Accept-Language": "zh-CN"})
    form = browser.send("GET", "/sign-in").decode()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form)[0]
    who = urlencode({"csrf_token": token, "who": "person-0"}).encode()
    browser.send("POST", "/sign-in/demo", who, "application/x-www-form-urlencoded", status=303)
    person = {"id_type": "resident_id", "id_number": _PERSON.id_number}
    question = {
        "person": person,
        "division_code": _PERSON.division_code,
        "declaration_year": _PERSON.declaration_year,
        "level": _PERSON.level,
    }

    def ask() -> None:
        answer = api.send("POST", "/v1/eligibility", orjson.dumps(question), _JSON["Content-Type"])
        api.send("GET", f"/v1/people/{orjson.loads(answer)['person']['person_id']}/transcript")

    def look() -> None:
        browser.send("GET", "/me")

    if b'id="outcome"' not in browser.send("GET", "/me"):
        raise SystemExit("/me shows no answer")
    for warm_up in (look, ask) * 10:
        warm_up()
    both = [(seconds_of(look), seconds_of(ask)) for _ in range(rounds)]
    return [page for page, _ in both], [calls for _, calls in both]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/ledger.sqlite3"
        migrate(url)
        context = open_context(Settings(database_url=url))
        keys = prepare_demo(context, "zh-CN").keys
        context.database.close()
        settings = environment(DATABASE_URL=url, DEMO="true")
        with serving(["serve"], settings, Path(place) / "server.log") as server:
            pages, calls = measure(server.port, keys["platform"], rounds)
    page, call = statistics.median(pages), statistics.median(calls)
    print(f"/me {page * 1000:.1f} ms, its calls {call * 1000:.1f} ms: {page / call:.2f} (bound {BOUND})")  # noqa: T201
    sys.exit(page / call > BOUND)


if __name__ == "__main__":
    main()
