"""Clients and their keys."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, bindparam, insert, literal_column, or_, select, update

from service.domain.access import Credential, Unconfirmed
from service.domain.client import OWN_CLIENT_ID, OWN_CLIENT_NAME, Client, Role
from service.store.columns import Instant
from service.store.prepared import fetch, prepared_like
from service.store.tables import client, client_key

CLIENT_COLUMNS: Final = (
    client.c.client_id,
    client.c.name,
    client.c.role,
    client.c.divisions,
    client.c.series,
    client.c.feed_id,
)
_BY_KEY: Final = (
    select(*CLIENT_COLUMNS)
    .join(client_key, client_key.c.client_id == client.c.client_id)
    .where(
        client_key.c.key_hash == bindparam("key_hash"),
        client_key.c.revoked_at.is_(None),
        client.c.revoked_at.is_(None),
        or_(client_key.c.expires_at.is_(None), client_key.c.expires_at > bindparam("now", type_=Instant)),
    )
)
_VERSION: Final = "CAST({client}.xmin AS text)"
"""Of a row, on PostgreSQL: the transaction that wrote it as it is."""

_BY_KEY_WITH_VERSION: Final = prepared_like(
    _BY_KEY.add_columns(literal_column(_VERSION.format(client="client")))
)
"""For PostgreSQL: every request of the API begins with it, or ends with what it found confirmed."""

CONFIRMED: Final = f"""EXISTS (
        SELECT 1 FROM client_key JOIN client ON client.client_id = client_key.client_id
        WHERE client_key.key_hash = CAST(:key_hash AS bytea) AND client_key.revoked_at IS NULL
            AND client.revoked_at IS NULL AND client.client_id = CAST(:client_id AS bigint)
            AND (client_key.expires_at IS NULL OR client_key.expires_at > CAST(:at AS timestamptz))
            AND {_VERSION.format(client="client")} = :client_version
    )"""  # noqa: S608  # a constant
"""On PostgreSQL, within a statement: whether a Credential still is what is stored."""

_BY_ID: Final = select(*CLIENT_COLUMNS).where(client.c.client_id == bindparam("client_id"))
_BY_NAME: Final = select(*CLIENT_COLUMNS).where(client.c.name == bindparam("name"))
_ACTIVE_BY_NAME: Final = _BY_NAME.where(client.c.revoked_at.is_(None))
_LISTED: Final = select(*CLIENT_COLUMNS, client.c.created_at, client.c.revoked_at)
_ALL: Final = _LISTED.order_by(client.c.client_id)
_LISTED_BY_ID: Final = _LISTED.where(client.c.client_id == bindparam("client_id"))
_KEYS: Final = select(
    client_key.c.client_id,
    client_key.c.key_hash,
    client_key.c.created_at,
    client_key.c.expires_at,
    client_key.c.revoked_at,
).order_by(client_key.c.client_id, client_key.c.created_at, client_key.c.key_hash)
_KEYS_OF_ONE: Final = _KEYS.where(client_key.c.client_id == bindparam("client_id"))
_NAMES: Final = select(client.c.client_id, client.c.name).where(
    client.c.client_id.in_(bindparam("client_ids", expanding=True))
)


def find_by_key(connection: Connection, key_hash: bytes, now: datetime) -> Credential | None:
    """The client of a key that is neither expired nor revoked."""
    values = {"key_hash": key_hash, "now": now}
    if connection.dialect.name == "postgresql":
        rows = fetch(connection, _BY_KEY_WITH_VERSION, values)
        return Credential(key_hash, _client(*rows[0][:-1]), rows[0][-1]) if rows else None
    row = connection.execute(_BY_KEY, values).first()
    return None if row is None else Credential(key_hash, read_client(row), "")


def confirmed_by(credential: Credential) -> dict[str, Any]:
    """The values that CONFIRMED wants beside ``client_id`` and ``at``."""
    return {"key_hash": credential.key_hash, "client_version": credential.version}


def require_confirmed(connection: Connection, credential: Credential, now: datetime) -> None:
    """What CONFIRMED is within a statement, as one of its own. Raises Unconfirmed."""
    if find_by_key(connection, credential.key_hash, now) != credential:
        raise Unconfirmed


def find_by_name(connection: Connection, name: str, *, active: bool = False) -> Client | None:
    """The client of that name; ``active``: unless it is revoked."""
    row = connection.execute(_ACTIVE_BY_NAME if active else _BY_NAME, {"name": name}).first()
    return None if row is None else read_client(row)


def read_names(connection: Connection, client_ids: Iterable[int]) -> dict[int, str]:
    """The names of these clients by id."""
    return {
        row.client_id: row.name for row in connection.execute(_NAMES, {"client_ids": sorted(set(client_ids))})
    }


def read_all(connection: Connection) -> list[tuple[Client, datetime, datetime | None]]:
    """Every client with when it was created and revoked."""
    return [(read_client(row), row.created_at, row.revoked_at) for row in connection.execute(_ALL)]


def find_listed(connection: Connection, client_id: int) -> tuple[Client, datetime, datetime | None] | None:
    """A client with when it was created and revoked."""
    row = connection.execute(_LISTED_BY_ID, {"client_id": client_id}).first()
    return None if row is None else (read_client(row), row.created_at, row.revoked_at)


class KeyRow(NamedTuple):
    """A key as it is stored."""

    client_id: int
    key_hash: bytes
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def read_keys(connection: Connection, client_id: int | None = None) -> list[KeyRow]:
    """A client's keys (None: everybody's), oldest first."""
    rows = (
        connection.execute(_KEYS)
        if client_id is None
        else connection.execute(_KEYS_OF_ONE, {"client_id": client_id})
    )
    return [KeyRow._make(row) for row in rows]


def add_client(
    connection: Connection,
    name: str,
    role: Role,
    divisions: tuple[str, ...],
    series: tuple[str, ...],
    feed_id: str | None,
    now: datetime,
) -> Client:
    """A new client. The name must be free."""
    result = connection.execute(
        insert(client),
        {
            "name": name,
            "role": role,
            "divisions": json.dumps(divisions),
            "series": json.dumps(series, ensure_ascii=False),
            "feed_id": feed_id,
            "created_at": now,
        },
    )
    return Client(cast(Any, result.inserted_primary_key)[0], name, role, divisions, series, feed_id)


def require_own_client(connection: Connection, now: datetime) -> Client:
    """The client of people who act for themselves, made the first time somebody does: without a key, and revoked."""
    row = connection.execute(_BY_ID, {"client_id": OWN_CLIENT_ID}).first()
    if row is not None:
        return read_client(row)
    name, number = OWN_CLIENT_NAME, 1
    while find_by_name(connection, name) is not None:
        number += 1
        name = f"{OWN_CLIENT_NAME} {number}"
    values = {
        "client_id": OWN_CLIENT_ID,
        "name": name,
        "role": "provider",
        "divisions": json.dumps(["330000"]),
        "series": "[]",
        "created_at": now,
        "revoked_at": now,
    }
    connection.execute(insert(client), values)
    return Client(OWN_CLIENT_ID, name, "provider", ("330000",))


def add_key(
    connection: Connection, client_id: int, key_hash: bytes, now: datetime, expires_at: datetime | None
) -> None:
    connection.execute(
        insert(client_key),
        {"key_hash": key_hash, "client_id": client_id, "created_at": now, "expires_at": expires_at},
    )


def limit_keys(connection: Connection, client_id: int, ends_at: datetime) -> None:
    """Lets the keys that a client has end at a moment, unless they end before."""
    later = or_(client_key.c.expires_at.is_(None), client_key.c.expires_at > ends_at)
    connection.execute(
        update(client_key)
        .where(client_key.c.client_id == client_id, client_key.c.revoked_at.is_(None), later)
        .values(expires_at=ends_at)
    )


def revoke_key(connection: Connection, key_hash: bytes, now: datetime) -> None:
    connection.execute(update(client_key).where(client_key.c.key_hash == key_hash).values(revoked_at=now))


def revoke(connection: Connection, client_id: int, now: datetime) -> None:
    """Ends a client and all its keys."""
    for table in (client_key, client):
        connection.execute(
            update(table)
            .where(table.c.client_id == client_id, table.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )


def read_client(row: Any) -> Client:
    """The client in a row that has CLIENT_COLUMNS."""
    return _client(row.client_id, row.name, row.role, row.divisions, row.series, row.feed_id)


def _client(
    client_id: int, name: str, role: Role, divisions: str, series: str, feed_id: str | None
) -> Client:
    return Client(client_id, name, role, tuple(json.loads(divisions)), tuple(json.loads(series)), feed_id)
