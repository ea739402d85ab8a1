"""How our own fields look in JSON Schema."""

from collections.abc import Callable
from typing import Any, Final

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields

from api.schemas.person import PersonField
from api.schemas.roster import FileField
from service.domain.hours import HOURS_MAX
from service.fields import (
    ChoiceField,
    DayField,
    DivisionField,
    EntryIdField,
    HoursField,
    IdNumberField,
    InstantField,
    IntegerField,
    PersonIdField,
    RowNumberField,
    RowsField,
    StrictSchema,
    TextField,
    TruthField,
)

_CONTROL: Final = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_TEXT: Final = f"^[^{_CONTROL}]*[^{_CONTROL}\\s][^{_CONTROL}]*$"

HOURS: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": HOURS_MAX, "multipleOf": 0.1},
        {"type": "string", "pattern": r"^(0\.[1-9]|[1-9][0-9]{0,3}(\.[0-9])?)$"},
    ]
}
PERSON_ID: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$"}
ENTRY_ID: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}-[1-9][0-9]{0,8}$",
}
DIVISION_CODE: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{6}$"}

_FIXED: Final[dict[type[fields.Field[Any]], dict[str, Any]]] = {
    HoursField: HOURS,
    TruthField: {"type": "boolean"},
    DayField: {"type": "string", "format": "date"},
    InstantField: {"type": "string", "format": "date-time"},
    IdNumberField: {"type": "string", "pattern": "^[0-9]{17}[0-9Xx]$"},
    DivisionField: DIVISION_CODE,
    PersonIdField: PERSON_ID,
    EntryIdField: ENTRY_ID,
    FileField: {"type": "string", "format": "binary"},
}


def describe_field(
    converter: OpenAPIConverter, field: fields.Field[Any], ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """An apispec attribute function: the JSON Schema of our own fields. What a field's metadata says stays."""
    if isinstance(field, PersonField):
        ret.pop("$ref", None)
        resolve: Callable[[type[StrictSchema]], dict[str, Any]] = converter.resolve_nested_schema
        return {"oneOf": [resolve(way) for way in field.ways]}
    schema = {name: value for name, value in _own_schema(field).items() if name not in ret}
    if field.allow_none and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    if field.allow_none and "anyOf" in schema:
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    choices = schema.get("enum", ret.get("enum"))
    if field.allow_none and choices is not None:
        schema["enum"] = [*choices, None]
    return schema


def _own_schema(field: fields.Field[Any]) -> dict[str, Any]:
    if type(field) in _FIXED:
        return dict(_FIXED[type(field)])
    if isinstance(field, RowNumberField):
        text = {"type": "string", "minLength": 1, "maxLength": field.most, "pattern": _TEXT}
        return {"anyOf": [text, {"type": "integer", "minimum": 1, "maximum": 9_999}]}
    if isinstance(field, TextField):
        return {"type": "string", "minLength": 1, "maxLength": field.most, "pattern": _TEXT}
    if isinstance(field, ChoiceField):
        return {"type": "string", "enum": list(field.choices)}
    if isinstance(field, IntegerField):
        return {"type": "integer", "minimum": field.least, "maximum": field.most}
    if isinstance(field, RowsField):
        return {"minItems": field.least, "maxItems": field.most}
    return {}
