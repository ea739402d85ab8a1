"""Which years a question is about."""

from functools import lru_cache
from typing import NamedTuple

from service.domain.policy import LastYearsWindow, Policy, SinceWindow, TenureWindow
from service.domain.question import Question


class Plan(NamedTuple):
    """The years to look at. ``window`` are the years the rules count over, ``must`` the years that must each be met
    on the annual route, ``legacy`` years before the window that the title needs and older rules govern, ``assessed``
    the window and ``must`` together (a consecutive year may lie before the window); all in order."""

    window: tuple[int, ...]
    required_years: int
    must: tuple[int, ...]
    legacy: tuple[int, ...]
    assessed: tuple[int, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Every year the answer shows, in order."""
        return self.legacy + self.assessed


def level_addressed(policy: Policy, question: Question) -> bool:
    """Whether the notice addresses the level: its scope and, where N follows the level, its figures."""
    if policy.scope and question.level not in policy.scope.levels:
        return False
    window = policy.window
    return not (isinstance(window, LastYearsWindow) and question.level not in window.years)


def lay_out(policy: Policy, question: Question) -> Plan:
    """The plan of a question under a policy that has a window (L-2, L-3, L-5, L-6; H-4, H-6; J-1)."""
    last = question.declaration_year
    needed = None
    match policy.window:
        case TenureWindow(assumed_years=assumed):
            required = question.required_years or assumed[question.level]
            first = last - required + 1 if question.tenure_start is None else question.tenure_start
        case SinceWindow(first_year=first):
            required = last - first + 1
            needed = _first_needed(question, first)
        case LastYearsWindow(years=years):
            required = years[question.level]
            first = last - required + 1
        case None:
            raise ValueError(f"policy {policy.id} has no window")
    consecutive = policy.consecutive_years.count if policy.consecutive_years else 0
    return _plan(
        first, last, required, first if needed is None else needed, policy.every_year is not None, consecutive
    )


@lru_cache(maxsize=1024)
def _plan(first: int, last: int, required: int, needed: int, every_year: bool, consecutive: int) -> Plan:
    window = tuple(range(first, last + 1))
    must = set(window) if every_year else set()
    must.update(range(last - consecutive + 1, last + 1))
    legacy = tuple(range(needed, first))
    return Plan(window, required, tuple(sorted(must)), legacy, tuple(sorted(must.union(window))))


def _first_needed(question: Question, first_assessed: int) -> int:
    """The first year the title needs, as far as the question tells; years earlier than 30 back are never listed."""
    if question.required_years is not None:
        needed = question.declaration_year - question.required_years + 1
    elif question.tenure_start is not None:
        needed = question.tenure_start
    else:
        return first_assessed
    return max(min(needed, first_assessed), first_assessed - 30)
