"""How fast rosters go in: CSV beside COPY and executemany, XLSX beside CSV, a million rows beside a hundred thousand.

Each turn has a fresh database.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from api.cli.roster import for_bulk
from bench.ledgers import Rows, all_rows, copied, copied_to_all, executed_many, opened_ledger
from bench.report import ROOT, Report
from bench.roster_file import write_csv, write_xlsx
from bench.rounds import in_turn, seconds_in_turn, seconds_of
from bench.servers import children_of, memory_of
from importers.intake import import_roster
from importers.reader import open_roster
from importers.sheet import ReadLimits
from tests.postgres_server import fresh_database


@contextmanager
def fresh_sqlite(folder: Path) -> Iterator[Path]:
    """A place for a database that nothing is in yet."""
    file = folder / f"{os.urandom(6).hex()}.sqlite3"
    yield file
    for left in folder.glob(f"{file.name}*"):
        left.unlink()


def import_seconds(url: str, file: Path) -> tuple[float, Rows]:
    """Seconds of the whole path: read, check, identities, hashes, totals, commit. And the rows it left."""
    with opened_ledger(url) as (context, client):
        began = time.perf_counter()
        report = import_roster(context, client, file, file_name=file.name)
        seconds = time.perf_counter() - began
        if report.faults_total or report.created != report.rows:
            raise AssertionError(report)
        return seconds, all_rows(context)


def measure_imports(report: Report, server_url: str, folder: Path, *, quick: bool) -> None:
    """Adds a CSV roster on both databases beside the database alone, XLSX, and the million unless ``quick``."""
    for_bulk()
    rows, rounds = (10_000, 3) if quick else (100_000, 9)
    file = write_csv(folder / "roster.csv", rows)
    _measure_csv(report, server_url, folder, file, rows, rounds)
    _measure_xlsx(report, server_url, folder, rows // 2, rounds)
    if not quick:
        _measure_million(report, server_url, file, write_csv(folder / "large.csv", 10 * rows), rounds)


def _measure_csv(report: Report, server_url: str, folder: Path, file: Path, rows: int, rounds: int) -> None:
    left: Rows = {}

    def ours() -> float:
        nonlocal left
        with fresh_database(server_url) as url:
            seconds, left = import_seconds(url, file)
        return seconds

    def copy() -> float:
        with fresh_database(server_url) as url:
            return copied(url, left["ledger"])

    def copy_to_all() -> float:
        with fresh_database(server_url) as url:
            return copied_to_all(url, left)

    def ours_on_sqlite() -> float:
        nonlocal left
        with fresh_sqlite(folder) as path:
            seconds, left = import_seconds(f"sqlite:///{path}", file)
        return seconds

    def many_on_sqlite() -> float:
        with fresh_sqlite(folder) as path:
            return executed_many(path, left)

    postgres = {"import": ours, "copy": copy, "copy to all tables": copy_to_all}
    on_postgres = seconds_in_turn(report, postgres, rounds, "CSV")
    sqlite = {"import": ours_on_sqlite, "executemany": many_on_sqlite}
    on_sqlite = seconds_in_turn(report, sqlite, rounds, "CSV on SQLite")
    report.add(
        {
            "import_csv_vs_copy": on_postgres["copy"] / on_postgres["import"],
            "import_csv_vs_executemany": on_sqlite["executemany"] / on_sqlite["import"],
            # The floor: no import, whatever feeds it, can be above what COPY into all its tables is.
            "copy_to_all_vs_copy": on_postgres["copy"] / on_postgres["copy to all tables"],
        },
        {
            "import_rows": rows,
            "import_rows_per_s": rows / on_postgres["import"],
            "copy_rows_per_s": rows / on_postgres["copy"],
            "sqlite_import_rows_per_s": rows / on_sqlite["import"],
        },
    )


def _measure_xlsx(report: Report, server_url: str, folder: Path, rows: int, rounds: int) -> None:
    """The same roster as CSV and as XLSX, and the XLSX reader alone."""
    csv, xlsx = write_csv(folder / "some.csv", rows), write_xlsx(folder / "some.xlsx", rows)

    def importing(file: Path) -> Callable[[], float]:
        def run() -> float:
            with fresh_database(server_url) as url:
                return import_seconds(url, file)[0]

        return run

    def read() -> None:
        limits = ReadLimits(file_size_max=None, area_max=64_000_000)
        with open_roster(xlsx, limits) as sheets:
            for _ in sheets[0].rows():
                pass

    sides = {"csv": importing(csv), "xlsx": importing(xlsx), "reader": lambda: seconds_of(read)}
    seconds = seconds_in_turn(report, sides, rounds, "XLSX")
    report.add(
        {"xlsx_vs_csv_and_reader": (seconds["csv"] + seconds["reader"]) / seconds["xlsx"]},
        {"import_xlsx_rows_per_s": rows / seconds["xlsx"]},
    )


def _measure_million(report: Report, server_url: str, file: Path, large: Path, rounds: int) -> None:
    def importing(roster: Path) -> Callable[[], dict[str, float]]:
        def run() -> dict[str, float]:
            with fresh_database(server_url) as url:
                return alone(url, roster)

        return run

    runs = in_turn(
        report,
        {"hundred thousand": importing(file), "million": importing(large)},
        rounds,
        "a million rows",
        lambda run: f"{run['rows'] / run['seconds']:,.0f} rows/s, {run['peak_mb']:.0f} MB",
    )
    rate = {
        name: statistics.median(run["rows"] / run["seconds"] for run in each) for name, each in runs.items()
    }
    report.add(
        {"million_rows_vs_hundred_thousand": rate["million"] / rate["hundred thousand"]},
        {
            "import_million_rows_per_s": rate["million"],
            "import_peak_mb": max(run["peak_mb"] for run in runs["million"]),
        },
    )


def alone(url: str, file: Path) -> dict[str, float]:
    """One import in processes of its own: rows, seconds, and the most memory they had between them."""
    command = [sys.executable, "-m", "bench.imports", url, str(file)]
    peak = 0.0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603
        while process.poll() is None:
            peak = max(peak, _memory_mb(process.pid))
            time.sleep(0.25)
        assert process.stdout is not None  # noqa: S101  # asked for
        result: dict[str, Any] = orjson.loads(process.stdout.read())
    return {**result, "peak_mb": peak}


def _memory_mb(pid: int) -> float:
    """What a process and the one that reads ahead for it hold; a page that they share counts once."""
    try:
        return memory_of(pid, *children_of(pid)).pss_mb
    except OSError:
        return 0.0  # it has just ended


def main() -> None:
    """One import by the processes that ``alone`` started."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    file: Path = arguments.file
    with opened_ledger(arguments.url) as (context, client):
        for_bulk()
        began = time.perf_counter()
        report = import_roster(context, client, file, file_name=file.name)
        seconds = time.perf_counter() - began
    print(orjson.dumps({"rows": report.created, "seconds": seconds}).decode())  # noqa: T201


if __name__ == "__main__":
    main()
