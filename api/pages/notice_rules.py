"""A policy as people read it: each rule in a sentence, with the line of the notice that it comes from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from service.answer import Json
from service.domain.hours import hours_number
from service.domain.policy import (
    Citation,
    LastYearsWindow,
    Minima,
    Policy,
    SinceWindow,
)
from service.wording import Language, say
from service.wording.codes import CODES
from service.wording.decision import MEASURES
from service.wording.policy import RULE_GROUPS, RULES

_READ_IN_PART: Final = frozenset({"qualifying_years", "deemed_years"})
"""Which years make up the tenure, that they need no order, and where "before" ends, are readings."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence and its line in the notice. ``read_in_part``: the sentence says more than the line does."""

    text: str
    citation: Json
    read_in_part: bool


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules about one thing, ``name`` one of RULE_GROUPS."""

    name: str
    heading: str
    rules: list[Rule]


def rule_groups(policy: Policy, language: Language) -> list[RuleGroup]:
    """All that a policy asks, in the order in which people ask; groups without rules are left out."""

    def told(code: str, citation: Citation, **params: Any) -> Rule:
        text = say(RULES, code, language, params)
        return Rule(text, citation.told, bool(policy.readings) and code in _READ_IN_PART)

    def names(kind: str, codes: Iterable[str]) -> str:
        every = list(CODES[kind])
        comma = "、" if language == "zh-CN" else ", "
        return comma.join(say(CODES[kind], code, language, {}) for code in sorted(codes, key=every.index))

    found = {
        "scope": _scope(policy, told, names),
        "years": _years(policy, told, names),
        "annual": _minima(policy.annual, "annual", told, language),
        "cumulative": _cumulative(policy, told, language),
        "counting": _counting(policy, told, names),
        "elsewhere": _elsewhere(policy, told),
    }
    groups = [
        RuleGroup(name, say(RULE_GROUPS, name, language, {}), list(rules)) for name, rules in found.items()
    ]
    return [group for group in groups if group.rules]


Told = Callable[..., Rule]
Names = Callable[[str, Iterable[str]], str]


def _scope(policy: Policy, told: Told, names: Names) -> Iterator[Rule]:
    scope = policy.scope
    if scope is None:
        return
    levels = names("level", scope.levels)
    yield told("scope", scope.citation, purposes=names("purpose", scope.purposes), levels=levels)
    if scope.by_reference and scope.reference_citation:
        yield told("by_reference", scope.reference_citation, purposes=names("purpose", scope.by_reference))


def _years(policy: Policy, told: Told, names: Names) -> Iterator[Rule]:
    window = policy.window
    if policy.every_year:
        citation = policy.every_year.citation
        if isinstance(window, SinceWindow):
            yield told("every_year_since", citation, first=window.first_year)
        elif isinstance(window, LastYearsWindow):
            for years in sorted(set(window.years.values())):
                levels = [level for level, count in window.years.items() if count == years]
                yield told("every_year_last", citation, years=years, levels=names("level", levels))
        else:
            yield told("every_year", citation)
    if policy.qualifying_years:
        yield told("qualifying_years", policy.qualifying_years.citation)
    if policy.consecutive_years:
        rule = policy.consecutive_years
        yield told("consecutive_years", rule.citation, count=rule.count)
    if policy.deemed_years:
        yield told("deemed_years", policy.deemed_years.citation, through=policy.deemed_years.through)


def _minima(
    minima: Minima | None, code: str, told: Told, language: Language, **params: Any
) -> Iterator[Rule]:
    for item in minima.items if minima else ():
        measure = say(MEASURES, item.measure, language, {})
        hours = hours_number(item.tenths)
        yield told(code, item.citation, measure=measure, hours=hours, **params)


def _cumulative(policy: Policy, told: Told, language: Language) -> Iterator[Rule]:
    if policy.cumulative:
        for years, minima in sorted(policy.cumulative.by_years.items()):
            yield from _minima(minima, "cumulative", told, language, years=years)


def _counting(policy: Policy, told: Told, names: Names) -> Iterator[Rule]:
    counting, recognition = policy.counting, policy.recognition
    if policy.registration:
        yield told("registration", policy.registration.citation)
    if counting:
        yield told("registered_counts" if counting.registered else "recognised_counts", counting.citation)
        if counting.own_register:
            yield told("own_register", counting.citation)
    if recognition:
        yield told("recognition", recognition.citation, authority=recognition.general_public_authority)
        for feed in recognition.feeds:
            subjects = names("subject", feed.subjects)
            yield told(
                "feed", recognition.citation, name=feed.name, subjects=subjects, recogniser=feed.recogniser
            )


def _elsewhere(policy: Policy, told: Told) -> Iterator[Rule]:
    referral = policy.referral
    if referral:
        code = "referral" if referral.rows else "referral_all"
        yield told(code, referral.citation, refer_to=referral.refer_to)
    if policy.integrity_hold:
        hold = policy.integrity_hold
        yield told("integrity_hold", hold.citation, years=hold.years)
