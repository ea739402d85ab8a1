"""Proves the ledger: every chain, and everything derived from it. Rebuilds what is derived."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.context import Context
from service.domain.derivation import BrokenHistory, Derived, derive
from service.domain.fact import GENESIS, fact_digest, joint_head
from service.store.database import Connection
from service.store.notes import read_lonely_link
from service.store.rebuilding import lock_everyone, replace_derived, state_rows, total_rows
from service.store.verification import StoredPerson, count_people, read_everyone

Progress = Callable[[int, int], None]
"""Told (people done, people in all) after each person."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that is not as it must be. ``seq`` where the table has one.

    ``code``: ``gap`` (a fact is missing or out of order), ``link`` (does not continue the fact before it),
    ``hash`` (content and hash differ), ``clock`` (recorded before its predecessor), ``history`` (cannot follow),
    ``head``, ``state``, ``total``, ``reference`` (differ from what the facts say; also one too many or missing),
    ``lonely_link`` (a link that stands in one chain only), ``stored_head`` (the chain is not the one that was given
    out: somebody wrote it anew).
    """

    table: str
    person_id: int
    seq: int | None
    code: str


@dataclass(frozen=True, slots=True)
class StoredHead:
    """What was given out of some chains read as one: (person id, position) of each, and the head; and the table that
    keeps it."""

    members: tuple[tuple[int, int], ...]
    head: bytes
    table: str


def verify_ledger(
    context: Context, progress: Progress | None = None, stored_heads: Iterable[StoredHead] = ()
) -> BadRow | None:
    """The first bad row in the order of person and seq, or None when all is sound.

    Reads one snapshot of the database, some hundred people at a time, and changes nothing. ``stored_heads`` are read
    to the end before it begins, so that none is of a fact the snapshot does not have.
    """
    given_out = list(stored_heads)
    wanted = {member for stored_head in given_out for member in stored_head.members}
    hashes: dict[tuple[int, int], bytes] = {}
    with context.database.snapshot() as connection:
        people_total = count_people(connection) if progress else 0
        for done, stored in enumerate(read_everyone(connection), start=1):
            for bad in _faults(stored):
                return bad
            if wanted:
                keys = ((stored.person_id, row.fact.seq) for row in stored.facts)
                hashes |= {
                    key: row.hash for key, row in zip(keys, stored.facts, strict=True) if key in wanted
                }
            if progress:
                progress(done, max(people_total, done))
        lonely = read_lonely_link(connection)
    if lonely is not None:
        return BadRow("ledger", *lonely, "lonely_link")
    return next(_head_given_out_faults(given_out, hashes), None)


def _head_given_out_faults(
    given_out: Iterable[StoredHead], hashes: Mapping[tuple[int, int], bytes]
) -> Iterator[BadRow]:
    for stored in given_out:
        members = [
            (person_id, seq, hashes.get((person_id, seq), GENESIS)) for person_id, seq in stored.members
        ]
        # Of nobody, who has no chain: nothing to compare.
        if members and joint_head(members) != stored.head:
            yield BadRow(stored.table, *stored.members[0], "stored_head")


def rebuild_totals(context: Context) -> int:
    """Makes totals and states anew from the facts, while writers wait; how many people that were."""

    def work(connection: Connection) -> int:
        lock_everyone(connection)
        return replace_derived(connection)

    return context.database.write(work)


def _faults(stored: StoredPerson) -> Iterator[BadRow]:
    yield from _chain_faults(stored)
    try:
        derived = derive(row.fact for row in stored.facts)
    except BrokenHistory as broken:
        yield BadRow("ledger", stored.person_id, broken.seq, "history")
        return
    yield from _head_faults(stored)
    yield from _reference_faults(stored)
    yield from _state_faults(stored, derived)
    yield from _total_faults(stored, derived)


def _chain_faults(stored: StoredPerson) -> Iterator[BadRow]:
    expected_seq, previous, last_moment = 1, GENESIS, None
    for row in stored.facts:
        fact = row.fact
        if fact.seq != expected_seq:
            yield BadRow("ledger", fact.person_id, expected_seq, "gap")
        if row.prev_hash != previous:
            yield BadRow("ledger", fact.person_id, fact.seq, "link")
        if row.hash != fact_digest(fact, row.prev_hash):
            yield BadRow("ledger", fact.person_id, fact.seq, "hash")
        if last_moment is not None and fact.recorded_at < last_moment:
            yield BadRow("ledger", fact.person_id, fact.seq, "clock")
        expected_seq, previous, last_moment = fact.seq + 1, row.hash, fact.recorded_at


def _head_faults(stored: StoredPerson) -> Iterator[BadRow]:
    if stored.facts:
        last = stored.facts[-1]
        expected = [(stored.person_id, last.fact.seq, last.hash, last.fact.recorded_at)]
    else:
        expected = []
    if stored.heads != expected:
        yield BadRow("chain_head", stored.person_id, expected[0][1] if expected else None, "head")


def _reference_faults(stored: StoredPerson) -> Iterator[BadRow]:
    expected = {
        (row.fact.provider_id, row.fact.external_ref, stored.person_id, row.fact.seq)
        for row in stored.facts
        if row.fact.kind == "registration"
    }
    for odd in sorted(expected.symmetric_difference(stored.references), key=lambda row: (row[3], row)):
        yield BadRow("entry_reference", stored.person_id, odd[3], "reference")


def _state_faults(stored: StoredPerson, derived: Derived) -> Iterator[BadRow]:
    expected = set(state_rows(stored.person_id, derived))
    for seq in sorted({row[1] for row in expected.symmetric_difference(stored.states)}):
        yield BadRow("entry_state", stored.person_id, seq, "state")


def _total_faults(stored: StoredPerson, derived: Derived) -> Iterator[BadRow]:
    if set(total_rows(stored.person_id, derived)) != set(stored.totals):
        yield BadRow("totals", stored.person_id, None, "total")
