"""One entry before an authority: everything a decision rests on, and the decision."""

from collections.abc import Mapping
from typing import Any, Final

from flask import flash
from marshmallow import pre_load

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.queue import AUTHORITY
from api.pages.rendering import lead_to, show, tenths_text
from api.pages.sign_in import own_place
from api.pages.waiting import waits
from api.routes.evidence import file_reply
from api.schemas.dispute import dispute_json
from api.schemas.entry_answer import entry_json
from api.schemas.evidence_answer import evidence_json
from api.schemas.recognition import RecognitionSchema, decision, history_json
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.identifiers import decode_entry_id, decode_person_id
from service.domain.identity import mask_id_number, mask_name
from service.domain.recognition import RecognitionDraft
from service.fields import StrictSchema, TextField
from service.operations.read_evidence import read_evidence
from service.operations.recognise_entries import recognise_entry
from service.operations.review_entry import EntryReview, YearMeasure, review_entry
from service.wording import say
from service.wording.codes import REVERSAL_REASONS
from service.wording.recognition import FACTS, MEASURES
from service.wording.rights import DISPUTE_OUTCOMES, DISPUTE_STATUSES
from service.wording.transcript import STATUSES, SUBJECTS

_PLACE_MAX: Final = 500


class EntryQuerySchema(StrictSchema):
    """Where one came from."""

    next = TextField(_PLACE_MAX)


class DecisionSchema(RecognitionSchema):
    """A decision, and where to go when it is taken. The hours that stand in the form do not matter to a rejection."""

    next = TextField(_PLACE_MAX)

    @pre_load
    def without_hours(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        rejects = data.get("outcome") == "rejected"
        return {name: value for name, value in data.items() if not (rejects and name == "hours")}


def named_entry(visit: Visit) -> tuple[int, int]:
    """(person_id, seq) of the entry in the path; Refusal ``not_found`` when it can be none."""
    entry_id = decode_entry_id(visit.path["entry_id"])
    if entry_id is None:
        raise Refusal("not_found")
    return entry_id


def get_entry(visit: Visit) -> Reply:
    """The entry, or again with what is wrong with the decision."""
    review = review_entry(visit.context, visit.client, named_entry(visit), asker=visit.asker("recognition"))
    entry, history = review.entry, history_json(review.history)
    place = visit.context.policy_book.division(entry.division_code)
    name, number = _person(review)
    return show(
        visit,
        "queue_entry.html",
        entry=_entry(visit, review, entry),
        name=name,
        id_number=number,
        place=place.name if place else entry.division_code,
        facts=[_fact(visit, fact) for fact in history["facts"]],
        after_seq=review.history.facts[-1].seq,
        same_year=[_entry(visit, review, each) for each in review.same_year],
        alike=[_entry(visit, review, each) for each in review.alike],
        measures=[_measure(visit, each, _adds(review, each)) for each in review.measures],
        by_baseline=review.by_baseline,
        recogniser=review.recogniser,
        ground=review.ground,
        is_theirs=review.is_theirs,
        evidence=[evidence_json(each) for each in review.evidence],
        disputes=[_dispute(review, dispute_json(each)) for each in review.disputes],
        subject=lambda code: say(SUBJECTS, code, visit.language, {}),
        status_name=lambda code: say(STATUSES, code, visit.language, {}),
        dispute_status=lambda code: say(DISPUTE_STATUSES, code, visit.language, {}),
        dispute_outcome=lambda code: say(DISPUTE_OUTCOMES, code, visit.language, {}),
        back=own_place(visit.entered.get("next") or visit.query.get("next")) or "/authority",
    )


def post_decision(visit: Visit) -> Reply:
    """Takes the decision and leads back."""
    draft = RecognitionDraft(*named_entry(visit), **decision(visit.form))
    done, _ = recognise_entry(visit.context, visit.client, draft)
    hours = tenths_text(done.recognised_hours)
    if done.status == "rejected":
        told = ("已决定不予认定。", "Rejected.")
    else:
        told = (f"已认定{hours}学时。", f"{hours} hours recognised.")
    flash(
        visit.words(
            f"{told[0]}要更改，请在“已处理”中再作一次认定。",
            f"{told[1]} To change it, decide anew under “Decided”.",
        )
    )
    return lead_to(own_place(visit.form.get("next")) or f"/authority/entries/{visit.path['entry_id']}")


def get_evidence(visit: Visit) -> Reply:
    """A file of evidence."""
    evidence_id = decode_person_id(visit.path["evidence_id"])
    if evidence_id is None:
        raise Refusal("not_found")
    return file_reply(read_evidence(visit.context, visit.client, evidence_id, asker=visit.asker("evidence")))


def _person(review: EntryReview) -> tuple[str | None, str | None]:
    """Name and number, in clear to who decides on the entry, masked to other authorities of the place."""
    name, number = review.name, review.id_number
    if review.is_theirs:
        return name, number
    return name and mask_name(name), number and mask_id_number(number)


def _entry(visit: Visit, review: EntryReview, entry: Entry) -> dict[str, Any]:
    return {
        **entry_json(entry),
        "provider_name": review.names.get(entry.provider_id, ""),
        "waits": waits(visit.context, entry),
    }


def _fact(visit: Visit, fact: dict[str, Any]) -> dict[str, Any]:
    code = fact["outcome"] or fact["kind"]
    reason = fact["reason"]
    if fact["kind"] == "reversal":
        reason = say(REVERSAL_REASONS, reason, visit.language, {})
    return {**fact, "code": code, "what": say(FACTS, code, visit.language, {}), "reason": reason}


def _adds(review: EntryReview, measure: YearMeasure) -> bool:
    """Whether hours of the entry's subject count toward a minimum."""
    subject = review.entry.subject
    return (
        measure.measure == "total"
        or {
            "specialty": subject == "specialty",
            "public": subject != "specialty",
            "general_public": subject == "general_public",
        }[measure.measure]
    )


def _measure(visit: Visit, measure: YearMeasure, adds: bool) -> dict[str, Any]:
    """Widths out of 1000, on a scale on which the minimum and what there is both have room."""
    most = max(measure.needed * 5 // 4, measure.counted + measure.pending, 1)
    return {
        "name": say(MEASURES, measure.measure, visit.language, {}),
        "needed": tenths_text(measure.needed),
        "counted": tenths_text(measure.counted),
        "pending": tenths_text(measure.pending) if measure.pending else None,
        "met": measure.counted >= measure.needed,
        "would_meet": measure.counted + measure.pending >= measure.needed,
        "adds": adds,
        "counted_wide": 1000 * measure.counted // most,
        "pending_wide": 1000 * measure.pending // most,
        "needed_at": 1000 * measure.needed // most,
        "citation": measure.citation,
    }


def _dispute(review: EntryReview, dispute: dict[str, Any]) -> dict[str, Any]:
    said = [dispute[name] for name in ("opening", "answer", "closing") if dispute[name]]
    return {**dispute, "said": [{**each, "by": review.names.get(each["recorded_by"], "")} for each in said]}


PAGES: Final = (
    Page(
        name="queue_entry",
        path="/authority/entries/<entry_id>",
        audience=AUTHORITY,
        view=get_entry,
        query=EntryQuerySchema,
    ),
    Page(
        name="queue_entry_decision",
        path="/authority/entries/<entry_id>",
        method="POST",
        audience=AUTHORITY,
        view=post_decision,
        form=DecisionSchema,
        again=get_entry,
    ),
    Page(
        name="queue_evidence",
        path="/authority/evidence/<evidence_id>",
        audience=AUTHORITY,
        view=get_evidence,
    ),
)
