"""The server: gunicorn with threads, several processes, metrics of all of them together.

``serve`` becomes gunicorn, which reads its hooks from this module and makes the application in every worker.
"""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NoReturn

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from api.logs import configure_logging, write_json
from service.settings import Settings, load_settings

_METRICS_PREFIX: Final = "hours-ledger-metrics-"

_COLLECTED_AFTER: Final = 10_000
"""New objects before the collector looks through them (Python's own measure is 700). At 50,000 a worker held 7 % more
after 100,000 requests than after 1,000; so it is 4 %."""


class Log(Logger):  # type: ignore[misc]
    """gunicorn's own log, in lines like ours: of an error its type and its place, never its text."""

    def setup(self, cfg: object) -> None:
        """As gunicorn's."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            write_json(handler)


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
        "--worker-class": "api.worker.Worker",
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
