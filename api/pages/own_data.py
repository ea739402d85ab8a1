"""/me/data: who looked at one's data, everything that is held, disputes, sign-ins, and how long all that is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import orjson
from marshmallow import EXCLUDE

from api.door import Reply
from api.pages.own_disputes import disputes_told
from api.pages.own_parts import begun
from api.pages.page import PERSON, Page, Visit
from api.pages.rendering import download, lead_to, show
from api.schemas.evidence_answer import evidence_json
from api.schemas.export_answer import export_json
from service.context import today
from service.domain.access import KEPT_DAYS, own_asker
from service.domain.errors import Refusal
from service.domain.retention import erasable_on
from service.domain.zone import SHANGHAI
from service.fields import StrictSchema, TextField, TruthField
from service.operations.dispute_entry import list_own_disputes
from service.operations.export_person import PersonExport, export_own
from service.operations.read_own import read_own_accesses
from service.operations.sessions import list_sign_ins
from service.store.holdings import AccessRow
from service.wording import say
from service.wording.rights import PURPOSES

ACCESSES_ON_A_PAGE: Final = 50


class AccessesQuerySchema(StrictSchema):
    """Which looks to show: one's own too, and from where on."""

    class Meta:
        unknown = EXCLUDE

    own = TruthField(from_text=True, load_default=False)
    cursor = TextField(200)


@dataclass(slots=True)
class Looks:
    """Looks of one day by the same for the same."""

    who: str
    is_own: bool
    purpose: str
    first_at: datetime
    last_at: datetime
    count: int = 1


def get_data(visit: Visit) -> Reply:
    """Who looked, what was disputed, where one is signed in, and what one may ask for."""
    context, person = visit.context, visit.person
    page = read_own_accesses(
        context,
        person,
        asker=own_asker(visit.request_id, "access_records"),
        cursor=visit.query.get("cursor"),
        limit=ACCESSES_ON_A_PAGE,
        by_others=not visit.query["own"],
    )
    disputes = list_own_disputes(context, person, asker=own_asker(visit.request_id, "dispute"))
    return show(
        visit,
        "own_data.html",
        looks=_looks(visit, page.accesses),
        next_cursor=page.next_cursor,
        is_later_page="cursor" in visit.query,
        with_own=visit.query["own"],
        disputes=disputes_told(visit, disputes),
        sign_ins=list_sign_ins(context, visit.token) if visit.token else [],
        kept_days=KEPT_DAYS,
        settings=context.settings,
    )


def get_held(visit: Visit) -> Reply:
    """Everything that is held, to be read by people."""
    export = _export(visit)
    return show(
        visit,
        "own_held.html",
        export=export,
        files=[] if export is None else [evidence_json(it) for each in export.people for it in each.evidence],
        erasable_on=None if export is None else _erasable_on(visit, export),
    )


def get_export(visit: Visit) -> Reply:
    """Everything that is held, as a file; whom the ledger has never seen is led to the page that says so."""
    export = _export(visit)
    if export is None:
        return lead_to("/me/data/held")
    body = orjson.dumps(export_json(export), option=orjson.OPT_INDENT_2)
    return download(body, f"hours-{today(visit.context).isoformat()}.json", "application/json")


def _export(visit: Visit) -> PersonExport | None:
    try:
        return export_own(visit.context, visit.person, asker=own_asker(visit.request_id, "export"))
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        return None


def _erasable_on(visit: Visit, export: PersonExport) -> date | None:
    """The day from which name and number may be erased; None without a fact."""
    moments = [fact.recorded_at for each in export.people for fact, _ in each.facts]
    if not moments:
        return None
    return erasable_on(max(moments).astimezone(SHANGHAI).date(), visit.context.settings.retention_years)


def _looks(visit: Visit, rows: Iterable[AccessRow]) -> list[Looks]:
    """The looks of a page, newest first, those of a day by the same for the same in one line."""
    looks: dict[tuple[date, str, str], Looks] = {}
    for row in rows:
        who = {
            "oneself": visit.words("本人", "You"),
            "command_line": visit.words("系统维护人员", "The system's maintainers"),
            "client": row.client_name or "",
        }[row.by]
        key = (row.at.astimezone(SHANGHAI).date(), who, row.purpose)
        if key in looks:
            looks[key].first_at = row.at
            looks[key].count += 1
        else:
            purpose = begun(say(PURPOSES, row.purpose, visit.language, {}))
            looks[key] = Looks(who, row.by == "oneself", purpose, row.at, row.at)
    return list(looks.values())


PAGES: Final = (
    Page(name="own_data", path="/me/data", audience=PERSON, view=get_data, query=AccessesQuerySchema),
    Page(name="own_held", path="/me/data/held", audience=PERSON, view=get_held),
    Page(name="own_export", path="/me/data/export", audience=PERSON, view=get_export),
)
