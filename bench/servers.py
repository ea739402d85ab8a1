"""The servers of a run: ours and the yardsticks under the same gunicorn, each ended by its process id."""

import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.report import ROOT
from tests.cli.server import environment, free_port

WORKERS: Final = 2
THREADS: Final = 8
DISK: Final = Path("/var/tmp")  # noqa: S108  # kept on a disk by custom, and PostgreSQL's account reaches it
"""Where the PostgreSQL of a run keeps its data."""
_START_SECONDS_MAX: Final = 60
_SETTLE_SECONDS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Memory:
    """``rss_mb``: resident pages; ``pss_mb``: the same, a page that n processes share counting as an nth."""

    rss_mb: float
    pss_mb: float


class Served:
    """A server that answers. ``workers``: the ids of its processes."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, started_s: float) -> None:
        self.process, self.url, self.started_s = process, url, started_s

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        return children_of(self.process.pid)

    def settle(self) -> None:
        """Waits until nothing is under way any more of what a load left unanswered at its end, at most some seconds."""
        workers = self.workers()
        give_up = time.monotonic() + _SETTLE_SECONDS_MAX
        before = -1
        while time.monotonic() < give_up and (now := _ticks(workers)) != before:
            before = now
            time.sleep(0.05)

    def largest_worker(self) -> Memory:
        """What the worker holds that holds most."""
        return max((memory_of(pid) for pid in self.workers()), key=lambda each: each.pss_mb)


def _ticks(pids: list[int]) -> int:
    """Processor time that processes have taken, in the kernel's ticks."""
    stats = [Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats)


def children_of(pid: int) -> list[int]:
    """Process ids. OSError when it has ended."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(found) for found in re.findall(r"\d+", listed)]


def memory_of(*pids: int) -> Memory:
    """What processes hold together. OSError when one of them has ended."""
    rolled = [Path(f"/proc/{pid}/smaps_rollup").read_text("ascii") for pid in pids]

    def total(name: str) -> float:
        return (
            sum(int(found) for text in rolled for found in re.findall(rf"^{name}:\s+(\d+)", text, re.M))
            / 1024
        )

    return Memory(total("Rss"), total("Pss"))


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
            env=environment(**settings, PORT=str(port)),
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
            process.wait(40)
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
    options = {
        "--bind": "127.0.0.1:{port}",
        "--worker-class": "api.worker.Worker",  # which shares connections out evenly; else a burst is one process's
        "--workers": str(WORKERS),
        "--threads": str(THREADS),
        "--keep-alive": "5",
        "--log-level": "warning",
    }
    told = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", *told, "bench.yardstick:application()"]
