"""The decision: one pure function of (policy in force, question, one person's totals)."""

from collections.abc import Iterable, Mapping
from datetime import date

from service.domain.advisories import advisories_before, advisories_on_hours, advisories_on_marks
from service.domain.bars import Bar, first_bar
from service.domain.decision import (
    AnswerWindow,
    Comparison,
    Decision,
    Finding,
    Outcome,
    Route,
    YearLine,
    YearStatus,
)
from service.domain.findings import apply_rules, minima_findings, satisfied
from service.domain.marks import Mark
from service.domain.policy import Ground, Policy
from service.domain.question import Question
from service.domain.remedy import find_remedy
from service.domain.series import normalise_series
from service.domain.subjects import NO_HOURS, SubjectHours
from service.domain.tally import NOTHING, TotalRow, YearTally, tally
from service.domain.window import Plan, lay_out, level_addressed

_COMPARED_YEARS = 5
"""Years shown when no rule says how many and the question does not either."""


def decide(
    ground: Ground,
    question: Question,
    rows: Iterable[TotalRow],
    marks: tuple[Mark, ...] = (),
    asked_on: date | None = None,
) -> Decision:
    """The answer to ``question`` for the person whose totals are ``rows``.

    ``marks`` are what else stands in the person's chain, ``asked_on`` the day as of which is asked (Asia/Shanghai).
    Deterministic and complete: everything the answer says is in the decision, by code and figure.
    """
    tallies = tally(rows, ground.policy)
    bar = first_bar(ground, question, marks, asked_on)
    if bar is not None:
        return _set_aside(ground, question, tallies, marks, bar)
    policy = ground.policy
    if policy is None:
        raise ValueError("a ground without a policy must have a bar")
    return _judge(ground, policy, question, tallies, marks)


def _judge(
    ground: Ground,
    policy: Policy,
    question: Question,
    tallies: Mapping[int, YearTally],
    marks: tuple[Mark, ...],
) -> Decision:
    plan = lay_out(policy, question)
    counted = {year: tallies[year].counted for year in plan.years if year in tallies}
    verdict = apply_rules(policy, plan, counted, {year for year, line in tallies.items() if line.registered})
    suffices_with_pending = not verdict.satisfied and _pending_suffices(policy, plan, tallies)
    findings = verdict.findings
    outcome: Outcome = "eligible" if verdict.satisfied else "not_eligible"
    if suffices_with_pending and _nobody_recognises(policy, plan, question, tallies):
        outcome = "undetermined"
        findings = (*findings, _no_recognising_authority(policy, ground))
    return Decision(
        outcome=outcome,
        ground=ground,
        window=AnswerWindow(plan.window[0], plan.window[-1], plan.required_years),
        route=verdict.route,
        years=_year_lines(policy, plan, tallies, verdict.not_met),
        findings=findings,
        advisories=(
            *advisories_before(ground, question),
            *advisories_on_hours(policy, plan, question, tallies, verdict.not_met),
            *advisories_on_marks(marks),
        ),
        remedy=find_remedy(policy, plan, counted) if outcome == "not_eligible" else None,
        pending_would_satisfy=suffices_with_pending,
    )


def _pending_suffices(
    policy: Policy, plan: Plan, tallies: Mapping[int, YearTally], *, general_public_only: bool = False
) -> bool:
    """Whether the person would be eligible if all pending hours (or only the general public ones) counted."""
    if not any(any(tallies[year].pending) for year in plan.assessed if year in tallies):
        return False
    hours: dict[int, SubjectHours] = {}
    for year in plan.assessed:
        line = tallies.get(year, NOTHING)
        pending = (
            SubjectHours(general_public=line.pending.general_public) if general_public_only else line.pending
        )
        hours[year] = line.counted.plus(pending)
    return satisfied(policy, plan, hours)


def _nobody_recognises(
    policy: Policy, plan: Plan, question: Question, tallies: Mapping[int, YearTally]
) -> bool:
    """H-9: the series has no authority in the annex, and hours that only such an authority recognises decide.

    General public hours are recognised by the HR bureau whatever the series.
    """
    if policy.recognition is None or question.series is None:
        return False
    if normalise_series(question.series) in policy.recognition.series_index:
        return False
    return not _pending_suffices(policy, plan, tallies, general_public_only=True)


def _no_recognising_authority(policy: Policy, ground: Ground) -> Finding:
    citation = policy.recognition.citation if policy.recognition else None
    return Finding("no_recognising_authority", False, citation, settled_by=ground.settled_by)


def _year_lines(
    policy: Policy, plan: Plan, tallies: Mapping[int, YearTally], not_met: frozenset[int]
) -> tuple[YearLine, ...]:
    deemed_through = policy.deemed_years.through if policy.deemed_years else -1
    lines = []
    for year in plan.years:
        counted, pending, _, _ = tallies.get(year, NOTHING)
        status: YearStatus = "not_met" if year in not_met else "met"
        if year in plan.legacy:
            status = "not_assessed"
        elif year <= deemed_through:
            status = "deemed"
        lines.append(YearLine(year, status, counted, pending))
    return tuple(lines)


def _set_aside(
    ground: Ground,
    question: Question,
    tallies: Mapping[int, YearTally],
    marks: tuple[Mark, ...],
    bar: Bar,
) -> Decision:
    """The answer where hours do not decide: the reason and who settles it, the hours, and an advisory comparison."""
    window, comparison = _compare(ground, question, tallies)
    outcome: Outcome = "referred" if bar.code == "provincial_series" else "undetermined"
    no_route: Route | None = None
    return Decision(
        outcome=outcome,
        ground=ground,
        window=window,
        route=no_route,
        years=tuple(
            YearLine(
                year, "not_assessed", tallies.get(year, NOTHING).counted, tallies.get(year, NOTHING).pending
            )
            for year in range(window.first_year, window.last_year + 1)
        ),
        findings=(Finding(bar.code, False, bar.citation, settled_by=bar.settled_by),),
        advisories=(*advisories_before(ground, question), *advisories_on_marks(marks)),
        remedy=None,
        pending_would_satisfy=False,
        comparison=comparison,
    )


def _compare(
    ground: Ground, question: Question, tallies: Mapping[int, YearTally]
) -> tuple[AnswerWindow, Comparison]:
    """Compared with the policy's own rule where its figures fit the level, else year by year with its annual
    minima, else with the national baseline."""
    policy = ground.policy
    counted = {year: line.counted for year, line in tallies.items()}
    if policy and policy.window and level_addressed(policy, question):
        plan = lay_out(policy, question)
        registered = {year for year in plan.window if tallies.get(year, NOTHING).registered}
        verdict = apply_rules(policy, plan, counted, registered)
        window = AnswerWindow(plan.years[0], plan.window[-1], plan.required_years)
        return window, Comparison(verdict.satisfied, verdict.findings)
    minima = policy.annual if policy and policy.annual else ground.baseline.minima
    last = question.declaration_year
    years = question.required_years or (
        last - question.tenure_start + 1 if question.tenure_start is not None else _COMPARED_YEARS
    )
    window = AnswerWindow(last - years + 1, last, question.required_years)
    findings = tuple(
        finding
        for year in range(window.first_year, last + 1)
        for finding in minima_findings(minima, counted.get(year, NO_HOURS), year)
    )
    return window, Comparison(all(finding.met for finding in findings), findings)
