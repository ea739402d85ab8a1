"""The parts of a run, in their order. ``--only`` names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.deciding import measure_decision
from bench.growth import disk_server, growth_seconds, measure_growth
from bench.imports import measure_imports
from bench.peers import measure_peers
from bench.processes import measure_memory, measure_start
from bench.report import Report
from bench.traffic import measure_sqlite, measure_traffic
from tests.postgres_server import fresh_database


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part measures: a PostgreSQL server to make databases on, a folder of its own."""

    server_url: str
    folder: Path
    quick: bool


@dataclass(frozen=True, slots=True)
class Part:
    """``full`` and ``short``: seconds of a run and of a quick one on two cores, for the estimate of the rest."""

    measure: Callable[[Report, Place], None]
    full: float
    short: float

    def seconds(self, *, quick: bool) -> float:
        return self.short if quick else self.full


def _on_fresh_database(measure: Callable[..., None]) -> Callable[[Report, Place], None]:
    def run(report: Report, place: Place) -> None:
        with fresh_database(place.server_url) as url:
            measure(report, url, place.folder, quick=place.quick)

    return run


def _decide(report: Report, place: Place) -> None:
    measure_decision(report, quick=place.quick)


def _sqlite(report: Report, place: Place) -> None:
    measure_sqlite(report, place.folder, quick=place.quick)


def _imports(report: Report, place: Place) -> None:
    measure_imports(report, place.server_url, place.folder, quick=place.quick)


def _growth(report: Report, place: Place) -> None:
    with disk_server() as url:
        measure_growth(report, url, place.folder, quick=place.quick)


PARTS: Final[Mapping[str, Part]] = {
    "decide": Part(_decide, 10, 2),
    "start": Part(_on_fresh_database(measure_start), 60, 12),
    "traffic": Part(_on_fresh_database(measure_traffic), 420, 60),
    "memory": Part(_on_fresh_database(measure_memory), 180, 17),
    "sqlite": Part(_sqlite, 165, 20),
    "imports": Part(_imports, 850, 28),
    "growth": Part(_growth, growth_seconds(quick=False), growth_seconds(quick=True)),
    "peers": Part(_on_fresh_database(measure_peers), 400, 60),
}
