"""What each side answered, brought into one form, and the check that they all answered the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.peers.people import DEEMED_THROUGH, Declared
from service.domain.subjects import MEASURES

_SHORT: Final = {f"{measure}_short" for measure in MEASURES}

Shortfalls = dict[int, dict[str, int]]
"""Year → measure → tenths lacking; a year that is deemed to qualify has none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """May they declare, how many years lack, which years are met, what each year lacks."""

    eligible: bool
    years_short: int
    met: dict[int, bool]
    short: Shortfalls


def of_ours(answer: Mapping[str, Any]) -> Verdict:
    """From an answer of ours. It leaves out what a missed year lacks that nothing needs (a spare year of a long
    tenure): ``require_agreement`` holds the years it speaks of."""
    short: Shortfalls = {}
    years_short = 0
    for finding in answer["findings"]:
        if finding["code"] in _SHORT:
            tenths = round(finding["short_by"] * 10)
            short.setdefault(finding["year"], {})[finding["code"]] = tenths
        elif finding["code"] == "years_short":
            years_short = finding["short_by"]
    if answer["outcome"] not in ("eligible", "not_eligible"):
        raise AssertionError(f"not judged by hours: {answer['outcome']}")
    met = {line["year"]: line["status"] != "not_met" for line in answer["years"]}
    return Verdict(answer["outcome"] == "eligible", years_short, met, short)


def of_openfisca(persons: Mapping[str, Any], person: Declared) -> Verdict:
    """From the persons that /calculate returned."""
    told = persons[f"p{person.number}"]
    asked = str(person.declaration_year)
    short: Shortfalls = {}
    for code in _SHORT:
        for year, tenths in told[code].items():
            short.setdefault(int(year), {})[code] = tenths
    met = {int(year): value for year, value in told["meets_year"].items()}
    return Verdict(told["eligible"][asked], told["years_short"][asked], met, short)


def of_zen(result: Mapping[str, Any]) -> Verdict:
    """From the result of the decision in lishui.json."""
    short = {
        line["year"]: {code: line[code] for code in _SHORT}
        for line in result["years"]
        if line["year"] > DEEMED_THROUGH
    }
    met = {line["year"]: line["met"] for line in result["years"]}
    return Verdict(result["eligible"], result["years_short"], met, short)


def require_agreement(person: Declared, ours: Verdict, theirs: Verdict, peer: str) -> None:
    """SystemExit where they differ: answers to other questions are not worth timing."""
    told = {year: theirs.short.get(year) for year in ours.short}
    same = (ours.eligible, ours.years_short, ours.met, ours.short) == (
        theirs.eligible,
        theirs.years_short,
        theirs.met,
        told,
    )
    if not same:
        raise SystemExit(
            f"{peer} answers otherwise, nothing measured: {person}\nours {ours}\ntheirs {theirs}"
        )
