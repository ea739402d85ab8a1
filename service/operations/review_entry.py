"""Everything an authority's decision on an entry rests on, read at one moment."""

from dataclasses import dataclass

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.dispute import Dispute
from service.domain.entry import Entry, course_key
from service.domain.evidence import Evidence
from service.domain.policy import Citation, Minima, Policy
from service.domain.series import normalise_series
from service.domain.subjects import MEASURES, Measure
from service.domain.tally import NOTHING, StandingRow, tally
from service.operations.read_entries import visible_entry
from service.operations.read_entry_history import EntryHistory, compile_history
from service.operations.read_evidence import open_evidence
from service.operations.read_transcript import compile_transcript
from service.operations.record_access import record_access
from service.store.clients import read_names
from service.store.disputes import EVERYTHING, DisputeFilter, list_disputes
from service.store.entries import read_entry_row
from service.store.evidence import select_entry_evidence
from service.store.standing import PersonStanding


@dataclass(frozen=True, slots=True)
class YearMeasure:
    """A minimum of the year and how the person stands to it, in tenths: what counts, and what is still pending."""

    measure: Measure
    needed: int
    counted: int
    pending: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class EntryReview:
    """An entry, its person (name and number in clear; None: erased) and what else bears on it.

    ``same_year``: the person's other entries of the credit year; ``alike``: those of any year whose course has the same
    title or whose certificate the same number, reversed ones left out. ``by_baseline``: the place's notice has no
    annual minima, the national ones are shown. ``recogniser``: whom the notice names for these hours, ``ground`` where
    it does; None: nobody. ``is_theirs``: whether the client decides on them. ``names``: of clients by id.
    """

    history: EntryHistory
    name: str | None
    id_number: str | None
    same_year: list[Entry]
    alike: list[Entry]
    measures: list[YearMeasure]
    by_baseline: bool
    recogniser: str | None
    ground: Citation | None
    is_theirs: bool
    evidence: list[Evidence]
    disputes: list[Dispute]
    names: dict[int, str]

    @property
    def entry(self) -> Entry:
        return self.history.entry


def review_entry(context: Context, client: Client, entry_id: tuple[int, int], *, asker: Asker) -> EntryReview:
    """The review; leaves access records of the person and of those linked to them. A fixed number of statements.

    Refusals: ``not_found``, ``forbidden_division``.
    """
    book = context.policy_book
    with context.database.snapshot() as connection:
        entry = visible_entry(client, read_entry_row(connection, *entry_id))
        history = compile_history(context, connection, entry)
        transcript, standing = compile_transcript(context, connection, entry.person_id, None)
        stored = select_entry_evidence(connection, *entry_id) if entry.evidence else []
        disputes = list_disputes(
            connection, DisputeFilter(person_id=entry.person_id, entry_seq=entry.seq), EVERYTHING
        )
        others = [each for each in transcript.entries if (each.person_id, each.seq) != entry_id]
        speakers = {said.recorded_by for dispute in disputes for said in dispute.statements}
        names = read_names(connection, {each.provider_id for each in transcript.entries} | speakers)
    record_access(context, None, asker, [member.person_id for member in standing.members])
    versions = book.versions_for(book.current_code(entry.division_code))
    policy = versions[-1] if versions else None
    minima = policy.annual if policy is not None else None
    recognition = book.recognition_in(entry.division_code)
    scope = book.recognising_scope(client, entry.division_code)
    series_key = None if entry.series is None else normalise_series(entry.series)
    return EntryReview(
        history=history,
        name=transcript.name,
        id_number=transcript.id_number,
        same_year=[each for each in others if each.credit_year == entry.credit_year],
        alike=[each for each in others if _is_alike(entry, each)],
        measures=_measures(standing, policy, minima or book.baseline.minima, entry.credit_year),
        by_baseline=minima is None,
        recogniser=book.recognising_authority(entry.division_code, entry.subject, entry.series),
        ground=recognition.citation if recognition else None,
        is_theirs=scope.holds(entry.subject, series_key),
        evidence=[open_evidence(context, each) for each in stored],
        disputes=disputes,
        names=names,
    )


def _is_alike(entry: Entry, other: Entry) -> bool:
    if other.status == "reversed":
        return False
    title = course_key(None, entry.course_title)
    number = entry.certificate_no
    return (title is not None and title == course_key(None, other.course_title)) or (
        number is not None and number == other.certificate_no
    )


def _measures(
    standing: PersonStanding, policy: Policy | None, minima: Minima, year: int
) -> list[YearMeasure]:
    found = tally(map(StandingRow._make, standing.totals), policy).get(year, NOTHING)
    counted, pending = found.counted.measures, found.pending.measures
    return [
        YearMeasure(item.measure, item.tenths, counted[place], pending[place], item.citation)
        for item in minima.items
        for place in [MEASURES.index(item.measure)]
    ]
