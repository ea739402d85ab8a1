"""The server: gunicorn with threads, several processes, metrics of all of them together.

``serve`` becomes gunicorn, which reads its hooks from this module and makes the application in every worker.
"""

import gc
import os
import secrets
import shutil
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

import orjson
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http import errors  # type: ignore[import-untyped]
from gunicorn.util import write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from api.logs import configure_logging, write_json
from service.domain.errors import Refusal
from service.settings import Settings, load_settings

_METRICS_PREFIX: Final = "hours-ledger-metrics-"

IDLE_SECONDS: Final = 15
"""After which a client that has begun a request and sends nothing more of it is given up: each holds a thread, and one
that went away without a word would hold it for ever."""

_YIELD_SECONDS: Final = 0.0001
_YIELDS_MAX: Final = 10

_COLLECTED_AFTER: Final = 10_000
"""New objects before the collector looks through them (Python's own measure is 700). At 50,000 a worker held 7 % more
after 100,000 requests than after 1,000; so it is 4 %."""

_REFUSED: Final = errors.ParseException
"""What gunicorn raises for a request that breaks the rules of HTTP."""


class Log(Logger):  # type: ignore[misc]
    """gunicorn's own log, in lines like ours: of an error its type and its place, never its text."""

    def setup(self, cfg: object) -> None:
        """As gunicorn's."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            write_json(handler)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, whose own errors are problems too and quote nothing of the request, and which waits
    for nobody longer than ``idle_seconds``."""

    idle_seconds: ClassVar[int] = IDLE_SECONDS

    def accept(self, listener: Any) -> None:
        """Takes a new connection, the later the more there are already: another process that has fewer comes first.

        All wait at one socket, and who wakes first would take a whole burst of them; a platform that keeps its
        connections open would then be answered by one process for as long as it asks, half as fast.
        """
        time.sleep(min(self.nr_conns, _YIELDS_MAX) * _YIELD_SECONDS)
        super().accept(listener)

    def enqueue_req(self, conn: Any) -> None:
        """Takes a connection on whose request a thread is to wait."""
        # The kernel's own limit: gunicorn sets the socket's to none whenever it begins to read.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", self.idle_seconds, 0))
        super().enqueue_req(conn)

    def handle_error(self, req: object, client: Any, addr: object, exc: BaseException) -> None:  # noqa: ARG002
        """Answers a request that gunicorn could not read."""
        from api.problems import PROBLEM_MEDIA_TYPE, problem_document

        refused = isinstance(exc, _REFUSED)
        refusal = Refusal("bad_request" if refused else "internal_error")
        request_id = secrets.token_hex(16)
        body = orjson.dumps(problem_document(refusal, "zh-CN", request_id))
        status = "400 Bad Request" if refused else "500 Internal Server Error"
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {PROBLEM_MEDIA_TYPE}\r\n"
            f"X-Request-Id: {request_id}\r\nX-Content-Type-Options: nosniff\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.log.warning("unreadable request %s: %s", request_id, type(exc).__name__)
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("the client has gone")


def application() -> Any:
    """The WSGI application of one worker, by this process's settings."""
    from api.app import create_app
    from service.context import open_context

    settings = load_settings()
    configure_logging(settings.log_level)
    app = create_app(open_context(settings))
    # What is there now stays for good: not looked through again each time that garbage is looked for. And a batch of
    # 500 answers makes 200,000 objects, none of them garbage before the end.
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER, 20, 100)
    return app


def child_exit(_server: object, worker: Any) -> None:
    """gunicorn's hook: a worker is gone, its gauges with it."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """gunicorn's hook: the server ends; a metrics directory that ``serve`` made goes with it."""
    directory = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
    if directory.name.startswith(_METRICS_PREFIX):
        shutil.rmtree(directory, ignore_errors=True)


def serve(settings: Settings) -> NoReturn:
    """Replaces this process by the server."""
    environment = dict(os.environ)
    # glibc gives each thread a heap of its own, and what one let go of the others would not use.
    environment.setdefault("MALLOC_ARENA_MAX", "2")
    if "PROMETHEUS_MULTIPROC_DIR" not in environment:
        environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=_METRICS_PREFIX)
    os.execve(sys.executable, [sys.executable, "-m", "gunicorn", *server_options(settings)], environment)  # noqa: S606


def server_options(settings: Settings) -> list[str]:
    """gunicorn's command line."""
    options = {
        "--config": "python:api.server",
        "--bind": f"{settings.host}:{settings.port}",
        "--workers": str(settings.web_concurrency),
        "--threads": str(settings.threads),
        "--worker-class": "api.server.Worker",
        "--logger-class": "api.server.Log",
        "--timeout": "60",
        "--graceful-timeout": "30",
        "--keep-alive": "5",
        "--log-level": settings.log_level.lower(),
    }
    if Path("/dev/shm").is_dir():  # noqa: S108  # gunicorn's heartbeat files want memory, not a disk that may be slow
        options["--worker-tmp-dir"] = "/dev/shm"  # noqa: S108
    # gunicorn's control socket lies in the home directory: absent in a read-only container, shared by instances.
    return [part for option in options.items() for part in option] + [
        "--no-control-socket",
        "api.server:application()",
    ]
