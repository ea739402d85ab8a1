"""The shape of a layout file."""

import re
from typing import Any, Final

from marshmallow import fields, validates_schema

from importers.row_schema import CODED_FIELDS, ROW_FIELDS
from service.fields import IntegerField, RecordField, RowsField, StrictSchema, TextField, TruthField, wrong

_TEXT_MAX: Final = 200
_LIST_MAX: Final = 500
_DAY_FORM = re.compile(r"yyyy([^ymd]?)(mm?)([^ymd]?)(dd?)[^ymd]?")


def _texts(least: int = 0, **kwargs: Any) -> RowsField:
    return RowsField(TextField(_TEXT_MAX), least, _LIST_MAX, **kwargs)


class _HeaderSchema(StrictSchema):
    search_rows = IntegerField(1, 1000, required=True)
    least = IntegerField(1, 50, required=True)


class _RowsSchema(StrictSchema):
    example_marks = _texts(required=True)
    note_marks = _texts(required=True)
    total_marks = _texts(required=True)


class _DaysSchema(StrictSchema):
    forms = _texts(1, required=True)
    excel_serials = TruthField(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _known_forms(self, data: dict[str, Any], **_: Any) -> None:
        for form in data["forms"]:
            match = _DAY_FORM.fullmatch(form)
            if match is None or (not match[1] and (match[2], match[4]) != ("mm", "dd")):
                raise wrong("invalid_day_form", form=form)


class _YearsSchema(StrictSchema):
    endings = _texts(required=True)


class _ColumnSchema(StrictSchema):
    headers = _texts(1, required=True)
    required = TruthField(load_default=False)
    default = TextField(_TEXT_MAX, load_default=None)
    values = fields.Dict(keys=TextField(_TEXT_MAX), values=_texts(), load_default=dict)
    choices = _texts(load_default=list)


class _IgnoredSchema(StrictSchema):
    headers = _texts(required=True)


class LayoutSchema(StrictSchema):
    """A layout file. Columns are named by the field they fill, ``remark`` fills none."""

    name = TextField(_TEXT_MAX, required=True)
    header = RecordField(_HeaderSchema, required=True)
    rows = RecordField(_RowsSchema, required=True)
    days = RecordField(_DaysSchema, required=True)
    years = RecordField(_YearsSchema, required=True)
    columns = fields.Dict(keys=TextField(_TEXT_MAX), values=RecordField(_ColumnSchema), required=True)
    ignored = RecordField(_IgnoredSchema, required=True)

    @validates_schema(skip_on_field_errors=True)
    def _columns_of_a_row(self, data: dict[str, Any], **_: Any) -> None:
        """Every column fills a field there is, and every field that an entry must have is filled."""
        columns: dict[str, dict[str, Any]] = data["columns"]
        for field, column in columns.items():
            if field not in ROW_FIELDS and field != "remark":
                raise wrong("unknown_field", field=field)
            codes = CODED_FIELDS.get(field, ())
            if unknown := [code for code in column["values"] if code not in codes]:
                raise wrong("unknown_value", field=field, value=unknown[0])
            written = {text for texts in column["values"].values() for text in texts}
            if unmapped := [text for text in column["choices"] if text not in written]:
                raise wrong("unknown_value", field=field, value=unmapped[0])
        for field, required in ROW_FIELDS.items():
            if required and field not in columns:
                raise wrong("required", field=field)
