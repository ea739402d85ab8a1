"""A question may name its review committee by its number in the year's plan: then the plan says who reviews."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.annexes import PlanRow
from service.context import Context
from service.domain.decision import Advisory, Decision
from service.domain.errors import Fault, invalid_request
from service.domain.question import Question, Reviewer
from service.domain.zone import SHANGHAI


@dataclass(frozen=True, slots=True)
class CommitteeAsk:
    """The committee a question names (``"12"``, or ``"1-22"`` where the plan has parts), and who reviews as the
    question itself says, None where it leaves that to the plan."""

    number: str
    reviewed_by: Reviewer | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question with what the plan says. ``row`` is None when no committee is named, or there are ``faults``."""

    question: Question
    row: PlanRow | None = None
    faults: tuple[Fault, ...] = ()


def resolve_committee(
    context: Context, question: Question, asked: CommitteeAsk | None, pointer: str = ""
) -> Resolved:
    """The question as the plan of its place and declaration year completes it.

    Faults, below ``pointer``: ``unknown_committee`` (also for a year of which no plan is loaded: a plan speaks for
    its own year only), ``committee_level`` (the row does not name the level), ``committee_contradiction`` (the
    question says another reviewer than the plan).
    """
    if asked is None:
        return Resolved(question)
    code, year = question.division_code, question.declaration_year
    row = context.annex_book.committee(code, year, asked.number)
    if row is None:
        params = {"place": context.policy_book.divisions[code].name, "year": year, "loaded": "–"}
        if years := context.annex_book.plan_years(code):
            params["loaded"] = ", ".join(map(str, years))
        return Resolved(question, faults=(Fault(f"{pointer}/committee", "unknown_committee", params),))
    reviewer = row.reviewer(question.level)
    about = {"document": row.source.document, "number": row.number}
    if reviewer is None:
        return Resolved(question, faults=(Fault(f"{pointer}/level", "committee_level", about),))
    if asked.reviewed_by not in (None, reviewer):
        params = {**about, "reviewed_by": reviewer}
        return Resolved(
            question, faults=(Fault(f"{pointer}/reviewed_by", "committee_contradiction", params),)
        )
    return Resolved(replace(question, reviewed_by=reviewer), row)


def require_committees(context: Context, asks: Iterable[tuple[Question, CommitteeAsk | None, str]]) -> None:
    """Refusal ``invalid_request`` with the faults of every question, its committee and its pointer."""
    faults = [fault for ask in asks for fault in resolve_committee(context, *ask).faults]
    if faults:
        raise invalid_request(faults)


def with_committee(decision: Decision, resolved: Resolved, asked_at: datetime) -> Decision:
    """The decision, with the advisory ``window_closed`` when it is asked after the last month in which the
    committee received anything (Asia/Shanghai)."""
    row = resolved.row
    if row is None or (last := row.last_month) is None:
        return decision
    moment = asked_at.astimezone(SHANGHAI)
    if (moment.year, moment.month) <= last:
        return decision
    advisory = Advisory("window_closed", {"name": _name(row), "closed_year": last[0], "month": last[1]})
    return decision._replace(advisories=(*decision.advisories, advisory))


def committee_json(resolved: Resolved) -> dict[str, Any] | None:
    """What an answer says of the committee; None when the question names none."""
    row = resolved.row
    if row is None:
        return None
    return {
        "number": row.number,
        "name": _name(row),
        "reviewed_by": resolved.question.reviewed_by,
        "closing_month": row.closing_month,
        "receiving_unit": row.receiving_unit or None,
        "document": row.source.document,
        "digest": row.source.digest,
    }


def _name(row: PlanRow) -> str:
    """The committee; of a row that only recommends, the titles it recommends."""
    return row.committee or row.titles_recommended
