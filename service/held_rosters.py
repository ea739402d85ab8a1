"""Rosters between their trial and their sending: kept on disk for one sign-in, sealed, for an hour.

They lie below the directory of evidence, so that all processes share them, under names that only whoever has both the
sign-in and the token can find.
"""

import hashlib
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from service.domain.errors import Refusal
from service.vault import Vault, VaultError

log = logging.getLogger(__name__)

HELD_FOR: Final = timedelta(hours=1)
HELD_MAX: Final = 5
"""Rosters of one client at a time; one more pushes out the oldest."""

_NAME: Final = re.compile(r"([0-9]+)-([0-9]+)-([0-9a-f]{64})([.]part)?", re.ASCII)
_UNFINISHED: Final = ".part"
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class HeldRoster:
    """A roster as it was uploaded. ``told``: what its trial said, as JSON; without identity numbers."""

    told: Mapping[str, Any]
    content: bytes = field(repr=False)


class _Held(NamedTuple):
    path: Path
    client_id: int
    ends_at: int
    key: str


class HeldRosters:
    """The files of one directory, made when first needed (mode 0700). What has expired goes whenever one is added or
    looked for, by whomever."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self.directory: Final = directory
        self._vault = vault

    def put(self, client_id: int, session_token: str, roster: HeldRoster, now: datetime) -> str:
        """The token under which this sign-in finds the roster again. Refusal ``unavailable``: it can't be written."""
        own = sorted(
            (it for it in self._current(now) if it.client_id == client_id), key=lambda it: it.ends_at
        )
        for held in own[: max(0, len(own) - HELD_MAX + 1)]:
            held.path.unlink(missing_ok=True)
        token = secrets.token_urlsafe(32)
        ends_at = int((now + HELD_FOR).timestamp())
        name = f"{client_id}-{ends_at}-{_key(session_token, token)}"
        self._write(name, self._vault.seal_bytes(_packed(roster)))
        return token

    def find(self, client_id: int, session_token: str, token: str, now: datetime) -> HeldRoster | None:
        """The roster; None when it has expired, was dropped or is another sign-in's."""
        path = self._find(client_id, session_token, token, now)
        try:
            return None if path is None else _unpacked(self._vault.open_bytes(path.read_bytes()))
        except (FileNotFoundError, VaultError):
            return None

    def drop(self, client_id: int, session_token: str, token: str, now: datetime) -> None:
        """Forgets one; one that is gone already is no error."""
        path = self._find(client_id, session_token, token, now)
        if path is not None:
            path.unlink(missing_ok=True)

    def expire(self, now: datetime) -> None:
        """Removes what has expired."""
        for _ in self._current(now):
            pass

    def _write(self, name: str, sealed: bytes) -> None:
        """Under its name when it is whole."""
        draft = self.directory / f"{name}{_UNFINISHED}"
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(sealed)
            draft.rename(self.directory / name)
        except OSError as error:
            draft.unlink(missing_ok=True)
            log.exception("a roster cannot be held")
            raise Refusal("unavailable") from error

    def _find(self, client_id: int, session_token: str, token: str, now: datetime) -> Path | None:
        key = _key(session_token, token)
        return next(
            (it.path for it in self._current(now) if it.client_id == client_id and it.key == key), None
        )

    def _current(self, now: datetime) -> Iterator[_Held]:
        """Those that have not expired; removes the others, and what was never finished."""
        paths = list(self.directory.iterdir()) if self.directory.is_dir() else []
        for path in paths:
            match = _NAME.fullmatch(path.name)
            if match is None:
                continue
            held = _Held(path, int(match[1]), int(match[2]), match[3])
            if held.ends_at <= now.timestamp():
                path.unlink(missing_ok=True)
            elif match[4] is None:
                yield held


def _key(session_token: str, token: str) -> str:
    return hashlib.sha256(f"{session_token}\0{token}".encode()).hexdigest()


def _packed(roster: HeldRoster) -> bytes:
    told = json.dumps(roster.told).encode()
    return len(told).to_bytes(_LENGTH_BYTES, "big") + told + roster.content


def _unpacked(packed: bytes) -> HeldRoster:
    begin = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES], "big")
    return HeldRoster(json.loads(packed[_LENGTH_BYTES:begin]), packed[begin:])
