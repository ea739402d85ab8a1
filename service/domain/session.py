"""Who is signed in on the pages: a person with their document, or the staff of a client."""

from dataclasses import dataclass, field
from datetime import datetime

from service.domain.client import Client
from service.domain.identity import Identity


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """A person whose document somebody trusted has checked. The ledger may not know them yet."""

    identity: Identity
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that holds: exactly one of ``person`` and ``client``."""

    person: SignedInPerson | None
    client: Client | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """When somebody signed in and until when that holds. ``is_this``: the one that asks."""

    created_at: datetime
    expires_at: datetime
    is_this: bool
