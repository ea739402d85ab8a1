"""How much slower a large ledger is than a small one: ``python -m bench.growth``; --quick for a first look. Keeps
var/bench/growth.json.

The smallest ledger and a larger one lie in two databases of one server, each behind its own ``hours-ledger serve``, and
are asked in turn, one request at a time: what the machine does meanwhile meets both. Sizes for which the disk has no
room are left out. What questions and entries look up in the larger ledger is in memory before, as far as that
reaches; it goes away afterwards.
"""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
from sqlalchemy.engine import make_url

from api.cli.roster import for_bulk
from bench.fill import APPENDED, ASKED, Filled, fill_ledger
from bench.ledgers import bench_settings, plain_url
from bench.partitions import partition_by_person
from bench.progress import Progress
from bench.report import RESULT, Report, table
from bench.roster_file import write_csv
from bench.seeded import posted_entry, question, written_lines
from bench.servers import DISK, our_command, serving
from bench.stage import our_settings
from bench.wrk import Load, load, require_wrk
from importers.intake import import_roster
from service.context import open_context
from tests.postgres_server import PostgresServer, fresh_database

SIZES: Final = (100_000, 1_000_000, 10_000_000, 50_000_000)
QUICK: Final = (100_000, 300_000)
BYTES_PER_ENTRY: Final = 1_000
"""More or less, before the first ledger says it."""

_ROOM: Final = 1.2
"""So many times a ledger's own bytes, for sorting and the log."""

_COPIED_ENTRIES_MAX: Final = 2_000_000
"""A ledger up to so large is copied before each import, which would make it another size. All of it is in memory."""

_NEWCOMERS_FROM: Final = 8_000_000
_ASKED_IN_A_ROUND: Final = 4_000
_ROWS_OF_A_PERSON: Final = 10

_MEMORY: Final = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
_BUFFERS: Final = _MEMORY * 2 // 5
SERVER: Final = {
    "checkpoint_timeout": "30min",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "shared_buffers": f"{_BUFFERS // 2**20}MB",
    "wal_level": "minimal",
}
"""Two fifths of the memory, the most that PostgreSQL's manual recommends; the log is kept small for the disk's sake."""

_SECONDS_OF_AN_ENTRY: Final = 20e-6
_SECONDS_OF_A_ROUND: Final = 37
_SECONDS_OF_A_QUICK_ROUND: Final = 6
"""More or less, on two cores, for the estimate of the rest: to fill in, and to measure."""


@dataclass
class Side:
    """One of the two ledgers, served at ``served``; what was measured of it, a value a round. ``source``: the ledger it
    is a copy of, None for the ledger itself."""

    url: str
    filled: Filled
    served: str
    source: str | None
    eligibility_ms: list[float] = field(default_factory=list)
    entry_ms: list[float] = field(default_factory=list)
    entries_per_s: list[float] = field(default_factory=list)
    import_s: list[float] = field(default_factory=list)

    def medians(self, rows: int) -> dict[str, float]:
        """``rows``: of a roster."""
        return {
            "eligibility_p50_ms": statistics.median(self.eligibility_ms),
            "entry_p50_ms": statistics.median(self.entry_ms),
            "entries_per_s": statistics.median(self.entries_per_s),
            "import_s": statistics.median(self.import_s),
            "import_rows_per_s": rows / statistics.median(self.import_s),
        }


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    seconds: int
    roster_rows: int


def growth_seconds(*, quick: bool, largest: int | None = None, partitions: int = 0) -> float:
    """How long ``measure_growth`` takes, more or less, where the disk has room for everything."""
    sizes = _sizes(largest, partitions, quick=quick)
    rounds = sum(_effort(size, quick=quick).rounds for size in sizes[1:])
    each = _SECONDS_OF_A_QUICK_ROUND if quick else _SECONDS_OF_A_ROUND
    return sum(sizes) * _SECONDS_OF_AN_ENTRY + rounds * each


def _sizes(largest: int | None, partitions: int, *, quick: bool) -> list[int]:
    sizes = [size for size in (QUICK if quick else SIZES) if largest is None or size <= largest]
    return [sizes[0], sizes[-1]] if partitions else sizes


def _effort(size: int, *, quick: bool) -> Effort:
    return Effort(3, 1, 10_000) if quick else Effort(9 if size > 1_000_000 else 5, 2, 100_000)


