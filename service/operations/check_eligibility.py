"""May these people declare? Answers from the ledger, or from hours the asker supposes. Nothing is stored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.answer import Json, render_decision
from service.context import Context
from service.domain.decide import decide
from service.domain.errors import Fault, invalid_request
from service.domain.fact import GENESIS
from service.domain.identifiers import encode_person_id
from service.domain.identity import Identity, mask_id_number, mask_name
from service.domain.question import Question
from service.domain.subjects import Standing, Subject
from service.domain.tally import StandingRow
from service.store.standing import PersonStanding, read_standings
from service.wording import Language

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class EligibilityAsk:
    """One question about one person. ``person``: a document, or a person id of this ledger. ``as_of`` aware, not in
    the future; None: everything recorded by now. ``pointer`` names the question in the caller's input."""

    person: Identity | int
    question: Question
    as_of: datetime | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class SupposedHours:
    """Hours somebody supposes, in tenths."""

    year: int
    subject: Subject
    tenths: int
    status: Standing = "recognised"


def check_eligibility(context: Context, asks: Sequence[EligibilityAsk], language: Language) -> list[Json]:
    """The answers in the order of the questions, in the form of the contract.

    One statement for each distinct ``as_of``. Someone the ledger has never seen has zero hours; a person id it
    does not know is refused (422), since a wrong id must not become a wrong answer.
    """
    standings = _read(context, asks)
    unknown = [
        Fault(f"{ask.pointer}/person/person_id", "unknown_person")
        for ask, standing in zip(asks, standings, strict=True)
        if standing is None and isinstance(ask.person, int)
    ]
    if unknown:
        raise invalid_request(unknown)
    now = context.clock()
    return [
        _answer(context, ask, standing, ask.as_of or now, language)
        for ask, standing in zip(asks, standings, strict=True)
    ]


def evaluate(
    context: Context, question: Question, hours: Iterable[SupposedHours], language: Language
) -> Json:
    """The answer for supposed hours: rules can be tried without anybody's data."""
    code = question.division_code
    rows = [StandingRow(line.year, line.subject, code, **{line.status: line.tenths}) for line in hours]
    ground = context.policy_book.ground(code, question.declaration_year)
    body = render_decision(decide(ground, question, rows), question, language)
    return {"outcome": body.pop("outcome"), "person": None, **body, "as_of": None, "ledger": None}


def _read(context: Context, asks: Sequence[EligibilityAsk]) -> list[PersonStanding | None]:
    """Each asked person's standing at the asked moment, or None for a person who is not in the ledger."""
    keys: list[bytes | int] = [
        context.vault.lookup_hash(ask.person) if isinstance(ask.person, Identity) else ask.person
        for ask in asks
    ]
    by_moment: defaultdict[datetime | None, list[int]] = defaultdict(list)
    for place, ask in enumerate(asks):
        by_moment[ask.as_of].append(place)
    found: list[PersonStanding | None] = [None] * len(asks)
    with context.database.reading() as connection:
        for as_of, places in by_moment.items():
            standings = read_standings(
                connection,
                id_hashes=[key for place in places if isinstance(key := keys[place], bytes)],
                person_ids=[key for place in places if isinstance(key := keys[place], int)],
                as_of=as_of,
            )
            known: dict[bytes | int, PersonStanding] = {}
            for standing in standings:
                known[standing.person_id if standing.id_hash is None else standing.id_hash] = standing
            for place in places:
                found[place] = known.get(keys[place])
    return found


def _answer(
    context: Context,
    ask: EligibilityAsk,
    standing: PersonStanding | None,
    as_of: datetime,
    language: Language,
) -> Json:
    question = ask.question
    ground = context.policy_book.ground(question.division_code, question.declaration_year)
    rows = [StandingRow(*row) for row in standing.totals] if standing else []
    body = render_decision(decide(ground, question, rows), question, language)
    return {
        "outcome": body.pop("outcome"),
        "person": _person(context, ask.person, standing),
        **body,
        "as_of": as_of.astimezone(SHANGHAI).isoformat(),
        "ledger": {
            "position": standing.position if standing else 0,
            "head": f"sha256:{(standing.head if standing else GENESIS).hex()}",
        },
    }


def _person(context: Context, person: Identity | int, standing: PersonStanding | None) -> dict[str, Any]:
    """Masked: the asker recognises the person, a reader of a log does not."""
    if standing is None:
        number = person.id_number if isinstance(person, Identity) else None
        return {
            "known": False,
            "person_id": None,
            "id_number_masked": mask_id_number(number) if number else None,
            "name_masked": None,
        }
    number = person.id_number if isinstance(person, Identity) else context.vault.open(standing.number_sealed)
    return {
        "known": True,
        "person_id": encode_person_id(standing.person_id),
        "id_number_masked": mask_id_number(number),
        "name_masked": mask_name(context.vault.open(standing.name_sealed)),
    }
