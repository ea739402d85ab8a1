"""The disputes of an authority's divisions: read, answered, closed."""

from typing import Any, Final

from flask import flash

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.queue import AUTHORITY, listed_row
from api.pages.rendering import lead_to, show
from api.schemas.dispute import STATEMENT_MAX, DisputeClosingSchema, DisputeStatementSchema, dispute_json
from service.context import today
from service.domain.dispute import DISPUTE_OUTCOMES, DISPUTE_STATUSES, Dispute, DisputeStatus
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id
from service.domain.zone import SHANGHAI
from service.fields import ChoiceField, StrictSchema, TextField
from service.operations.dispute_entry import answer_dispute, close_dispute, find_disputes
from service.operations.read_recognition_queue import read_listed_entries
from service.wording import say
from service.wording.rights import DISPUTE_OUTCOMES as OUTCOME_NAMES
from service.wording.rights import DISPUTE_STATUSES as STATUS_NAMES

_ROWS: Final = 100
_ADDRESS: Final = "/authority/disputes"


class DisputesQuerySchema(StrictSchema):
    """Which disputes: those without an answer, those that wait to be closed, those that are."""

    status = ChoiceField(DISPUTE_STATUSES, load_default="open")
    cursor = TextField(200)


def get_disputes(visit: Visit) -> Reply:
    """A page of them, oldest first; or again with what is wrong with an answer."""
    status: DisputeStatus = visit.query["status"]
    page = find_disputes(
        visit.context,
        visit.client,
        asker=visit.asker("dispute"),
        status=status,
        cursor=visit.query.get("cursor"),
        limit=_ROWS,
    )
    entry_ids = [(dispute.person_id, dispute.entry_seq) for dispute in page.disputes]
    listed = read_listed_entries(visit.context, visit.client, entry_ids, asker=visit.asker("dispute"))
    day = today(visit.context)
    return show(
        visit,
        "authority_disputes.html",
        rows=[
            {**_row(visit, dispute), "entry": listed_row(visit, listed[entry_id], day)}
            for dispute, entry_id in zip(page.disputes, entry_ids, strict=True)
        ],
        chosen=status,
        statuses={code: say(STATUS_NAMES, code, visit.language, {}) for code in DISPUTE_STATUSES},
        outcomes={code: say(OUTCOME_NAMES, code, visit.language, {}) for code in DISPUTE_OUTCOMES},
        next_address=page.next_cursor and f"{_ADDRESS}?status={status}&cursor={page.next_cursor}",
        refused=visit.path.get("dispute_id"),
        statement_max=STATEMENT_MAX,
    )


def post_answer(visit: Visit) -> Reply:
    """Answers a dispute."""
    answer_dispute(visit.context, visit.client, _named(visit), visit.form["text"])
    flash(visit.words("已答复。", "Answered."))
    return lead_to(f"{_ADDRESS}?status=answered")


def post_closing(visit: Visit) -> Reply:
    """Closes a dispute."""
    close_dispute(visit.context, visit.client, _named(visit), visit.form["text"], visit.form["outcome"])
    flash(
        visit.words(
            "已办结。学时没有因此改变：需要更改的，请再作一次认定。",
            "Closed. The hours are as they were: where they have to change, decide on the entry anew.",
        )
    )
    return lead_to(f"{_ADDRESS}?status=closed")


def _named(visit: Visit) -> int:
    dispute_id = decode_person_id(visit.path["dispute_id"])
    if dispute_id is None:
        raise Refusal("not_found")
    return dispute_id


def _row(visit: Visit, dispute: Dispute) -> dict[str, Any]:
    opened_on = dispute.statements[0].recorded_at.astimezone(SHANGHAI).date()
    return {**dispute_json(dispute), "days": (today(visit.context) - opened_on).days}


PAGES: Final = (
    Page(
        name="authority_disputes",
        path=_ADDRESS,
        audience=AUTHORITY,
        view=get_disputes,
        query=DisputesQuerySchema,
    ),
    Page(
        name="authority_dispute_answer",
        path=f"{_ADDRESS}/<dispute_id>/answer",
        method="POST",
        audience=AUTHORITY,
        view=post_answer,
        query=DisputesQuerySchema,
        form=DisputeStatementSchema,
        again=get_disputes,
    ),
    Page(
        name="authority_dispute_closing",
        path=f"{_ADDRESS}/<dispute_id>/closing",
        method="POST",
        audience=AUTHORITY,
        view=post_closing,
        query=DisputesQuerySchema,
        form=DisputeClosingSchema,
        again=get_disputes,
    ),
)
