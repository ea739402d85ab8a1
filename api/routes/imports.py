"""/v1/imports: rosters, taken in whole."""

from typing import Final

from api.door import Answer, Call, Door, FormBody, JsonBody, Reply, only
from api.schemas.import_list import ImportListQuerySchema, ImportListSchema, import_summary_json
from api.schemas.roster import (
    ImportAnswerSchema,
    ImportReversalAnswerSchema,
    ImportReversalSchema,
    ImportSchema,
)
from importers.intake import import_roster
from importers.report import ImportReport, faults_csv, report_document, stored_report
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id, encode_person_id
from service.operations.read_imports import list_imports
from service.operations.record_import import read_import
from service.operations.reverse_import import reverse_import

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
        correct=form["correct"],
    )
    body = report_document(report, call.language)
    if report.import_id is None:
        return Reply(body, 201)
    return Reply(body, 201, {"Location": f"/v1/imports/{encode_person_id(report.import_id)}"})


def get_imports(call: Call) -> Reply:
    """The history of imports."""
    page = list_imports(call.context, call.caller, **call.query)
    return Reply(
        {"imports": [import_summary_json(it) for it in page.imports], "next_cursor": page.next_cursor}
    )


def import_named(call: Call) -> ImportReport:
    """The import in the path; Refusal ``not_found``."""
    import_id = decode_person_id(call.path["import_id"])
    if import_id is None:
        raise Refusal("not_found")
    return stored_report(read_import(call.context, call.caller, import_id))


def own_import(call: Call) -> int:
    """The id of the import in the path, once it is seen to be the caller's; Refusal ``not_found``."""
    import_id = import_named(call).import_id
    assert import_id is not None  # noqa: S101  # what is stored has an id
    return import_id


def post_import_reversal(call: Call) -> Reply:
    """Undoes an import: each entry it made is reversed."""
    import_id = own_import(call)
    done = reverse_import(call.context, call.caller, import_id, call.body["reason"], call.body.get("note"))
    return Reply({"import_id": encode_person_id(import_id), "reversed": done}, 201)


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
            "once, by line and column. All or nothing unless `partial`. Sending the same file again creates nothing; "
            "a corrected one is sent with `correct=true`."
        ),
        reads=FormBody(ImportSchema, "file"),
        answers={
            201: Answer("What was done, or in a dry run would be.", ImportAnswerSchema),
        },
        refuses=("forbidden_division", "unknown_division"),
    ),
    Door(
        name="listImports",
        method="GET",
        path="/v1/imports",
        access=only("provider", "admin"),
        view=get_imports,
        tag=TAG,
        summary="The history of imports 导入记录",
        description="The caller's own imports, newest first, without their faults; an admin sees everybody's.",
        answers={200: Answer("A page of imports.", ImportListSchema)},
        query=ImportListQuerySchema,
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
    Door(
        name="reverseImport",
        method="POST",
        path="/v1/imports/{import_id}/reversal",
        access=only("provider"),
        view=post_import_reversal,
        tag=TAG,
        summary="Undo an import 撤销一次导入",
        description=(
            "Every entry the import made is reversed, all or none, once. When something was decided on an entry of it "
            "since (a recognition, a reversal), 409 `import_built_on` names the first 100 of these and nothing is "
            "reversed. What a correction replaced stays reversed; the references stay taken, so rows that are right "
            "are sent again with `correct=true`."
        ),
        reads=JsonBody(ImportReversalSchema, may_be_left_out=True),
        answers={201: Answer("Undone.", ImportReversalAnswerSchema)},
        refuses=("not_found", "already_reversed", "import_built_on"),
        exists=import_named,
    ),
)
