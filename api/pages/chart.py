"""A chart of hours by year, worked out for an SVG that is drawn on the server.

No chart library: those we know of draw with JavaScript only, so that nothing is there to read without it, to print
well or to be read out, or they set style attributes, which our content policy forbids. Widths are per cent, so the
picture fits every screen while its letters keep their size.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.domain.hours import hours_number
from service.domain.policy import Policy

Json = Mapping[str, Any]

PARTS: Final = ("general_public", "industry_public", "public", "specialty")
"""In the order in which they are stacked; ``public`` is of unstated kind here."""

_ROOM: Final = 1.08
"""Above the longest bar, so that nothing touches the edge."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a bar: ``left`` and ``width`` in per cent, ``hours`` as the API writes them."""

    subject: str
    hours: float
    pending: bool
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One year. ``status``: as in an answer, None where none was asked for."""

    year: int
    status: str | None
    total: float
    pending: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, and the least total a year must have, if the policy has one: hours and per cent."""

    bars: tuple[Bar, ...]
    minimum: float | None
    minimum_left: float
    subjects: tuple[str, ...]

    @property
    def height(self) -> int:
        """In pixels."""
        return 26 + 46 * len(self.bars)


def make_chart(years: Iterable[Json], policy: Policy | None) -> Chart:
    """The chart of an answer's ``years`` (or of lines of that form) under a policy."""
    lines = list(years)
    minimum = minimum_total(policy)
    longest = max([minimum or 0.0, *(line["hours"]["total"] + line["pending"]["total"] for line in lines)])
    scale = 100 / (longest * _ROOM) if longest else 0.0
    bars = tuple(_bar(line, scale) for line in lines)
    used = {segment.subject for bar in bars for segment in bar.segments}
    return Chart(
        bars, minimum, round((minimum or 0) * scale, 2), tuple(part for part in PARTS if part in used)
    )


def minimum_total(policy: Policy | None) -> float | None:
    """The least hours of a year in all, where the policy has such a figure."""
    items = policy.annual.items if policy and policy.annual else ()
    return next((float(hours_number(item.tenths)) for item in items if item.measure == "total"), None)


def subject_hours(hours: Json) -> dict[str, float]:
    """Hours by subject from an answer's, where ``public`` is all public hours."""
    unstated = hours["public"] - hours["general_public"] - hours["industry_public"]
    return {**{part: hours[part] for part in PARTS}, "public": round(unstated, 1)}


def _bar(line: Json, scale: float) -> Bar:
    segments = []
    left = 0.0
    for pending, hours in ((False, line["hours"]), (True, line["pending"])):
        for subject, amount in subject_hours(hours).items():
            if amount:
                width = amount * scale
                segments.append(Segment(subject, amount, pending, round(left, 2), round(width, 2)))
                left += width
    return Bar(
        line["year"], line.get("status"), line["hours"]["total"], line["pending"]["total"], tuple(segments)
    )