def measure_growth(
    report: Report, url: str, folder: Path, *, quick: bool, largest: int | None = None, partitions: int = 0
) -> None:
    """Adds ``eligibility_p50_growth``, ``entry_growth``, ``import_growth`` and the figures of each size.

    ``url``: a PostgreSQL server on this machine, with a role that may create databases and order checkpoints.
    ``largest``: entries of the last size; ``partitions``: only the last size is measured, split by person into so many.
    """
    sizes = _sizes(largest, partitions, quick=quick)
    name = f"growth_partitioned_{partitions}" if partitions else "growth"
    found: dict[int, dict[str, Any]] = {}
    left_out: list[int] = []
    with fresh_database(url) as small_url:
        small = fill_ledger(small_url, sizes[0], report.say)
        per_entry = max(BYTES_PER_ENTRY, small.size_bytes / small.entries)
        for size in sizes[1:]:
            needed, free = _ROOM * per_entry * size, _free_bytes(small_url)
            growth: dict[str, float] = {}
            if needed > free:
                report.say(
                    f"{size:,} entries are left out: {needed / 1e9:.0f} GB needed, {free / 1e9:.0f} GB free"
                )
                left_out.append(size)
            else:
                effort = _effort(size, quick=quick)
                with fresh_database(url) as large_url:
                    large = fill_ledger(
                        large_url, size, report.say, lambda made: partition_by_person(made, partitions)
                    )
                    per_entry = large.size_bytes / large.entries
                    if size > _COPIED_ENTRIES_MAX:
                        _warm(large_url)
                    sides = _in_turn(report, (small_url, small), (large_url, large), folder, effort)
                growth = _growth(*sides)
                for side in sides:
                    found[side.filled.entries] = side.filled.figures() | side.medians(effort.roster_rows)
                found[large.entries] |= growth
            by_size = [found[entries] for entries in sorted(found)]
            report.add({} if partitions else growth, {name: {"sizes": by_size, "left_out": left_out}})


@contextmanager
def disk_server(place: Path | None = None) -> Iterator[str]:
    """The URL of a PostgreSQL that has a disk, not memory, to keep its data on."""
    server = PostgresServer(place or DISK, **SERVER)
    try:
        yield server.url
    finally:
        server.stop()


def _growth(small: Side, large: Side) -> dict[str, float]:
    """Medians of the rounds' ratios."""

    def ratio(name: str) -> float:
        pairs = zip(getattr(large, name), getattr(small, name), strict=True)
        return float(statistics.median(ours / theirs for ours, theirs in pairs))

    return {
        "eligibility_p50_growth": ratio("eligibility_ms"),
        "entry_growth": ratio("entry_ms"),
        "import_growth": ratio("import_s"),
    }


def _in_turn(
    report: Report, small: tuple[str, Filled], large: tuple[str, Filled], folder: Path, effort: Effort
) -> tuple[Side, Side]:
    """Both sides with what was measured, turn by turn."""
    with ExitStack() as stack:
        sides = []
        for name, url, filled in (("small", *small), ("large", *large)):
            source = url if filled.entries <= _COPIED_ENTRIES_MAX else None
            if source is not None:
                url = stack.enter_context(_copied(source))
            served = stack.enter_context(serving(our_command(), our_settings(url), folder / f"{name}.log"))
            sides.append(Side(url, filled, served.url, source))
        for _ in range(2):
            # Every worker makes its connections and prepares its statements before the first round.
            _one_by_one(sides, folder, 1)
        for number in range(effort.rounds):
            order = sides[:: 1 if number % 2 else -1]
            for each, (asked, posted) in zip(order, _one_by_one(order, folder, effort.seconds), strict=True):
                each.eligibility_ms.append(asked.p50_ms)
                each.entry_ms.append(posted.p50_ms)
                each.entries_per_s.append(posted.per_second)
            for each in order:
                each.import_s.append(_import_s(each, folder, effort.roster_rows, number))
            told = _growth(*sides)
            report.say(
                f"{sides[1].filled.entries:,} entries, round {number + 1}/{effort.rounds}: "
                + ", ".join(f"{name} {value:.2f}" for name, value in told.items())
            )
        return sides[0], sides[1]


def _one_by_one(sides: Sequence[Side], folder: Path, seconds: float) -> Iterator[tuple[Load, Load]]:
    """Questions to each side, then entries, one request at a time, about people drawn anew from its whole ledger."""
    people = [[Random().randrange(each.filled.people) for _ in range(_ASKED_IN_A_ROUND)] for each in sides]  # noqa: S311
    loads = []
    for path, role, body in (("eligibility", "platform", question), ("entries", "provider", posted_entry)):
        for each, drawn in zip(sides, people, strict=True):
            lines = written_lines(folder / f"{path}.jsonl", map(body, drawn))
            headers = {"Authorization": f"Bearer {each.filled.keys[role]}"}
            url = f"{each.served}/v1/{path}"
            loads.append(load(url, lines, seconds=seconds, headers=headers, connections=1))
    return zip(loads[: len(sides)], loads[len(sides) :], strict=True)


