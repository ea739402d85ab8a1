"""What the reader of an answer should know. Advisories never change the outcome."""

from collections.abc import Iterable, Iterator, Mapping

from service.domain.decision import Advisory
from service.domain.marks import Mark
from service.domain.policy import Ground, LastYearsWindow, Policy, TenureWindow
from service.domain.question import Question
from service.domain.tally import NOTHING, YearTally
from service.domain.window import Plan


def advisories_before(ground: Ground, question: Question) -> tuple[Advisory, ...]:
    """What follows from the place, the year and the notice alone."""
    found: list[Advisory] = []
    policy = ground.policy
    if ground.renamed_from is not None:
        params = {"former": ground.renamed_from, "code": ground.division_code, "name": ground.division_name}
        found.append(Advisory("division_renamed", params))
    if policy and ground.extrapolated:
        params = {"notice_year": str(policy.notice_year), "year": str(question.declaration_year)}
        found.append(Advisory("policy_extrapolated", {**params, "document": policy.document}))
    return tuple(found)


def advisories_on_hours(
    policy: Policy,
    plan: Plan,
    question: Question,
    tallies: Mapping[int, YearTally],
    not_met: frozenset[int],
) -> tuple[Advisory, ...]:
    """What follows from applying the rules."""
    return (
        *_on_assumptions(policy, plan, question),
        *_on_reference(policy, question),
        *_on_years(policy, plan, question, not_met),
        *_on_amounts(policy, plan, tallies),
    )


def advisories_on_marks(marks: Iterable[Mark]) -> Iterator[Advisory]:
    """What stands in the chain beside hours, shown as facts: none of them bars by itself (H-4, H-10)."""
    for mark in marks:
        params = {"on": mark.on.isoformat(), "year": mark.year, "division": mark.division_code}
        if mark.kind == "falsified":
            yield Advisory("falsified_reversal", params)
        elif mark.kind == "integrity_record":
            yield Advisory("integrity_record", params)
        else:
            yield Advisory(
                "attested_met" if mark.met else "attested_not_met", {**params, "basis": mark.basis}
            )


def _on_assumptions(policy: Policy, plan: Plan, question: Question) -> Iterator[Advisory]:
    """L-5, L-6: what the platform did not say."""
    if not isinstance(policy.window, TenureWindow):
        return
    if question.tenure_start is None:
        yield Advisory("tenure_start_assumed", {"first": plan.window[0], "last": plan.window[-1]})
    if question.required_years is None:
        yield Advisory("required_years_assumed", {"years": plan.required_years})


def _on_reference(policy: Policy, question: Question) -> Iterator[Advisory]:
    """H-5, H-12, J-6."""
    if policy.threshold_by_reference and policy.annual:
        first = policy.annual.items[0].citation
        yield Advisory("threshold_by_reference", {"document": first.document}, first)
    if policy.provincial_committee_advisory and question.reviewed_by == "provincial":
        yield Advisory("provincial_committee", {"document": policy.document})
    if policy.scope and question.purpose in policy.scope.by_reference:
        yield Advisory("by_reference", {}, policy.scope.reference_citation)


def _on_years(policy: Policy, plan: Plan, question: Question, not_met: frozenset[int]) -> Iterator[Advisory]:
    """L-4, H-4, J-4, J-10."""
    if policy.deemed_years:
        deemed = [year for year in plan.window if year <= policy.deemed_years.through]
        if deemed:
            params = {"first": deemed[0], "last": deemed[-1], "count": len(deemed)}
            yield Advisory("deemed_year_used", params, policy.deemed_years.citation)
    if plan.legacy:
        yield Advisory("legacy_years_not_assessed", {"first": plan.legacy[0], "last": plan.legacy[-1]})
    if policy.cumulative and not_met == {plan.window[-1]}:
        yield Advisory("current_year_shortfall_only", {"year": plan.window[-1]})
    if (
        isinstance(policy.window, LastYearsWindow)
        and question.tenure_start is not None
        and question.tenure_start > plan.window[0]
    ):
        params = {"tenure_start": question.tenure_start, "first": plan.window[0]}
        yield Advisory("tenure_shorter_than_window", params)


def _on_amounts(policy: Policy, plan: Plan, tallies: Mapping[int, YearTally]) -> Iterator[Advisory]:
    """§3 (a year far above the standard), H-8 (pending hours), and hours of another city's register."""
    anomalous = policy.anomaly_tenths
    for year in plan.years:
        counted, pending, _, elsewhere = tallies.get(year, NOTHING)
        if anomalous is not None and sum(counted) >= anomalous:
            yield Advisory("anomaly", {"year": year, "tenths": sum(counted)})
        if any(pending):
            citation = policy.counting.citation if policy.counting else None
            yield Advisory("pending_not_counted", {"year": year, "tenths": sum(pending)}, citation)
        if elsewhere:
            yield Advisory("hours_elsewhere", {"year": year, "tenths": elsewhere, "name": policy.name})
