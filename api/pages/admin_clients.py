"""/admin/clients: who may call and sign in, and their keys."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from flask import flash

from api.door import Reply
from api.pages.admin import ADMIN
from api.pages.menu import ROLE_NAMES
from api.pages.page import Page, Visit
from api.pages.rendering import lead_to, show
from service.context import Context
from service.domain.client import ROLES
from service.domain.errors import Fault, Refusal, invalid_request
from service.fields import ChoiceField, DivisionField, IntegerField, RowsField, StrictSchema, TextField
from service.operations.clients import (
    PROVINCE,
    ListedClient,
    create_client,
    issue_key,
    list_clients,
    list_keys,
    read_client,
    revoke_client,
    revoke_key,
)
from service.policy_book import Division

LIFETIMES: Final = (30, 90, 180, 365, 730)
"""Days that a new key may be given."""

GRACES: Final = (0, 1, 7, 30)
"""Days that the old keys may go on after a new one."""

_NAME_MAX: Final = 100
_DAYS_MAX: Final = 3650
_LISTED_MAX: Final = 200
_COMMAS: Final = re.compile(r"[、，,;；]")

log = structlog.get_logger("api.pages")


class NewClientSchema(StrictSchema):
    """A client to make. ``days``: until its first key expires."""

    name = TextField(_NAME_MAX, required=True)
    role = ChoiceField(ROLES, required=True)
    divisions = RowsField(DivisionField(), 1, _LISTED_MAX)
    series = RowsField(TextField(_NAME_MAX), 1, _LISTED_MAX)
    feed_id = TextField(_NAME_MAX)
    days = IntegerField(1, _DAYS_MAX, from_text=True)


class NewKeySchema(StrictSchema):
    """A further key. ``days`` until it expires, ``others_days`` until the others do; absent: never."""

    days = IntegerField(1, _DAYS_MAX, from_text=True)
    others_days = IntegerField(0, _DAYS_MAX, from_text=True)


class SureSchema(StrictSchema):
    """A box ticked."""

    sure = ChoiceField(("yes",), required=True)


@dataclass(frozen=True, slots=True)
class Region:
    """A city with its counties, for the form."""

    city: Division
    counties: tuple[Division, ...]

    def has_any(self, codes: Sequence[str]) -> bool:
        """Whether one of these divisions is here."""
        return any(it.code in codes for it in (self.city, *self.counties))


def get_list(visit: Visit) -> Reply:
    """Everybody, those in force first."""
    context = visit.context
    clients = [listed for listed in list_clients(context) if not listed.client.is_own]
    clients.sort(key=lambda listed: listed.revoked_at is not None)
    return show(
        visit,
        "admin_clients.html",
        clients=clients,
        keys=list_keys(context),
        now=context.clock(),
        division_name=_division_name(context),
    )


def get_new(visit: Visit) -> Reply:
    """The form for a new client."""
    context = visit.context
    return show(
        visit,
        "admin_client_new.html",
        roles=[(role, visit.words(*ROLE_NAMES[role])) for role in ROLES],
        province=context.policy_book.divisions[PROVINCE],
        regions=_regions(context),
        chosen=visit.entered_lists,
        series_names=_series_names(context),
        feeds=sorted(_feeds(context)),
        lifetimes=LIFETIMES,
    )


def post_new(visit: Visit) -> Reply:
    """Makes it, and shows its key this once."""
    context, form = visit.context, visit.form
    _refuse_what_does_not_fit(form)
    series = [
        name for text in form.get("series", ()) for part in _COMMAS.split(text) if (name := part.strip())
    ]
    try:
        client, key = create_client(
            context,
            form["role"],
            form["name"],
            form.get("divisions", ()),
            list(dict.fromkeys(series)),
            form.get("feed_id"),
            _in_days(context, form.get("days")),
        )
    except Refusal as refusal:
        if refusal.code != "client_exists":
            raise
        raise invalid_request([Fault("/name", "name_taken")]) from None
    _tell(visit, "client created", client.client_id)
    return show(visit, "admin_key.html", client=client, key=key, is_first=True)


def get_client(visit: Visit) -> Reply:
    """A client and its keys."""
    context = visit.context
    listed = _named(visit)
    return show(
        visit,
        "admin_client.html",
        listed=listed,
        keys=read_client(context, listed.client.client_id)[1],
        now=context.clock(),
        division_name=_division_name(context),
        lifetimes=LIFETIMES,
        graces=GRACES,
    )


def post_key(visit: Visit) -> Reply:
    """One more key, shown this once."""
    context, client = visit.context, _named(visit).client
    days, others = visit.form.get("days"), visit.form.get("others_days")
    key = issue_key(context, client.name, _in_days(context, days), others_end_at=_in_days(context, others))
    _tell(visit, "key issued", client.client_id)
    return show(visit, "admin_key.html", client=client, key=key, is_first=False)


def post_key_revocation(visit: Visit) -> Reply:
    """Ends one key."""
    client_id = _named(visit).client.client_id
    revoke_key(visit.context, client_id, visit.path["key_id"])
    _tell(visit, "key revoked", client_id)
    flash(visit.words("密钥已撤销。", "The key is revoked."))
    return lead_to(f"/admin/clients/{client_id}")


def post_revocation(visit: Visit) -> Reply:
    """Ends a client."""
    client = revoke_client(visit.context, _named(visit).client.name)
    _tell(visit, "client revoked", client.client_id)
    flash(visit.words(f"已撤销：{client.name}", f"Revoked: {client.name}"))
    return lead_to("/admin/clients")


def _named(visit: Visit) -> ListedClient:
    """The client in the path. Refusal ``not_found``."""
    text = visit.path["client_id"]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal("not_found")
    listed, _ = read_client(visit.context, int(text))
    if listed.client.is_own:
        raise Refusal("not_found")
    return listed


def _refuse_what_does_not_fit(form: Any) -> None:
    fitting = {"feed_id": "provider", "series": "authority"}
    faults = [
        Fault(f"/{name}", "not_for_role")
        for name, role in fitting.items()
        if name in form and form["role"] != role
    ]
    if faults:
        raise invalid_request(faults)


def _in_days(context: Context, days: int | None) -> datetime | None:
    return None if days is None else context.clock() + timedelta(days=days)


def _regions(context: Context) -> list[Region]:
    """The cities in the order of their codes. Codes no longer in use are left out."""
    current = sorted(
        (it for it in context.policy_book.divisions.values() if it.successor is None), key=lambda it: it.code
    )
    cities = [it for it in current if it.code.endswith("00") and it.code != PROVINCE]
    return [
        Region(city, tuple(it for it in current if it.code[:4] == city.code[:4] and it != city))
        for city in cities
    ]


def _series_names(context: Context) -> list[str]:
    """Names that the notices' lists of authorities use."""
    return sorted({row.series[0] for row in context.annex_book.authorities() if row.series})


