"""How fast rosters go in, as ratios measured side by side: ``make bench``; ARGS=--quick for a first look.

Each round measures both sides in turn on fresh databases, the medians count: a machine's speed swings by two, a ratio
does not. Writes var/bench/latest.json: {"machine", "ratios", "figures"}.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from api.cli.roster import for_bulk
from bench.ledgers import Rows, all_rows, copied, copied_to_all, executed_many, opened_ledger
from bench.roster_file import write_csv, write_xlsx
from importers.intake import import_roster
from importers.reader import open_roster
from importers.sheet import ReadLimits
from tests.postgres_server import PostgresServer, fresh_database

ROOT: Final = Path(__file__).resolve().parents[1]
RESULT: Final = ROOT / "var" / "bench" / "latest.json"
BOUNDS: Final = {
    "import_csv_vs_copy": 0.30,
    "import_csv_vs_executemany": 0.30,
    "million_rows_vs_hundred_thousand": 0.85,
    "xlsx_vs_csv_and_reader": 0.85,
}
MEMORY_MAX_MB: Final = 400
SERVER: Final = {"shared_buffers": "1GB", "max_wal_size": "8GB"}
"""What a server for this work is given: the defaults are for a machine of twenty years ago."""


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def fresh_urls(server: PostgresServer, folder: Path) -> Iterator[Callable[[str], str]]:
    """URLs of databases that nothing is in yet, by kind."""
    with fresh_database(server.url) as postgres:
        file = folder / f"{os.urandom(6).hex()}.sqlite3"
        yield {"postgresql": postgres, "sqlite": f"sqlite:///{file}"}.__getitem__
        for left in folder.glob(f"{file.name}*"):
            left.unlink()


def import_seconds(url: str, file: Path) -> tuple[float, Rows]:
    """Seconds of the whole path: read, check, identities, hashes, totals, commit."""
    with opened_ledger(url) as (context, client):
        began = time.perf_counter()
        report = import_roster(context, client, file, file_name=file.name)
        seconds = time.perf_counter() - began
        if report.faults_total or report.created != report.rows:
            raise AssertionError(report)
        return seconds, all_rows(context)


def compare(server: PostgresServer, folder: Path, kind: str, file: Path, rounds: int) -> dict[str, float]:
    """Medians of an import and of the database alone, in turn."""
    ours, theirs, floors = [], [], []
    for number in range(rounds):
        with fresh_urls(server, folder) as url:
            seconds, rows = import_seconds(url(kind), file)
            ours.append(seconds)
        with fresh_urls(server, folder) as url:
            if kind == "postgresql":
                theirs.append(copied(url(kind), rows["ledger"]))
                with fresh_urls(server, folder) as other:
                    floors.append(copied_to_all(other(kind), rows))
            else:
                theirs.append(executed_many(Path(url(kind).removeprefix("sqlite:///")), rows))
        say(f"{kind} {number + 1}/{rounds}: import {ours[-1]:.2f} s, database alone {theirs[-1]:.2f} s")
    medians = {"import_s": statistics.median(ours), "database_s": statistics.median(theirs)}
    return medians | ({"all_tables_s": statistics.median(floors)} if floors else {})


def compare_xlsx(server: PostgresServer, folder: Path, rows: int, rounds: int) -> dict[str, float]:
    """Medians of the same roster as CSV and as XLSX, and of the XLSX reader alone."""
    csv, xlsx = write_csv(folder / "some.csv", rows), write_xlsx(folder / "some.xlsx", rows)
    seconds: dict[str, list[float]] = {"csv_s": [], "xlsx_s": [], "reader_s": []}
    for number in range(rounds):
        for name, file in (("csv_s", csv), ("xlsx_s", xlsx)):
            with fresh_urls(server, folder) as url:
                seconds[name].append(import_seconds(url("postgresql"), file)[0])
        began = time.perf_counter()
        limits = ReadLimits(file_size_max=None, area_max=64_000_000)
        with open_roster(xlsx, limits) as sheets:
            for _ in sheets[0].rows():
                pass
        seconds["reader_s"].append(time.perf_counter() - began)
        say(f"xlsx {number + 1}/{rounds}: {', '.join(f'{k} {v[-1]:.2f}' for k, v in seconds.items())}")
    return {name: statistics.median(values) for name, values in seconds.items()}


def alone(url: str, file: Path) -> dict[str, float]:
    """One import in processes of its own: seconds, and the most memory they had between them."""
    command = [sys.executable, "-m", "bench.imports", "--alone", url, str(file)]
    peak = 0.0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603
        while process.poll() is None:
            peak = max(peak, memory_mb(process.pid))
            time.sleep(0.25)
        assert process.stdout is not None  # noqa: S101  # asked for
        result: dict[str, float] = orjson.loads(process.stdout.read())
    return {**result, "peak_mb": peak}


def memory_mb(pid: int) -> float:
    """What a process and the one that reads ahead for it hold; a page that they share counts once."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        rolled = [Path(f"/proc/{each}/smaps_rollup").read_text("ascii") for each in (str(pid), *children)]
    except OSError:
        return 0.0  # it has just ended
    return (
        sum(int(found) for text in rolled for found in re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE))
        / 1024
    )


