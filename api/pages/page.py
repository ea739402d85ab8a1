"""A page: what one address shows or does in a browser, declared whole – for whom, what it reads, where it leads.

The pages' counterpart of a Door. A page calls the operations that the doors call; it decides nothing itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from api.door import Reply
from service.context import Context
from service.domain.access import Asker, Purpose
from service.domain.client import Client, Role
from service.domain.errors import Refusal
from service.domain.session import Session, SignedInPerson
from service.fields import StrictSchema
from service.wording import Language


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see a page: signed-in people, the staff of clients of these roles, or everybody when it is neither."""

    person: bool = False
    roles: tuple[Role, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.person and not self.roles

    def admits(self, session: Session | None) -> bool:
        """Whether whoever is signed in, if anybody is, may see it."""
        if self.is_open:
            return True
        if session is None:
            return False
        return self.person if session.client is None else session.client.role in self.roles


EVERYBODY: Final = Audience()
PERSON: Final = Audience(person=True)


def staff(*roles: Role) -> Audience:
    """The staff of clients of these roles."""
    return Audience(roles=roles)


@dataclass(slots=True)
class Visit:
    """One request for a page, past its checks. ``query`` and ``form`` are what the page's schemas made of them,
    ``entered`` the form's texts before that (``entered_lists``: of the page's ``lists``), ``files`` its uploads by
    field as (name, bytes), ``several`` those of fields that take several. ``refusal``: why the form is shown again."""

    context: Context
    language: Language
    session: Session | None
    token: str | None
    path: Mapping[str, str]
    request_id: str
    address: str
    query: Mapping[str, Any] = field(default_factory=dict)
    entered: Mapping[str, str] = field(default_factory=dict)
    entered_lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    form: Any = None
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    several: Mapping[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def person(self) -> SignedInPerson:
        """Who is signed in, on a page for people."""
        if self.session is None or self.session.person is None:
            raise LookupError("this page is not for people")
        return self.session.person

    @property
    def client(self) -> Client:
        """The client whose staff is signed in, on a page for staff."""
        if self.session is None or self.session.client is None:
            raise LookupError("this page is not for staff")
        return self.session.client

    def asker(self, purpose: Purpose) -> Asker:
        """The staff's client as who asks, for access records."""
        return Asker(self.client.client_id, self.request_id, purpose)

    def words(self, chinese: str, english: str) -> str:
        """The text of the two in the visitor's language."""
        return chinese if self.language == "zh-CN" else english


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """``path`` in Flask's form. ``form`` and ``query`` check what comes in; ``files``: field → largest size in bytes;
    ``several``: those of them that take several files, and how many. A file in one of these that is too large comes
    cut off one byte beyond its size, so that it can be told which one it is.
    ``lists``: fields of the form that may come several times, given to the schema as a list. ``again`` shows the form
    again when it was refused (``visit.refusal`` says why); without it the refusal is a page of its own."""

    name: str
    path: str
    audience: Audience
    view: Callable[[Visit], Reply]
    method: Literal["GET", "POST"] = "GET"
    query: type[StrictSchema] | None = None
    form: type[StrictSchema] | None = None
    files: Mapping[str, int] = field(default_factory=dict)
    several: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    again: Callable[[Visit], Reply] | None = None
    lenient_query: bool = True
