"""/v1/imports/template and /v1/imports/marked: sheets to fill in, and sheets to correct."""

import io
from typing import Final

from api.door import OPEN, Answer, Call, Door, FormBody, Reply, only
from api.routes.imports import TAG
from api.schemas.roster import MarkedSchema, TemplateQuerySchema
from importers.intake import import_roster
from importers.marked import write_marked
from importers.named_layout import layout_named
from importers.sheet import FileRefused
from importers.template import template_workbook
from service.domain.errors import Fault, invalid_request

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def get_template(call: Call) -> Reply:
    """An empty roster of a layout."""
    layout = layout_named(call.query["layout"])
    try:
        body = template_workbook(layout, call.language)
    except FileRefused as refused:
        raise invalid_request([Fault("/layout", refused.code)]) from None
    return _workbook(body, f"{layout.id}.xlsx")


def post_marked(call: Call) -> Reply:
    """The uploaded sheet with what an import would find wrong. A dry run: nothing is stored, the file least of all."""
    form = call.body
    file_name, upload = form["file"]
    layout, division_code = layout_named(form["layout"]), form.get("division_code")
    if layout.format != "sheet":
        raise invalid_request([Fault("/layout", "not_a_sheet")])
    report = import_roster(
        call.context,
        call.caller,
        upload,
        file_name=file_name,
        layout=layout.id,
        division_code=division_code,
        dry_run=True,
        correct=form["correct"],
    )
    out = io.BytesIO()
    try:
        write_marked(call.context, upload, layout, division_code, report, call.language, out)
    except FileRefused as refused:
        raise invalid_request([Fault("/file", refused.code, refused.params)]) from None
    return _workbook(out.getvalue(), "marked.xlsx")


def _workbook(body: bytes, name: str) -> Reply:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Reply(body, headers=headers, media_type=XLSX)


DOORS: Final = (
    Door(
        name="readRosterTemplate",
        method="GET",
        path="/v1/imports/template",
        access=OPEN,
        view=get_template,
        tag=TAG,
        summary="An empty roster to fill in 下载名册模板",
        description="XLSX with the layout's headers, drop-downs, an example row and notes.",
        answers={200: Answer("The workbook.", media_type=XLSX)},
        query=TemplateQuerySchema,
    ),
    Door(
        name="markRoster",
        method="POST",
        path="/v1/imports/marked",
        access=only("provider"),
        view=post_marked,
        tag=TAG,
        summary="One's own sheet, wrong cells marked 标出错误的原表",
        description=(
            "The uploaded sheet as XLSX: all rows in their order, wrong cells coloured and commented, and a column "
            "需要更正 with the reasons of each row. Corrected, it is imported as it is: that column is passed over. "
            "Found by a dry run. The file has to be sent here because the service keeps no rosters: they are full of "
            "identity numbers, so an import's stored report has its faults (`faults.csv`) but not its cells."
        ),
        reads=FormBody(MarkedSchema, "file"),
        answers={200: Answer("The workbook.", media_type=XLSX)},
        refuses=("forbidden_division", "unknown_division"),
    ),
)