def run_alone(url: str, file: Path) -> None:
    with opened_ledger(url) as (context, client):
        for_bulk()
        began = time.perf_counter()
        report = import_roster(context, client, file, file_name=file.name, progress=_tell())
        seconds = time.perf_counter() - began
    print(orjson.dumps({"rows": report.created, "seconds": seconds}).decode())  # noqa: T201


def _tell() -> Callable[[int, int], None]:
    told = 0.0

    def progress(line: int, expected: int) -> None:
        nonlocal told
        if time.monotonic() - told > 10:
            told = time.monotonic()
            say(f"  {line:,} of {expected:,}")

    return progress


def measure(server: PostgresServer, folder: Path, *, quick: bool) -> tuple[dict[str, float], dict[str, Any]]:
    rows, rounds = (20_000, 3) if quick else (100_000, 5)
    file = write_csv(folder / "roster.csv", rows)
    postgres = compare(server, folder, "postgresql", file, rounds)
    sqlite = compare(server, folder, "sqlite", file, rounds)
    xlsx = compare_xlsx(server, folder, rows // 2, 2 if quick else 3)
    ratios = {
        "import_csv_vs_copy": postgres["database_s"] / postgres["import_s"],
        "import_csv_vs_executemany": sqlite["database_s"] / sqlite["import_s"],
        "xlsx_vs_csv_and_reader": (xlsx["csv_s"] + xlsx["reader_s"]) / xlsx["xlsx_s"],
    }
    figures: dict[str, Any] = {"rows": rows, "postgresql": postgres, "sqlite": sqlite, "xlsx": xlsx}
    if not quick:
        large = write_csv(folder / "large.csv", 10 * rows)
        runs = {}
        for name, each in (("before", file), ("million", large), ("after", file)):
            with fresh_urls(server, folder) as url:
                runs[name] = alone(url("postgresql"), each)
            say(f"{name}: {runs[name]}")
        rate = {name: run["rows"] / run["seconds"] for name, run in runs.items()}
        ratios["million_rows_vs_hundred_thousand"] = rate["million"] / statistics.mean(
            (rate["before"], rate["after"])
        )
        figures["alone"] = runs
    return ratios, figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the rows, no million")
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        run_alone(arguments.alone[0], Path(arguments.alone[1]))
        return 0
    for_bulk()
    folder = Path(tempfile.mkdtemp(prefix="ledger-bench-"))
    server = PostgresServer(**SERVER)
    try:
        ratios, figures = measure(server, folder, quick=arguments.quick)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    result = {"machine": machine, "ratios": ratios, "figures": figures}
    RESULT.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    for name, ratio in ratios.items():
        verdict = "" if ratio >= BOUNDS[name] else "  BELOW ITS BOUND"
        print(f"{name:36} {ratio:5.2f}  (at least {BOUNDS[name]:.2f}){verdict}")  # noqa: T201
    floor = figures["postgresql"]["database_s"] / figures["postgresql"]["all_tables_s"]
    print(f"{'COPY into all tables vs copy':36} {floor:5.2f}  (the floor: no import can be above it)")  # noqa: T201
    if peak := figures.get("alone", {}).get("million", {}).get("peak_mb"):
        print(f"{'memory of a million rows':36} {peak:5.0f}  (at most {MEMORY_MAX_MB} MB)")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
