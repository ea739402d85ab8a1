"""Certificates as they are asked for and answered: dicts, and the schemas that describe them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import fields, post_load

from api.schemas.eligibility_answer import OUTCOMES, LedgerMarkSchema, PolicyMarkSchema
from api.schemas.notes import AnsweredHours, note
from api.schemas.question import QuestionSchema, committee_of, named_division, question_of
from api.schemas.transcript_answer import TranscriptYearSchema, amounts_json
from service.domain.amounts import Amounts
from service.domain.certificate import pending
from service.domain.hours import hours_number, hours_text
from service.domain.question import Question
from service.fields import RecordField, StrictSchema, YearField
from service.operations.issue_certificate import Certificate
from service.operations.resolve_committee import CommitteeAsk
from service.operations.verify_certificate import Change, OutcomeCheck, Sums, Verification
from service.wording import Language, say
from service.wording.certificate import CHANGES, OBJECTIONS, VERDICTS
from service.wording.transcript import SUBJECTS

CODE_PATTERN: Final = "^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$"
_ATTESTED_QUESTION: Final = ("division_code", "declaration_year", "level", "purpose", "reviewed_by", "series")
_CHANGE_CODES: Final = sorted(CHANGES)
_OBJECTION_CODES: Final = sorted(OBJECTIONS)


class CertificateQuestionSchema(QuestionSchema):
    """A question about the person of the certificate, as of now. Loads as (Question, CommitteeAsk or None)."""

    class Meta(StrictSchema.Meta):
        exclude = ("as_of",)

    @post_load(pass_original=True)
    def as_pair(
        self, data: Mapping[str, Any], sent: Mapping[str, Any], **_: Any
    ) -> tuple[Question, CommitteeAsk | None]:
        return question_of(data), committee_of(data, sent)


class CertificateRequestSchema(StrictSchema):
    """What a certificate shall show."""

    year = YearField(allow_none=True, metadata=note("Only this credit year. Not given: all."))
    question = RecordField(
        CertificateQuestionSchema,
        allow_none=True,
        metadata=note("State the outcome of this question too, with its findings and the rules it went by."),
    )


def asked_division(body: Any) -> Iterator[object]:
    """The division code that the question of an unchecked request names."""
    if isinstance(body, Mapping):
        yield from named_division(body.get("question"))


class CertificateSchema(StrictSchema):
    """A certificate that was issued."""

    code = fields.String(required=True, metadata=note("By which anyone verifies it.", pattern=CODE_PATTERN))
    issued_on = fields.Date(required=True, metadata=note("Day of issue (Asia/Shanghai)."))
    year = fields.Integer(required=True, allow_none=True, metadata=note("Its credit year; null: all."))
    outcome = fields.String(
        required=True,
        allow_none=True,
        metadata=note("What it states; null: no question was asked.", enum=[*OUTCOMES, None]),
    )
    ledger = fields.Nested(LedgerMarkSchema, required=True, metadata=note("The position it is of."))
    key_id = fields.String(required=True, metadata=note("Key that signed it (GET /.well-known/jwks.json)."))
    claim = fields.String(
        required=True, metadata=note("The signed claim, a compact JWS: what its QR code carries.")
    )
    verify_url = fields.String(required=True, metadata=note("Where a person verifies it."))


class CertifiedPersonSchema(StrictSchema):
    """Whose it is, masked; null once erased."""

    name_masked = fields.String(required=True, allow_none=True, metadata=note("First character."))
    id_number_masked = fields.String(
        required=True, allow_none=True, metadata=note("First four and last four characters.")
    )


class CertifiedLineSchema(StrictSchema):
    """Hours of a line of the paper."""

    recognised = AnsweredHours(required=True, metadata=note("Recognised hours."))
    pending = AnsweredHours(required=True, metadata=note("Registered hours that wait for recognition."))


class ChangeSchema(StrictSchema):
    """What became of an entry that the paper lists."""

    code = fields.String(required=True, metadata=note("What happened.", enum=_CHANGE_CODES))
    line = fields.Integer(required=True, metadata=note("Its number on the paper.", minimum=1))
    year = fields.Integer(required=True, metadata=note("Its credit year."))
    subject = fields.String(required=True, metadata=note("Its subject.", enum=sorted(SUBJECTS)))
    hours = AnsweredHours(required=True, metadata=note("Hours as registered."))
    then = fields.Nested(CertifiedLineSchema, required=True, metadata=note("As the paper shows it."))
    now = fields.Nested(CertifiedLineSchema, required=True, metadata=note("As it is now."))
    changed_on = fields.Date(required=True, metadata=note("Day of its last change (Asia/Shanghai)."))
    message = fields.String(required=True, metadata=note("The same in words."))


class ObjectionSchema(StrictSchema):
    """Why it no longer holds."""

    code = fields.String(required=True, metadata=note("Why.", enum=_OBJECTION_CODES))
    message = fields.String(required=True, metadata=note("The same in words."))


class CertifiedQuestionSchema(StrictSchema):
    """The question whose outcome the paper states."""

    division_code = fields.String(required=True, metadata=note("Where the person's unit is."))
    declaration_year = fields.Integer(required=True, metadata=note("Year of the declaration."))
    level = fields.String(required=True, metadata=note("Level declared."))
    purpose = fields.String(required=True, metadata=note("What the declaration is for."))
    reviewed_by = fields.String(required=True, metadata=note("Whose committee reviews."))
    series = fields.String(required=True, allow_none=True, metadata=note("Series of the title."))


class CertifiedOutcomeSchema(StrictSchema):
    """The outcome the paper states, and the outcome today."""

    question = fields.Nested(CertifiedQuestionSchema, required=True, metadata=note("Of which question."))
    then = fields.String(required=True, metadata=note("As the paper states it.", enum=OUTCOMES))
    now = fields.String(required=True, metadata=note("By the ledger and the rules of today.", enum=OUTCOMES))
    policy = fields.Nested(
        PolicyMarkSchema, required=True, allow_none=True, metadata=note("The rules it went by.")
    )
    policy_changed = fields.Boolean(
        required=True,
        metadata=note("Whether other rules are in force now; then another outcome is no objection."),
    )


class VerificationSchema(StrictSchema):
    """What a certificate says, and whether it still holds. Without the full name, the number, course titles."""

    code = fields.String(required=True, metadata=note("Its code.", pattern=CODE_PATTERN))
    holds = fields.Boolean(required=True, metadata=note("Whether all it says is still so."))
    message = fields.String(required=True, metadata=note("The verdict in words."))
    objections = fields.List(
        fields.Nested(ObjectionSchema), required=True, metadata=note("Why it does not hold; else empty.")
    )
    notes = fields.List(fields.String(), required=True, metadata=note("What else is to be known, in words."))
    issued_on = fields.Date(required=True, metadata=note("Day of issue (Asia/Shanghai)."))
    year = fields.Integer(required=True, allow_none=True, metadata=note("Its credit year; null: all."))
    person = fields.Nested(CertifiedPersonSchema, required=True, metadata=note("Whose it is."))
    person_erased = fields.Boolean(
        required=True, metadata=note("Whether name and number were erased since, as the law asks.")
    )
    entries = fields.Integer(required=True, metadata=note("How many entries it lists."))
    years = fields.List(
        fields.Nested(TranscriptYearSchema), required=True, metadata=note("The sums it shows.")
    )
    years_now = fields.List(
        fields.Nested(TranscriptYearSchema), required=True, metadata=note("The sums of the ledger now.")
    )
    changes = fields.List(
        fields.Nested(ChangeSchema), required=True, metadata=note("What became of its entries, by line.")
    )
    entries_added = fields.Integer(required=True, metadata=note("Entries since, which take nothing from it."))
    outcome = fields.Nested(
        CertifiedOutcomeSchema, required=True, allow_none=True, metadata=note("Null: it states none.")
    )
    position = fields.Integer(required=True, metadata=note("Position in the ledger it is of."))
    position_now = fields.Integer(required=True, metadata=note("Position in the ledger now."))
    key_id = fields.String(required=True, metadata=note("Key that signed it (GET /.well-known/jwks.json)."))
    claim = fields.String(
        required=True, allow_none=True, metadata=note("The signed claim, a compact JWS; null once erased.")
    )


class KeySchema(StrictSchema):
    """A public key (RFC 8037)."""

    kty = fields.String(required=True, metadata=note("Kind of key.", enum=["OKP"]))
    crv = fields.String(required=True, metadata=note("Curve.", enum=["Ed25519"]))
    kid = fields.String(required=True, metadata=note("Its id."))
    use = fields.String(required=True, metadata=note("What it is for.", enum=["sig"]))
    alg = fields.String(required=True, metadata=note("Algorithm of the signatures.", enum=["EdDSA"]))
    x = fields.String(required=True, metadata=note("The key, base64url."))


class KeySetSchema(StrictSchema):
    """A JWK set (RFC 7517)."""

    keys = fields.List(
        fields.Nested(KeySchema), required=True, metadata=note("The first signs now; all of them verify.")
    )


def certificate_json(certificate: Certificate, reached_at: str) -> dict[str, Any]:
    """A certificate as JSON."""
    transcript = certificate.transcript
    return {
        "code": certificate.code,
        "issued_on": certificate.issued_on.isoformat(),
        "year": certificate.year,
        "outcome": None if certificate.answer is None else certificate.answer["outcome"],
        "ledger": {"position": transcript.position, "head": f"sha256:{transcript.head.hex()}"},
        "key_id": certificate.key_id,
        "claim": certificate.claim,
        "verify_url": f"{reached_at}/verify/{certificate.code}",
    }


def verification_json(found: Verification, language: Language) -> dict[str, Any]:
    """What was found of a certificate, as JSON."""
    record, said = found.certificate.record, found.attested or {}
    return {
        "code": record.code,
        "holds": found.holds,
        "message": say(VERDICTS, "holds" if found.holds else "fails", language, {}),
        "objections": [
            {"code": code, "message": say(OBJECTIONS, code, language, {})} for code in found.objections
        ],
        "notes": list(_notes(found, language)),
        "issued_on": record.issued_on.isoformat(),
        "year": record.credit_year,
        "person": {"name_masked": said.get("name"), "id_number_masked": said.get("no")},
        "person_erased": found.is_erased,
        "entries": found.entries_total,
        "years": _years(found.sums),
        "years_now": _years(found.sums_now),
        "changes": [_change(change, language) for change in found.changes],
        "entries_added": found.entries_added,
        "outcome": None if found.outcome is None else _outcome(found.outcome),
        "position": sum(member.position for member in found.certificate.members),
        "position_now": found.position_now,
        "key_id": record.kid,
        "claim": found.claim,
    }


def _notes(found: Verification, language: Language) -> Iterator[str]:
    if found.is_erased:
        yield say(VERDICTS, "erased", language, {})
    if found.entries_added:
        yield say(VERDICTS, "added", language, {"count": found.entries_added})
    if found.outcome is not None and found.outcome.policy_changed:
        yield say(VERDICTS, "policy_changed", language, {})


def _years(sums: Sums) -> list[dict[str, Any]]:
    return [
        {"year": year, "subjects": {name: amounts_json(amounts) for name, amounts in subjects.items()}}
        for year, subjects in sums.items()
    ]


def _change(change: Change, language: Language) -> dict[str, Any]:
    entry = change.entry
    params = {
        "line": change.line,
        "year": entry.credit_year,
        "subject": say(SUBJECTS, entry.subject, language, {}),
        "hours": hours_text(entry.hours),
        "then": hours_text(change.then.recognised),
        "now": hours_text(change.now.recognised),
        "day": change.changed_on.isoformat(),
    }
    return {
        "code": change.code,
        "line": change.line,
        "year": entry.credit_year,
        "subject": entry.subject,
        "hours": hours_number(entry.hours),
        "then": _line(change.then),
        "now": _line(change.now),
        "changed_on": change.changed_on.isoformat(),
        "message": say(CHANGES, change.code, language, params),
    }


def _line(amounts: Amounts) -> dict[str, int | float]:
    return {"recognised": hours_number(amounts.recognised), "pending": hours_number(pending(amounts))}


def _outcome(outcome: OutcomeCheck) -> dict[str, Any]:
    return {
        "question": {name: getattr(outcome.question, name) for name in _ATTESTED_QUESTION},
        "then": outcome.then,
        "now": outcome.now,
        "policy": outcome.policy,
        "policy_changed": outcome.policy_changed,
    }
