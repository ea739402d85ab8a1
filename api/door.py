"""A door: one operation of the API, declared whole – who may enter, what it reads, answers and refuses.

The declaration is the one source of the route, its checks and its part of openapi.yaml. (flask-smorest was tried
on paper and left: it reads a body before one can answer 401 and 403, has its own error shapes for framework
errors, loses ``Allow`` and cannot be kept from registering a view without an access rule.)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from service.context import Context
from service.domain.access import Asker, Credential, Purpose
from service.domain.client import Client, Role
from service.fields import StrictSchema
from service.wording import Language

Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in: clients of these roles, or everybody without a key when there are none."""

    roles: tuple[Role, ...]


OPEN: Final = Access(())


def only(*roles: Role) -> Access:
    """Clients of these roles. At least one: a door for everybody says OPEN."""
    if not roles:
        raise ValueError("name a role, or say OPEN")
    return Access(roles)


@dataclass(slots=True)
class Call:
    """One request, past the checks of its door. ``body`` and ``query`` are what the door's schemas made of them,
    ``raw`` is the body before that. ``credential``: what the client was only remembered by (``Door.confirms``)."""

    context: Context
    language: Language
    client: Client | None
    path: Mapping[str, str]
    request_id: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    raw: Any = None
    credential: Credential | None = None

    @property
    def caller(self) -> Client:
        """The client behind a door that asks for a key."""
        if self.client is None:
            raise LookupError("this door is open: there is no client")
        return self.client

    def asker(self, purpose: Purpose) -> Asker:
        """Who asks, for the access records of what this request reads."""
        return Asker(self.caller.client_id, self.request_id, purpose, self.credential)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a door answers: ``body`` is encoded as JSON unless it is text or bytes."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A JSON body. ``divisions`` finds the division codes in the unchecked body: one that is known and outside the
    client's divisions is refused before any other fault is told (403 comes before 422). ``from_path`` names
    division codes that stand in the path and count as part of the body. ``may_be_left_out``: no body is ``{}``."""

    schema: type[StrictSchema]
    divisions: Callable[[Any], Iterable[object]] | None = None
    from_path: tuple[str, ...] = ()
    may_be_left_out: bool = False


@dataclass(frozen=True, slots=True)
class FormBody:
    """A multipart form with one file. The file arrives in ``body`` under its field's name as (name, bytes)."""

    schema: type[StrictSchema]
    file: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a door, for openapi.yaml. ``schema`` describes JSON; ``media_type`` anything else,
    ``also`` texts of other types that ``Accept`` can ask for."""

    description: str
    schema: type[StrictSchema] | None = None
    media_type: str = "application/json"
    headers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """``name`` is the operationId, ``path`` in OpenAPI's form. ``refuses`` are the problem codes of its own, beyond
    those that follow from the rest. ``exists`` raises ``not_found`` or ``forbidden_*`` for what the path names; it is
    asked only when the request has another fault, since the view finds out by itself.
    ``per_minute``: how often one address may come in, None for as often as it likes. ``confirms``: what the view reads
    it reads by ``call.asker()``, in a statement that confirms the key; so the key need not be looked up before."""

    name: str
    method: Method
    path: str
    access: Access
    view: Callable[[Call], Reply]
    tag: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    reads: JsonBody | FormBody | None = None
    query: type[StrictSchema] | None = None
    refuses: tuple[str, ...] = ()
    exists: Callable[[Call], object] | None = None
    lenient_query: bool = False
    per_minute: int | None = None
    confirms: bool = False

    @property
    def problems(self) -> tuple[str, ...]:
        """Every problem code this door can answer with."""
        codes = list(self.refuses)
        if self.access.roles:
            codes += ["unauthenticated", "forbidden_role"]
        if isinstance(self.reads, JsonBody):
            codes.append("not_json")
        if isinstance(self.reads, FormBody):
            codes.append("bad_request")
        if self.reads is not None:
            codes += ["payload_too_large", "unsupported_media_type"]
        if self.reads is not None or not self.lenient_query:
            codes.append("invalid_request")
        if self.per_minute is not None:
            codes.append("too_many_requests")
        if self.path.startswith("/v1/"):
            codes.append("unavailable")
        codes.append("internal_error")
        return tuple(dict.fromkeys(codes))

    @property
    def rule(self) -> str:
        """The path in Flask's form."""
        return self.path.replace("{", "<").replace("}", ">")
