"""An authority recognises all, part or none of what is registered. A later decision replaces an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.context import Context
from service.domain.amounts import entry_amounts
from service.domain.client import Client
from service.domain.entry import EntryStatus
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.fact import Fact
from service.domain.hours import hours_text
from service.store.append import pipelined
from service.store.database import Connection
from service.store.entries import EntryState, read_states
from service.store.keysets import KEYS_MAX
from service.store.people import Head, lock_heads
from service.store.posting import Posting

Outcome = Literal["recognised", "rejected"]


@dataclass(frozen=True, slots=True)
class RecognitionDraft:
    """What an authority decides on an entry. ``hours`` in tenths; None: all that is registered."""

    person_id: int
    seq: int
    outcome: Outcome
    hours: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What became of one decision: how the entry stands now, or why it was refused. Tenths."""

    status: EntryStatus | None
    hours: int
    recognised_hours: int
    refusal: Refusal | None = None


def recognise_entries(
    context: Context, client: Client, drafts: Sequence[RecognitionDraft]
) -> list[Recognition]:
    """Records decisions in order, in one transaction; a refused one does not stop the others.

    Refusals: ``not_found``, ``forbidden_division``, ``already_reversed``, ``invalid_request`` (more hours than
    registered, or a reason is missing where less than all is recognised). A fixed number of statements for each
    KEYS_MAX decisions.
    """

    def work(connection: Connection) -> list[Recognition]:
        done: list[Recognition] = []
        for start in range(0, len(drafts), KEYS_MAX):
            done += _recognise(context, client, connection, drafts[start : start + KEYS_MAX])
        return done

    return context.database.write(work) if drafts else []


def _recognise(
    context: Context, client: Client, connection: Connection, drafts: Sequence[RecognitionDraft]
) -> list[Recognition]:
    heads = lock_heads(connection, list({draft.person_id: None for draft in drafts}))
    entry_ids = list({(draft.person_id, draft.seq): None for draft in drafts})
    states = read_states(connection, entry_ids)
    posting = Posting(context.clock())
    done: list[Recognition] = []
    for draft in drafts:
        state = states.get((draft.person_id, draft.seq))
        if state is None:
            done.append(Recognition(None, 0, 0, Refusal("not_found")))
        elif (refusal := _refusal(client, state, draft)) is not None:
            done.append(Recognition(state.status, state.hours, state.recognised, refusal))
        else:
            _decide(client, posting, heads[draft.person_id], state, draft)
            done.append(Recognition(state.status, state.hours, state.recognised))
    with pipelined(connection, len(drafts)):
        posting.write(connection)
    return done


def _refusal(client: Client, state: EntryState, draft: RecognitionDraft) -> Refusal | None:
    if not client.covers(state.division_code):
        return Refusal("forbidden_division", params={"code": state.division_code})
    if state.status == "reversed":
        return Refusal("already_reversed")
    faults = []
    if draft.hours is not None:
        if draft.outcome == "rejected":
            faults.append(Fault("/hours", "hours_not_applicable"))
        elif not 0 < draft.hours <= state.hours:
            faults.append(Fault("/hours", "more_than_registered", {"most": hours_text(state.hours)}))
    if draft.reason is None and (draft.outcome == "rejected" or draft.hours not in (None, state.hours)):
        faults.append(Fault("/reason", "reason_required"))
    return invalid_request(faults) if faults else None


def _decide(client: Client, posting: Posting, head: Head, state: EntryState, draft: RecognitionDraft) -> None:
    """Appends the decision and moves the state on, so that a later decision of the batch meets it."""
    before = entry_amounts(state.status, state.hours, state.recognised, state.self_registered)
    given = state.hours if draft.hours is None else draft.hours
    recognised = given if draft.outcome == "recognised" else 0
    after = entry_amounts(draft.outcome, state.hours, recognised, state.self_registered)
    fact = Fact(
        person_id=draft.person_id,
        seq=head.seq + 1,
        kind="recognition",
        entry_seq=draft.seq,
        credit_year=state.credit_year,
        subject=state.subject,
        division_code=state.division_code,
        **after.minus(before)._asdict(),
        recorded_at=posting.stamp(head),
        recorded_by=client.client_id,
        outcome=draft.outcome,
        reason=draft.reason,
    )
    posting.add_change(head, fact, draft.outcome, recognised)
    state.status, state.recognised = draft.outcome, recognised
