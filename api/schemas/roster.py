"""Imports of rosters: the upload's form, and the report."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.domain.entry import REVERSAL_REASONS
from service.fields import ChoiceField, DivisionField, StrictSchema, TextField, TruthField, wrong


class FileField(fields.Field[tuple[str, bytes]]):
    """An uploaded file: (name, bytes)."""

    default_error_messages = {"required": "required", "null": "not_a_file"}  # noqa: RUF012

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, bytes]:  # noqa: ARG002
        if not isinstance(value, tuple):
            raise wrong("not_a_file")
        return value


class ImportSchema(StrictSchema):
    """The form of an upload."""

    file = FileField(required=True, metadata=note("The roster: XLSX, or CSV in UTF-8 or GB18030."))
    layout = TextField(64, load_default="standard", metadata=note("How the roster looks."))
    division_code = DivisionField(
        allow_none=True, metadata=note("For rosters without a division column (区划代码).")
    )
    dry_run = TruthField(
        from_text=True,
        load_default=False,
        metadata=note("The same path, rolled back: the same report, no id."),
    )
    partial = TruthField(  # type: ignore[assignment]  # a field, not Schema's own option
        from_text=True, load_default=False, metadata=note("Take the good rows; else all or nothing.")
    )

    correct = TruthField(
        from_text=True,
        load_default=False,
        metadata=note(
            "A row whose own id is taken by other content replaces the entry that is there: it is reversed and a new "
            "one registered, in one transaction. Else such a row is a fault that names the fields."
        ),
    )


class ImportReversalSchema(StrictSchema):
    """Why an import is undone."""

    reason = ChoiceField(REVERSAL_REASONS, load_default="other", metadata=note("Why."))
    note = TextField(1000, allow_none=True, metadata=note("In words, without personal data."))


class ImportReversalAnswerSchema(StrictSchema):
    """What was undone."""

    import_id = fields.String(required=True, metadata=note("The import."))
    reversed = fields.Integer(required=True, metadata=note("Entries that were reversed: all it made."))


class RowFaultSchema(StrictSchema):
    """One fault of one row."""

    line = fields.Integer(required=True, metadata=note("Line as the sender's spreadsheet numbers it."))
    column = fields.String(
        required=True, allow_none=True, metadata=note("Header of the column; null for the whole row.")
    )
    code = fields.String(required=True, metadata=note("What is wrong; never changes with the language."))
    detail = fields.String(required=True, metadata=note("The same in words."))
    value = fields.String(
        required=True,
        allow_none=True,
        metadata=note(
            "What was typed: numbers and names of people masked, the rest cut; null for an empty cell."
        ),
    )
    expected = fields.String(required=True, allow_none=True, metadata=note("What belongs there."))
    suggestion = fields.String(
        required=True, allow_none=True, metadata=note("What was likely meant; never for identity numbers.")
    )


class SkippedSchema(StrictSchema):
    """A row or sheet that is there for people."""

    line = fields.Integer(required=True, allow_none=True, metadata=note("Its line; null for a whole sheet."))
    code = fields.String(required=True, metadata=note("Why it was skipped."))
    detail = fields.String(required=True, metadata=note("The same in words."))


class ImportAnswerSchema(StrictSchema):
    """What an import did."""

    import_id = fields.String(required=True, allow_none=True, metadata=note("Null after a dry run."))
    rows = fields.Integer(required=True, metadata=note("Rows that are entries."))
    created = fields.Integer(required=True, metadata=note("Entries registered."))
    corrected = fields.Integer(
        required=True, metadata=note("Entries registered in the place of others, with `correct=true`.")
    )
    replayed = fields.Integer(required=True, metadata=note("Registered before with the same content."))
    refused = fields.Integer(required=True, metadata=note("Rows not taken."))
    faults_total = fields.Integer(required=True, metadata=note("All faults; at most 10,000 are listed."))
    faults = fields.List(fields.Nested(RowFaultSchema), required=True, metadata=note("By line."))
    reversed = fields.Integer(
        required=True, metadata=note("Entries reversed because the file takes them back (xAPI `voided`).")
    )
    skipped = fields.List(
        fields.Nested(SkippedSchema), required=True, metadata=note("Titles, notes, examples.")
    )
    notes = fields.List(
        fields.Nested(SkippedSchema),
        required=True,
        metadata=note("How the file was read: encoding, sheet, header, hidden rows, formulas, tidied cells."),
    )


class MarkedSchema(StrictSchema):
    """The form of an upload that only wants its sheet back."""

    file = FileField(required=True, metadata=note("The roster: XLSX, or CSV in UTF-8 or GB18030."))
    layout = TextField(64, load_default="standard", metadata=note("How the roster looks."))
    division_code = DivisionField(
        allow_none=True, metadata=note("For rosters without a division column (区划代码).")
    )
    correct = TruthField(
        from_text=True, load_default=False, metadata=note("As the import it is meant for would be sent.")
    )


class TemplateQuerySchema(StrictSchema):
    """Which template."""

    layout = TextField(64, load_default="standard", metadata=note("The layout; not a layout of JSON lines."))
