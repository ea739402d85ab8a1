"""What authorities decided and what still holds, the latest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client, division_covers
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.recognition import Outcome
from service.operations.moment_cursor import decode_moment, encode_moment
from service.operations.record_access import record_access
from service.store.decisions import DecisionFilter, DecisionRow, list_decisions

DECISIONS_MAX: Final = 1000


class DecisionChoice(NamedTuple):
    """Which decisions are wanted; None: whatever there is. ``own``: the client's own ones alone."""

    division_code: str | None = None
    outcome: Outcome | None = None
    credit_year: int | None = None
    person_id: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The last word on an entry, as the entry stands by it, and whose it is, in clear: the door masks them. None:
    erased. ``seq``: which of the person's facts it is."""

    entry: Entry
    seq: int
    decided_at: datetime
    decided_by: str
    reason: str | None
    disputed: bool
    provider_name: str
    name: str | None
    id_number: str | None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Some decisions, and the cursor for the next ones; None: these are the last."""

    decisions: list[Decision]
    next_cursor: str | None


def read_decisions(
    context: Context,
    client: Client,
    choice: DecisionChoice,
    *,
    asker: Asker,
    cursor: str | None = None,
    limit: int = 100,
) -> DecisionPage:
    """The entries of the client's divisions whose last fact is an authority's decision, ``limit`` (1 … DECISIONS_MAX)
    at a time. Superseded decisions are in the entry's history. Leaves an access record of everyone on the page.

    Refusals: ``forbidden_division`` (none of the chosen one is the client's), ``invalid_request`` (the cursor is none
    of ours).
    """
    wanted = choice.division_code
    divisions = [
        code
        for code in context.policy_book.divisions
        if client.covers(code) and (wanted is None or division_covers(wanted, code))
    ]
    if not divisions:
        raise Refusal("forbidden_division", params={"code": wanted})
    chosen = DecisionFilter(
        recorded_by=client.client_id if choice.own else None,
        outcome=choice.outcome,
        credit_year=choice.credit_year,
        person_id=choice.person_id,
        after=None if cursor is None else decode_moment(cursor),
    )
    limit = max(1, min(limit, DECISIONS_MAX))
    with context.database.reading() as connection:
        rows = list_decisions(connection, divisions, chosen, limit + 1)
    page = [_opened(context, row) for row in rows[:limit]]
    record_access(context, None, asker, [each.entry.person_id for each in page])
    more = len(rows) > limit
    return DecisionPage(page, _cursor(page[-1]) if more else None)


def _cursor(decision: Decision) -> str:
    return encode_moment((decision.decided_at, decision.entry.person_id, decision.seq))


def _opened(context: Context, row: DecisionRow) -> Decision:
    name, number = (
        None if sealed is None else context.vault.open(sealed)
        for sealed in (row.name_sealed, row.number_sealed)
    )
    return Decision(
        entry=row.entry,
        seq=row.seq,
        decided_at=row.recorded_at,
        decided_by=row.decided_by,
        reason=row.reason,
        disputed=row.disputed,
        provider_name=row.provider_name,
        name=name,
        id_number=number,
    )
