"""May these people declare? Answers from the ledger, or from hours the asker supposes.

Of the answer nothing is stored; that somebody asked is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.answer import Json, render_decision
from service.context import Context
from service.domain.access import Asker
from service.domain.decide import decide
from service.domain.errors import Fault, invalid_request
from service.domain.fact import GENESIS
from service.domain.identifiers import encode_person_id
from service.domain.identity import Identity, mask_id_number, mask_name
from service.domain.policy import Ground
from service.domain.question import Question
from service.domain.subjects import Standing, Subject
from service.domain.tally import StandingRow
from service.domain.zone import SHANGHAI
from service.operations.resolve_committee import (
    CommitteeAsk,
    Resolved,
    committee_json,
    require_committees,
    resolve_committee,
    with_committee,
)
from service.store.answering import answer_people
from service.store.standing import Answered, PersonStanding, StandingAsk
from service.store.standing import Standing as ChainStanding
from service.wording import Language


@dataclass(frozen=True, slots=True)
class EligibilityAsk:
    """One question about one person. ``person``: a document, or a person id of this ledger. ``as_of`` aware, not in
    the future; None: everything recorded by now. ``pointer`` names the question in the caller's input."""

    person: Identity | int
    question: Question
    as_of: datetime | None = None
    pointer: str = ""
    committee: CommitteeAsk | None = None


@dataclass(frozen=True, slots=True)
class GroundedAnswer:
    """An answer with the policy and the plan's row it was made by."""

    body: Json
    ground: Ground
    resolved: Resolved


@dataclass(frozen=True, slots=True)
class SupposedHours:
    """Hours somebody supposes, in tenths."""

    year: int
    subject: Subject
    tenths: int
    status: Standing = "recognised"


def check_eligibility(
    context: Context, asks: Sequence[EligibilityAsk], language: Language, asker: Asker
) -> list[Json]:
    """The answers in the order of the questions, in the form of the contract.

    One statement, which also leaves an access record of everyone looked at. Someone the ledger has never seen has
    zero hours; a person id it does not know is refused (422), since a wrong id must not become a wrong answer.
    """
    found = find_standings(context, asks, asker)
    return [
        answer_question(context, ask, answered, language).body
        for ask, answered in zip(asks, found, strict=True)
    ]


def find_standings(context: Context, asks: Sequence[EligibilityAsk], asker: Asker) -> list[Answered]:
    """Where the asked people stood at the asked moments, recorded.

    Refusals ``invalid_request``: a committee that the plan does not know or says something else of, before anybody
    is looked at; unknown_person.
    """
    require_committees(context, [(ask.question, ask.committee, ask.pointer) for ask in asks])
    lookup_hash = context.vault.lookup_hash
    wanted = [
        StandingAsk(lookup_hash(ask.person), None, ask.as_of)
        if isinstance(ask.person, Identity)
        else StandingAsk(None, ask.person, ask.as_of)
        for ask in asks
    ]
    if not wanted:
        return []
    found = answer_people(context.database, wanted, asker, context.clock)
    unknown = [
        Fault(f"{ask.pointer}/person/person_id", "unknown_person")
        for ask, answered in zip(asks, found, strict=True)
        if answered.standing is None and isinstance(ask.person, int)
    ]
    if unknown:
        raise invalid_request(unknown)
    return found


def evaluate(
    context: Context,
    question: Question,
    hours: Iterable[SupposedHours],
    language: Language,
    committee: CommitteeAsk | None = None,
    as_of: datetime | None = None,
) -> Json:
    """The answer for supposed hours: rules can be tried without anybody's data. ``as_of`` matters only to a
    committee's closing month. Refusal ``invalid_request`` for a committee, as in ``check_eligibility``."""
    require_committees(context, [(question, committee, "")])
    resolved = resolve_committee(context, question, committee)
    question, code = resolved.question, question.division_code
    rows = [StandingRow(line.year, line.subject, code, **{line.status: line.tenths}) for line in hours]
    ground = context.policy_book.ground(code, question.declaration_year)
    decision = with_committee(decide(ground, question, rows), resolved, as_of or context.clock())
    body = render_decision(decision, question, language)
    return {
        "outcome": body.pop("outcome"),
        "person": None,
        **body,
        "committee": committee_json(resolved),
        "as_of": None if as_of is None else as_of.astimezone(SHANGHAI).isoformat(),
        "ledger": None,
    }


def answer_question(
    context: Context, ask: EligibilityAsk, answered: Answered, language: Language
) -> GroundedAnswer:
    """The answer to a question about someone who stood so."""
    resolved = resolve_committee(context, ask.question, ask.committee)
    question = resolved.question
    ground = context.policy_book.ground(question.division_code, question.declaration_year)
    person = _person(context, ask.person, answered.standing)
    body = render_answer(ground, resolved, answered.standing, answered.as_of, language, person)
    return GroundedAnswer(body, ground, resolved)


def render_answer(
    ground: Ground,
    resolved: Resolved,
    standing: ChainStanding | None,
    moment: datetime,
    language: Language,
    person: Json,
) -> Json:
    """The answer from all it depends on: the one path for a question asked now and for a determination replayed."""
    question = resolved.question
    rows = standing.totals if standing else []
    marks = tuple(standing.marks) if standing else ()
    as_of = moment.astimezone(SHANGHAI)
    decision = with_committee(decide(ground, question, rows, marks, as_of.date()), resolved, as_of)
    body = render_decision(decision, question, language)
    return {
        "outcome": body.pop("outcome"),
        "person": person,
        **body,
        "committee": committee_json(resolved),
        "as_of": as_of.isoformat(),
        "ledger": {
            "position": standing.position if standing else 0,
            "head": f"sha256:{(standing.head if standing else GENESIS).hex()}",
        },
    }


def _person(context: Context, person: Identity | int, standing: PersonStanding | None) -> dict[str, Any]:
    """Masked: the asker recognises the person, a reader of a log does not."""
    sealed = standing.number_sealed if standing else None
    if isinstance(person, Identity):
        number: str | None = person.id_number
    else:
        number = context.vault.open(sealed) if sealed else None
    name = context.vault.open(standing.name_sealed) if standing and standing.name_sealed else None
    return {
        "known": standing is not None,
        "person_id": encode_person_id(standing.person_id) if standing else None,
        "id_number_masked": mask_id_number(number) if number else None,
        "name_masked": mask_name(name) if name else None,
    }
