"""Who asks, and why: what an access record says beside whom it was about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from service.domain.client import OWN_CLIENT_ID, Client

Purpose = Literal[
    "eligibility",
    "determination",
    "transcript",
    "entries",
    "lookup",
    "recognition",
    "dispute",
    "export",
    "evidence",
    "access_records",
]

KEPT_DAYS: Final = 180
"""Access records are kept at least so long; the database refuses to delete younger ones (migration 0002)."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A client as its key was last seen to open for it. ``version`` changes with whatever is stored of the client."""

    key_hash: bytes
    client: Client
    version: str

    @property
    def mark(self) -> tuple[bytes, str]:
        """What tells it from others."""
        return self.key_hash, self.version


class Unconfirmed(Exception):  # no error: something to be looked up again
    """The credential that came along with a question is no longer what is stored; nothing was read or written."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who reads, in which request, for what. ``client_id`` None: the command line on the server itself;
    OWN_CLIENT_ID: the person themself. ``credential``: what the statement that reads has still to confirm; None: the
    caller's key was looked up before, or there is none."""

    client_id: int | None
    request_id: str
    purpose: Purpose
    credential: Credential | None = None


def own_asker(request_id: str, purpose: Purpose) -> Asker:
    """A signed-in person who reads what is theirs."""
    return Asker(OWN_CLIENT_ID, request_id, purpose)


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """One read of one person. ``person_id`` None: of a document that nobody in the ledger had then. ``as_of`` and
    ``position``: the moment a question was answered for and the place in the person's chain that was."""

    access_id: int
    at: datetime
    client_id: int | None
    person_id: int | None
    purpose: str
    request_id: str
    as_of: datetime | None
    position: int | None
