"""Files of evidence on disk: sealed, named by chance, never where a web server looks."""

import logging
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from service.domain.errors import Refusal
from service.settings import Settings
from service.store.database import sqlite_file
from service.vault import Vault, VaultError

log = logging.getLogger(__name__)

_NAME: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_UNFINISHED: Final = ".part"


class EvidenceFiles:
    """The files below one directory, made when first needed (mode 0700). A file stands in the sub-directory of the
    first two characters of its name and never changes."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self.directory: Final = directory
        self._vault = vault

    def put(self, content: bytes) -> str:
        """The name of a new file that holds the content, sealed. When this returns, it is on the disk to stay.

        Refusal ``unavailable`` when it cannot be written.
        """
        name = secrets.token_hex(16)
        place = self._place(name)
        draft = place.with_name(name + _UNFINISHED)
        try:
            self._make_folder(place.parent)
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(self._vault.seal_bytes(content))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(place)
            _sync_directory(place.parent)
        except OSError as error:
            for path in (draft, place):
                path.unlink(missing_ok=True)
            log.exception("evidence cannot be written")
            raise Refusal("unavailable") from error
        return name

    def exists(self, name: str) -> bool:
        return self._place(name).is_file()

    def read(self, name: str) -> bytes | None:
        """The content; None when the file is missing or its bytes were changed."""
        try:
            return self._vault.open_bytes(self._place(name).read_bytes())
        except (FileNotFoundError, VaultError):
            return None

    def remove(self, names: Iterable[str]) -> None:
        """Removes files; one that is gone already is no error."""
        for name in names:
            self._place(name).unlink(missing_ok=True)

    def names(self, older_than_seconds: float) -> Iterator[str]:
        """The names of files, unfinished ones too, that are older than that. Files of other names are not ours."""
        before = time.time() - older_than_seconds
        for path in sorted(self.directory.glob("??/*")):
            name = path.name.removesuffix(_UNFINISHED)
            if not _NAME.fullmatch(name) or path.parent.name != name[:2]:
                continue
            try:
                is_old = path.stat().st_mtime < before
            except FileNotFoundError:
                continue  # finished, or removed, meanwhile
            if is_old:
                yield path.name

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_directory(self.directory)

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name.removesuffix(_UNFINISHED)):
            raise ValueError("no name of a file of evidence")
        return self.directory / name[:2] / name


def evidence_directory(settings: Settings) -> Path:
    """Where files of evidence lie: the setting, else beside the SQLite file, else ``var/evidence``."""
    if settings.evidence_dir is not None:
        return settings.evidence_dir
    database = sqlite_file(settings.database_url)
    return Path("var/evidence") if database is None else database.with_name(database.name + ".evidence")


def _sync_directory(directory: Path) -> None:
    """So that the new name outlives a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
