"""What traffic is measured on: a ledger with people in it, our server, the yardstick's beside it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson
import psycopg

from bench.ledgers import KEYS, MAKE_TOTALS, TOTALS, plain_url
from bench.report import Report
from bench.seeded import Seeded, question, seeded_ledger, written_lines
from bench.servers import THREADS, WORKERS, Served, our_command, serving, yardstick_command
from bench.wrk import CONNECTIONS, Load, load
from bench.yardstick import ANSWER, DATABASE, PEOPLE, TABLE
from tests.cli.server import call

PEOPLE_QUICK: Final = 500
PEOPLE_FULL: Final = 2000


@dataclass(frozen=True, slots=True)
class Stage:
    """The two servers and how long and how often to ask them. ``url``: of the database."""

    report: Report
    url: str
    seeded: Seeded
    ours: Served
    bare: Served
    folder: Path
    quick: bool

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 9

    @property
    def seconds(self) -> float:
        return 1 if self.quick else 2

    def lines(self, name: str, bodies: Iterable[Any]) -> Path:
        """A file of JSON bodies, one a line."""
        return written_lines(self.folder / f"{name}.jsonl", bodies)

    def paths(self, name: str, paths: Iterable[str]) -> Path:
        """A file of paths to get, one a line."""
        file = self.folder / f"{name}.txt"
        file.write_text("".join(f"{path}\n" for path in paths), "utf-8")
        return file

    def asking(
        self,
        path: str,
        lines: Path,
        role: str | None = None,
        *,
        connections: int = CONNECTIONS,
        method: Literal["POST", "GET"] = "POST",
        accept: str = "application/json",
        pause_ms: float = 0,
        heavy: bool = False,
    ) -> Callable[[], Load]:
        """A load on our server, to be started when its turn comes; ``heavy`` ones last twice as long."""
        headers = {"Accept": accept} | ({"Authorization": f"Bearer {self.seeded.keys[role]}"} if role else {})

        def turn() -> Load:
            done = load(
                f"{self.ours.url}{path}",
                lines,
                seconds=2 * self.seconds if heavy else self.seconds,
                headers=headers,
                connections=connections,
                method=method,
                pause_ms=pause_ms,
                heavy=heavy,
            )
            self.ours.settle()
            return done

        return turn

    def asking_bare(self, path: str, lines: Path) -> Callable[[], Load]:
        """The same load on the yardstick."""
        return lambda: load(f"{self.bare.url}{path}", lines, seconds=self.seconds)

    def call(self, path: str, role: str, body: Any) -> Any:
        """One request to our server, its JSON. AssertionError unless it was taken."""
        status, answer = call(f"{self.ours.url}{path}", self.seeded.keys[role], body)
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {answer}")
        return answer


@contextmanager
def stage(report: Report, url: str, folder: Path, *, quick: bool) -> Iterator[Stage]:
    """Seeds the database of ``url``, which nothing is in yet, and serves it."""
    people = PEOPLE_QUICK if quick else PEOPLE_FULL
    report.say(f"a ledger of {people} people")
    with (
        seeded_ledger(url, people) as seeded,
        serving(our_command(), our_settings(url), folder / "ours.log") as ours,
        serving(yardstick_command(), _bare_settings(url, folder, seeded, ours), folder / "bare.log") as bare,
    ):
        yield Stage(report, url, seeded, ours, bare, folder, quick)


def our_settings(url: str, *, workers: int = WORKERS) -> dict[str, str]:
    """The environment of our server."""
    settings = {"DATABASE_URL": url, "WEB_CONCURRENCY": str(workers), "THREADS": str(THREADS)}
    return settings | {name.upper(): value for name, value in KEYS.items()} | {"LOG_LEVEL": "WARNING"}


def _bare_settings(url: str, folder: Path, seeded: Seeded, ours: Served) -> dict[str, str]:
    """The environment of the yardstick: a typical answer of ours, the people whose rows it reads."""
    answer, people = folder / "answer.json", folder / "people.json"
    status, typical = call(f"{ours.url}/v1/eligibility", seeded.keys["platform"], question(0))
    if status != 200:
        raise AssertionError(typical)
    answer.write_bytes(orjson.dumps(typical))
    people.write_bytes(orjson.dumps(seeded.person_ids()))
    settings = {ANSWER: str(answer), PEOPLE: str(people)}
    if url.startswith("sqlite"):
        return settings
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute(TABLE)
        connection.execute(MAKE_TOTALS)
        connection.execute(
            f"INSERT INTO {TOTALS} SELECT person_id, credit_year, subject, division_code, sum(registered),"  # noqa: S608
            " sum(self_registered), sum(recognised), sum(rejected) FROM ledger GROUP BY 1, 2, 3, 4"
        )
        connection.execute(f"ANALYZE {TOTALS}")
    return settings | {DATABASE: plain_url(url)}
