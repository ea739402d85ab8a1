"""/me/hours/<entry_id>/dispute: a person says that an entry is wrong, and reads what is answered."""

from typing import Any, Final

from flask import flash

from api.door import Reply
from api.pages.own_parts import named_entry, told
from api.pages.page import PERSON, Page, Visit
from api.pages.rendering import lead_to, show
from api.schemas.dispute import STATEMENT_MAX
from api.schemas.own_entry import OwnDisputeSchema
from service.domain.access import own_asker
from service.domain.client import OWN_CLIENT_ID
from service.domain.dispute import Dispute
from service.domain.identifiers import encode_entry_id
from service.operations.clients import name_clients
from service.operations.dispute_entry import list_own_disputes, open_own_dispute
from service.operations.read_entry_history import read_own_history
from service.wording import say
from service.wording.rights import DISPUTE_OUTCOMES, DISPUTE_STATUSES

_TONES: Final = {"open": "wait", "answered": "wait", "closed": "quiet"}


def get_dispute(visit: Visit) -> Reply:
    """What was said of the entry so far, and the form unless a dispute of it is still going on."""
    entry_id = named_entry(visit)
    entry = read_own_history(
        visit.context, visit.person, entry_id, asker=own_asker(visit.request_id, "entries")
    ).entry
    asker = own_asker(visit.request_id, "dispute")
    disputes = [
        dispute
        for dispute in list_own_disputes(visit.context, visit.person, asker=asker)
        if (dispute.person_id, dispute.entry_seq) == entry_id
    ]
    return show(
        visit,
        "own_dispute.html",
        entry=told(visit, entry),
        disputes=disputes_told(visit, disputes),
        is_going_on=any(dispute.status != "closed" for dispute in disputes),
        text_max=STATEMENT_MAX,
    )


def post_dispute(visit: Visit) -> Reply:
    """Opens a dispute."""
    open_own_dispute(visit.context, visit.person, named_entry(visit), visit.form["text"])
    flash(visit.words("异议已提出，答复后会显示在这里。", "Your dispute is open; answers will show here."))
    return lead_to(f"/me/hours/{visit.path['entry_id']}/dispute")


def disputes_told(visit: Visit, disputes: list[Dispute]) -> list[dict[str, Any]]:
    """Disputes with words for their codes and names of who spoke, the last one first."""
    names = name_clients(visit.context) if disputes else {}
    return [
        {
            "entry_id": encode_entry_id(dispute.person_id, dispute.entry_seq),
            "status": say(DISPUTE_STATUSES, dispute.status, visit.language, {}),
            "tone": _TONES[dispute.status],
            "statements": [
                {
                    "by": visit.words("本人", "You")
                    if statement.recorded_by == OWN_CLIENT_ID
                    else names[statement.recorded_by],
                    "is_own": statement.recorded_by == OWN_CLIENT_ID,
                    "at": statement.recorded_at,
                    "text": statement.text,
                    "outcome": None
                    if statement.outcome is None
                    else say(DISPUTE_OUTCOMES, statement.outcome, visit.language, {}),
                }
                for statement in dispute.statements
            ],
        }
        for dispute in reversed(disputes)
    ]


PAGES: Final = (
    Page(name="own_dispute", path="/me/hours/<entry_id>/dispute", audience=PERSON, view=get_dispute),
    Page(
        name="own_dispute_send",
        path="/me/hours/<entry_id>/dispute",
        method="POST",
        audience=PERSON,
        view=post_dispute,
        form=OwnDisputeSchema,
        again=get_dispute,
    ),
)
