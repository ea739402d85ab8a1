"""/v1/imports: rosters, taken in whole."""

from typing import Final

from api.door import Answer, Call, Door, FormBody, Reply, only
from api.schemas.roster import ImportAnswerSchema, ImportSchema
from importers.intake import import_roster
from importers.report import ImportReport, faults_csv, report_document, stored_report
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id, encode_person_id
from service.operations.record_import import read_import

TAG: Final = "Imports 名册导入"


def post_import(call: Call) -> Reply:
    """Takes a roster in. A dry run stores nothing, so it has no id and no place."""
    form = call.body
    file_name, upload = form["file"]
    report = import_roster(
        call.context,
        call.caller,
        upload,
        file_name=file_name,
        layout=form["layout"],
        division_code=form.get("division_code"),
        dry_run=form["dry_run"],
        partial=form["partial"],
    )
    body = report_document(report, call.language)
    if report.import_id is None:
        return Reply(body, 201)
    return Reply(body, 201, {"Location": f"/v1/imports/{encode_person_id(report.import_id)}"})


def import_named(call: Call) -> ImportReport:
    """The import in the path; Refusal ``not_found``."""
    import_id = decode_person_id(call.path["import_id"])
    if import_id is None:
        raise Refusal("not_found")
    return stored_report(read_import(call.context, call.caller, import_id))


def get_import(call: Call) -> Reply:
    """What an import did."""
    return Reply(report_document(import_named(call), call.language))


def get_import_faults(call: Call) -> Reply:
    """An import's faults as a table that spreadsheets open."""
    return Reply(
        faults_csv(import_named(call), call.language),
        headers={"Content-Disposition": 'attachment; filename="faults.csv"'},
        media_type="text/csv; charset=utf-8",
    )


DOORS: Final = (
    Door(
        name="importRoster",
        method="POST",
        path="/v1/imports",
        access=only("provider"),
        view=post_import,
        tag=TAG,
        summary="Import a roster 导入名册",
        description=(
            "XLSX or CSV (UTF-8 with or without byte order mark, GB18030), up to 16 MiB. Every fault of every row at "
            "once, by line and column. All or nothing unless `partial`. Sending the same file again creates nothing."
        ),
        reads=FormBody(ImportSchema, "file"),
        answers={
            201: Answer("What was done, or in a dry run would be.", ImportAnswerSchema),
        },
        refuses=("forbidden_division", "unknown_division"),
    ),
    Door(
        name="readImport",
        method="GET",
        path="/v1/imports/{import_id}",
        access=only("provider", "admin"),
        view=get_import,
        tag=TAG,
        summary="Read an import's report 查看导入结果",
        description="As it was answered then, in the language asked for now. Another provider's import is not found.",
        answers={200: Answer("What was done.", ImportAnswerSchema)},
        refuses=("not_found",),
        exists=import_named,
    ),
    Door(
        name="readImportFaults",
        method="GET",
        path="/v1/imports/{import_id}/faults.csv",
        access=only("provider", "admin"),
        view=get_import_faults,
        tag=TAG,
        summary="An import's faults as CSV 下载错误清单",
        description="For spreadsheets: with a byte order mark, and nothing in it runs as a formula.",
        answers={200: Answer("line, column, code, detail.", media_type="text/csv")},
        refuses=("not_found",),
        exists=import_named,
    ),
)
