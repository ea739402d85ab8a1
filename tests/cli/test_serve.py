"""``hours-ledger serve``: real gunicorn, stopped and shot at."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.cli.server import COMMAND, ROOT, Server, call, environment, run_cli, serving

PEOPLE = ("330500199001010011", "331100199202290039", "33060419791115004X", "330500198808080024")
ENTRIES_EACH = 60


@pytest.fixture
def settings(sqlite_url: str) -> dict[str, str]:
    return environment(DATABASE_URL=sqlite_url)


@pytest.fixture
def server(settings: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    with serving(["serve"], settings, tmp_path / "server.log") as started:
        yield started


def test_it_answers_and_a_term_signal_ends_it_cleanly(server: Server) -> None:
    assert call(f"{server.url}/healthz") == (200, {"status": "ok"})
    assert call(f"{server.url}/readyz")[0] == 200
    assert len(server.workers()) == 2
    assert server.stop() == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_a_taken_port_is_told_in_one_line(settings: dict[str, str], server: Server) -> None:
    refused = subprocess.run(
        [*COMMAND, "serve"],
        env=settings | {"PORT": str(server.port)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert str(server.port) in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


class Poster(threading.Thread):
    """Posts one person's entries one after the other, and remembers which were acknowledged."""

    def __init__(self, server: Server, key: str, number: str) -> None:
        super().__init__()
        self.server, self.key, self.number = server, key, number
        self.acknowledged: dict[str, str] = {}
        self.failures = 0

    def run(self) -> None:
        for place in range(ENTRIES_EACH):
            body = entry(self.number, place)
            while body["external_ref"] not in self.acknowledged:
                try:
                    status, answer = call(f"{self.server.url}/v1/entries", self.key, body)
                except (OSError, HTTPException):  # no answer, or half of one
                    self.failures += 1
                    time.sleep(0.05)
                    continue
                assert status in (200, 201), answer
                self.acknowledged[body["external_ref"]] = answer["entry_id"]


def entry(number: str, place: int) -> dict[str, Any]:
    return {
        "external_ref": f"{number[-6:]}-{place}",
        "person": {"id_type": "resident_id", "id_number": number, "name": "测试人"},
        "division_code": "331100",
        "credit_year": 2023,
        "subject": "specialty",
        "hours": 0.5,
    }


def wait_for(reached: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_a_worker_shot_while_it_writes_loses_nothing_acknowledged(
    settings: dict[str, str], server: Server
) -> None:
    key = run_cli(settings, "client", "create", "--role", "provider", "--name", "基地").splitlines()[-1]
    posters = [Poster(server, key, number) for number in PEOPLE]
    for poster in posters:
        poster.start()
    for share in (0.2, 0.5):
        wait_for(
            lambda share=share: (
                sum(len(p.acknowledged) for p in posters) > share * ENTRIES_EACH * len(posters)
            )
        )
        for worker in server.workers():
            os.kill(worker, signal.SIGKILL)
        wait_for(lambda: len(server.workers()) == 2)
    for poster in posters:
        poster.join(timeout=60)
    for poster in posters:
        assert len(poster.acknowledged) == ENTRIES_EACH
        person = next(iter(poster.acknowledged.values())).partition("-")[0]
        status, page = call(f"{server.url}/v1/entries?person_id={person}&limit=100", key)
        assert status == 200
        stored = {row["external_ref"]: row["entry_id"] for row in page["entries"]}
        assert stored == poster.acknowledged
    assert sum(poster.failures for poster in posters) > 0
    run_cli(settings, "verify")


def test_the_demo_serves_what_it_says(tmp_path: Path) -> None:
    settings = environment(DATABASE_URL=f"sqlite:///{tmp_path}/demo.sqlite3")
    log = tmp_path / "demo.log"
    with serving(["demo", "--serve"], settings, log) as server:
        lines = [line for line in log.read_text("utf-8").splitlines() if line.startswith("curl ")]
        outputs = [run_line(line) for line in lines]
        again = run_line(lines[0])
    assert len(lines) == 5  # three to begin with, two that end the story of Huzhou
    assert str(server.port) in lines[0]
    assert '"status":"registered"' in outputs[0]
    assert again == outputs[0]
    assert '"outcome":"not_eligible"' in outputs[1]
    assert '"outcome":"eligible"' in outputs[2]
    assert "330500199001010011" not in log.read_text("utf-8")


def run_line(line: str) -> str:
    done = subprocess.run(["bash", "-c", line], check=True, capture_output=True, text=True)
    return done.stdout
