"""Proves the ledger: every chain, everything derived from it, and what was given out. Rebuilds what is derived."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter

import orjson

from service.context import Context
from service.domain.derivation import BrokenHistory, Derived, derive
from service.domain.fact import GENESIS, fact_digest, joint_head
from service.domain.identifiers import encode_person_id
from service.policy_file import text_digest
from service.store.cross_checks import (
    KeptAnswer,
    read_answers,
    read_half_people,
    read_left_members,
    read_odd_evidence,
    read_position_beyond,
    read_texts,
)
from service.store.database import Connection
from service.store.evidence import StoredEvidence, read_all_evidence, select_known_places
from service.store.kept_totals import totals_text
from service.store.notes import read_lonely_link
from service.store.rebuilding import lock_everyone, replace_derived, state_rows
from service.store.verification import StoredPerson, count_people, read_everyone

Progress = Callable[[int, int], None]
"""Told (people done, people in all) after each person."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that is not as it must be. ``seq`` where the table has one.

    ``person_id``: None where the row is no one person's. ``key``: what names it then (a policy text's digest) or
    beside the person (an access record's number); ``determination_id``: which determination.

    ``code``: ``gap`` (a fact is missing or out of order), ``link`` (does not continue the fact before it),
    ``hash`` (content and hash differ), ``clock`` (recorded before its predecessor), ``history`` (cannot follow),
    ``head``, ``state``, ``total``, ``reference`` (differ from what the facts say; also one too many or missing),
    ``lonely_link`` (a link that stands in one chain only), ``stored_head`` (the hash at ``seq`` is not the one that a
    determination or a certificate was given with: somebody wrote the chain anew), ``no_chain`` (a person or document
    without one), ``no_person`` (a chain that is nobody's), ``answer`` (a determination's text does not say the position
    and head of the chains kept with it), ``no_members`` (it was made from chains, and none is kept), ``given_gone``
    (chains are kept with a determination, or with a certificate whose code ``key`` is, and it is gone), ``text`` (a
    policy's text is not the one its digest was made of), ``position`` (an access record of a place the chain has not
    reached),
    ``no_entry`` (evidence of an entry that nobody registered alone), ``forgotten`` (evidence without a file although
    its person was not erased), ``file_missing``, ``file_changed`` (its file is gone, or is not the one that was sent).
    """

    table: str
    person_id: int | None
    seq: int | None
    code: str
    key: str | None = None
    determination_id: int | None = None


def verify_ledger(context: Context, progress: Progress | None = None) -> BadRow | None:
    """The first bad row, or None when all is sound: chains in the order of person and seq, then the rest by table.

    Reads one snapshot of the database, some hundred people at a time, and changes nothing.
    """
    with context.database.snapshot() as connection:
        people_total = count_people(connection) if progress else 0
        for done, stored in enumerate(read_everyone(connection), start=1):
            for bad in _faults(stored):
                return bad
            if progress:
                progress(done, max(people_total, done))
        return next(_faults_across(connection), None) or next(_evidence_faults(context, connection), None)


def rebuild_totals(context: Context) -> int:
    """Makes totals and states anew from the facts, while writers wait; how many people that were."""

    def work(connection: Connection) -> int:
        lock_everyone(connection)
        return replace_derived(connection)

    return context.database.write(work)


def _faults(stored: StoredPerson) -> Iterator[BadRow]:
    yield from chain_faults(stored)
    yield from _stored_head_faults(stored)
    try:
        derived = derive(row.fact for row in stored.facts)
    except BrokenHistory as broken:
        yield BadRow("ledger", stored.person_id, broken.seq, "history")
        return
    yield from _head_faults(stored)
    yield from _reference_faults(stored)
    yield from _state_faults(stored, derived)
    yield from _total_faults(stored, derived)


def _faults_across(connection: Connection) -> Iterator[BadRow]:
    """What no chain shows by itself."""
    lonely = read_lonely_link(connection)
    if lonely is not None:
        yield BadRow("ledger", *lonely, "lonely_link")
    for table, person_id in read_half_people(connection):
        yield BadRow(table, person_id, None, "no_person" if table == "chain_head" else "no_chain")
    for kept in read_answers(connection):
        code = _answer_fault(kept)
        if code is not None:
            yield BadRow("determination", None, None, code, determination_id=kept.determination_id)
    for table, person_id, determination_id, certificate in read_left_members(connection):
        yield BadRow(table, person_id, None, "given_gone", certificate, determination_id)
    for digest, text in read_texts(connection):
        if text_digest(text) != digest:
            yield BadRow("policy_text", None, None, "text", key=digest)
    beyond = read_position_beyond(connection)
    if beyond is not None:
        access_id, person_id = beyond
        yield BadRow("access_record", person_id, None, "position", key=str(access_id))


def _evidence_faults(context: Context, connection: Connection) -> Iterator[BadRow]:
    """What is wrong with evidence; every file is read."""
    for code, evidence_id, person_id, entry_seq in read_odd_evidence(connection):
        yield BadRow("evidence", person_id, entry_seq, code, key=encode_person_id(evidence_id))
    for stored in read_all_evidence(connection):
        fault = _file_fault(context, stored)
        if fault is not None:
            about = stored.evidence
            key = encode_person_id(about.evidence_id)
            yield BadRow("evidence", about.person_id, about.entry_seq, fault, key=key)


def _file_fault(context: Context, stored: StoredEvidence) -> str | None:
    place = stored.stored_as
    if place is None:
        return None
    content = context.evidence_files.read(place)
    if content is not None:
        return None if hashlib.sha256(content).digest() == stored.evidence.sha256 else "file_changed"
    if context.evidence_files.exists(place):
        return "file_changed"
    with context.database.reading() as now:
        # Its person may have been erased since the snapshot was taken.
        return "file_missing" if select_known_places(now, [place]) else None


def _answer_fault(kept: KeptAnswer) -> str | None:
    """What is wrong between an answer's text and the chains kept as those it was made from."""
    try:
        told = orjson.loads(kept.answer)["ledger"]
        position, head = told["position"], told["head"]
    except (ValueError, LookupError, TypeError):
        return "answer"
    if not kept.members and position != 0:
        return "no_members"
    expected = joint_head(kept.members) if kept.members else GENESIS
    same = position == sum(member.position for member in kept.members) and head == f"sha256:{expected.hex()}"
    return None if same else "answer"


def chain_faults(stored: StoredPerson) -> Iterator[BadRow]:
    """Where the facts do not follow each other, or are not what was hashed."""
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
    if [head[:-1] for head in stored.heads] != expected:
        yield BadRow("chain_head", stored.person_id, expected[0][1] if expected else None, "head")


def _stored_head_faults(stored: StoredPerson) -> Iterator[BadRow]:
    hashes = {row.fact.seq: row.hash for row in stored.facts}
    hashes[0] = GENESIS
    for person_id, _, position, head in sorted([*stored.given, *stored.certified], key=itemgetter(2)):
        if hashes.get(position) != head:
            yield BadRow("ledger", person_id, position, "stored_head")


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
    if any(head[-1] != totals_text(derived.totals) for head in stored.heads):
        yield BadRow("chain_head", stored.person_id, None, "total")