def _import_s(side: Side, folder: Path, rows: int, number: int) -> float:
    """Seconds of a roster half of whose people the ledger knows."""
    count = rows // _ROWS_OF_A_PERSON
    newcomers = range(_NEWCOMERS_FROM + number * count, _NEWCOMERS_FROM + number * count + count // 2)
    known = Random(number).sample(range(side.filled.people), min(count // 2, side.filled.people))  # noqa: S311
    people = [*known, *newcomers]
    file = write_csv(folder / "roster.csv", _ROWS_OF_A_PERSON * len(people), people, f"{number}-")
    with _own_copy(side) as url:
        context = open_context(bench_settings(url))
        try:
            began = time.perf_counter()
            report = import_roster(context, side.filled.provider, file, file_name=file.name)
            seconds = time.perf_counter() - began
        finally:
            context.database.close()
    if report.faults_total or report.created != report.rows:
        raise AssertionError(report)
    return seconds


@contextmanager
def _own_copy(side: Side) -> Iterator[str]:
    """Where a roster goes in: a copy of the ledger, unless it is so large that it stays the size it is."""
    if side.source is None:
        yield side.url
        return
    with _copied(side.source) as url:
        yield url


@contextmanager
def _copied(url: str) -> Iterator[str]:
    with fresh_database(url, make_url(url).database) as copy:
        yield copy


def _free_bytes(url: str) -> int:
    """Where the server keeps its data."""
    with psycopg.connect(plain_url(url)) as connection:
        return shutil.disk_usage(_data_directory(connection)).free


def _data_directory(connection: psycopg.Connection) -> Path:
    row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None  # noqa: S101  # a setting
    return Path(row[0])


def _warm(url: str) -> None:
    """Leaves in memory what the machine can hold of what is asked for, each page once, as a server comes near to that
    has run for long: in PostgreSQL's buffers what questions look up, then the indexes by which entries are checked,
    the smallest first, as many as there is room for; the others in the system's cache. Neither the facts, which grow
    without end and no question reads, nor what is only ever added to at its end. What the filling left to be written
    is written before."""
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        os.sync()
        data = _data_directory(connection)
        for file in data.rglob("*"):
            with suppress(FileNotFoundError, IsADirectoryError):
                _forget(file)
        room = _BUFFERS * 9 // 10 if _can_prewarm(connection) else 0
        held: list[tuple[str, list[Path]]] = []
        for name, path, size in _used(connection):
            files = [
                file
                for file in (data / path).parent.iterdir()
                if file.name.partition(".")[0] == Path(path).name
            ]
            if size > room:
                for file in files:
                    _read(file)
                continue
            room -= size
            held.insert(0, (name, files))
        # What questions look up comes last and all of it twice: the buffers are full of what the filling left, and
        # the second time nothing of that is sooner given up than what was read the first time.
        for name, files in 2 * held:
            connection.execute("SELECT pg_prewarm(%s::regclass)", [name])
            for file in files:
                _forget(file)


def _used(connection: psycopg.Connection) -> list[tuple[str, str, int]]:
    """Name, path and bytes of each table that a question reads and of each index that it or an entry goes by."""
    found: list[tuple[str, str, int]] = connection.execute(
        "SELECT oid::regclass::text, pg_relation_filepath(oid), pg_relation_size(oid) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relname <> ALL(%(only_added_to)s)"
        " AND (relkind IN ('r', 'i') AND relname ~ %(asked)s"
        " OR relkind = 'i' AND relname ~ '^(ledger|entry_state|entry_reference)')"
        " ORDER BY relname ~ %(asked)s DESC, pg_relation_size(oid)",
        {"asked": f"^({'|'.join(ASKED)})", "only_added_to": ["access_record", *APPENDED]},
    ).fetchall()
    return found


def _can_prewarm(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_prewarm'").fetchone()
    if found is not None:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    return found is not None


def _read(file: Path) -> None:
    with file.open("rb", buffering=0) as content:
        while content.read(8 << 20):
            pass


def _forget(file: Path) -> None:
    """The system's cache lets go of a file."""
    with file.open("rb", buffering=0) as content:
        os.posix_fadvise(content.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _entries(text: str) -> int:
    return int(float(text[:-1]) * 1e6) if text.endswith("M") else int(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="0.1 and 0.3 million entries, three rounds")
    parser.add_argument("--largest", type=_entries, metavar="N", help="no more entries than that, as 10M")
    parser.add_argument(
        "--partitions", type=int, default=0, metavar="N", help="only the largest, split by person"
    )
    parser.add_argument("--place", type=Path, help="a directory on a disk with room")
    arguments = parser.parse_args()
    require_wrk()
    for_bulk()
    folder = Path(tempfile.mkdtemp(prefix="ledger-bench-"))
    chosen = {"quick": arguments.quick, "largest": arguments.largest, "partitions": arguments.partitions}
    report = Report(
        progress=Progress({"growth": growth_seconds(**chosen)}),
        path=RESULT.with_name(f"growth{'-partitioned' if arguments.partitions else ''}.json"),
    )
    report.progress.begin("growth")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    try:
        with disk_server(arguments.place) as url:
            measure_growth(report, url, folder, **chosen)
    finally:
        report.progress.leave()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(report.ratios, report.figures))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
