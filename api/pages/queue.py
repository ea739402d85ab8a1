"""The queue of an authority: what waits, chosen and counted, decided on one by one or as a selection."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from api.door import Reply
from api.pages.page import Page, Visit, staff
from api.pages.queue_form import Decisions, DecisionsSchema
from api.pages.rendering import lead_to, show
from api.problems import problem_document
from api.schemas.recognition import QueueChoiceSchema, pending_json
from service.context import today
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.hours import hours_number
from service.domain.identifiers import encode_entry_id, encode_person_id
from service.domain.identity import Identity
from service.domain.recognition import RecognitionDraft
from service.domain.zone import SHANGHAI
from service.fields import ChoiceField, IdNumberField, IntegerField, StrictSchema, TextField
from service.operations.count_recognition_queue import count_recognition_queue
from service.operations.look_up_person import look_up_person
from service.operations.read_recognition_queue import (
    NO_SERIES,
    PendingEntry,
    QueueChoice,
    read_listed_entries,
    read_recognition_queue,
)
from service.operations.recognise_entries import Recognition, recognise_entries
from service.wording import say
from service.wording.recognition import AGES
from service.wording.transcript import SUBJECTS

AUTHORITY: Final = staff("authority")
PAGE_SIZES: Final = (50, 100, 200)


class QueuePageQuerySchema(QueueChoiceSchema):
    """The queue's address. Loads as {"choice", "cursor", "limit", "select"}."""

    cursor = TextField(200)
    limit = IntegerField(1, PAGE_SIZES[-1], from_text=True, load_default=PAGE_SIZES[0])
    select = ChoiceField(("all",))


class NumberSchema(StrictSchema):
    """An identity number, to look for somebody."""

    id_number = IdNumberField(required=True)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a decision: the entry as it stands (None: it is not there for this client), and why it was
    refused, if it was."""

    entry_id: str
    listed: dict[str, Any] | None
    result: str
    recognised: float
    problem: dict[str, Any] | None


def queue_address(choice: QueueChoice, limit: int = PAGE_SIZES[0], **more: str) -> str:
    """The address of the queue so chosen."""
    named = {name: value for name, value in choice._asdict().items() if value is not None}
    if named.get("series") == NO_SERIES:
        named["series"] = "-"
    if choice.person_id is not None:
        named["person_id"] = encode_person_id(choice.person_id)
    if choice.self_registered is not None:
        named["self_registered"] = "true" if choice.self_registered else "false"
    if limit != PAGE_SIZES[0]:
        named["limit"] = limit
    query = urlencode({**named, **more})
    return f"/authority?{query}" if query else "/authority"


def get_queue(visit: Visit) -> Reply:
    """The queue, or again with what is wrong with the form."""
    return _queue(visit, [])


def post_decisions(visit: Visit) -> Reply:
    """Takes the decisions and shows what became of each above what still waits. Sent again it adds nothing."""
    return _queue(visit, _decide(visit, visit.form))


def post_person(visit: Visit) -> Reply:
    """Leads to the queue of one person; the number stands in no address."""
    identity = Identity("resident_id", visit.form["id_number"])
    person_id = look_up_person(visit.context, identity, asker=visit.asker("lookup"))
    if person_id is None:
        raise invalid_request([Fault("/id_number", "number_not_in_ledger")])
    return lead_to(queue_address(QueueChoice(person_id=person_id)))


def _queue(visit: Visit, results: list[Result]) -> Reply:
    choice: QueueChoice = visit.query["choice"]
    limit, cursor = visit.query["limit"], visit.query.get("cursor")
    context, client = visit.context, visit.client
    page = read_recognition_queue(
        context, client, choice, asker=visit.asker("recognition"), cursor=cursor, limit=limit
    )
    counts = count_recognition_queue(context, client, choice)
    places = context.policy_book.divisions
    here = queue_address(choice, limit, **({"cursor": cursor} if cursor else {}))
    return show(
        visit,
        "queue.html",
        rows=[listed_row(visit, each, today(context)) for each in page.entries],
        counts=counts,
        choice=choice,
        results=results,
        refused={each.entry_id: each.problem for each in results if each.problem is not None},
        here=here,
        all_selected=visit.query.get("select") == "all",
        next_address=page.next_cursor and queue_address(choice, limit, cursor=page.next_cursor),
        first_address=queue_address(choice, limit) if cursor else None,
        address=lambda **changes: queue_address(choice._replace(**changes), limit),
        places={code: places[code].name for code in {*counts.by_division, *client.divisions}},
        ages={code: say(AGES, code, visit.language, {}) for code in AGES},
        sizes=PAGE_SIZES,
        limit=limit,
        no_series=NO_SERIES,
        encoded=encode_person_id,
    )


def listed_row(visit: Visit, listed: PendingEntry, day: date) -> dict[str, Any]:
    """An entry as a list shows it: as the API has it, with words for its codes and how many days it has waited."""
    entry = listed.entry
    division = visit.context.policy_book.division(entry.division_code)
    return {
        **pending_json(listed),
        "subject_name": say(SUBJECTS, entry.subject, visit.language, {}),
        "division_name": division.name if division else entry.division_code,
        "days": (day - entry.recorded_at.astimezone(SHANGHAI).date()).days,
    }


def _decide(visit: Visit, decisions: Decisions) -> list[Result]:
    drafts = [each for each in decisions.values() if isinstance(each, RecognitionDraft)]
    decided = iter(recognise_entries(visit.context, visit.client, drafts))
    done = {
        entry_id: Recognition("refused", None, 0, 0, each) if isinstance(each, Refusal) else next(decided)
        for entry_id, each in decisions.items()
    }
    listed = read_listed_entries(visit.context, visit.client, list(done), asker=visit.asker("recognition"))
    day = today(visit.context)
    return [
        Result(
            entry_id=encode_entry_id(*entry_id),
            listed=listed_row(visit, listed[entry_id], day) if entry_id in listed else None,
            result=each.status or "" if each.refusal is None else "refused",
            recognised=float(hours_number(each.recognised_hours)),
            problem=None if each.refusal is None else problem_document(each.refusal, visit.language, None),
        )
        for entry_id, each in done.items()
    ]


PAGES: Final = (
    Page(name="queue", path="/authority", audience=AUTHORITY, view=get_queue, query=QueuePageQuerySchema),
    Page(
        name="queue_decisions",
        path="/authority",
        method="POST",
        audience=AUTHORITY,
        view=post_decisions,
        query=QueuePageQuerySchema,
        form=DecisionsSchema,
        again=get_queue,
    ),
    Page(
        name="queue_person",
        path="/authority/person",
        method="POST",
        audience=AUTHORITY,
        view=post_person,
        query=QueuePageQuerySchema,
        form=NumberSchema,
        again=get_queue,
    ),
)
