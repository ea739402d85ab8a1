"""One run: a PostgreSQL that keeps what it acknowledges, the parts one after the other."""

import shutil
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.parts import PARTS, Place
from bench.progress import Progress
from bench.report import Report
from bench.servers import DISK
from tests.postgres_server import PostgresServer, connected

SERVER: Final = {
    "autovacuum": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_wal_size": "8GB",
    "shared_buffers": "1GB",
}
"""As in production: what is acknowledged is on the disk. The last two are for a machine of today."""


def run(report: Report, chosen: Sequence[str], *, quick: bool, command: str) -> list[str]:
    """Measures the chosen parts; answers those that failed. A run that is broken off keeps what it had."""
    report.progress = Progress({name: PARTS[name].seconds(quick=quick) for name in chosen})
    failed = []
    report.say("starting PostgreSQL")
    server = PostgresServer(place=DISK, **SERVER)
    folder = Path(tempfile.mkdtemp(prefix="ledger-bench-"))
    try:
        report.add({}, {"command": command, "postgresql": _described(server.url), "parts": []})
        for name in chosen:
            own = folder / name
            own.mkdir()
            report.progress.begin(name)
            try:
                PARTS[name].measure(report, Place(server.url, own, quick))
                report.add({}, {"parts": [*report.figures["parts"], name]})
            except (Exception, SystemExit) as error:  # the other parts are measured all the same
                report.progress.leave()
                traceback.print_exception(error)
                failed.append(name)
            report.progress.end()
            shutil.rmtree(own, ignore_errors=True)
    except KeyboardInterrupt:
        report.progress.leave()
        failed.append("broken off")
    finally:
        report.progress.leave()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return failed


def _described(url: str) -> str:
    """Version, durability and file system of the server."""
    with connected(url) as connection:
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
        (fsync,) = connection.execute("SHOW fsync").fetchone() or ("",)
    return f"{version.split()[0]}, fsync {fsync}, {_file_system(DISK)}"


def _file_system(path: Path) -> str:
    """The kind of the one that a directory lies on, such as ext4."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    on = [(len(place), kind) for _, place, kind, *_ in mounts if path.is_relative_to(place)]
    return max(on)[1]
