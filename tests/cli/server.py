"""A real server: ``hours-ledger`` as a process of its own, on a port of the kernel's choice."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from service.settings import Settings

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: str) -> dict[str, str]:
    """This process's, with no settings of the service but these and those of a small server."""
    ours = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"WEB_CONCURRENCY": "2", "THREADS": "4"} | settings


class Server:
    """``hours-ledger serve`` (or another command that serves). Ended by its process id."""

    def __init__(
        self, arguments: list[str], settings: Mapping[str, str], log: Path, cwd: Path = ROOT
    ) -> None:
        self.port = free_port()
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                env={**settings, "PORT": str(self.port)},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_healthy(self) -> None:
        """Raises AssertionError with the log when the server does not come up."""
        give_up = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.log.read_text("utf-8"))

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        pid = self.process.pid
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        return [int(found) for found in re.findall(r"\d+", listed)]

    def stop(self) -> int:
        """Ends the server as an administrator does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@contextmanager
def serving(
    arguments: list[str], settings: Mapping[str, str], log: Path, cwd: Path = ROOT
) -> Iterator[Server]:
    """A server that answers, ended afterwards."""
    server = Server(arguments, settings, log, cwd)
    try:
        server.wait_until_healthy()
        yield server
    finally:
        server.stop()


def run_cli(settings: Mapping[str, str], *arguments: str) -> str:
    """A command that must succeed; its stdout."""
    done = subprocess.run(
        [*COMMAND, *arguments], env=dict(settings), cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


def call(url: str, key: str | None = None, body: object = None) -> tuple[int, Any]:
    """(status, JSON) of a request. Raises OSError when the server hangs up."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    data = None if body is None else orjson.dumps(body)
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, orjson.loads(error.read())
