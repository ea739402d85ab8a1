"""Signing in and out: by the identity provider, by a client's key, in the demo as whoever one likes."""

from collections.abc import Mapping
from typing import Final

from flask import Flask, flash, request, session, url_for

from api.auth import KEY_LENGTH_MAX
from api.demo import DEMO_CLIENTS
from api.door import Reply
from api.language import LANGUAGE_COOKIE
from api.limits import Knocking
from api.pages.entrance import SESSION_TOKEN
from api.pages.oidc import IdentityProvider
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.rendering import lead_to, show
from importers.samples import DEMO_PEOPLE
from service.context import Context
from service.domain.client import Client, Role
from service.domain.errors import Refusal
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from service.fields import ChoiceField, StrictSchema, TextField, holds_id_number
from service.operations.clients import authenticate, find_active_client
from service.operations.sessions import sign_in_client, sign_in_person, sign_out, sign_out_everywhere
from service.wording import LANGUAGES

ATTEMPTS_PER_MINUTE: Final = 20
PROVIDER_PER_MINUTE: Final = 120
"""Twice for each sign-in, and a whole school may come from one address; what counts is checked elsewhere."""
FIRST_PAGE: Final[Mapping[Role, str]] = {
    "provider": "/provider",
    "authority": "/authority",
    "admin": "/admin",
    "platform": "/docs",
}
_NEXT: Final = "next"
_PLACE_MAX: Final = 500


class KeySchema(StrictSchema):
    """A client's key, typed in."""

    key = TextField(KEY_LENGTH_MAX, required=True)
    next = TextField(_PLACE_MAX)


class DemoChoiceSchema(StrictSchema):
    """Somebody of the demo: ``person-0`` …, or a role."""

    who = ChoiceField(
        [f"person-{place}" for place in range(len(DEMO_PEOPLE))] + [it.role for it in DEMO_CLIENTS],
        required=True,
    )
    next = TextField(_PLACE_MAX)


class LanguageSchema(StrictSchema):
    """A language, and the page to show in it."""

    to = ChoiceField(LANGUAGES, required=True)
    next = TextField(_PLACE_MAX)


def own_place(place: object) -> str | None:
    """A place of this site, as a path; None for anything that could lead elsewhere, or holds an identity number."""
    if not isinstance(place, str) or not place.startswith("/") or len(place) > _PLACE_MAX:
        return None
    if holds_id_number(place):
        return None
    second = place[1:2]
    return None if second in ("/", "\\") or any(character < " " for character in place) else place


def first_page(who: SignedInPerson | Client) -> str:
    """Where somebody begins."""
    return "/me" if isinstance(who, SignedInPerson) else FIRST_PAGE[who.role]


