"""/v1/attestations and /v1/integrity-records: what an authority says of a person beside hours."""

from typing import Final

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.routes.entries import REPLAYED
from api.schemas.attestation import (
    AttestationAnswerSchema,
    AttestationSchema,
    IntegrityRecordAnswerSchema,
    IntegrityRecordSchema,
    WithdrawalSchema,
    attestation_json,
    integrity_record_json,
)
from api.schemas.question import named_division
from service.domain.errors import Refusal
from service.domain.identifiers import decode_entry_id
from service.operations.attest import attest, record_integrity
from service.operations.withdraw import require_note, withdraw

TAG: Final = "Attestations and integrity 证明与诚信"
_AGAIN: Final = (
    "The same content by the same client, while it stands, adds nothing and is answered 200 with "
    "`Idempotent-Replayed: true`."
)


def _named(call: Call, parameter: str) -> tuple[int, int]:
    note_id = decode_entry_id(call.path[parameter])
    if note_id is None:
        raise Refusal("not_found")
    return note_id


def attestation_exists(call: Call) -> None:
    """Refusal unless the attestation in the path is there for this client."""
    require_note(call.context, call.caller, "attestation", _named(call, "attestation_id"))


def integrity_record_exists(call: Call) -> None:
    """Refusal unless the integrity record in the path is there for this client."""
    require_note(call.context, call.caller, "integrity_record", _named(call, "integrity_record_id"))


def post_attestation(call: Call) -> Reply:
    """Attests a year: 201, or 200 when the same stands already."""
    attestation, is_new = attest(call.context, call.caller, call.body)
    return _noted(attestation_json(attestation), is_new)


def post_integrity_record(call: Call) -> Reply:
    """Enters an integrity record: 201, or 200 when the same stands already."""
    record, is_new = record_integrity(call.context, call.caller, call.body)
    return _noted(integrity_record_json(record), is_new)


def _noted(body: object, is_new: bool) -> Reply:
    return Reply(body, 201) if is_new else Reply(body, 200, {REPLAYED: "true"})


def post_attestation_withdrawal(call: Call) -> Reply:
    """Withdraws an attestation."""
    note_id = _named(call, "attestation_id")
    withdrawn = withdraw(call.context, call.caller, "attestation", note_id, call.body["reason"])
    return Reply(attestation_json(withdrawn), 201)


def post_integrity_record_withdrawal(call: Call) -> Reply:
    """Withdraws an integrity record."""
    note_id = _named(call, "integrity_record_id")
    withdrawn = withdraw(call.context, call.caller, "integrity_record", note_id, call.body["reason"])
    return Reply(integrity_record_json(withdrawn), 201)


DOORS: Final = (
    Door(
        name="attestYear",
        method="POST",
        path="/v1/attestations",
        access=only("authority", "admin"),
        view=post_attestation,
        tag=TAG,
        summary="Attest a year under older rules 出具年度证明",
        description=(
            "Shown in every later answer about the person; it changes no outcome by itself. Appended for ever: a wrong "
            f"one is withdrawn. {_AGAIN}"
        ),
        reads=JsonBody(AttestationSchema, named_division),
        answers={
            200: Answer("Attested before.", AttestationAnswerSchema, headers=(REPLAYED,)),
            201: Answer("Attested.", AttestationAnswerSchema),
        },
        refuses=("forbidden_division", "unknown_division", "name_mismatch"),
    ),
    Door(
        name="withdrawAttestation",
        method="POST",
        path="/v1/attestations/{attestation_id}/withdrawal",
        access=only("authority", "admin"),
        view=post_attestation_withdrawal,
        tag=TAG,
        summary="Withdraw an attestation 撤回年度证明",
        description="Later answers no longer show it; answers as of an earlier moment still do.",
        reads=JsonBody(WithdrawalSchema),
        answers={201: Answer("Withdrawn.", AttestationAnswerSchema)},
        refuses=("not_found", "forbidden_division", "forbidden_withdrawal", "already_withdrawn"),
        exists=attestation_exists,
    ),
    Door(
        name="recordIntegrity",
        method="POST",
        path="/v1/integrity-records",
        access=only("authority", "admin"),
        view=post_integrity_record,
        tag=TAG,
        summary="Enter an integrity record 记入诚信档案",
        description=(
            "Stands for three years from the day of entry, the last day being the day before the third anniversary. "
            f"{_AGAIN}"
        ),
        reads=JsonBody(IntegrityRecordSchema, named_division),
        answers={
            200: Answer("Entered before.", IntegrityRecordAnswerSchema, headers=(REPLAYED,)),
            201: Answer("Entered.", IntegrityRecordAnswerSchema),
        },
        refuses=("forbidden_division", "unknown_division", "name_mismatch"),
    ),
    Door(
        name="withdrawIntegrityRecord",
        method="POST",
        path="/v1/integrity-records/{integrity_record_id}/withdrawal",
        access=only("authority", "admin"),
        view=post_integrity_record_withdrawal,
        tag=TAG,
        summary="Withdraw an integrity record 撤回诚信记录",
        description="It holds nobody up any more; answers as of an earlier moment stay as they were.",
        reads=JsonBody(WithdrawalSchema),
        answers={201: Answer("Withdrawn.", IntegrityRecordAnswerSchema)},
        refuses=("not_found", "forbidden_division", "forbidden_withdrawal", "already_withdrawn"),
        exists=integrity_record_exists,
    ),
)
