"""What was imported: the history, each import's report, undoing one."""

from typing import Final

from flask import flash

from api.door import Reply
from api.pages.page import Page, Visit
from api.pages.provider_rosters import CSV, PROVIDER, packaged_layouts
from api.pages.rendering import download, lead_to, show
from api.pages.roster_faults import faulty_rows
from api.schemas.import_list import import_summary_json
from api.schemas.roster import ImportReversalSchema
from importers.report import ImportReport, faults_csv, report_document, stored_report
from importers.trial import FAULTS_SHOWN_MAX
from service.domain.entry import REVERSAL_REASONS
from service.domain.errors import Refusal
from service.domain.identifiers import decode_person_id
from service.fields import StrictSchema, TextField
from service.operations.dispute_entry import find_disputes
from service.operations.hold_roster import forget_expired_rosters
from service.operations.read_imports import list_imports, read_import_summary
from service.operations.record_import import read_import
from service.operations.reverse_import import reverse_import
from service.wording import say
from service.wording.codes import CODES

IMPORTS_ON_A_PAGE: Final = 20


class HistoryQuerySchema(StrictSchema):
    """Query of the history."""

    cursor = TextField(200)


def get_history(visit: Visit) -> Reply:
    """The provider's first page: what was sent, and whether somebody waits for an answer. Whoever comes by clears away
    what others tried and left."""
    forget_expired_rosters(visit.context)
    page = list_imports(
        visit.context, visit.client, cursor=visit.query.get("cursor"), limit=IMPORTS_ON_A_PAGE
    )
    waiting = find_disputes(visit.context, visit.client, asker=visit.asker("dispute"), status="open")
    return show(
        visit,
        "provider/history.html",
        imports=[import_summary_json(summary) for summary in page.imports],
        next_cursor=page.next_cursor,
        is_first=visit.query.get("cursor") is None,
        layout_names=_layout_names(),
        waiting=len(waiting.disputes),
    )


def get_report(visit: Visit) -> Reply:
    """What one import did; with the form to undo it."""
    import_id = _import_id(visit)
    summary = import_summary_json(read_import_summary(visit.context, visit.client, import_id))
    report = _report(visit, import_id)
    return show(
        visit,
        "provider/imported.html",
        summary=summary,
        layout_name=_layout_names().get(summary["layout"], summary["layout"]),
        report=report_document(report, visit.language),
        rows=faulty_rows(report, visit.language),
        shown_max=FAULTS_SHOWN_MAX,
        reasons=[
            (code, say(CODES["reversal_reason"], code, visit.language, {})) for code in REVERSAL_REASONS
        ],
    )


def get_report_faults(visit: Visit) -> Reply:
    """Its faults for spreadsheets."""
    report = _report(visit, _import_id(visit))
    return download(faults_csv(report, visit.language), "faults.csv", CSV)


def undo(visit: Visit) -> Reply:
    """Reverses every entry it made."""
    import_id = _import_id(visit)
    done = reverse_import(
        visit.context, visit.client, import_id, visit.form["reason"], visit.form.get("note")
    )
    flash(visit.words(f"已撤销：冲销了{done}条学时。", f"Undone: {done} entries were reversed."))
    return lead_to(f"/provider/imports/{visit.path['import_id']}")


def _import_id(visit: Visit) -> int:
    import_id = decode_person_id(visit.path["import_id"])
    if import_id is None:
        raise Refusal("not_found")
    return import_id


def _report(visit: Visit, import_id: int) -> ImportReport:
    return stored_report(read_import(visit.context, visit.client, import_id))


def _layout_names() -> dict[str, str]:
    return {layout.id: layout.name for layout in packaged_layouts().values()}


PAGES: Final = (
    Page(name="provider", path="/provider", audience=PROVIDER, view=get_history, query=HistoryQuerySchema),
    Page(name="imported", path="/provider/imports/<import_id>", audience=PROVIDER, view=get_report),
    Page(
        name="imported_faults",
        path="/provider/imports/<import_id>/faults.csv",
        audience=PROVIDER,
        view=get_report_faults,
    ),
    Page(
        name="undo_import",
        path="/provider/imports/<import_id>/undo",
        method="POST",
        audience=PROVIDER,
        view=undo,
        form=ImportReversalSchema,
        again=get_report,
    ),
)
