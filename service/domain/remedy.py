"""What would it take: the least hours that make a person eligible, exact to a tenth (domain.md §8)."""

from collections.abc import Mapping

from service.domain.decision import Remedy, RemedyHours
from service.domain.policy import Minima, Policy
from service.domain.subjects import NO_HOURS, SubjectHours
from service.domain.window import Plan


def deficit(minima: Minima, hours: SubjectHours, year: int) -> RemedyHours:
    """The least hours that lift ``hours`` over the minima.

    Each minimum is filled by its own subject first (general public hours fill the public minimum too); what the
    total still lacks may be any subject.
    """
    total_floor, specialty_floor, public_floor, general_floor = minima.floors
    total, specialty_counted, public_counted, general_counted = hours.measures
    specialty = max(0, specialty_floor - specialty_counted)
    general = max(0, general_floor - general_counted)
    public = max(general, public_floor - public_counted)
    any_subject = max(0, total_floor - total - specialty - public)
    return RemedyHours(year, general, public, specialty, any_subject)


def find_remedy(policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours]) -> Remedy:
    """The cheapest remedy for a person who is not eligible. Two routes at one cost: the cumulative one, since its
    hours can still be earned."""
    annual = _annual_remedy(policy, plan, hours)
    if policy.cumulative is None:
        return annual
    window_sum = sum_hours(plan, hours)
    row = deficit(policy.cumulative.by_years[plan.required_years], window_sum, plan.window[-1])
    cumulative = Remedy(True, "cumulative", (row,))
    return cumulative if not annual.possible or cumulative.cost <= annual.cost else annual


def sum_hours(plan: Plan, hours: Mapping[int, SubjectHours]) -> SubjectHours:
    """The sum over the window's years."""
    total = NO_HOURS
    for year in plan.window:
        total = total.plus(hours.get(year, NO_HOURS))
    return total


def _annual_remedy(policy: Policy, plan: Plan, hours: Mapping[int, SubjectHours]) -> Remedy:
    if policy.annual is None:
        raise ValueError(f"policy {policy.id} has no annual minima")
    deemed_through = policy.deemed_years.through if policy.deemed_years else None
    lacking: dict[int, RemedyHours] = {}
    for year in plan.assessed:
        if deemed_through is not None and year <= deemed_through:
            continue
        counted = hours.get(year, NO_HOURS)
        if not policy.annual.met_by(counted):
            lacking[year] = deficit(policy.annual, counted, year)
    chosen = {year: row for year, row in lacking.items() if year in plan.must}
    if policy.qualifying_years:
        window = set(plan.window)
        if len(window) < plan.required_years:
            return Remedy(False, None, ())
        qualifying = len(window) - len(window & (lacking.keys() - chosen.keys()))
        spare = sorted(
            (row for year, row in lacking.items() if year not in chosen), key=_cheapest_then_latest
        )
        for row in spare[: max(0, plan.required_years - qualifying)]:
            chosen[row.year] = row
    return Remedy(True, "annual", tuple(chosen[year] for year in sorted(chosen)))


def _cheapest_then_latest(row: RemedyHours) -> tuple[int, int]:
    return row.cost, -row.year
