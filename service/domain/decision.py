"""What a decision is made of. Amounts in tenths of an hour unless a finding's ``unit`` says years."""

from typing import Any, Literal, NamedTuple

from service.domain.policy import Citation, Ground
from service.domain.subjects import SubjectHours

Outcome = Literal["eligible", "not_eligible", "undetermined", "referred"]
YearStatus = Literal["met", "not_met", "deemed", "not_assessed"]
Route = Literal["annual", "cumulative"]


class Finding(NamedTuple):
    """One rule applied. ``unit`` says what ``required``, ``counted`` and ``short_by`` are measured in."""

    code: str
    met: bool
    citation: Citation | None
    unit: Literal["hours", "years", "none"] = "none"
    year: int | None = None
    required: int = 0
    counted: int = 0
    short_by: int = 0
    settled_by: str | None = None


class Advisory(NamedTuple):
    """Something the reader should know; it never changes the outcome."""

    code: str
    params: dict[str, Any]
    citation: Citation | None = None


class YearLine(NamedTuple):
    """One year of the answer."""

    year: int
    status: YearStatus
    hours: SubjectHours
    pending: SubjectHours


class RemedyHours(NamedTuple):
    """Hours still needed for a year: ``public`` of which ``general_public`` general; ``any`` on top, any subject."""

    year: int
    general_public: int
    public: int
    specialty: int
    any: int

    @property
    def cost(self) -> int:
        return self.public + self.specialty + self.any


class Remedy(NamedTuple):
    """The least hours that make the person eligible; not ``possible`` when no hours can."""

    possible: bool
    route: Route | None
    hours: tuple[RemedyHours, ...]

    @property
    def cost(self) -> int:
        return sum(row.cost for row in self.hours)


class AnswerWindow(NamedTuple):
    """The years asked about. ``required_years`` is None where no rule says how many."""

    first_year: int
    last_year: int
    required_years: int | None


class Comparison(NamedTuple):
    """For information only, where the question is not judged by hours: what the figures would give."""

    met: bool
    findings: tuple[Finding, ...]


class Decision(NamedTuple):
    """A whole answer without its words."""

    outcome: Outcome
    ground: Ground
    window: AnswerWindow
    route: Route | None
    years: tuple[YearLine, ...]
    findings: tuple[Finding, ...]
    advisories: tuple[Advisory, ...]
    remedy: Remedy | None
    pending_would_satisfy: bool
    comparison: Comparison | None = None
