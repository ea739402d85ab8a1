"""Certificates: issued on paper, verified by anyone, and the public keys they are signed with."""

from typing import Final

from flask import request

from api.door import OPEN, Answer, Call, Door, JsonBody, Reply, only
from api.limits import VERIFICATIONS_PER_MINUTE
from api.paper.font import lacking
from api.paper.reply import PDF, VARY, paper_reply
from api.routes.entries import REPLAYED
from api.routes.people import named_person, person_exists
from api.schemas.certificate_answer import (
    CertificateRequestSchema,
    CertificateSchema,
    KeySetSchema,
    VerificationSchema,
    asked_division,
    certificate_json,
    verification_json,
)
from service.domain.errors import Refusal
from service.operations.check_eligibility import EligibilityAsk
from service.operations.issue_certificate import issue_certificate
from service.operations.verify_certificate import verify_certificate

TAG: Final = "Certificates 学时证明"
_TYPES: Final = ("application/json", PDF)


def post_certificate(call: Call) -> Reply:
    """Issues a certificate: 201, or 200 when the same was issued before."""
    wanted = request.accept_mimetypes
    media_type = wanted.best_match(_TYPES) if wanted else _TYPES[0]
    if media_type is None:
        raise Refusal("not_acceptable")
    person_id, asked = named_person(call), call.body.get("question")
    ask = None
    if asked is not None:
        question, committee = asked
        ask = EligibilityAsk(person_id, question, committee=committee, pointer="/question")
    certificate = issue_certificate(
        call.context,
        person_id,
        year=call.body.get("year"),
        ask=ask,
        language=call.language,
        lacking=lacking,
        asker=call.asker("transcript"),
    )
    status = 201 if certificate.is_new else 200
    if media_type == PDF:
        reply = paper_reply(call.context, certificate, call.language, status)
    else:
        answer = certificate_json(certificate, call.context.settings.reached_at)
        reply = Reply(answer, status, {"Vary": VARY})
    place = {"Location": f"/v1/certificates/{certificate.code}"}
    return Reply(
        reply.body,
        status,
        {**reply.headers, **(place if certificate.is_new else {REPLAYED: "true"})},
        reply.media_type,
    )


def get_verification(call: Call) -> Reply:
    """What a certificate says, and whether it still holds."""
    found = verify_certificate(call.context, call.path["certificate_code"], call.language)
    return Reply(verification_json(found, call.language))


def get_keys(call: Call) -> Reply:
    """The public keys."""
    return Reply(call.context.signer.ring.jwks(), headers={"Cache-Control": "public, max-age=3600"})


DOORS: Final = (
    Door(
        name="issueCertificate",
        method="POST",
        path="/v1/people/{person_id}/certificates",
        access=only("platform", "authority", "admin"),
        view=post_certificate,
        tag=TAG,
        summary="Issue a certificate 出具学时证明",
        description=(
            "Signs what the ledger says of a person today and keeps the signed claim under a code by which anyone can "
            "verify it. With `Accept: application/pdf` the paper itself, with the name in clear: for the person. The "
            "same request of the same day about the same ledger is the same certificate, byte for byte in each "
            "language: 200 with `Idempotent-Replayed: true`. With a `question` it states the outcome too."
        ),
        reads=JsonBody(CertificateRequestSchema, asked_division, may_be_left_out=True),
        answers={
            200: Answer("Issued before.", CertificateSchema, headers=(REPLAYED,), also=(PDF,)),
            201: Answer("Issued.", CertificateSchema, headers=("Location",), also=(PDF,)),
        },
        refuses=(
            "not_found",
            "not_acceptable",
            "forbidden_division",
            "unknown_division",
            "person_erased",
            "unprintable_name",
            "no_signing_key",
        ),
        exists=person_exists,
    ),
    Door(
        name="verifyCertificate",
        method="GET",
        path="/v1/certificates/{certificate_code}",
        access=OPEN,
        view=get_verification,
        tag=TAG,
        summary="Verify a certificate 核验学时证明",
        description=(
            "What a printed certificate says, and whether it still holds: no hour that it shows was reversed or "
            "lowered since, its outcome would be the same, the ledger was not tampered with. Hours since then take "
            "nothing from it. Without the full name, the number and the courses. The code is read however it is "
            "typed; a mistyped one is told from one that was never given out."
        ),
        answers={200: Answer("What it says, and what became of it.", VerificationSchema)},
        refuses=("mistyped_code", "not_found"),
        per_minute=VERIFICATIONS_PER_MINUTE,
    ),
    Door(
        name="readPublicKeys",
        method="GET",
        path="/.well-known/jwks.json",
        access=OPEN,
        view=get_keys,
        tag=TAG,
        summary="Public keys of certificates 公钥",
        description=(
            "A JWK set. The QR code of a certificate carries a compact JWS after `#`: with these keys any JOSE library "
            "verifies it without asking us, and `hours-ledger certificate verify` a whole file."
        ),
        answers={200: Answer("The keys.", KeySetSchema)},
        lenient_query=True,
    ),
)
