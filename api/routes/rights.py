"""/v1/people/{person_id}/export and /erasure: what a person may ask of those who keep their record."""

from typing import Final

from api.door import Answer, Call, Door, JsonBody, Reply, only
from api.routes.people import named_person, person_exists
from api.schemas.erasure import ErasureAnswerSchema, ErasureSchema
from api.schemas.export_answer import PersonExportSchema, export_json
from service.domain.identifiers import encode_person_id
from service.domain.zone import SHANGHAI
from service.operations.erase_person import erase_person
from service.operations.export_person import export_person

TAG: Final = "Rights 个人权利"


def get_export(call: Call) -> Reply:
    """Everything held about a person."""
    export = export_person(call.context, call.caller, named_person(call), asker=call.asker("export"))
    return Reply(
        export_json(export),
        headers={"Content-Disposition": 'attachment; filename="export.json"', "Cache-Control": "no-store"},
    )


def post_erasure(call: Call) -> Reply:
    """Erases a person's name and number."""
    erasure = erase_person(call.context, call.caller, named_person(call), call.body["reason"])
    return Reply(
        {
            "person_id": encode_person_id(erasure.person_id),
            "erased_at": erasure.erased_at.astimezone(SHANGHAI).isoformat(),
            "reason": erasure.reason,
        },
        201,
    )


DOORS: Final = (
    Door(
        name="exportPerson",
        method="GET",
        path="/v1/people/{person_id}/export",
        access=only("authority", "admin"),
        view=get_export,
        tag=TAG,
        summary="Everything held about a person 导出个人全部信息",
        description=(
            "For the person, who asks for it by an admin or by an authority with hours of theirs in its divisions: "
            "name and number in clear, entries with their histories, sums, records, determinations as given, "
            "disputes, and who looked. Of one moment."
        ),
        answers={200: Answer("Everything.", PersonExportSchema)},
        refuses=("not_found", "forbidden_division"),
        exists=person_exists,
    ),
    Door(
        name="erasePerson",
        method="POST",
        path="/v1/people/{person_id}/erasure",
        access=only("admin"),
        view=post_erasure,
        tag=TAG,
        summary="Erase a person's name and number 删除姓名和证件号码",
        description=(
            "Allowed `RETENTION_YEARS` after the person's last fact. Name, number and the hashes they are found by go, "
            "also from determinations. The chain of facts stays whole under the person id. "
            "Whoever asks with the number afterwards asks about someone unknown."
        ),
        reads=JsonBody(ErasureSchema),
        answers={201: Answer("Erased.", ErasureAnswerSchema)},
        refuses=("not_found", "retention_not_over", "already_erased"),
        exists=person_exists,
    ),
)
