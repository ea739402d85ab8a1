"""An authority recognises all, part or none of what is registered. A later decision replaces an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service.context import Context
from service.domain.amounts import entry_amounts
from service.domain.client import Client
from service.domain.entry import Entry, EntryStatus
from service.domain.errors import Refusal, invalid_request
from service.domain.fact import Fact
from service.domain.recognition import Outcome, RecognitionDraft, recognition_faults
from service.store.append import pipelined
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.keysets import KEYS_MAX
from service.store.people import Head, lock_heads
from service.store.posting import Posting
from service.store.recognition import EntryState, read_states

__all__ = [
    "Outcome",
    "Recognition",
    "RecognitionDraft",
    "recognise_entries",
    "recognise_entry",
    "require_recognisable",
]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What became of one decision: how the entry stands now, or why it was refused. Tenths.

    ``replayed``: the same client's same decision is the last there is about the entry; nothing was added.
    """

    result: Literal["created", "replayed", "refused"]
    status: EntryStatus | None
    hours: int
    recognised_hours: int
    refusal: Refusal | None = None


class _Undone(Exception):
    """Rolls the transaction back and carries what would have come of it."""

    def __init__(self, done: list[Recognition]) -> None:
        super().__init__()
        self.done = done


def recognise_entries(
    context: Context, client: Client, drafts: Sequence[RecognitionDraft], *, atomic: bool = False
) -> list[Recognition]:
    """Records decisions in order, in one transaction; a refused one does not stop the others.

    ``atomic``: when any is refused nothing is stored, and the good ones are refused as ``atomic_batch_refused``.
    Refusals: ``not_found``, ``forbidden_division``, ``forbidden_series`` (with ``recognising_authority``),
    ``invalid_request`` (more hours than registered, or a reason is missing where less than all is recognised),
    ``already_reversed``, ``decided_meanwhile`` (there is a later fact of the entry than ``after_seq``). A fixed number
    of statements for each KEYS_MAX decisions.
    """

    def work(connection: Connection) -> list[Recognition]:
        done: list[Recognition] = []
        for start in range(0, len(drafts), KEYS_MAX):
            done += _recognise(context, client, connection, drafts[start : start + KEYS_MAX])
        if atomic and any(each.refusal is not None for each in done):
            raise _Undone([_withheld(each) for each in done])
        return done

    try:
        return context.database.write(work) if drafts else []
    except _Undone as undone:
        return undone.done


def recognise_entry(context: Context, client: Client, draft: RecognitionDraft) -> tuple[Recognition, Entry]:
    """Records one decision: what became of it, and the entry as it stands after it. Refusals are raised."""

    def work(connection: Connection) -> tuple[Recognition, Entry | None]:
        (done,) = _recognise(context, client, connection, [draft])
        return done, read_entry_row(connection, draft.person_id, draft.seq)

    done, entry = context.database.write(work)
    if done.refusal is not None or entry is None:
        raise done.refusal or Refusal("not_found")
    return done, entry


def require_recognisable(context: Context, client: Client, entry_id: tuple[int, int]) -> None:
    """Refusal ``not_found``, ``forbidden_division`` or ``forbidden_series`` unless the client decides on the entry."""
    with context.database.reading() as connection:
        state = read_states(connection, [entry_id]).get(entry_id)
    if state is None:
        raise Refusal("not_found")
    if (refusal := _Competence(context, client).refusal(state)) is not None:
        raise refusal


def _withheld(done: Recognition) -> Recognition:
    if done.result != "created":
        return done
    return Recognition("refused", None, 0, 0, Refusal("atomic_batch_refused"))


def _recognise(
    context: Context, client: Client, connection: Connection, drafts: Sequence[RecognitionDraft]
) -> list[Recognition]:
    heads = lock_heads(connection, list({draft.person_id: None for draft in drafts}))
    states = read_states(connection, list({(draft.person_id, draft.seq): None for draft in drafts}))
    posting = Posting(context.clock())
    competence = _Competence(context, client)
    done: list[Recognition] = []
    for draft in drafts:
        state = states.get((draft.person_id, draft.seq))
        if state is None:
            done.append(Recognition("refused", None, 0, 0, Refusal("not_found")))
            continue
        repeated = _is_repeated(client, state, draft)
        refusal = competence.refusal(state) or _refusal(state, draft, repeated)
        if refusal is not None:
            done.append(Recognition("refused", state.status, state.hours, state.recognised, refusal))
        elif repeated:
            done.append(Recognition("replayed", state.status, state.hours, state.recognised))
        else:
            _decide(client, posting, heads[draft.person_id], state, draft)
            done.append(Recognition("created", state.status, state.hours, state.recognised))
    with pipelined(connection, len(drafts)):
        posting.write(connection)
    return done


class _Competence:
    """Whether the client is the one that decides on an entry. Looks every division up once."""

    def __init__(self, context: Context, client: Client) -> None:
        self._book = context.policy_book
        self._client = client
        self._scopes = {
            code: self._book.recognising_scope(client, code)
            for code in self._book.divisions
            if client.covers(code)
        }

    def refusal(self, state: EntryState) -> Refusal | None:
        code = state.division_code
        scope = self._scopes.get(code)
        if scope is None:
            return Refusal("forbidden_division", params={"code": code})
        if scope.holds(state.subject, state.series_key):
            return None
        name = self._book.recognising_authority(code, state.subject, state.series_key)
        return Refusal("forbidden_series", extra={"recognising_authority": name})


def _refusal(state: EntryState, draft: RecognitionDraft, repeated: bool) -> Refusal | None:
    if faults := list(recognition_faults(draft.outcome, draft.hours, draft.reason, state.hours)):
        return invalid_request(faults)
    if state.status == "reversed":
        return Refusal("already_reversed")
    if draft.after_seq in (None, state.last_seq) or repeated:
        return None
    return Refusal("decided_meanwhile")


def _is_repeated(client: Client, state: EntryState, draft: RecognitionDraft) -> bool:
    return (
        state.last_kind == "recognition"
        and state.last_by == client.client_id
        and (state.status, state.recognised) == (draft.outcome, draft.given(state.hours))
        and state.last_reason == draft.reason
    )


def _decide(client: Client, posting: Posting, head: Head, state: EntryState, draft: RecognitionDraft) -> None:
    """Appends the decision and moves the state on, so that a later decision of the batch meets it."""
    before = entry_amounts(state.status, state.hours, state.recognised, state.self_registered)
    recognised = draft.given(state.hours)
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
    state.last_seq, state.last_kind = fact.seq, "recognition"
    state.last_by, state.last_reason = client.client_id, draft.reason
