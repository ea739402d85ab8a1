"""Verifies a certificate by its code: what it attests, whether that still holds, and what has changed since."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

import orjson

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.amounts import Amounts, entry_amounts
from service.domain.certificate import as_listed, entry_sums, listing_digest, read_code
from service.domain.derivation import BrokenHistory, DerivedEntry, derive
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.fact import GENESIS, Fact
from service.domain.question import Question
from service.domain.session import SignedInPerson
from service.domain.subjects import Subject
from service.domain.zone import SHANGHAI
from service.operations.check_eligibility import EligibilityAsk, answer_question
from service.operations.issue_certificate import CLAIM
from service.operations.own_people import find_own
from service.operations.record_access import record_access
from service.signing import BadSignature
from service.store.certificates import (
    StoredCertificate,
    read_all_facts,
    select_certificate,
    select_stored_certificates,
)
from service.store.standing import Answered, PersonStanding, read_standings
from service.wording import Language

ChangeCode = Literal["entry_reversed", "recognition_replaced", "decided_since"]
Objection = Literal["hours_lost", "outcome_changed", "ledger_changed", "claim_unsound"]

Sums = dict[int, dict[Subject, Amounts]]
Facts = dict[int, list[tuple[Fact, bytes]]]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a listed entry: ``line`` counts from 1 as the paper does; amounts in tenths by standing."""

    code: ChangeCode
    line: int
    entry: Entry
    then: Amounts
    now: Amounts
    changed_on: date


@dataclass(frozen=True, slots=True)
class OutcomeCheck:
    """The outcome a certificate states, with its question and the mark of the policy, and what it would be now by the
    ledger and the policy of today."""

    then: str
    now: str
    question: Question
    policy: Json | None
    policy_changed: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a certificate says and what has become of it.

    ``objections`` say why it no longer holds; none: it holds. ``claim`` is the signed claim, ``attested`` what it says;
    both None once the person was erased. ``sums`` are those of the paper, ``sums_now`` what the ledger has now in
    its years; ``entries_added``: entries of these years since, which take nothing from it.
    """

    certificate: StoredCertificate
    objections: list[Objection]
    is_erased: bool
    claim: str | None
    attested: Json | None
    entries_total: int
    sums: Sums
    sums_now: Sums
    position_now: int
    entries_added: int
    changes: list[Change]
    outcome: OutcomeCheck | None

    @property
    def holds(self) -> bool:
        return not self.objections


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries of some chains as a paper lists them, with the day each last changed."""

    entries: list[Entry]
    changed_on: dict[tuple[int, int], date]


def verify_certificate(context: Context, code: str, language: Language = "zh-CN") -> Verification:
    """Three statements however many entries there are. Leaves no access record: who has the code was given the paper.

    An hour that the paper shows as recognised or pending and that is there no more takes the ground from it; hours
    added since, or recognised since, do not; nor does another outcome by rules that changed since. Refusals:
    ``mistyped_code``, ``not_found``.
    """
    wanted = read_code(code)
    if wanted is None:
        raise Refusal("mistyped_code")
    with context.database.snapshot() as connection:
        stored = select_certificate(connection, wanted)
        if stored is None:
            raise Refusal("not_found")
        (standing,) = read_standings(connection, person_ids=[stored.record.person_id])
        people = {member.person_id for member in [*stored.members, *standing.members]}
        facts = read_all_facts(connection, sorted(people))
    return _compared(context, stored, standing, facts, language)


def verify_own_certificates(
    context: Context, person: SignedInPerson, language: Language, *, asker: Asker
) -> list[Verification]:
    """Every certificate that was issued about the person, the last one first; leaves an access record. Five
    statements however many there are. Refusal ``name_mismatch``."""
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        issued = select_stored_certificates(connection, people)
        standings = read_standings(connection, person_ids=people) if issued else []
        members = {member.person_id for stored in issued for member in stored.members}
        members |= {member.person_id for standing in standings for member in standing.members}
        facts = read_all_facts(connection, sorted(members))
    record_access(context, None, asker, people)
    by_person = {standing.person_id: standing for standing in standings}
    return [
        _compared(context, stored, by_person[stored.record.person_id], facts, language)
        for stored in reversed(issued)
    ]


