"""Evidence as it is answered: the dict, and the schema that describes it."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.domain.evidence import MEDIA_TYPES, Evidence
from service.domain.identifiers import encode_entry_id, encode_person_id
from service.domain.zone import SHANGHAI
from service.fields import StrictSchema


class EvidenceSchema(StrictSchema):
    """A file that a person added to hours registered alone."""

    evidence_id = fields.String(required=True, metadata=note("The service's id of the file."))
    entry_id = fields.String(required=True, metadata=note("The entry it was added to."))
    file_name = fields.String(
        required=True, allow_none=True, metadata=note("As the person called it; null once erased.")
    )
    media_type = fields.String(
        required=True, metadata=note("What it is, told by its content.", enum=list(MEDIA_TYPES))
    )
    size = fields.Integer(required=True, metadata=note("Bytes.", minimum=1))
    sha256 = fields.String(required=True, metadata=note("SHA-256 of the file as it was sent, in hex."))
    added_at = fields.AwareDateTime(required=True, metadata=note("When."))


class EvidenceListSchema(StrictSchema):
    """The files of an entry."""

    evidence = fields.List(
        fields.Nested(EvidenceSchema), required=True, metadata=note("In the order in which they were added.")
    )


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """A file of evidence as JSON, without its content."""
    return {
        "evidence_id": encode_person_id(evidence.evidence_id),
        "entry_id": encode_entry_id(evidence.person_id, evidence.entry_seq),
        "file_name": evidence.file_name,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "sha256": evidence.sha256.hex(),
        "added_at": evidence.added_at.astimezone(SHANGHAI).isoformat(),
    }
