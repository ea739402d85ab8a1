"""A person's hours: every year against the rule, the entries behind it, and the history of each."""

from collections.abc import Sequence
from typing import Any, Final

from marshmallow import EXCLUDE

from api.door import Reply
from api.pages.chart import make_chart
from api.pages.choice import first_choice
from api.pages.code_words import code_words, options
from api.pages.own_parts import named_entry
from api.pages.page import PERSON, Page, Visit
from api.pages.question_form import place_name
from api.pages.rendering import show
from api.pages.waiting import waits
from service.answer import Json, render_subject_hours
from service.domain.access import own_asker
from service.domain.amounts import entry_amounts
from service.domain.entry import ENTRY_STATUSES, Entry
from service.domain.identifiers import encode_entry_id
from service.domain.policy import Policy
from service.domain.tally import StandingRow, tally
from service.fields import ChoiceField, StrictSchema, YearField
from service.operations.read_entry_history import read_own_history
from service.operations.read_evidence import list_evidence
from service.operations.read_own_entries import read_own_entries


class HoursQuerySchema(StrictSchema):
    """Which entries to show."""

    class Meta:
        unknown = EXCLUDE

    status = ChoiceField(ENTRY_STATUSES)
    year = YearField(from_text=True)


def get_hours(visit: Visit) -> Reply:
    """The chart of all years, and the entries of each, of one status or year if that is asked for."""
    own = read_own_entries(visit.context, visit.person, asker=own_asker(visit.request_id, "entries"))
    policy = _policy(visit, own.entries)
    lines = year_lines(own.entries, policy)
    status, year = visit.query.get("status"), visit.query.get("year")
    shown = [
        entry for entry in own.entries if status in (None, entry.status) and year in (None, entry.credit_year)
    ]
    return show(
        visit,
        "own_hours.html",
        lines=lines,
        chart=make_chart(lines, policy),
        minima={item.measure: item.tenths / 10 for item in policy.annual.items}
        if policy and policy.annual
        else {},
        policy=policy,
        years=_by_year(lines, shown),
        all_years=[str(line["year"]) for line in reversed(lines)],
        statuses=options(visit, "status", ENTRY_STATUSES),
        chosen_status=status,
        chosen_year=year,
        entries_total=len(own.entries),
        providers=own.providers,
        **_entry_words(visit),
    )


def get_entry(visit: Visit) -> Reply:
    """One entry and everything that ever became of it. Refusal ``not_found``, of somebody else's too."""
    entry_id = named_entry(visit)
    asker = own_asker(visit.request_id, "entries")
    history = read_own_history(visit.context, visit.person, entry_id, asker=asker)
    entry = history.entry
    evidence = list_evidence(visit.context, visit.person, entry_id, asker=asker) if entry.evidence else []
    authority = visit.context.policy_book.recognising_authority(
        entry.division_code, entry.subject, entry.series
    )
    return show(
        visit,
        "own_entry.html",
        entry=entry,
        facts=history.facts,
        evidence=evidence,
        authority=authority,
        place=place_name(visit, entry.division_code),
        may_take_back=entry.self_registered and entry.status == "registered",
        **_entry_words(visit),
    )


def year_lines(entries: Sequence[Entry], policy: Policy | None) -> list[Json]:
    """What counts and what is pending in each year that has entries, in the form of an answer's years; by the policy,
    or, without one, all that a provider registered."""
    rows = [
        StandingRow(
            entry.credit_year,
            entry.subject,
            entry.division_code,
            *entry_amounts(entry.status, entry.hours, entry.recognised_hours, entry.self_registered),
        )
        for entry in entries
    ]
    return [
        {
            "year": year,
            "status": None,
            "hours": render_subject_hours(sums.counted),
            "pending": render_subject_hours(sums.pending),
            "elsewhere": sums.elsewhere / 10,
        }
        for year, sums in sorted(tally(rows, policy).items())
    ]


def _policy(visit: Visit, entries: Sequence[Entry]) -> Policy | None:
    """The rule to hold the years against: that of the place chosen last, else of the place of the last entry."""
    book = visit.context.policy_book
    chosen = first_choice(visit)
    if chosen is not None:
        question = chosen.question
        return book.ground(question.division_code, question.declaration_year).policy
    if not entries:
        return None
    versions = book.versions_for(book.current_code(entries[-1].division_code))
    return versions[-1] if versions else None


def _by_year(lines: Sequence[Json], entries: Sequence[Entry]) -> list[tuple[Json, list[Entry]]]:
    """The years that have something to show, the last one first."""
    found = [(line, [it for it in entries if it.credit_year == line["year"]]) for line in reversed(lines)]
    return [(line, of_year) for line, of_year in found if of_year]


def _entry_words(visit: Visit) -> dict[str, Any]:
    return {
        "word": code_words(visit),
        "entry_place": lambda entry: encode_entry_id(entry.person_id, entry.seq),
        "waits": lambda entry: waits(visit.context, entry),
    }


PAGES: Final = (
    Page(name="own_hours", path="/me/hours", audience=PERSON, view=get_hours, query=HoursQuerySchema),
    Page(name="own_entry", path="/me/hours/<entry_id>", audience=PERSON, view=get_entry),
)
