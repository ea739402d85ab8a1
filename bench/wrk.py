"""Load by wrk, on this machine only, bounded in time."""

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

_SCRIPT: Final = Path(__file__).with_name("wrk.lua")
_RESULT: Final = re.compile(r"^RESULT (\{.*\})$", re.MULTILINE)
_SEEDS: Final = itertools.count(os.getpid() * 1000)
CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: answers a second, and how long the 50th, 95th and 99th of a hundred took."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def require_wrk() -> None:
    """Installs wrk where that can be done; SystemExit says how otherwise."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=False, **quiet)  # noqa: S607  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "wrk"], check=False, **quiet)  # noqa: S607  # type: ignore[call-overload]
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: on Debian, apt-get install wrk")


def load(
    url: str,
    bodies: Path,
    *,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Load:
    """POSTs the lines of a file to ``url`` (a loopback address) for so long. AssertionError unless all were taken."""
    if not url.startswith("http://127.0.0.1:"):
        raise ValueError("this machine only")
    sent = {"Content-Type": "application/json", **(headers or {})}
    command = [
        "wrk",
        "-t",
        "1",
        "-c",
        str(connections),
        "-d",
        f"{max(1, round(seconds))}s",
        "--timeout",
        "30s",
    ]
    command += [part for name, value in sent.items() for part in ("-H", f"{name}: {value}")]
    command += ["-s", str(_SCRIPT), url, "--", str(bodies), str(next(_SEEDS))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60)  # noqa: S603
    found = _RESULT.search(done.stdout)
    assert found is not None, done.stdout  # noqa: S101
    told = orjson.loads(found[1])
    if told["refused"] or told["lost"] or not told["requests"]:
        raise AssertionError(f"{url}: {told}")
    return Load(told["requests"] / told["seconds"], told["p50_ms"], told["p95_ms"], told["p99_ms"])
