"""Load by wrk, on this machine only, bounded in time."""

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_RESULT: Final = re.compile(r"^RESULT (\{.*\})$", re.MULTILINE)
_SEEDS: Final = itertools.count(os.getpid() * 1000)
CONNECTIONS: Final = 16
_LONGER: Final = (1, 4, 16)


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
    heavy: bool = False,
) -> Load:
    """Sends the lines of a file to ``url`` (a loopback address) for so long. AssertionError unless all were taken.

    The lines are bodies, or paths with the method GET. ``pause_ms``: how long each connection waits before a request,
    in the mean; without, it sends the next as soon as it is answered. ``heavy``: few requests are answered in that
    time, so it counts to the last answer and not to the end. Longer when there was none.
    """
    if not url.startswith("http://127.0.0.1:"):
        raise ValueError("this machine only")
    sent = {"Content-Type": "application/json", **(headers or {})}
    command = ["wrk", "-t", "1", "-c", str(connections), "--timeout", "30s", "-s", str(_SCRIPT)]
    command += [part for name, value in sent.items() for part in ("-H", f"{name}: {value}")]
    for longer in _LONGER:
        duration = max(1, round(longer * seconds))
        told = [str(lines), str(next(_SEEDS)), method, f"{pause_ms:.3f}", "last" if heavy else "end"]
        done = _told([*command, "-d", f"{duration}s", url, "--", *told], duration)
        if done["refused"] or done["lost"]:
            raise AssertionError(f"{url}: {done}")
        if answered := done["requests"]:
            times = done["p50_ms"], done["p95_ms"], done["p99_ms"]
            return Load(answered / done["seconds"], *times, answered)
    raise AssertionError(f"{url}: no answer in {duration} s")


def _told(command: list[str], seconds: int) -> dict[str, Any]:
    """What the script says at the end."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)  # noqa: S603
    found = _RESULT.search(done.stdout)
    if found is None:
        raise AssertionError(done.stdout + done.stderr)
    told: dict[str, Any] = orjson.loads(found[1])
    return told


def pause_for(per_second: float, connections: int, answer_ms: float) -> float:
    """The mean pause in ms with which so many connections ask ``per_second`` in all, an answer taking ``answer_ms``."""
    return max(0.0, 1000 * connections / per_second - answer_ms)
