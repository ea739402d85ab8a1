"""The shape of a layout file."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from importers.row_schema import CODED_FIELDS, REFERENCE_FIELDS, ROW_FIELDS
from service.domain.subjects import SUBJECTS
from service.fields import (
    ChoiceField,
    FieldFault,
    IntegerField,
    RecordField,
    RowsField,
    StrictSchema,
    TextField,
    TruthField,
    wrong,
)

FORMATS: Final = ("sheet", "json-lines")
INSTANT_FORM: Final = "rfc3339"
"""The form of a day that is an instant with its offset; its day is the one in Asia/Shanghai."""

_TEXT_MAX: Final = 200
_LIST_MAX: Final = 500
_DAY_FORM = re.compile(r"yyyy([^ymd]?)(mm?)([^ymd]?)(dd?)[^ymd]?")
_DIVISION = re.compile("[0-9]{6}", re.ASCII)
_OF_AMOUNTS: Final = ("subject", "hours")
"""What the columns of hours per subject fill between them."""


def _texts(least: int = 0, **kwargs: Any) -> RowsField:
    return RowsField(TextField(_TEXT_MAX), least, _LIST_MAX, **kwargs)


class _AboutSchema(StrictSchema):
    source = TextField(_TEXT_MAX, required=True)
    public = _texts(load_default=list)
    guessed = _texts(load_default=list)


class _SourceSchema(StrictSchema):
    format = ChoiceField(FORMATS, load_default="sheet")
    sheets = _texts(load_default=list)


class _HeaderSchema(StrictSchema):
    row = IntegerField(1, 1000, load_default=None)
    search_rows = IntegerField(1, 1000, required=True)
    least = IntegerField(1, 50, required=True)


class _RowsSchema(StrictSchema):
    example_marks = _texts(required=True)
    note_marks = _texts(required=True)
    total_marks = _texts(required=True)
    repeats = ChoiceField(("fault", "skip"), load_default="fault")


class _DaysSchema(StrictSchema):
    forms = _texts(1, required=True)
    excel_serials = TruthField(required=True)
    time_of_day = TruthField(load_default=False)

    @validates_schema(skip_on_field_errors=True)
    def _known_forms(self, data: dict[str, Any], **_: Any) -> None:
        for form in data["forms"]:
            match = _DAY_FORM.fullmatch(form)
            if form != INSTANT_FORM and (
                match is None or (not match[1] and (match[2], match[4]) != ("mm", "dd"))
            ):
                raise wrong("invalid_day_form", form=form)


class _YearsSchema(StrictSchema):
    endings = _texts(required=True)


class _HoursSchema(StrictSchema):
    endings = _texts(load_default=list)


class _ColumnSchema(StrictSchema):
    headers = _texts(1, load_default=None)
    path = _texts(1, load_default=None)
    required = TruthField(load_default=False)
    default = TextField(_TEXT_MAX, load_default=None)
    values = fields.Dict(keys=TextField(_TEXT_MAX), values=_texts(), load_default=dict)
    choices = _texts(load_default=list)


class _AmountSchema(StrictSchema):
    headers = _texts(1, required=True)
    subject = ChoiceField(SUBJECTS, code="unknown_subject", required=True)
    required = TruthField(load_default=False)


class _UnlessSchema(StrictSchema):
    path = _texts(1, required=True)
    value = fields.Raw(required=True)


class _StatementsSchema(StrictSchema):
    path = _texts(1, required=True)
    entries = _texts(1, required=True)
    withdrawals = _texts(load_default=list)
    withdrawn = _texts(1, load_default=None)
    unless = RowsField(RecordField(_UnlessSchema), 0, 20, load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def _say_what_is_withdrawn(self, data: dict[str, Any], **_: Any) -> None:
        if data["withdrawals"] and data["withdrawn"] is None:
            raise ValidationError({"withdrawn": [FieldFault("required")]})


class _IgnoredSchema(StrictSchema):
    headers = _texts(required=True)


class LayoutSchema(StrictSchema):
    """A layout file. Columns are named by the field they fill, ``remark`` fills none."""

    name = TextField(_TEXT_MAX, required=True)
    about = RecordField(_AboutSchema, load_default=None)
    source = RecordField(_SourceSchema, load_default=lambda: {"format": "sheet", "sheets": []})
    header = RecordField(_HeaderSchema, required=True)
    rows = RecordField(_RowsSchema, required=True)
    days = RecordField(_DaysSchema, required=True)
    years = RecordField(_YearsSchema, required=True)
    hours = RecordField(_HoursSchema, load_default=lambda: {"endings": []})
    constants = fields.Dict(keys=TextField(_TEXT_MAX), values=TextField(_TEXT_MAX), load_default=dict)
    reference = ChoiceField(REFERENCE_FIELDS, load_default="certificate_no")
    columns = fields.Dict(keys=TextField(_TEXT_MAX), values=RecordField(_ColumnSchema), required=True)
    amounts = RowsField(RecordField(_AmountSchema), 0, len(SUBJECTS), load_default=list)
    statements = RecordField(_StatementsSchema, load_default=None)
    ignored = RecordField(_IgnoredSchema, required=True)

    @validates_schema(skip_on_field_errors=True)
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        """What no single key shows: every column fills a field there is, and every field is filled, once."""
        _check_columns(data)
        _check_constants(data)
        _check_amounts(data)
        _check_format(data)
        filled = [*data["columns"], *data["constants"], *(_OF_AMOUNTS if data["amounts"] else ())]
        needed = {field for field, required in ROW_FIELDS.items() if required} - {"division_code", "id_type"}
        if unfilled := sorted(needed - set(filled)):
            raise ValidationError({"columns": {field: [FieldFault("required")] for field in unfilled}})
        if data["reference"] == "external_ref" and "external_ref" not in data["columns"]:
            raise _at("columns", "external_ref", "required")


def _at(section: str, key: str, code: str, **params: Any) -> ValidationError:
    return ValidationError({section: {key: [FieldFault(code, params)]}})


def _check_columns(data: Mapping[str, Any]) -> None:
    columns: Mapping[str, Mapping[str, Any]] = data["columns"]
    for field, column in columns.items():
        if field not in ROW_FIELDS and field != "remark":
            raise _at("columns", field, "unknown_field")
        for code in column["values"]:
            if not _is_code(field, code):
                raise _at("columns", field, "unknown_value", value=code)
        written = {text for texts in column["values"].values() for text in texts}
        if unmapped := [text for text in column["choices"] if text not in written]:
            raise _at("columns", field, "unknown_value", value=unmapped[0])


def _check_constants(data: Mapping[str, Any]) -> None:
    for field, value in data["constants"].items():
        if field not in (*CODED_FIELDS, "division_code", "series"):
            raise _at("constants", field, "unknown_field")
        if field != "series" and not _is_code(field, value):
            raise _at("constants", field, "unknown_value", value=value)
        if field in data["columns"]:
            raise _at("constants", field, "repeated")


def _is_code(field: str, value: str) -> bool:
    if field == "division_code":
        return _DIVISION.fullmatch(value) is not None
    return value in CODED_FIELDS.get(field, ())


def _check_amounts(data: Mapping[str, Any]) -> None:
    subjects: set[str] = set()
    for index, amount in enumerate(data["amounts"]):
        if amount["subject"] in subjects:
            raise _at("amounts", str(index), "repeated")
        subjects.add(amount["subject"])
    if data["amounts"]:
        for field in _OF_AMOUNTS:
            if field in data["columns"] or field in data["constants"]:
                raise _at("columns", field, "repeated")


def _check_format(data: Mapping[str, Any]) -> None:
    """Columns of a sheet have headers, values of JSON lines have paths."""
    lines = data["source"]["format"] == "json-lines"
    wanted, other = ("path", "headers") if lines else ("headers", "path")
    for field, column in data["columns"].items():
        if column[wanted] is None:
            raise ValidationError({"columns": {field: {wanted: [FieldFault("required")]}}})
        if not lines and column[other] is not None:
            raise ValidationError({"columns": {field: {other: [FieldFault("unknown_field")]}}})
    sections: Collection[str] = ("amounts",) if lines else ("statements",)
    for section in sections:
        if data[section]:
            raise ValidationError({section: [FieldFault("unknown_field")]})
    if lines and data["statements"] is None:
        raise ValidationError({"statements": [FieldFault("required")]})
