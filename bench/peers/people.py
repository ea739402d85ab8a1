"""Made-up people of Lishui, and the same question about them in the form of each side."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench.roster_file import id_number
from bench.seeded import LISHUI
from service.domain.entry import EntryDraft
from service.domain.identity import Identity
from service.domain.question import Question
from service.domain.subjects import MEASURES, SUBJECTS, SubjectHours
from service.domain.tally import StandingRow

DEEMED_THROUGH: Final = 2019
_FULL: Final = SubjectHours(120, 60, 0, 720)
_EDGES: Final = ((0, 119, 120, 121, 200), (0, 59, 60, 75), (0, 40, 60), (0, 599, 600, 601, 719, 720, 725))
"""Tenths by subject about the minima, so that a rule that is wrong by a tenth is found out."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Somebody who declares an intermediate title, with the hours of each year that has any."""

    number: int
    declaration_year: int
    required_years: int
    tenure_start: int | None
    hours: dict[int, SubjectHours]

    @property
    def years(self) -> range:
        """The years an answer is about: the tenure and the two years that must both qualify."""
        last = self.declaration_year
        first = last - self.required_years + 1 if self.tenure_start is None else self.tenure_start
        return range(min(first, last - 1), last + 1)


def declared(number: int) -> Declared:
    """Five years of somebody, the title needing four, as in bench.seeded; about half may declare."""
    chance = random.Random(number)  # noqa: S311  # the same people in every run
    return _somebody(chance, number, 2023, 4, 2019)


def declared_at_odds(number: int) -> Declared:
    """Somebody whose tenure, N and year of declaration may be anything."""
    chance = random.Random(number)  # noqa: S311
    year = chance.choice((2023, 2024))
    tenure_start = chance.choice((None, *range(year - 7, year + 1)))
    return _somebody(chance, number, year, chance.randint(1, 5), tenure_start)


def _somebody(
    chance: random.Random, number: int, year: int, required_years: int, tenure_start: int | None
) -> Declared:
    bare = Declared(number, year, required_years, tenure_start, {})
    return Declared(number, year, required_years, tenure_start, {each: _year(chance) for each in bare.years})


def _year(chance: random.Random) -> SubjectHours:
    if chance.random() < 0.8:
        return _FULL.plus(SubjectHours(specialty=chance.randrange(0, 100)))
    return SubjectHours(*(chance.choice(edges) for edges in _EDGES))


def drafts_of(person: Declared) -> Iterator[EntryDraft]:
    """Their hours as a provider registers them."""
    for year, hours in person.hours.items():
        for subject, tenths in zip(SUBJECTS, hours, strict=True):
            if tenths:
                yield EntryDraft(
                    external_ref=f"P-{person.number}-{year}-{subject}",
                    identity=Identity("resident_id", id_number(person.number)),
                    name=f"测试{person.number}",
                    division_code=LISHUI,
                    credit_year=year,
                    subject=subject,
                    hours=tenths,
                )


def standing_of(person: Declared) -> list[StandingRow]:
    """Their totals as the ledger holds them."""
    return [
        StandingRow(year, subject, LISHUI, tenths)
        for year, hours in person.hours.items()
        for subject, tenths in zip(SUBJECTS, hours, strict=True)
        if tenths
    ]


def pure_question(person: Declared) -> Question:
    """The question inside our own process."""
    return Question(
        LISHUI,
        person.declaration_year,
        "intermediate",
        required_years=person.required_years,
        tenure_start=person.tenure_start,
    )


def our_question(person: Declared) -> dict[str, Any]:
    """The question as POST /v1/eligibility takes it; the hours are in the ledger."""
    asked = {
        "person": {"id_type": "resident_id", "id_number": id_number(person.number)},
        "division_code": LISHUI,
        "declaration_year": person.declaration_year,
        "level": "intermediate",
        "required_years": person.required_years,
    }
    return asked if person.tenure_start is None else {**asked, "tenure_start": person.tenure_start}


def situation(people: list[Declared]) -> dict[str, Any]:
    """The question as OpenFisca's /calculate takes it; null is what it is to work out.

    As lean as a client can make it: nothing that is nought, no hours or shortfalls of years that are deemed to qualify.
    """
    return {"persons": {f"p{person.number}": _openfisca_person(person) for person in people}}


def _openfisca_person(person: Declared) -> dict[str, dict[str, int | None]]:
    asked = str(person.declaration_year)
    judged = [year for year in person.years if year > DEEMED_THROUGH]
    names = ("general_public", "industry_public", "unstated_public", "specialty")
    told: dict[str, dict[str, int | None]] = {"required_years": {asked: person.required_years}}
    if person.tenure_start is not None:
        told["tenure_start"] = {asked: person.tenure_start}
    for place, name in enumerate(names):
        if counted := {str(year): person.hours[year][place] for year in judged if person.hours[year][place]}:
            told[name] = dict(counted)
    for name in ("eligible", "years_short"):
        told[name] = {asked: None}
    told["meets_year"] = {str(year): None for year in person.years}
    for measure in MEASURES:
        told[f"{measure}_short"] = {str(year): None for year in judged}
    return told


def verdict_only(asked: dict[str, Any]) -> dict[str, Any]:
    """The same situation with nothing asked but whether they may declare."""
    return {
        "persons": {
            name: {
                variable: values
                for variable, values in told.items()
                if variable == "eligible" or None not in values.values()
            }
            for name, told in asked["persons"].items()
        }
    }


def zen_context(person: Declared) -> dict[str, Any]:
    """The question as the decision in lishui.json takes it."""
    return {
        "declaration_year": person.declaration_year,
        "required_years": person.required_years,
        "tenure_start": person.tenure_start or 0,
        "years": [
            {
                "year": year,
                "general_public": hours.general_public,
                "industry_public": hours.industry_public,
                "unstated_public": hours.unstated_public,
                "specialty": hours.specialty,
            }
            for year, hours in person.hours.items()
        ],
    }