class SignIn:
    """The pages by which one comes in and goes."""

    def __init__(self, app: Flask, context: Context) -> None:
        settings = context.settings
        self._provider = None if settings.oidc_issuer is None else IdentityProvider(app, settings)
        self._knocking = Knocking(ATTEMPTS_PER_MINUTE)
        self._coming_back = Knocking(PROVIDER_PER_MINUTE)

    def pages(self) -> tuple[Page, ...]:
        """All of them; the demo's only in demo mode."""
        return (
            Page(name="sign_in", path="/sign-in", audience=EVERYBODY, view=self.choose),
            Page(
                name="sign_in_by_key",
                path="/sign-in/key",
                method="POST",
                audience=EVERYBODY,
                view=self.by_key,
                form=KeySchema,
                again=self.choose,
            ),
            Page(name="sign_in_by_provider", path="/sign-in/oidc", audience=EVERYBODY, view=self.to_provider),
            Page(
                name="sign_in_return",
                path="/sign-in/oidc/return",
                audience=EVERYBODY,
                view=self.from_provider,
            ),
            Page(
                name="sign_in_demo",
                path="/sign-in/demo",
                method="POST",
                audience=EVERYBODY,
                view=self.as_demo,
                form=DemoChoiceSchema,
                again=self.choose,
            ),
            Page(name="sign_out", path="/sign-out", method="POST", audience=EVERYBODY, view=self.leave),
            Page(
                name="sign_out_everywhere",
                path="/sign-out/everywhere",
                method="POST",
                audience=EVERYBODY,
                view=self.leave_everywhere,
            ),
            Page(
                name="choose_language",
                path="/language",
                audience=EVERYBODY,
                view=self.change_language,
                query=LanguageSchema,
            ),
        )

    def choose(self, visit: Visit) -> Reply:
        """The ways to come in. The query is lenient: whatever else a link carries is left alone."""
        place = own_place(visit.entered.get(_NEXT) or request.args.get(_NEXT)) or ""
        return show(
            visit,
            "sign_in.html",
            next=place,
            by_provider=self._provider is not None,
            demo_people=DEMO_PEOPLE if visit.context.settings.demo else (),
            demo_clients=DEMO_CLIENTS,
        )

    def by_key(self, visit: Visit) -> Reply:
        """Staff with their client's key."""
        self._knocking.allow("key", visit.address)
        client = authenticate(visit.context, visit.form["key"])
        if client is None:
            raise Refusal("sign_in_failed")
        return self._let_in(visit, client, visit.form.get(_NEXT), key=visit.form["key"])

    def to_provider(self, visit: Visit) -> Reply:
        """Off to the identity provider."""
        self._coming_back.allow("provider", visit.address)
        if self._provider is None:
            raise Refusal("not_found")
        session[_NEXT] = own_place(request.args.get(_NEXT))
        public_url = visit.context.settings.public_url
        back = url_for("sign_in_return", _external=public_url is None)
        return lead_to(self._provider.start(f"{public_url or ''}{back}"))

    def from_provider(self, visit: Visit) -> Reply:
        """Back from there."""
        self._coming_back.allow("provider", visit.address)
        if self._provider is None:
            raise Refusal("not_found")
        return self._let_in(visit, self._provider.finish(visit.context), session.get(_NEXT))

    def as_demo(self, visit: Visit) -> Reply:
        """As somebody of the demo."""
        if not visit.context.settings.demo:
            raise Refusal("not_found")
        who = visit.form["who"]
        if who.startswith("person-"):
            person = DEMO_PEOPLE[int(who.removeprefix("person-"))]
            signed_in = SignedInPerson(Identity("resident_id", person.id_number), person.name)
            return self._let_in(visit, signed_in, visit.form.get(_NEXT))
        made = next(it for it in DEMO_CLIENTS if it.role == who)
        client = find_active_client(visit.context, made.name)
        if client is None:
            raise Refusal("sign_in_failed")
        return self._let_in(visit, client, visit.form.get(_NEXT))

    def leave(self, visit: Visit) -> Reply:
        """Ends this sign-in."""
        if visit.token is not None:
            sign_out(visit.context, visit.token)
        session.clear()
        flash(visit.words("已退出登录。", "You have signed out."))
        return lead_to("/")

    def leave_everywhere(self, visit: Visit) -> Reply:
        """Ends this sign-in and all others of the same person or client."""
        ended = 0 if visit.token is None else sign_out_everywhere(visit.context, visit.token)
        session.clear()
        flash(
            visit.words(
                f"已在所有设备上退出登录（{ended}处）。",
                f"You have signed out everywhere ({ended} sign-ins).",
            )
        )
        return lead_to("/")

    def change_language(self, visit: Visit) -> Reply:
        """Keeps the chosen language for a year."""
        reply = lead_to(own_place(visit.query.get(_NEXT)) or "/")
        cookie = f"{LANGUAGE_COOKIE}={visit.query['to']}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
        return Reply(reply.body, reply.status, {**reply.headers, "Set-Cookie": cookie}, reply.media_type)

    def _let_in(
        self, visit: Visit, who: SignedInPerson | Client, place: object, *, key: str | None = None
    ) -> Reply:
        context = visit.context
        if visit.token is not None:
            sign_out(context, visit.token)
        session.clear()  # nothing that was there before belongs to who is here now
        if isinstance(who, SignedInPerson):
            session[SESSION_TOKEN] = sign_in_person(context, who)
        else:
            session[SESSION_TOKEN] = sign_in_client(context, who, key)
        return lead_to(own_place(place) or first_page(who))
