"""Load by wrk, on this machine only, bounded in time."""

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import orjson

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_RESULT: Final = re.compile(r"^RESULT (\{.*\})$", re.MULTILINE)
_SEEDS: Final = itertools.count(os.getpid() * 1000)
CONNECTIONS: Final = 16
_SECONDS_MAX: Final = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: answers a second, and how long the 50th, 95th and 99th of a hundred took."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    requests: int


def require_wrk() -> None:
    """Installs wrk where that can be done; SystemExit says how otherwise."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "wrk"]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: on Debian, apt-get install wrk")


def load(
    url: str,
    lines: Path,
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
    method: Literal["POST", "GET"] = "POST",
    pause_ms: float = 0,
) -> Load:
    """Sends the lines of a file to ``url`` (a loopback address) for so long. AssertionError unless all were taken.

    The lines are bodies, or paths with the method GET. ``pause_ms``: how long each connection waits before a request,
    in the mean; without, it sends the next as soon as it is answered. Longer when there was no answer in that time.
    """
    if not url.startswith("http://127.0.0.1:"):
        raise ValueError("this machine only")
    while True:
        done = _loaded(url, lines, seconds, headers or {}, connections, method, pause_ms)
        if done.requests:
            return done
        if seconds > _SECONDS_MAX:
            raise AssertionError(f"{url}: no answer in {seconds:.0f} s")
        seconds *= 4


def _loaded(
    url: str,
    lines: Path,
    seconds: float,
    headers: Mapping[str, str],
    connections: int,
    method: str,
    pause_ms: float,
) -> Load:
    sent = {"Content-Type": "application/json", **headers}
    duration = max(1, round(seconds))
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{duration}s", "--timeout", "30s"]
    command += [part for name, value in sent.items() for part in ("-H", f"{name}: {value}")]
    command += ["-s", str(_SCRIPT), url, "--", str(lines), str(next(_SEEDS)), method, f"{pause_ms:.3f}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)  # noqa: S603
    found = _RESULT.search(done.stdout)
    assert found is not None, done.stdout  # noqa: S101
    told = orjson.loads(found[1])
    if told["refused"] or told["lost"]:
        raise AssertionError(f"{url}: {told}")
    answered, times = told["requests"], (told["p50_ms"], told["p95_ms"], told["p99_ms"])
    return Load(answered / told["seconds"], *times, answered)


def pause_for(per_second: float, connections: int, answer_ms: float) -> float:
    """The mean pause in ms with which so many connections ask ``per_second`` in all, an answer taking ``answer_ms``."""
    return max(0.0, 1000 * connections / per_second - answer_ms)
