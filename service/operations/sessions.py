"""Signing in and out on the pages. The browser keeps a random token, the database its hash."""

import hashlib
import json
import re
import secrets
from datetime import timedelta
from typing import Final

from service.context import Context
from service.domain.client import Client
from service.domain.identity import Identity
from service.domain.session import Session, SignedInPerson, SignIn
from service.operations.clients import hash_key
from service.store import sessions as stored
from service.vault import VaultError

_TOKEN_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def sign_in_person(context: Context, person: SignedInPerson) -> str:
    """The token of a new sign-in of a person whose document was checked by whoever calls this."""
    identity = person.identity
    sealed = context.vault.seal(json.dumps([identity.id_type, identity.id_number, person.name]))
    return _open_session(context, id_hash=context.vault.lookup_hash(identity), person_sealed=sealed)


def sign_in_client(context: Context, client: Client, key: str | None = None) -> str:
    """The token of a new sign-in of a client's staff; it ends with the ``key`` they came with."""
    key_hash = None if key is None else hash_key(key)
    return _open_session(context, client_id=client.client_id, key_hash=key_hash)


def read_session(context: Context, token: str) -> Session | None:
    """The sign-in of a token; None when there is none that holds, or the key that its person is sealed with was
    retired since. One statement."""
    if not _TOKEN_FORM.fullmatch(token):
        return None
    with context.database.reading() as connection:
        found = stored.find_session(connection, _hash(token), context.clock())
    if found is None:
        return None
    sealed, client, expires_at = found
    if sealed is None:
        return Session(None, client, expires_at)
    try:
        id_type, id_number, name = json.loads(context.vault.open(sealed))
    except VaultError:
        return None
    return Session(SignedInPerson(Identity(id_type, id_number), name), None, expires_at)


def list_sign_ins(context: Context, token: str) -> list[SignIn]:
    """Every sign-in that holds of whoever has this token, the newest first."""
    with context.database.reading() as connection:
        found = stored.list_sessions_like(connection, _hash(token), context.clock())
    return [
        SignIn(created_at, expires_at, token_hash == _hash(token))
        for token_hash, created_at, expires_at in found
    ]


def sign_out(context: Context, token: str) -> None:
    """Ends one sign-in."""
    with context.database.writing() as connection:
        stored.end_session(connection, _hash(token))


def sign_out_everywhere(context: Context, token: str) -> int:
    """Ends every sign-in of whoever has this token; how many there were."""
    with context.database.writing() as connection:
        return stored.end_sessions_like(connection, _hash(token))


def _open_session(
    context: Context,
    *,
    id_hash: bytes | None = None,
    person_sealed: bytes | None = None,
    client_id: int | None = None,
    key_hash: bytes | None = None,
) -> str:
    token, now = secrets.token_urlsafe(32), context.clock()
    with context.database.writing() as connection:
        stored.add_session(
            connection,
            token_hash=_hash(token),
            id_hash=id_hash,
            person_sealed=person_sealed,
            client_id=client_id,
            key_hash=key_hash,
            created_at=now,
            expires_at=now + timedelta(hours=context.settings.session_hours),
        )
    return token


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