def _feeds(context: Context) -> set[str]:
    return {
        feed.feed_id
        for policy in context.policy_book.policies
        if policy.recognition
        for feed in policy.recognition.feeds
    }


def _division_name(context: Context) -> Any:
    divisions = context.policy_book.divisions

    def names(codes: Sequence[str]) -> str:
        return "、".join(divisions[code].name if code in divisions else code for code in codes)

    return names


def _tell(visit: Visit, event: str, client_id: int) -> None:
    """Who administers, and whom it concerned: the line that the access log, which knows routes only, leaves out."""
    log.info(event, request_id=visit.request_id, client_id=visit.client.client_id, concerns=client_id)


_ONE: Final = "/admin/clients/<client_id>"
PAGES: Final = (
    Page(name="admin_clients", path="/admin/clients", audience=ADMIN, view=get_list),
    Page(name="admin_client_new", path="/admin/clients/new", audience=ADMIN, view=get_new),
    Page(
        name="admin_client_create",
        path="/admin/clients/new",
        method="POST",
        audience=ADMIN,
        view=post_new,
        form=NewClientSchema,
        lists=("divisions", "series"),
        again=get_new,
    ),
    Page(name="admin_client", path=_ONE, audience=ADMIN, view=get_client),
    Page(
        name="admin_key_issue",
        path=f"{_ONE}/keys",
        method="POST",
        audience=ADMIN,
        view=post_key,
        form=NewKeySchema,
        again=get_client,
    ),
    Page(
        name="admin_key_revoke",
        path=f"{_ONE}/keys/<key_id>/revocation",
        method="POST",
        audience=ADMIN,
        view=post_key_revocation,
    ),
    Page(
        name="admin_client_revoke",
        path=f"{_ONE}/revocation",
        method="POST",
        audience=ADMIN,
        view=post_revocation,
        form=SureSchema,
        again=get_client,
    ),
)
