"""The question somebody chooses on a page: place, year, level … It stands in the address, so that it can be kept as
a bookmark, and the last one in a cookie for next time. Neither says who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import request
from marshmallow import EXCLUDE, ValidationError, pre_load

from api.door import Reply
from api.pages.page import Visit
from api.schemas.question import QuestionSchema, committee_of, question_of
from importers.samples import DEMO_PEOPLE, DemoPerson
from service.context import today
from service.domain.errors import Refusal, invalid_request
from service.domain.question import DECLARATION_YEAR_MAX, DECLARATION_YEAR_MIN, REQUIRED_YEARS_MAX, Question
from service.fields import IntegerField, Surroundings, YearField, faults_of
from service.operations.resolve_committee import CommitteeAsk

COOKIE: Final = "choice"
_YEAR_SECONDS: Final = 31_536_000


class ChoiceSchema(QuestionSchema):
    """A question in an address: numbers are texts, the year is this one unless it is said; what else a link carries
    is left alone. Loads as Chosen."""

    class Meta:
        unknown = EXCLUDE
        exclude = ("as_of",)

    declaration_year = IntegerField(DECLARATION_YEAR_MIN, DECLARATION_YEAR_MAX, required=True, from_text=True)
    required_years = IntegerField(1, REQUIRED_YEARS_MAX, from_text=True)
    tenure_start = YearField(1949, DECLARATION_YEAR_MAX, from_text=True)

    @pre_load
    def this_year(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {"declaration_year": Surroundings.get().today.year, **data}


_SCHEMA: Final = ChoiceSchema()
"""Making a schema copies all its fields; loading leaves it as it is, so one serves every thread."""

FIELDS: Final = frozenset(_SCHEMA.fields)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sound choice. ``texts``: the fields as they stood in the address."""

    question: Question
    committee: CommitteeAsk | None
    texts: Mapping[str, str]

    @property
    def address(self) -> str:
        """The choice as a query."""
        return urlencode(self.texts)


def sent_texts() -> dict[str, str]:
    """What the address says of the question; a form sends an empty text for a field that was left alone."""
    return {name: text for name, text in request.args.items() if name in FIELDS and text.strip()}


def choose(texts: Mapping[str, str]) -> Chosen:
    """The choice in these texts. Refusal ``invalid_request``."""
    try:
        data = _SCHEMA.load(texts)
    except ValidationError as error:
        raise invalid_request(list(faults_of(error.messages))) from None
    kept = {name: text for name, text in texts.items() if name in FIELDS}
    return Chosen(question_of(data), committee_of(data, texts), kept)


def first_choice(visit: Visit) -> Chosen | None:
    """What to begin with: the last choice of this browser, in the demo the person's story; None: there is neither."""
    for texts in (dict(parse_qsl(request.cookies.get(_cookie(visit), ""))), _story_texts(visit)):
        try:
            return choose(texts)
        except Refusal:  # nothing was kept, or it was sound once and is no longer
            continue
    return None


def keeping(reply: Reply, visit: Visit, chosen: Chosen) -> Reply:
    """The reply, with the choice kept for a year. This year is not kept: next year's question is about next year."""
    texts = dict(chosen.texts)
    if texts.get("declaration_year") == str(today(visit.context).year):
        del texts["declaration_year"]
    secure = "" if visit.context.settings.demo and not request.is_secure else "; Secure"
    value = urlencode(texts)
    cookie = f"{_cookie(visit)}={value}; Path=/; Max-Age={_YEAR_SECONDS}; HttpOnly; SameSite=Lax{secure}"
    return replace(reply, headers={**reply.headers, "Set-Cookie": cookie})


def _story(visit: Visit) -> tuple[int, DemoPerson] | None:
    """Which of the demo's people is signed in, if one is."""
    person = visit.session.person if visit.session and visit.context.settings.demo else None
    if person is None:
        return None
    told = enumerate(DEMO_PEOPLE)
    return next((it for it in told if it[1].id_number == person.identity.id_number), None)


def _cookie(visit: Visit) -> str:
    """The demo's people are all visited in one browser, so each has a cookie, by the number of their story."""
    story = _story(visit)
    return COOKIE if story is None else f"{COOKIE}-{story[0]}"


def _story_texts(visit: Visit) -> dict[str, str]:
    story = _story(visit)
    if story is None:
        return {}
    person = story[1]
    return {
        "division_code": person.division_code,
        "declaration_year": str(person.declaration_year),
        "level": person.level,
    }
