"""What the form of a question offers: places by city, levels, purposes, the committees of the place's plan."""

from collections.abc import Mapping
from typing import Any

from api.pages.code_words import Options, options
from api.pages.page import Visit
from service.context import today
from service.domain.question import LEVELS, PURPOSES, REVIEWERS

Places = list[tuple[str, Options]]
"""(city, [(code, name)]): the city itself first, then its counties."""

_MORE = ("reviewed_by", "series", "required_years", "tenure_start", "committee")


def question_form(visit: Visit, texts: Mapping[str, str]) -> dict[str, Any]:
    """The values that ``pages/question.html`` is drawn from; ``texts`` is what was chosen so far."""
    code = texts.get("division_code", "")
    return {
        "chosen": texts,
        "chosen_place": _current(visit, code),
        "this_year": today(visit.context).year,
        "places": places(visit),
        "levels": options(visit, "level", LEVELS),
        "purposes": options(visit, "purpose", PURPOSES),
        "reviewers": options(visit, "reviewer", REVIEWERS),
        "committees": _committees(visit, texts),
        "more_open": any(texts.get(name) for name in _MORE),
    }


def places(visit: Visit) -> Places:
    """Every place there is a code for today, under its city."""
    divisions = visit.context.policy_book.divisions
    current = sorted(code for code, division in divisions.items() if division.successor is None)
    cities = [code for code in current if code.endswith("00") and not code.endswith("0000")]
    return [
        (
            divisions[city].name,
            [(code, divisions[code].name) for code in current if code[:4] == city[:4]],
        )
        for city in cities
    ]


def place_name(visit: Visit, code: str) -> str:
    """A place with its city: 丽水市龙泉市 reads badly, 丽水市 · 龙泉市 well."""
    divisions = visit.context.policy_book.divisions
    city = divisions.get(f"{code[:4]}00")
    name = divisions[code].name
    return (
        name if city is None or city.code == code or name.startswith(city.name) else f"{city.name} · {name}"
    )


def _current(visit: Visit, code: str) -> str:
    book = visit.context.policy_book
    return book.current_code(code) if code in book.divisions else ""


def _committees(visit: Visit, texts: Mapping[str, str]) -> Options:
    """The committees that the place's plan of the year names for the level; none where no plan is loaded."""
    context = visit.context
    code, year, level = (texts.get(name, "") for name in ("division_code", "declaration_year", "level"))
    if code not in context.policy_book.divisions or level not in LEVELS:
        return []
    wanted = int(year) if year.isascii() and year.isdigit() else today(context).year
    rows = context.annex_book.review_plans(context.policy_book.current_code(code), wanted)
    return [
        (row.number, f"{row.number} {row.committee or row.titles_recommended}")
        for row in rows
        if row.reviewer(level) is not None
    ]
