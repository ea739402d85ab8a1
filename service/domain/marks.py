"""What stands in a person's chain beside hours: integrity records, attestations, reversals for falsification."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple

MarkKind = Literal["integrity_record", "attestation", "falsified"]


class Mark(NamedTuple):
    """One such fact that was not withdrawn. ``on``: the day of entry of an integrity record, the day a reversal was
    recorded; ``year``: the attested or reversed year; ``met``: what an attestation says of its year."""

    kind: MarkKind
    division_code: str
    on: date
    year: int | None = None
    met: bool | None = None
    basis: str | None = None


def integrity_last_day(entered_on: date, years: int) -> date:
    """The last day an integrity record stands: the day before the anniversary (H-10).

    A record of 29 February ends on the last day of February (民法典 art. 202: no such day, the month's last day).
    """
    try:
        anniversary = entered_on.replace(year=entered_on.year + years)
    except ValueError:
        anniversary = date(entered_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def integrity_in_force(marks: Iterable[Mark], years: int, on: date) -> Mark | None:
    """The integrity record that stands longest on a day, or None."""
    standing = [
        mark
        for mark in marks
        if mark.kind == "integrity_record" and mark.on <= on <= integrity_last_day(mark.on, years)
    ]
    return max(standing, key=lambda mark: mark.on, default=None)
