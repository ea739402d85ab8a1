"""A person's totals, tallied by year into what counts under a policy and what is still pending."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from service.domain.client import division_covers
from service.domain.policy import Policy
from service.domain.subjects import NO_HOURS, SubjectHours

_PLACE: Final = {"general_public": 0, "industry_public": 1, "public": 2, "specialty": 3}


TotalRow = tuple[int, str, str, int, int, int, int]
"""A StandingRow as the ledger has it: a plain tuple."""


class StandingRow(NamedTuple):
    """One row of totals: tenths of a person in a year, subject and division under each standing."""

    credit_year: int
    subject: str
    division_code: str
    registered: int = 0
    self_registered: int = 0
    recognised: int = 0
    rejected: int = 0


class YearTally(NamedTuple):
    """One year. ``registered``: anything at all is registered here, whatever became of it.
    ``elsewhere``: tenths registered outside the register this policy counts."""

    counted: SubjectHours = NO_HOURS
    pending: SubjectHours = NO_HOURS
    registered: bool = False
    elsewhere: int = 0


NOTHING: Final = YearTally()


def tally(rows: Iterable[TotalRow], policy: Policy | None) -> dict[int, YearTally]:
    """Year → tally, for the years that have rows.

    Recognised hours count everywhere; hours a provider registered count where the policy (or no policy) does not
    ask for recognition; what a person registered alone is pending until recognised (domain.md L-9, H-2, H-8).
    """
    counting = policy.counting if policy else None
    registered_counts = counting is None or counting.registered
    register = policy.division_code if policy and counting and counting.own_register else None
    sums: dict[int, list[int]] = {}
    line, line_of = [0] * 10, -1
    for year, subject, division_code, registered, self_registered, recognised, rejected in rows:
        if year != line_of:
            line, line_of = sums.setdefault(year, [0] * 10), year
        if register is not None and not division_covers(register, division_code):
            line[9] += registered + self_registered + recognised
            continue
        place = _PLACE[subject]
        pending = self_registered
        if registered_counts:
            line[place] += recognised + registered
        else:
            line[place] += recognised
            pending += registered
        if pending:
            line[place + 4] += pending
        line[8] += registered + self_registered + recognised + rejected
    return {
        year: YearTally(
            SubjectHours(*line[0:4]),
            SubjectHours(*line[4:8]) if any(line[4:8]) else NO_HOURS,
            line[8] > 0,
            line[9],
        )
        for year, line in sums.items()
    }