def _compared(
    context: Context, stored: StoredCertificate, standing: PersonStanding, facts: Facts, language: Language
) -> Verification:
    year = stored.record.credit_year
    positions = {member.person_id: member.position for member in stored.members}
    before = {
        person_id: [each for each in facts[person_id] if each[0].seq <= position]
        for person_id, position in positions.items()
    }
    then, now = listed_entries(before, year), listed_entries(facts, year)
    changes = [] if then is None or now is None else _changes(then, now)
    outcome = _outcome(context, stored, standing, language)
    claim = None if stored.claim_sealed is None else context.vault.open(stored.claim_sealed)
    attested = None if claim is None else _attested(context, claim)
    objections: list[Objection] = []
    if then is None or now is None or _is_rewritten(stored, before, then):
        objections.append("ledger_changed")
    if any(_kept(change.now) < _kept(change.then) or _lowered(change) for change in changes):
        objections.append("hours_lost")
    if outcome is not None and outcome.now != outcome.then and not outcome.policy_changed:
        objections.append("outcome_changed")
    if claim is not None and attested is None:
        objections.append("claim_unsound")
    entries, entries_now = then.entries if then else [], now.entries if now else []
    listed = {(entry.person_id, entry.seq) for entry in entries}
    return Verification(
        certificate=stored,
        objections=objections,
        is_erased=stored.claim_sealed is None,
        claim=claim,
        attested=attested,
        entries_total=len(entries),
        sums=entry_sums(entries),
        sums_now=entry_sums(entries_now),
        position_now=standing.position,
        entries_added=sum(
            (entry.person_id, entry.seq) not in listed and entry.status != "reversed" for entry in entries_now
        ),
        changes=changes,
        outcome=outcome,
    )


def listed_entries(facts: Facts, year: int | None) -> Listed | None:
    """The entries of chains, of one credit year if given. None: the facts cannot follow each other."""
    entries: list[Entry] = []
    changed_on: dict[tuple[int, int], date] = {}
    for person_id, chain in facts.items():
        try:
            derived = derive(fact for fact, _ in chain)
        except BrokenHistory:
            return None
        recorded_at = {fact.seq: fact.recorded_at for fact, _ in chain}
        for seq, entry in derived.entries.items():
            if year in (None, entry.registration.credit_year):
                entries.append(_entry(entry))
                changed_on[person_id, seq] = recorded_at[entry.last_seq].astimezone(SHANGHAI).date()
    return Listed(as_listed(entries), changed_on)


def _entry(derived: DerivedEntry) -> Entry:
    fact = derived.registration
    year, subject, division_code = fact.group
    return Entry(
        person_id=fact.person_id,
        seq=fact.seq,
        external_ref=fact.external_ref or "",
        provider_id=fact.provider_id or 0,
        division_code=division_code,
        credit_year=year,
        subject=cast("Subject", subject),
        hours=fact.hours or 0,
        status=derived.status,
        recognised_hours=derived.recognised,
        self_registered=fact.self_registered > 0,
        recorded_at=fact.recorded_at,
        series=fact.series,
        course_code=fact.course_code,
        course_title=fact.course_title,
        completed_on=fact.completed_on,
        certificate_no=fact.certificate_no,
    )


def _changes(then: Listed, now: Listed) -> list[Change]:
    by_place = {(entry.person_id, entry.seq): entry for entry in now.entries}
    changes = []
    for line, entry in enumerate(then.entries, start=1):
        place = (entry.person_id, entry.seq)
        today = by_place[place]
        if (entry.status, entry.recognised_hours) != (today.status, today.recognised_hours):
            code = _change_code(entry, today)
            changes.append(Change(code, line, entry, _amounts(entry), _amounts(today), now.changed_on[place]))
    return changes


def _change_code(then: Entry, now: Entry) -> ChangeCode:
    if now.status == "reversed":
        return "entry_reversed"
    return "decided_since" if then.status == "registered" else "recognition_replaced"


def _amounts(entry: Entry) -> Amounts:
    return entry_amounts(entry.status, entry.hours, entry.recognised_hours, entry.self_registered)


def _kept(amounts: Amounts) -> int:
    """Tenths that the paper counts, recognised or pending."""
    return amounts.registered + amounts.self_registered + amounts.recognised


def _lowered(change: Change) -> bool:
    return change.now.recognised < change.then.recognised


def _is_rewritten(stored: StoredCertificate, before: Facts, then: Listed) -> bool:
    """Whether the chains are no longer those the paper was made from: nothing that the service does causes it."""
    for member in stored.members:
        chain = before[member.person_id]
        head = chain[-1][1] if chain else GENESIS
        if len(chain) != member.position or head != member.head:
            return True
    return listing_digest(then.entries) != stored.record.listing


def _attested(context: Context, claim: str) -> Json | None:
    """What the claim says; None when no key of ours signed it so."""
    try:
        return cast("Json", orjson.loads(context.signer.ring.verify(claim, CLAIM).payload))
    except BadSignature:
        return None


def _outcome(
    context: Context, stored: StoredCertificate, standing: PersonStanding, language: Language
) -> OutcomeCheck | None:
    record = stored.record
    if record.question is None or record.outcome is None:
        return None
    question = Question(**orjson.loads(record.question))
    said: dict[str, Any] = orjson.loads(record.outcome)
    ask = EligibilityAsk(record.person_id, question)
    body = answer_question(context, ask, Answered(standing, context.clock()), language).body
    policy = body["policy"]
    return OutcomeCheck(
        then=said["outcome"],
        now=body["outcome"],
        question=question,
        policy=said["policy"],
        policy_changed=(policy["digest"] if policy else None) != record.policy_digest,
    )
