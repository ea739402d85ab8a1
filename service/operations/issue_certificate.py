"""Issues a certificate: what a person's transcript says on a day, signed, under a code by which anyone can verify it.

The same request about the same ledger on the same day is the same certificate.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import orjson

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.certificate import (
    Attested,
    AttestedOutcome,
    as_listed,
    claim_bytes,
    entry_sums,
    listing_digest,
    make_code,
)
from service.domain.client import OWN_CLIENT_ID
from service.domain.errors import Refusal
from service.domain.identity import mask_id_number, mask_name
from service.domain.question import Question
from service.domain.zone import SHANGHAI
from service.operations.check_eligibility import (
    EligibilityAsk,
    GroundedAnswer,
    answer_question,
)
from service.operations.read_transcript import Transcript, compile_transcript
from service.operations.record_access import record_access
from service.operations.resolve_committee import require_committees
from service.store.certificates import CertificateRecord, insert_certificate, select_certificate
from service.store.database import Connection
from service.store.determinations import keep_texts
from service.store.holdings import read_client_names
from service.store.standing import Answered, PersonStanding
from service.wording import Language

CLAIM: Final = "hours-claim"
"""``typ`` of a signed claim."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was issued, with all that its paper shows. ``transcript`` has name and number in clear and
    its entries as listed; ``providers``: names by id; ``question`` (as the plan completes it) and ``answer``,
    in words: None where none was asked; ``claim``: the signed claim, a compact JWS; ``is_new`` False: the same was
    issued before."""

    code: str
    issued_on: date
    key_id: str
    claim: str
    year: int | None
    transcript: Transcript
    providers: dict[int, str]
    question: Question | None
    answer: Json | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was read for a certificate at a moment, by which its day and its outcome go."""

    moment: datetime
    transcript: Transcript
    standing: PersonStanding
    providers: dict[int, str]
    grounded: GroundedAnswer | None


def issue_certificate(
    context: Context,
    person_id: int,
    *,
    year: int | None,
    ask: EligibilityAsk | None,
    language: Language,
    lacking: Callable[[str], Sequence[str]],
    asker: Asker,
) -> Certificate:
    """The certificate of a person's hours, of one credit year if given, with the answer to ``ask`` if given (its
    person is ``person_id``); leaves an access record.

    ``lacking``: the characters of a text that cannot be printed. Refusals: ``no_signing_key``, ``not_found``,
    ``invalid_request`` for a committee, ``person_erased``, ``unprintable_name`` (``characters``: which, as U+XXXX).
    """
    key_id = context.signer.key_id
    if ask is not None:
        require_committees(context, [(ask.question, ask.committee, ask.pointer)])
    draft = _read(context, person_id, year, ask, language)
    name, number = draft.transcript.name, draft.transcript.id_number
    if name is None or number is None:
        raise Refusal("person_erased")
    if missing := lacking(name):
        raise Refusal("unprintable_name", extra={"characters": [f"U+{ord(each):04X}" for each in missing]})
    issued_on = draft.moment.astimezone(SHANGHAI).date()
    attested = Attested(
        code=make_code(context.vault.certificate_digest(_scope(draft, year, ask, issued_on))),
        name_masked=mask_name(name),
        id_number_masked=mask_id_number(number),
        issued_on=issued_on,
        year=year,
        position=draft.standing.position,
        head=draft.standing.head,
        listing=listing_digest(draft.transcript.entries),
        sums=entry_sums(draft.transcript.entries),
        outcome=None if draft.grounded is None else _outcome(draft.grounded),
    )
    record = _record(draft, attested, key_id, asker)
    signed = context.signer.sign(claim_bytes(attested), CLAIM)
    record, claim, is_new = _keep(context, draft, record, signed, asker)
    return Certificate(
        code=record.code,
        issued_on=issued_on,
        key_id=record.kid,
        claim=claim,
        year=year,
        transcript=draft.transcript,
        providers=draft.providers,
        question=None if draft.grounded is None else draft.grounded.resolved.question,
        answer=None if draft.grounded is None else draft.grounded.body,
        is_new=is_new,
    )


