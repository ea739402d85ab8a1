"""Corrections: what stands for a reference now, and what comes after it. Nothing is edited: the entry that was wrong is
reversed and a new one registered, whose own reference is that of the first with ``#2``, ``#3`` … after it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.domain.entry import Entry, EntryDraft, ReversalReason
from service.store.corrections import Revision, Withdrawal, read_revisions, read_taken, read_withdrawals
from service.store.database import Connection
from service.store.entries import read_referenced
from service.store.people import Head, lock_heads

_NUMBERS_TRIED: Final = 3
"""A provider may have a ``REF#2`` of its own; then the next number is taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """References that are taken: the entry first registered under each, and what corrected it since, in order."""

    first: dict[str, Entry]
    later: dict[str, list[Revision]]

    def revisions(self, external_ref: str) -> list[Revision]:
        """All that stood under a reference that is in ``first``; the last one stands now."""
        return [Revision(1, self.first[external_ref]), *self.later.get(external_ref, ())]


def read_taken_references(
    connection: Connection,
    provider_id: int,
    external_refs: Iterable[str],
    meanwhile: Callable[[], object] | None = None,
) -> Taken:
    """What stands under these references. Two statements at most, one where nothing was ever reversed. ``meanwhile``
    is done while the database is at the first."""
    first = read_referenced(connection, provider_id, list(external_refs), meanwhile)
    # What was corrected is reversed: where nothing is, nothing was.
    reversed_refs = [ref for ref, entry in first.items() if entry.status == "reversed"]
    return Taken(first, read_revisions(connection, provider_id, reversed_refs) if reversed_refs else {})


@dataclass(slots=True)
class Correcting:
    """What a registrar needs to put corrected entries in the place of others; ``made``: (person_id, seq) of each
    entry it put in another's place → the reference and revision it has there.

    ``heads``: of all people whose entries may be replaced, locked. ``note`` goes into each reversal.
    """

    client_id: int
    note: str
    heads: Mapping[int, Head]
    withdrawals: Mapping[tuple[int, int], Withdrawal] = field(default_factory=dict)
    others_references: frozenset[str] = frozenset()
    made: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def may_return(self, entry: Entry) -> bool:
        """Whether a reversed entry may be registered anew by its provider: not if somebody else took it back, nor if
        it was falsified."""
        withdrawal = self.withdrawals.get((entry.person_id, entry.seq))
        return (
            withdrawal is not None
            and withdrawal.recorded_by == self.client_id
            and withdrawal.reason != "falsified"
        )

    def next_reference(self, external_ref: str, number: int) -> tuple[int, str] | None:
        """Number and reference of what comes after revision ``number``; None when all that were tried are taken."""
        for candidate, reference in _numbered(external_ref, number):
            if reference not in self.others_references:
                return candidate, reference
        return None

    def rows(self) -> list[tuple[int, str, int, int, int]]:
        """What was made, as rows for ``append_corrections``."""
        return [
            (self.client_id, external_ref, number, person_id, seq)
            for (person_id, seq), (external_ref, number) in self.made.items()
        ]


def prepare_corrections(
    connection: Connection, client_id: int, taken: Taken, heads: Mapping[int, Head], note: str
) -> tuple[Taken, Correcting]:
    """Locks the people whose entries may be replaced and reads what decides on that: a fixed number of statements.

    ``heads``: of the people locked already. Answers ``taken`` too, read again where others were locked after it.
    """
    latest = [taken.revisions(ref)[-1].entry for ref in taken.first]
    if others := sorted({entry.person_id for entry in latest} - heads.keys()):
        heads = {**heads, **lock_heads(connection, others)}
        taken = read_taken_references(connection, client_id, taken.first)
    standing = {ref: taken.revisions(ref)[-1] for ref in taken.first}
    back = [(entry.person_id, entry.seq) for _, entry in standing.values() if entry.status == "reversed"]
    candidates = {
        reference: None
        for ref, revision in standing.items()
        for _, reference in _numbered(ref, revision.number)
    }
    return taken, Correcting(
        client_id,
        note,
        heads,
        read_withdrawals(connection, back) if back else {},
        frozenset(read_taken(connection, client_id, list(candidates))) if candidates else frozenset(),
    )


def correction_reason(entry: Entry, draft: EntryDraft, *, same_person: bool) -> ReversalReason:
    """Why the entry is reversed when the draft takes its place."""
    if not same_person:
        return "wrong_person"
    return "wrong_hours" if entry.hours != draft.hours else "other"


def _numbered(external_ref: str, number: int) -> list[tuple[int, str]]:
    return [(n, f"{external_ref}#{n}") for n in range(number + 1, number + 1 + _NUMBERS_TRIED)]
