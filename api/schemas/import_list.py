"""The history of imports: its query, and one import in it."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.domain.identifiers import encode_person_id
from service.domain.zone import SHANGHAI
from service.fields import IntegerField, StrictSchema, TextField
from service.operations.read_imports import IMPORTS_MAX, ImportSummary


class ImportListQuerySchema(StrictSchema):
    """Query of the history of imports."""

    cursor = TextField(200, metadata=note("`next_cursor` of the page before."))
    limit = IntegerField(1, IMPORTS_MAX, from_text=True, load_default=50, metadata=note("Imports on a page."))


class ImportUndoneSchema(StrictSchema):
    """That an import was undone."""

    at = fields.AwareDateTime(required=True, metadata=note("When."))
    entries = fields.Integer(required=True, metadata=note("Entries that were reversed."))


class ImportSummarySchema(StrictSchema):
    """An import without its faults."""

    import_id = fields.String(required=True, metadata=note("For `GET /v1/imports/{import_id}`."))
    file_name = fields.String(required=True, metadata=note("As it was sent, shortened."))
    layout = fields.String(required=True, metadata=note("How the roster was read."))
    rows = fields.Integer(required=True, metadata=note("Rows that are entries."))
    created = fields.Integer(required=True, metadata=note("Entries registered."))
    corrected = fields.Integer(required=True, metadata=note("Entries registered in the place of others."))
    replayed = fields.Integer(required=True, metadata=note("Registered before with the same content."))
    refused = fields.Integer(required=True, metadata=note("Rows not taken."))
    faults_total = fields.Integer(required=True, metadata=note("All faults."))
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When it was imported."))
    undone = fields.Nested(
        ImportUndoneSchema, required=True, allow_none=True, metadata=note("Null unless it was undone.")
    )


class ImportListSchema(StrictSchema):
    """A page of imports."""

    imports = fields.List(fields.Nested(ImportSummarySchema), required=True, metadata=note("Newest first."))
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=note("For older ones; null on the last page.")
    )


def import_summary_json(summary: ImportSummary) -> dict[str, Any]:
    """An import of the history as JSON."""
    undone = None
    if summary.undone_at is not None:
        undone = {"at": summary.undone_at.astimezone(SHANGHAI).isoformat(), "entries": summary.undone}
    counts = ("rows", "created", "corrected", "replayed", "refused", "faults_total")
    return {
        "import_id": encode_person_id(summary.import_id),
        "file_name": summary.file_name,
        "layout": summary.layout,
        **{name: getattr(summary, name) for name in counts},
        "recorded_at": summary.created_at.astimezone(SHANGHAI).isoformat(),
        "undone": undone,
    }
