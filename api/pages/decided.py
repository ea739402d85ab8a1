"""What was decided, by this authority or by all of its divisions, and the way to decide anew."""

from typing import Any, Final
from urllib.parse import urlencode

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.queue import AUTHORITY, listed_row
from api.pages.rendering import show
from service.context import today
from service.domain.identifiers import encode_person_id
from service.domain.recognition import OUTCOMES
from service.fields import ChoiceField, DivisionField, PersonIdField, StrictSchema, TextField, YearField
from service.operations.read_decisions import Decision, DecisionChoice, read_decisions
from service.operations.read_recognition_queue import PendingEntry
from service.wording import say
from service.wording.recognition import FACTS

_ROWS: Final = 100
_YEARS: Final = 8


class DecidedQuerySchema(StrictSchema):
    """``by``: ``all`` also shows what other authorities decided in the divisions."""

    by = ChoiceField(("own", "all"), load_default="own")
    outcome = ChoiceField(OUTCOMES)
    credit_year = YearField(from_text=True)
    division_code = DivisionField()
    person_id = PersonIdField()
    cursor = TextField(200)


def get_decided(visit: Visit) -> Reply:
    """The decisions that hold, the latest first."""
    query = visit.query
    choice = DecisionChoice(
        division_code=query.get("division_code"),
        outcome=query.get("outcome"),
        credit_year=query.get("credit_year"),
        person_id=query.get("person_id"),
        own=query["by"] == "own",
    )
    page = read_decisions(
        visit.context,
        visit.client,
        choice,
        asker=visit.asker("recognition"),
        cursor=query.get("cursor"),
        limit=_ROWS,
    )
    named = {name: query[name] for name in ("by", "outcome", "credit_year", "division_code") if name in query}
    if choice.person_id is not None:
        named["person_id"] = encode_person_id(choice.person_id)

    def address(**more: str) -> str:
        return f"/authority/entries?{urlencode({**named, **more})}"

    cursor = query.get("cursor")
    divisions = visit.context.policy_book.divisions
    year = today(visit.context).year
    return show(
        visit,
        "decided.html",
        rows=[_row(visit, each) for each in page.decisions],
        query=query,
        years=range(year, year - _YEARS, -1),
        places={code: it.name for code, it in divisions.items() if visit.client.covers(code)},
        outcomes={code: say(FACTS, code, visit.language, {}) for code in OUTCOMES},
        here=address(cursor=cursor) if cursor else address(),
        first_address=address() if cursor else None,
        next_address=page.next_cursor and address(cursor=page.next_cursor),
    )


def _row(visit: Visit, decision: Decision) -> dict[str, Any]:
    listed = PendingEntry(
        decision.entry,
        decision.seq,
        decision.disputed,
        decision.provider_name,
        decision.name,
        decision.id_number,
    )
    return {
        **listed_row(visit, listed, today(visit.context)),
        "decided_at": decision.decided_at,
        "decided_by": decision.decided_by,
        "reason": decision.reason,
    }


PAGES: Final = (
    Page(
        name="decided",
        path="/authority/entries",
        audience=AUTHORITY,
        view=get_decided,
        query=DecidedQuerySchema,
    ),
)
