"""A folder into which other systems drop rosters: what is complete is taken in, and moved away with its report."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import orjson

from importers.report import ImportReport, faults_csv, report_document
from service.wording import Language

Verdict = Literal["done", "refused"]

LOCK_NAME: Final = ".hours-ledger.lock"
_UNFINISHED: Final = (".part", ".partial", ".tmp", ".filepart", ".crdownload")


class FolderBusy(Exception):
    """Another process watches the folder: ``pid``."""

    def __init__(self, pid: str) -> None:
        super().__init__(pid)
        self.pid = pid


@dataclass
class DropFolder:
    """``settled_seconds``: how long a file must have stayed as it is before it counts as complete. A sender who writes
    under a name that begins with a dot or ends in ``.part`` or ``.tmp`` and renames it need not rely on that."""

    path: Path
    settled_seconds: float = 3.0
    clock: Callable[[], float] = time.monotonic
    _seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def complete(self) -> list[Path]:
        """The files that are complete, the oldest first."""
        now, seen = self.clock(), {}
        for path in self.path.iterdir():
            if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED:
                continue
            try:
                if path.is_symlink() or not path.is_file():
                    continue
                stat = path.stat()
            except FileNotFoundError:
                continue
            state = (stat.st_size, stat.st_mtime_ns)
            before = self._seen.get(path)
            seen[path] = before if before is not None and before[0] == state else (state, now)
        self._seen = seen
        settled = [path for path, (_, since) in seen.items() if now - since >= self.settled_seconds]
        return sorted(settled, key=lambda path: (seen[path][0][1], path.name))

    def file_away(self, path: Path, verdict: Verdict, report: ImportReport, language: Language) -> Path:
        """Moves a file to ``done/`` or ``refused/``, beside it NAME.report.json and, with faults, NAME.faults.csv.

        The report is there first: a file that was moved always has one. Whoever is killed in between takes the file
        in once more, which creates nothing twice. Answers where the file is now.
        """
        folder = self.path / verdict
        folder.mkdir(exist_ok=True)
        place = _free(folder, path)
        document = orjson.dumps(report_document(report, language), option=orjson.OPT_INDENT_2)
        _write(place.with_name(f"{place.name}.report.json"), document)
        if report.faults:
            _write(place.with_name(f"{place.name}.faults.csv"), faults_csv(report, language).encode())
        path.rename(place)
        self._seen.pop(path, None)
        return place


@contextmanager
def watched(folder: DropFolder) -> Iterator[None]:
    """Holds the folder for this process alone. The lock is the kernel's, so a killed process leaves none behind; its id
    is in the file. Raises FolderBusy."""
    with (folder.path / LOCK_NAME).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise FolderBusy(lock.read().strip() or "?") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _free(folder: Path, path: Path) -> Path:
    """A name nothing has yet: ``roster.csv``, ``roster-2.csv`` …"""
    place, number = folder / path.name, 1
    while place.exists():
        number += 1
        place = folder / f"{path.stem}-{number}{path.suffix}"
    return place


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
