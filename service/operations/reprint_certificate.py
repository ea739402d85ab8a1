"""Makes a certificate again as it was issued, from the chains up to where they stood then: for its person to print."""

import logging

import orjson

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.certificate import listing_digest, read_code
from service.domain.errors import Refusal
from service.domain.question import Question
from service.domain.session import SignedInPerson
from service.operations.check_eligibility import render_answer
from service.operations.issue_certificate import Certificate
from service.operations.own_people import find_own
from service.operations.read_transcript import Transcript
from service.operations.record_access import record_access
from service.operations.resolve_committee import Resolved
from service.operations.verify_certificate import listed_entries
from service.store.certificates import (
    CertificateRecord,
    StoredCertificate,
    read_all_facts,
    select_certificate,
)
from service.store.holdings import read_client_names
from service.store.standing import Standing, read_standing_at, read_standings
from service.wording import Language

log = logging.getLogger(__name__)


def reprint_certificate(
    context: Context, person: SignedInPerson, code: str, language: Language, *, asker: Asker
) -> Certificate:
    """The certificate of the person who asks; leaves an access record.

    Refusals: ``not_found`` (somebody else's too; or it states an outcome by rules that have changed since, which
    would be told otherwise today), ``name_mismatch``, ``person_erased``, ``internal_error`` when the chains are no
    longer those it was made from.
    """
    wanted = read_code(code)
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        stored = None if wanted is None else select_certificate(connection, wanted)
        if stored is None or stored.record.person_id not in people:
            raise Refusal("not_found")
        (holder,) = read_standings(connection, person_ids=[stored.record.person_id])
        standing = read_standing_at(connection, [member[:2] for member in stored.members])
        facts = read_all_facts(connection, [member.person_id for member in stored.members])
        names = read_client_names(connection)
    if stored.claim_sealed is None or holder.name_sealed is None or holder.number_sealed is None:
        raise Refusal("person_erased")
    positions = {member.person_id: member.position for member in stored.members}
    before = {
        person_id: [each for each in chain if each[0].seq <= positions[person_id]]
        for person_id, chain in facts.items()
    }
    listed = listed_entries(before, stored.record.credit_year)
    if (
        listed is None
        or _is_changed(stored, standing)
        or listing_digest(listed.entries) != stored.record.listing
    ):
        log.error("certificate %s is of another ledger", stored.record.code)
        raise Refusal("internal_error")
    question, answer = _answer(context, stored.record, standing, language)
    record_access(context, None, asker, people)
    return Certificate(
        code=stored.record.code,
        issued_on=stored.record.issued_on,
        key_id=stored.record.kid,
        claim=context.vault.open(stored.claim_sealed),
        year=stored.record.credit_year,
        transcript=Transcript(
            person_id=stored.record.person_id,
            name=context.vault.open(holder.name_sealed),
            id_number=context.vault.open(holder.number_sealed),
            years=[],
            entries=listed.entries,
            position=standing.position,
            head=standing.head,
        ),
        providers={entry.provider_id: names[entry.provider_id] for entry in listed.entries},
        question=question,
        answer=answer,
        is_new=False,
    )


def _is_changed(stored: StoredCertificate, standing: Standing) -> bool:
    return sorted(stored.members) != sorted(standing.members)


def _answer(
    context: Context, record: CertificateRecord, standing: Standing, language: Language
) -> tuple[Question | None, Json | None]:
    """The question that the certificate answers, and the answer again by the same rules."""
    if record.question is None:
        return None, None
    question = Question(**orjson.loads(record.question))
    ground = context.policy_book.ground(question.division_code, question.declaration_year)
    if (ground.policy.digest if ground.policy else None) != record.policy_digest:
        raise Refusal("not_found")
    return question, render_answer(ground, Resolved(question), standing, record.issued_at, language, {})
