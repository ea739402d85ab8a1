"""Who may call: creates clients, issues and checks their keys, ends them."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.context import Context
from service.domain.access import Credential
from service.domain.client import Client, Role
from service.domain.errors import Fault, Refusal, invalid_request
from service.store import clients as stored
from service.store.database import Connection
from service.store.holdings import read_client_names

PROVINCE: Final = "330000"

_KEY_PREFIX: Final = "hl_"
_REMEMBERED_MAX: Final = 10_000
_KEY_FORM = re.compile(r"hl_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedClient:
    """A client with its dates."""

    client: Client
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key with its dates. ``key_id`` names it and is no part of it: the beginning of its hash, in hex."""

    key_id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def opens(self, now: datetime) -> bool:
        """Whether it lets its client in."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def create_client(
    context: Context,
    role: Role,
    name: str,
    divisions: Sequence[str] = (),
    series: Sequence[str] = (),
    feed_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[Client, str]:
    """The new client and its first key, which is shown now and never again; ``expires_at``: of the key.

    No divisions: the whole province. Refusals: ``invalid_request`` (``unknown_division``), ``client_exists``.
    """
    known = context.policy_book.divisions
    faults = [
        Fault("/divisions", "unknown_division", {"code": code}) for code in divisions if code not in known
    ]
    if faults:
        raise invalid_request(faults)
    key, key_hash = _make_key()

    def work(connection: Connection) -> Client:
        if stored.find_by_name(connection, name) is not None:
            raise Refusal("client_exists", params={"name": name})
        now = context.clock()
        client = stored.add_client(
            connection, name, role, tuple(divisions) or (PROVINCE,), tuple(series), feed_id, now
        )
        stored.add_key(connection, client.client_id, key_hash, now, expires_at)
        return client

    return context.database.write(work), key


def issue_key(
    context: Context,
    name: str,
    expires_at: datetime | None = None,
    *,
    others_end_at: datetime | None = None,
) -> str:
    """One more key for a client, so that the old one can be retired without an outage. ``others_end_at``: the keys
    that there are end then, unless they end before. Refusal ``not_found``."""
    key, key_hash = _make_key()
    with context.database.writing() as connection:
        client = _active(connection, name)
        if others_end_at is not None:
            stored.limit_keys(connection, client.client_id, others_end_at)
        stored.add_key(connection, client.client_id, key_hash, context.clock(), expires_at)
    return key


def revoke_key(context: Context, client_id: int, key_id: str) -> None:
    """Ends one key of a client, and the sign-ins made with it. Refusal ``not_found``: it has none such in force."""
    with context.database.writing() as connection:
        for key in stored.read_keys(connection, client_id):
            if _listed(key).key_id == key_id and key.revoked_at is None:
                stored.revoke_key(connection, key.key_hash, context.clock())
                return
    raise Refusal("not_found")


def read_client(context: Context, client_id: int) -> tuple[ListedClient, list[ListedKey]]:
    """A client and its keys, oldest first. Refusal ``not_found``."""
    with context.database.snapshot() as connection:
        row = stored.find_listed(connection, client_id)
        if row is None:
            raise Refusal("not_found")
        keys = stored.read_keys(connection, client_id)
    return ListedClient(*row), [_listed(key) for key in keys]


def list_keys(context: Context) -> dict[int, list[ListedKey]]:
    """Client id → its keys, oldest first; of all clients that have any. One statement."""
    keys: dict[int, list[ListedKey]] = {}
    with context.database.reading() as connection:
        for key in stored.read_keys(connection):
            keys.setdefault(key.client_id, []).append(_listed(key))
    return keys


def find_client(context: Context, name: str) -> Client | None:
    """The client of that name, revoked or not."""
    with context.database.reading() as connection:
        return stored.find_by_name(connection, name)


def find_active_client(context: Context, name: str) -> Client | None:
    """The client of that name, unless it was revoked."""
    with context.database.reading() as connection:
        return stored.find_by_name(connection, name, active=True)


def list_clients(context: Context) -> list[ListedClient]:
    """All clients, oldest first. Keys are not among what is kept."""
    with context.database.reading() as connection:
        return [ListedClient(*row) for row in stored.read_all(connection)]


def name_clients(context: Context) -> dict[int, str]:
    """Every client's name by id, those of revoked ones too."""
    with context.database.reading() as connection:
        return read_client_names(connection)


def revoke_client(context: Context, name: str) -> Client:
    """Ends a client and all its keys at once; what it wrote stays. Refusal ``not_found``."""
    with context.database.writing() as connection:
        client = _active(connection, name)
        stored.revoke(connection, client.client_id, context.clock())
    return client


def authenticate(context: Context, key: str) -> Client | None:
    """The client whose key this is, or None. One statement; a text that cannot be a key costs none."""
    if not _KEY_FORM.fullmatch(key):
        return None
    with context.database.reading() as connection:
        credential = stored.find_by_key(connection, hash_key(key), context.clock())
    if credential is None:
        return None
    if len(context.credentials) >= _REMEMBERED_MAX:
        context.credentials.clear()
    context.credentials[credential.key_hash] = credential
    return credential.client


def remembered_credential(context: Context, key: str) -> Credential | None:
    """Whose key this was when it was last looked up: for a statement that confirms it (``Asker.credential``)."""
    return context.credentials.get(hash_key(key)) if _KEY_FORM.fullmatch(key) else None


def _active(connection: Connection, name: str) -> Client:
    client = stored.find_by_name(connection, name, active=True)
    if client is None:
        raise Refusal("not_found", params={"name": name})
    return client


def _listed(key: stored.KeyRow) -> ListedKey:
    return ListedKey(key.key_hash.hex()[:16], key.created_at, key.expires_at, key.revoked_at)


def _make_key() -> tuple[str, bytes]:
    key = _KEY_PREFIX + secrets.token_urlsafe(32)
    return key, hash_key(key)


def hash_key(key: str) -> bytes:
    """What is stored of a key."""
    # 256 random bits need no slow hash.
    return hashlib.sha256(key.encode()).digest()
