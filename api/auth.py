"""Who calls, and whether they may: keys, roles, divisions. Deny by default."""

from collections.abc import Collection, Iterable

from flask import Request, g

from api.door import Access
from service.context import Context
from service.domain.access import Credential
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations.clients import authenticate, remembered_credential

KEY_LENGTH_MAX = 200


def admit(access: Access, request: Request, context: Context) -> Client | None:
    """The client behind the request's key, None at an open door.

    Raises Refusal ``unauthenticated`` (no key, or none that is valid) and then ``forbidden_role``.
    """
    if not access.roles:
        return None
    client = g.client = authenticated(request, context)  # at once: a refusal's log line names the client too
    if client.role not in access.roles:
        raise Refusal("forbidden_role")
    return client


def remembered(access: Access, request: Request, context: Context) -> Credential | None:
    """Who came with this key the last time, unless that client may not come in here. Still to be confirmed."""
    credential = remembered_credential(context, _key_of(request))
    if credential is None or credential.client.role not in access.roles:
        return None
    return credential


def authenticated(request: Request, context: Context) -> Client:
    """The client whose key came with the request. One statement; Refusal ``unauthenticated``."""
    client = authenticate(context, _key_of(request))
    if client is None:
        raise Refusal("unauthenticated")
    return client


def _key_of(request: Request) -> str:
    given: str = request.environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, key = given.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or len(key) > KEY_LENGTH_MAX or not key.isascii():
        return ""
    return key


def require_divisions(client: Client, named: Iterable[object], known: Collection[str]) -> None:
    """Refusal ``forbidden_division`` when a known division code lies outside the client's.

    ``named`` comes from an unchecked body; what is no known code is left to the schema.
    """
    for value in named:
        code = value.strip() if isinstance(value, str) else None
        if code is not None and code in known and not client.covers(code):
            raise Refusal("forbidden_division")
