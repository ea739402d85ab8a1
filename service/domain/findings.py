"""The rules applied to one person's counted hours: findings met and unmet."""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from service.domain.decision import Finding, Route
from service.domain.policy import Minima, Policy
from service.domain.remedy import sum_hours
from service.domain.subjects import NO_HOURS, SubjectHours
from service.domain.window import Plan


class Verdict(NamedTuple):
    """``not_met`` are the assessed years that miss the annual minima."""

    satisfied: bool
    route: Route | None
    findings: tuple[Finding, ...]
    not_met: frozenset[int]


def apply_rules(
    policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours], registered_years: Set[int]
) -> Verdict:
    """Every rule of the policy over the plan's years.

    ``hours`` are counted hours by year; ``registered_years`` those of the window with anything registered (H-1).
    """
    not_met = years_not_met(policy, plan, hours)
    annual_holds = _annual_route_holds(policy, plan, not_met)
    cumulative: list[Finding] = []
    if policy.cumulative and not annual_holds:
        cumulative = list(_cumulative_findings(policy, plan, hours))
    cumulative_holds = bool(cumulative) and all(finding.met for finding in cumulative)
    holds = annual_holds or cumulative_holds
    findings = (
        *_registration_findings(policy, plan, registered_years),
        *_year_findings(policy, plan, hours, not_met),
        *_years_findings(policy, plan, not_met),
        *cumulative,
    )
    route: Route | None = None
    if policy.cumulative and holds:
        route = "annual" if annual_holds else "cumulative"
    return Verdict(holds, route, findings, not_met)


def satisfied(policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours]) -> bool:
    """Whether these hours satisfy the policy, without explaining it (the same conditions as ``apply_rules``)."""
    if _annual_route_holds(policy, plan, years_not_met(policy, plan, hours)):
        return True
    return policy.cumulative is not None and all(
        finding.met for finding in _cumulative_findings(policy, plan, hours)
    )


def years_not_met(policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours]) -> frozenset[int]:
    """Years of the plan, deemed and legacy ones apart, that miss the annual minima (§3, L-1, L-4)."""
    deemed_through = policy.deemed_years.through if policy.deemed_years else -1
    annual = policy.annual
    if annual is None:
        return frozenset()
    return frozenset(
        year
        for year in plan.assessed
        if year > deemed_through and not annual.met_by(hours.get(year, NO_HOURS))
    )


def minima_findings(minima: Minima, hours: SubjectHours, year: int | None) -> list[Finding]:
    """One finding for each minimum, of a year or (``year`` None) of the whole window."""
    measures = hours.measures
    findings = []
    for place, tenths, code, citation in minima.places:
        counted = measures[place]
        met = counted >= tenths
        short_by = 0 if met else tenths - counted
        findings.append(Finding(code, met, citation, "hours", year, tenths, counted, short_by))
    return findings


def _annual_route_holds(policy: Policy, plan: Plan, not_met: frozenset[int]) -> bool:
    if not not_met.isdisjoint(plan.must):
        return False
    return policy.qualifying_years is None or _qualifying(plan, not_met) >= plan.required_years


def _qualifying(plan: Plan, not_met: frozenset[int]) -> int:
    return len(plan.window) - len(not_met.intersection(plan.window))


def _registration_findings(policy: Policy, plan: Plan, registered_years: Set[int]) -> Iterator[Finding]:
    """H-1: something is registered for the year. Nothing counts that is not registered, so this never decides
    where the minima do not; it tells the person which of the two is missing."""
    if policy.registration is None:
        return
    for year in plan.window:
        yield Finding("not_registered", year in registered_years, policy.registration.citation, year=year)


def _year_findings(
    policy: Policy,
    plan: Plan,
    hours: Mapping[int, SubjectHours],
    not_met: frozenset[int],
) -> list[Finding]:
    """L-1 for each year that bears on the outcome: a missed year of a long tenure that nothing needs is shown by
    its status alone."""
    findings: list[Finding] = []
    if policy.annual is None:
        return findings
    deemed_through = policy.deemed_years.through if policy.deemed_years else -1
    spare: frozenset[int] = frozenset()
    if policy.qualifying_years and _qualifying(plan, not_met) >= plan.required_years:
        spare = not_met - set(plan.must)
    for year in plan.assessed:
        if year > deemed_through and year not in spare:
            findings += minima_findings(policy.annual, hours.get(year, NO_HOURS), year)
    return findings


def _years_findings(policy: Policy, plan: Plan, not_met: frozenset[int]) -> Iterator[Finding]:
    """L-2 and L-3; both are reported when both fail."""
    if policy.qualifying_years:
        counted = _qualifying(plan, not_met)
        short_by = max(0, plan.required_years - counted)
        citation = policy.qualifying_years.citation
        yield Finding(
            "years_short", not short_by, citation, "years", None, plan.required_years, counted, short_by
        )
    if policy.consecutive_years:
        last = plan.window[-1]
        for year in range(last - policy.consecutive_years.count + 1, last + 1):
            yield Finding(
                "consecutive_years", year not in not_met, policy.consecutive_years.citation, year=year
            )


def _cumulative_findings(policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours]) -> Iterator[Finding]:
    """J-2: the figures for N years over the window's sum; all are needed."""
    if policy.cumulative:
        yield from minima_findings(
            policy.cumulative.by_years[plan.required_years], sum_hours(plan, hours), None
        )
