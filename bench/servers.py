"""The servers of a run: ours and the yardsticks under the same gunicorn, each ended by its process id."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.report import ROOT
from tests.cli.server import free_port

WORKERS: Final = 2
THREADS: Final = 8
_START_SECONDS_MAX: Final = 60


class Served:
    """A server that answers. ``workers``: the ids of its processes."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, started_s: float) -> None:
        self.process, self.url, self.started_s = process, url, started_s

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        return [int(found) for found in re.findall(r"\d+", listed)]

    def memory_mb(self) -> float:
        """Resident memory of its largest worker."""
        sizes = [
            int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("ascii"))[0])
            for pid in self.workers()
        ]
        return max(sizes) / 1024


@contextmanager
def serving(
    command: list[str], settings: Mapping[str, str], log: Path, ready: str = "/healthz"
) -> Iterator[Served]:
    """A program that serves on the PORT it is given, from the first time on that it answers ``ready``."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in command]
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command,
            env={**os.environ, **settings, "PORT": str(port)},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}{ready}", log)
        yield Served(process, url, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS_MAX
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(log.read_text("utf-8", "replace"))


def our_command() -> list[str]:
    """``hours-ledger serve``."""
    return [sys.executable, "-c", "from api.cli import main; main()", "serve"]


def yardstick_command() -> list[str]:
    """The yardstick under gunicorn as we run it."""
    return [
        sys.executable,
        *("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread"),
        *(
            "--workers",
            str(WORKERS),
            "--threads",
            str(THREADS),
            "--keep-alive",
            "5",
            "--log-level",
            "warning",
        ),
        "bench.yardstick:application()",
    ]
