"""A city's policy, compiled from its file: the closed list of shapes a requirement can have.

A city that needs no new shape is one file of data; a new shape is code here and in ``service.policy_schema``.
All hours are tenths.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from service.domain.question import Level, Purpose
from service.domain.subjects import MEASURES, Measure, SubjectHours

Basis = Literal["quoted", "derived", "by_reference", "reading"]


@dataclass(frozen=True)
class Citation:
    """Where a rule comes from. ``basis``: the notice's own words, derived from them, taken from another document
    the notice names, or our reading."""

    document: str
    clause: str
    text: str
    basis: Basis

    @cached_property
    def told(self) -> dict[str, str]:
        """Its fields by name, made once: an answer cites some twenty lines. Not to be changed."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least amount of one measure. ``code`` is the finding when it is missed."""

    measure: Measure
    tenths: int
    code: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Minima:
    """Separate minima that must all hold (domain.md §3): surplus in one subject fills the total only.

    ``places`` are the items by their measure's place in ``SubjectHours.measures``, their tenths, code and citation;
    ``floors`` the tenths wanted of each measure, 0 where there is no minimum. Both are worked out once, when the
    policy is compiled.
    """

    items: tuple[Minimum, ...]
    places: tuple[tuple[int, int, str, Citation], ...] = field(init=False, repr=False, compare=False)
    floors: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = tuple(
            (MEASURES.index(item.measure), item.tenths, item.code, item.citation) for item in self.items
        )
        wanted = {place: tenths for place, tenths, _, _ in places}
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "floors", tuple(wanted.get(place, 0) for place in range(len(MEASURES))))

    def met_by(self, hours: SubjectHours) -> bool:
        """Whether all of them hold."""
        total, specialty, public, general = hours.measures
        floors = self.floors
        return total >= floors[0] and specialty >= floors[1] and public >= floors[2] and general >= floors[3]


@dataclass(frozen=True, slots=True)
class Counting:
    """Which standings count toward a requirement, and whether only this city's register counts.

    ``registered``: hours count once a provider or an authority registered them; else only recognised hours do.
    ``own_register``: hours registered in another city's division neither count nor are pending here.
    """

    registered: bool
    own_register: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class TenureWindow:
    """[tenure_start … Y]; without a tenure start the last N years. N from the question, else assumed by level."""

    assumed_years: dict[Level, int]


@dataclass(frozen=True, slots=True)
class SinceWindow:
    """[first_year … Y]; years before go by older rules and are not assessed."""

    first_year: int


@dataclass(frozen=True, slots=True)
class LastYearsWindow:
    """The last N years, Y included; N by level."""

    years: dict[Level, int]


Window = TenureWindow | SinceWindow | LastYearsWindow


@dataclass(frozen=True, slots=True)
class EveryYear:
    """Every year of the window must meet the annual minima."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class QualifyingYears:
    """At least N years of the window must meet the annual minima or be deemed to."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class ConsecutiveYears:
    """The declaration year and the ``count`` - 1 years before it must each meet the annual minima."""

    count: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class DeemedYears:
    """Years up to ``through`` are deemed to meet the annual minima."""

    through: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Cumulative:
    """The window's sums may meet these figures instead of every year meeting the minima; figures by N."""

    by_years: dict[int, Minima]


@dataclass(frozen=True, slots=True)
class Registration:
    """Something must be registered for every year of the window."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class RecognisingAuthority:
    """The authority that recognises hours of these series (as in the annex's row)."""

    row: int
    series: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A trusted feed: its hours in these subjects are recognised on arrival."""

    feed_id: str
    name: str
    subjects: tuple[str, ...]
    recogniser: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """Hours are valid only when recognised by the authority of the series; general public hours by one authority
    for all series."""

    general_public_authority: str
    authorities: tuple[RecognisingAuthority, ...]
    feeds: tuple[Feed, ...]
    citation: Citation
    series_index: dict[str, RecognisingAuthority] = field(repr=False, compare=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReferredSeries:
    """A row of the plan that goes to a provincial committee: these series at these levels."""

    row: int
    title: str
    series: tuple[str, ...]
    levels: frozenset[Level]


@dataclass(frozen=True, slots=True)
class Referral:
    """Another body's rules apply to these series, and to anything a provincial committee reviews."""

    refer_to: str
    provincial_review: bool
    citation: Citation
    rows: tuple[ReferredSeries, ...] = ()
    series_index: dict[str, tuple[ReferredSeries, ...]] = field(
        repr=False, compare=False, default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class IntegrityHold:
    """An integrity record stands ``years`` years from its day of entry; while it does, hours do not decide (H-10)."""

    years: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Scope:
    """What the notice addresses. ``by_reference``: purposes to which the rule applies by reference only."""

    purposes: frozenset[Purpose]
    by_reference: frozenset[Purpose]
    levels: frozenset[Level]
    citation: Citation
    reference_citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the notice is silent or unclear: what we read, why, and the key of the file that changes it."""

    id: str
    switch: str
    reason: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The national baseline an answer is compared with, for information only, where no local rule is loaded."""

    minima: Minima
    digest: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """One notice of one city, ready to be applied. ``no_rule``: the notice says nothing on continuing education."""

    id: str
    division_code: str
    name: str
    notice_year: int
    revision: int
    document: str
    title: str
    issued_by: str
    issued_on: date
    digest: str
    text: str = field(repr=False)
    no_rule: bool = False
    anomaly_tenths: int | None = None
    provincial_committee_advisory: bool = False
    threshold_by_reference: bool = False
    counting: Counting | None = None
    scope: Scope | None = None
    window: Window | None = None
    annual: Minima | None = None
    every_year: EveryYear | None = None
    qualifying_years: QualifyingYears | None = None
    consecutive_years: ConsecutiveYears | None = None
    deemed_years: DeemedYears | None = None
    cumulative: Cumulative | None = None
    registration: Registration | None = None
    recognition: Recognition | None = None
    referral: Referral | None = None
    integrity_hold: IntegrityHold | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a question stands on: the policy in force for its place and year, or why there is none.

    ``bar`` is ``no_local_rule`` or ``no_policy_for_year``. ``renamed_from`` is the former code asked for.
    ``settled_by`` names the body that settles what the policies do not.
    """

    policy: Policy | None
    bar: Literal["no_local_rule", "no_policy_for_year"] | None
    extrapolated: bool
    renamed_from: str | None
    division_code: str
    division_name: str
    settled_by: str
    baseline: Baseline
