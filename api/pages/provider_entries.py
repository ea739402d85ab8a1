"""A provider's entries: registering one, finding them, their history, taking one back, answering a dispute."""

import secrets
from typing import Any, Final

from flask import flash

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.provider_rosters import PROVIDER, own_divisions
from api.pages.rendering import lead_to, show
from api.schemas.dispute import DisputeStatementSchema
from api.schemas.entry import ReversalSchema
from api.schemas.entry_answer import entry_json
from api.schemas.entry_form import EntryFormSchema, EntrySearchSchema, LikeSchema
from api.schemas.person import IdentitySchema
from service.context import today
from service.domain.dispute import Dispute
from service.domain.entry import CREDIT_YEAR_MIN, ENTRY_STATUSES, REVERSAL_REASONS
from service.domain.errors import Refusal
from service.domain.hours import hours_number
from service.domain.identifiers import decode_entry_id, decode_person_id, encode_entry_id, encode_person_id
from service.domain.subjects import SUBJECTS
from service.operations.dispute_entry import answer_dispute, find_disputes
from service.operations.look_up_person import look_up_person
from service.operations.mask_people import mask_people
from service.operations.read_entries import list_entries, read_entry
from service.operations.read_entry_history import read_entry_history
from service.operations.register_entries import register_entry
from service.operations.reverse_entry import reverse_entry
from service.wording import Texts, say
from service.wording.codes import CODES
from service.wording.rights import DISPUTE_OUTCOMES, DISPUTE_STATUSES

ENTRIES_ON_A_PAGE: Final = 50
_YEARS_OFFERED: Final = 12


def get_entries(visit: Visit) -> Reply:
    """The provider's entries, as filtered."""
    context, query = visit.context, visit.query
    page = list_entries(context, visit.client, asker=visit.asker("entries"), limit=ENTRIES_ON_A_PAGE, **query)
    disputes = find_disputes(context, visit.client, asker=visit.asker("dispute"), status="open", limit=20)
    people = mask_people(context, [entry.person_id for entry in page.entries])
    person_id = query.get("person_id")
    return show(
        visit,
        "provider/entries.html",
        entries=[(entry_json(entry), people[entry.person_id]) for entry in page.entries],
        next_cursor=page.next_cursor,
        chosen={**query, "person_id": None if person_id is None else encode_person_id(person_id)},
        disputes=[_dispute(dispute) for dispute in disputes.disputes],
        divisions=context.policy_book.divisions,
        **_codes(visit),
    )


def find_person(visit: Visit) -> Reply:
    """Leads to the entries of a document's person. A number never stands in an address, and of somebody without an
    entry of this provider nothing is told, not even that the ledger knows them."""
    asker = visit.asker("lookup")
    person_id = look_up_person(visit.context, visit.form, asker=asker)
    if person_id is not None:
        own = list_entries(visit.context, visit.client, asker=asker, person_id=person_id, limit=1)
        if own.entries:
            return lead_to(f"/provider/entries?person_id={encode_person_id(person_id)}")
    flash(visit.words("本机构没有登记过此人的学时。", "You have registered no hours of this person."))
    return lead_to("/provider/entries")


def get_form(visit: Visit) -> Reply:
    """The form for one completion; begun from another entry of the same course if one is named."""
    like: dict[str, Any] = {}
    if visit.query.get("like") is not None:
        like = entry_json(
            read_entry(visit.context, visit.client, visit.query["like"], asker=visit.asker("entries"))
        )
    return show(
        visit,
        "provider/new_entry.html",
        like=like,
        own_reference=f"web-{secrets.token_hex(8)}",
        division_choices=[(it.code, f"{it.code} {it.name}") for it in own_divisions(visit)],
        series=_series(visit),
        **_codes(visit),
    )


def register(visit: Visit) -> Reply:
    """Registers it. Sent twice, with the reference that the form was given, it is registered once."""
    registration = register_entry(visit.context, visit.client, visit.form)
    entry = registration.entry
    assert entry is not None  # noqa: S101  # a single registration that is refused raises
    if registration.result == "replayed":
        flash(
            visit.words(
                "这一条此前已经登记，没有重复登记。", "This was registered before; nothing was added."
            )
        )
    else:
        flash(visit.words("已登记。", "Registered."))
    return lead_to(f"/provider/entries/{encode_entry_id(entry.person_id, entry.seq)}")


