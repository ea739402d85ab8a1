"""/v1/entries/{entry_id}/evidence and /v1/evidence: what people added to hours they registered alone."""

from typing import Final
from urllib.parse import quote

from api.door import Answer, Call, Door, Reply, only
from api.routes.entries import entry_exists, named_entry
from api.schemas.evidence_answer import EvidenceListSchema, evidence_json
from service.domain.errors import Refusal
from service.domain.evidence import MEDIA_TYPES
from service.domain.identifiers import decode_person_id
from service.operations.read_evidence import EvidenceFile, list_evidence, read_evidence, require_evidence

TAG: Final = "Evidence 佐证材料"

_ASCII_NAMES: Final = {
    "application/pdf": "evidence.pdf",
    "image/jpeg": "evidence.jpg",
    "image/png": "evidence.png",
    "image/webp": "evidence.webp",
}


def named_evidence(call: Call) -> int:
    """The id in the path; Refusal ``not_found`` when it can be none."""
    evidence_id = decode_person_id(call.path["evidence_id"])
    if evidence_id is None:
        raise Refusal("not_found")
    return evidence_id


def evidence_exists(call: Call) -> None:
    """Refusal unless the file in the path is there for this client."""
    require_evidence(call.context, call.caller, named_evidence(call))


def file_reply(file: EvidenceFile) -> Reply:
    """A file of evidence, to be kept, not shown: somebody uploaded it, so no browser is to run it in our name."""
    media_type = file.evidence.media_type
    name = _ASCII_NAMES[media_type]
    disposition = f'attachment; filename="{name}"'
    if file.evidence.file_name is not None:
        disposition += f"; filename*=UTF-8''{quote(file.evidence.file_name, safe='')}"
    return Reply(
        file.content,
        headers={
            "Content-Disposition": disposition,
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
            "Cache-Control": "no-store",
        },
        media_type=media_type,
    )


def get_entry_evidence(call: Call) -> Reply:
    """The files of an entry."""
    files = list_evidence(call.context, call.caller, named_entry(call), asker=call.asker("evidence"))
    return Reply({"evidence": [evidence_json(each) for each in files]})


def get_evidence(call: Call) -> Reply:
    """One file."""
    return file_reply(
        read_evidence(call.context, call.caller, named_evidence(call), asker=call.asker("evidence"))
    )


DOORS: Final = (
    Door(
        name="listEvidence",
        method="GET",
        path="/v1/entries/{entry_id}/evidence",
        access=only("authority", "admin"),
        view=get_entry_evidence,
        tag=TAG,
        summary="Files of an entry 查看一条学时的佐证材料",
        description=(
            "What the person added to hours registered alone; none of other entries. Leaves an access record."
        ),
        answers={200: Answer("The files, without their content.", EvidenceListSchema)},
        refuses=("not_found", "forbidden_division"),
        exists=entry_exists,
    ),
    Door(
        name="readEvidence",
        method="GET",
        path="/v1/evidence/{evidence_id}",
        access=only("authority", "admin"),
        view=get_evidence,
        tag=TAG,
        summary="One file 下载一份佐证材料",
        description=(
            "As the person sent it; its type was told by its content. An erased person's is not found. Leaves an "
            "access record."
        ),
        answers={
            200: Answer(
                "The file.",
                media_type=MEDIA_TYPES[0],
                headers=("Content-Disposition",),
                also=MEDIA_TYPES[1:],
            )
        },
        refuses=("not_found", "forbidden_division"),
        exists=evidence_exists,
    ),
)
