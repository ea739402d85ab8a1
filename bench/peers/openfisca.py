"""OpenFisca's own web API with the rule of Lishui behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from bench.peers.installed import FOLDER
from bench.peers.people import Declared, situation
from bench.peers.posted import posted
from bench.peers.verdicts import Verdict, of_openfisca, require_agreement
from bench.servers import WORKERS, Served, serving

CALCULATE: Final = "/calculate"


@contextmanager
def served_openfisca(program: str, log: Path) -> Iterator[Served]:
    """``openfisca serve`` as it ships: gunicorn's sync workers, as many as ours. ``program``: its command."""
    command = [program, "serve", "--country-package", "lishui_openfisca"]
    command += ["--bind", "127.0.0.1:{port}", "--workers", str(WORKERS)]
    # /entities is the least that it answers with 200; it has no /healthz.
    with serving(command, {"PYTHONPATH": str(FOLDER)}, log, ready="/entities") as served:
        yield served


def groups(people: list[Declared], size: int) -> list[dict[str, Any]]:
    """Requests of so many people each."""
    return [situation(people[first : first + size]) for first in range(0, len(people), size)]


def agreed_openfisca(url: str, people: list[Declared], ours: list[Verdict]) -> None:
    """SystemExit unless OpenFisca answers as we do on everybody, alone and with all others in one request."""
    for size in (1, len(people)):
        parts = [posted(f"{url}{CALCULATE}", orjson.dumps(each)) for each in groups(people, size)]
        persons = {name: told for part in parts for name, told in part["persons"].items()}
        for person, verdict in zip(people, ours, strict=True):
            require_agreement(person, verdict, of_openfisca(persons, person), "OpenFisca")