def get_entry(visit: Visit) -> Reply:
    """An entry with all that became of it, its disputes and what can be done."""
    context = visit.context
    entry_id = _entry_id(visit)
    history = read_entry_history(context, visit.client, entry_id, asker=visit.asker("entries"))
    disputes = find_disputes(context, visit.client, asker=visit.asker("dispute"), entry_id=entry_id)
    facts = [
        {
            "kind": fact.kind,
            "at": fact.recorded_at,
            "by": fact.recorded_by,
            "hours": None if fact.hours is None else hours_number(fact.hours),
            "recognised": hours_number(fact.recognised_hours),
            "outcome": fact.outcome,
            "reason": fact.reason,
            "note": fact.note,
            "recogniser": fact.recogniser,
        }
        for fact in history.facts
    ]
    return show(
        visit,
        "provider/entry.html",
        entry=entry_json(history.entry),
        person=mask_people(context, [history.entry.person_id])[history.entry.person_id],
        place=context.policy_book.divisions.get(history.entry.division_code),
        facts=facts,
        disputes=[_dispute(dispute) for dispute in disputes.disputes],
        **_codes(visit),
    )


def take_back(visit: Visit) -> Reply:
    """Reverses the entry."""
    reverse_entry(visit.context, visit.client, _entry_id(visit), visit.form["reason"], visit.form.get("note"))
    flash(visit.words("已冲销，合计中不再有这些学时。", "Reversed: totals no longer hold these hours."))
    return lead_to(f"/provider/entries/{visit.path['entry_id']}")


def answer(visit: Visit) -> Reply:
    """The provider's word on a dispute; said once."""
    dispute_id = decode_person_id(visit.path["dispute_id"])
    if dispute_id is None:
        raise Refusal("not_found")
    answer_dispute(visit.context, visit.client, dispute_id, visit.form["text"])
    flash(visit.words("答复已记录，本人可以看到。", "Your answer is kept; the person can read it."))
    return lead_to(f"/provider/entries/{visit.path['entry_id']}")


def _entry_id(visit: Visit) -> tuple[int, int]:
    entry_id = decode_entry_id(visit.path["entry_id"])
    if entry_id is None:
        raise Refusal("not_found")
    return entry_id


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute_id": encode_person_id(dispute.dispute_id),
        "entry_id": encode_entry_id(dispute.person_id, dispute.entry_seq),
        "status": dispute.status,
        "statements": dispute.statements,
    }


def _series(visit: Visit) -> list[str]:
    """Names of series that the notices use, to choose from; others may be typed."""
    return sorted({name for row in visit.context.annex_book.authority_rows for name in row.series})


def _codes(visit: Visit) -> dict[str, Any]:
    """The codes of forms and lists, each with its word, in order."""

    def named(texts: Texts, codes: tuple[str, ...]) -> dict[str, str]:
        return {code: say(texts, code, visit.language, {}) for code in codes}

    year = today(visit.context).year
    years = [str(it) for it in range(year, max(CREDIT_YEAR_MIN, year - _YEARS_OFFERED) - 1, -1)]
    return {
        "subjects": named(CODES["subject"], tuple(SUBJECTS)),
        "statuses": named(CODES["status"], tuple(ENTRY_STATUSES)),
        "reasons": named(CODES["reversal_reason"], tuple(REVERSAL_REASONS)),
        "dispute_statuses": named(DISPUTE_STATUSES, tuple(DISPUTE_STATUSES)),
        "dispute_outcomes": named(DISPUTE_OUTCOMES, tuple(DISPUTE_OUTCOMES)),
        "years": years,
        "year_choices": [(it, it) for it in years],
        "year": year,
    }


_ENTRY: Final = "/provider/entries/<entry_id>"

PAGES: Final = (
    Page(
        name="provider_entries",
        path="/provider/entries",
        audience=PROVIDER,
        view=get_entries,
        query=EntrySearchSchema,
    ),
    Page(
        name="find_provider_person",
        path="/provider/entries/person",
        method="POST",
        audience=PROVIDER,
        view=find_person,
        form=IdentitySchema,
        again=get_entries,
    ),
    Page(
        name="new_provider_entry",
        path="/provider/entries/new",
        audience=PROVIDER,
        view=get_form,
        query=LikeSchema,
    ),
    Page(
        name="register_provider_entry",
        path="/provider/entries/new",
        method="POST",
        audience=PROVIDER,
        view=register,
        form=EntryFormSchema,
        again=get_form,
    ),
    Page(name="provider_entry", path=_ENTRY, audience=PROVIDER, view=get_entry),
    Page(
        name="reverse_provider_entry",
        path=f"{_ENTRY}/reversal",
        method="POST",
        audience=PROVIDER,
        view=take_back,
        form=ReversalSchema,
        again=get_entry,
    ),
    Page(
        name="answer_provider_dispute",
        path=f"{_ENTRY}/disputes/<dispute_id>/answer",
        method="POST",
        audience=PROVIDER,
        view=answer,
        form=DisputeStatementSchema,
        again=get_entry,
    ),
)
