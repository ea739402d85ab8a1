"""Sign-ins, by the hash of the token that the browser keeps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from service.domain.client import Client
from service.store.clients import CLIENT_COLUMNS, read_client
from service.store.columns import Instant
from service.store.session_tables import session
from service.store.tables import client, client_key

_NOW: Final = bindparam("now", type_=Instant)
_BY_TOKEN: Final = (
    select(session.c.id_hash, session.c.person_sealed, session.c.expires_at, *CLIENT_COLUMNS)
    .outerjoin(client, client.c.client_id == session.c.client_id)
    .outerjoin(client_key, client_key.c.key_hash == session.c.key_hash)
    .where(
        session.c.token_hash == bindparam("token_hash"),
        session.c.expires_at > _NOW,
        client.c.revoked_at.is_(None),
        client_key.c.revoked_at.is_(None),
        or_(client_key.c.expires_at.is_(None), client_key.c.expires_at > _NOW),
    )
)

_THIS: Final = session.alias("this")
_LIKE: Final = (
    select(session.c.token_hash, session.c.created_at, session.c.expires_at)
    .join(
        _THIS,
        or_(_THIS.c.id_hash == session.c.id_hash, _THIS.c.client_id == session.c.client_id),
    )
    .where(_THIS.c.token_hash == bindparam("token_hash"), session.c.expires_at > _NOW)
    .order_by(session.c.created_at.desc(), session.c.token_hash)
)


def find_session(
    connection: Connection, token_hash: bytes, now: datetime
) -> tuple[bytes | None, Client | None, datetime] | None:
    """(sealed person, client, end) of a sign-in that holds: not expired, its client and its key not revoked."""
    row = connection.execute(_BY_TOKEN, {"token_hash": token_hash, "now": now}).first()
    if row is None:
        return None
    return row.person_sealed, None if row.client_id is None else read_client(row), row.expires_at


def add_session(connection: Connection, **row: Any) -> None:
    """Stores a sign-in; clears away those that have ended by themselves."""
    connection.execute(delete(session).where(session.c.expires_at <= row["created_at"]))
    connection.execute(insert(session), row)


def list_sessions_like(
    connection: Connection, token_hash: bytes, now: datetime
) -> list[tuple[bytes, datetime, datetime]]:
    """(token hash, begin, end) of this sign-in and every other of the same person or client that has not expired, the
    newest first."""
    rows = connection.execute(_LIKE, {"token_hash": token_hash, "now": now})
    return [(row.token_hash, row.created_at, row.expires_at) for row in rows]


def end_session(connection: Connection, token_hash: bytes) -> None:
    connection.execute(delete(session).where(session.c.token_hash == token_hash))


def end_sessions_like(connection: Connection, token_hash: bytes) -> int:
    """Ends this sign-in and every other of the same person or client; how many there were."""
    own = select(session.c.id_hash, session.c.client_id).where(session.c.token_hash == token_hash)
    row = connection.execute(own).first()
    if row is None:
        return 0
    same = (
        session.c.id_hash == row.id_hash if row.id_hash is not None else session.c.client_id == row.client_id
    )
    return connection.execute(delete(session).where(same)).rowcount


def end_sessions_of_documents(connection: Connection, id_hashes: Sequence[bytes]) -> None:
    """Ends the sign-ins of the people with these documents."""
    connection.execute(delete(session).where(session.c.id_hash.in_(list(id_hashes))))