def _read(
    context: Context, person_id: int, year: int | None, ask: EligibilityAsk | None, language: Language
) -> _Draft:
    with context.database.snapshot() as connection:
        transcript, standing = compile_transcript(context, connection, person_id, year)
        names = read_client_names(connection)
    moment = context.clock()
    answered = Answered(standing, moment)
    return _Draft(
        moment=moment,
        transcript=replace(transcript, entries=as_listed(transcript.entries)),
        standing=standing,
        providers={entry.provider_id: names[entry.provider_id] for entry in transcript.entries},
        grounded=None if ask is None else answer_question(context, ask, answered, language),
    )


def _keep(
    context: Context, draft: _Draft, record: CertificateRecord, signed: str, asker: Asker
) -> tuple[CertificateRecord, str, bool]:
    """Stores it unless it was issued before; as it stands then, with its claim."""

    def work(connection: Connection) -> tuple[CertificateRecord, str, bool]:
        record_access(context, connection, asker, [member.person_id for member in draft.standing.members])
        before = select_certificate(connection, record.code)
        if before is not None:
            if before.claim_sealed is None:
                raise Refusal("person_erased")  # between our reading and now
            return before.record, context.vault.open(before.claim_sealed), False
        if draft.grounded is not None:
            keep_texts(connection, _texts(draft.grounded))
        insert_certificate(connection, record, draft.standing.members, context.vault.seal(signed))
        return record, signed, True

    return context.database.write(work)


def _texts(grounded: GroundedAnswer) -> list[tuple[str, str]]:
    policy = grounded.ground.policy
    return [] if policy is None else [(policy.digest, policy.text)]


def _scope(draft: _Draft, year: int | None, ask: EligibilityAsk | None, issued_on: date) -> str:
    """What makes it this certificate and no other."""
    scope: dict[str, Any] = {
        "person": draft.transcript.person_id,
        "chains": [
            [member.person_id, member.position, member.head.hex()] for member in draft.standing.members
        ],
        "year": year,
        "issued_on": issued_on.isoformat(),
    }
    if ask is not None and draft.grounded is not None:
        ground = draft.grounded.ground
        scope["question"] = asdict(draft.grounded.resolved.question)
        scope["committee"] = None if ask.committee is None else ask.committee.number
        scope["rules"] = [ground.policy.digest if ground.policy else None, ground.baseline.digest]
    return orjson.dumps(scope, option=orjson.OPT_SORT_KEYS).decode()


def _outcome(grounded: GroundedAnswer) -> AttestedOutcome:
    question, policy = grounded.resolved.question, grounded.ground.policy
    return AttestedOutcome(
        outcome=grounded.body["outcome"],
        division_code=question.division_code,
        declaration_year=question.declaration_year,
        level=question.level,
        purpose=question.purpose,
        policy_id=policy.id if policy else None,
        policy_digest=policy.digest if policy else None,
    )


def _record(draft: _Draft, attested: Attested, key_id: str, asker: Asker) -> CertificateRecord:
    question, outcome = None, None
    if draft.grounded is not None:
        question = orjson.dumps(asdict(draft.grounded.resolved.question)).decode()
        body = draft.grounded.body
        outcome = orjson.dumps({"outcome": body["outcome"], "policy": body["policy"]}).decode()
    return CertificateRecord(
        code=attested.code,
        person_id=draft.transcript.person_id,
        client_id=None if asker.client_id == OWN_CLIENT_ID else asker.client_id,
        issued_at=draft.moment,
        issued_on=attested.issued_on,
        credit_year=attested.year,
        listing=attested.listing,
        kid=key_id,
        question=question,
        outcome=outcome,
        policy_digest=attested.outcome.policy_digest if attested.outcome else None,
    )
