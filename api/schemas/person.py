"""Persons in requests: by document, or by the id the service gave out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import post_load

from api.schemas.notes import note
from service.domain.identity import ID_TYPES, Identity
from service.domain.note import Named
from service.fields import (
    ChoiceField,
    IdNumberField,
    PersonIdField,
    RecordField,
    StrictSchema,
    TextField,
)

NAME_MAX: Final = 100
_TYPE: Final = note(
    "Kind of document. `resident_id`: resident identity cards, the residence permits of Hong Kong, Macao and Taiwan "
    "residents (81/82/83) and the foreign permanent-resident card of 2023 (9…)."
)
_NUMBER: Final = note(
    "18 characters (GB 11643-1999) as text, never as a JSON number. Full-width forms and a small x are taken too."
)


class IdentitySchema(StrictSchema):
    """Loads as an Identity."""

    id_type = ChoiceField(ID_TYPES, required=True, metadata=_TYPE)
    id_number = IdNumberField(required=True, metadata=_NUMBER)

    @post_load
    def as_identity(self, data: Mapping[str, Any], **_: Any) -> Identity:
        return Identity(data["id_type"], data["id_number"])


class NamedPersonSchema(StrictSchema):
    """Loads as (Identity, name)."""

    id_type = ChoiceField(ID_TYPES, required=True, metadata=_TYPE)
    id_number = IdNumberField(required=True, metadata=_NUMBER)
    name = TextField(NAME_MAX, required=True, metadata=note("Name as on the document."))

    @post_load
    def as_pair(self, data: Mapping[str, Any], **_: Any) -> tuple[Identity, str]:
        return Identity(data["id_type"], data["id_number"]), data["name"]


class MaybeNamedPersonSchema(StrictSchema):
    """Loads as a Named."""

    id_type = ChoiceField(ID_TYPES, required=True, metadata=_TYPE)
    id_number = IdNumberField(required=True, metadata=_NUMBER)
    name = TextField(
        NAME_MAX, metadata=note("Name as on the document; required for who is new to the ledger.")
    )

    @post_load
    def as_named(self, data: Mapping[str, Any], **_: Any) -> Named:
        return Named(Identity(data["id_type"], data["id_number"]), data.get("name"))


class PersonIdSchema(StrictSchema):
    """Loads as a person id."""

    person_id = PersonIdField(required=True, metadata=note("The id the service gave out."))

    @post_load
    def as_id(self, data: Mapping[str, Any], **_: Any) -> int:
        person_id: int = data["person_id"]
        return person_id


class PersonField(RecordField):
    """``{id_type, id_number}`` or ``{person_id}``: loads as an Identity or a person id."""

    ways: tuple[type[StrictSchema], type[StrictSchema]] = (IdentitySchema, PersonIdSchema)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(self.ways[0], **kwargs)
        self._by_id = PersonIdSchema()

    def _load(self, value: Any, partial: Any = None) -> Any:
        if isinstance(value, Mapping) and "person_id" in value:
            return self._by_id.load(value)
        return super()._load(value, partial=partial)

    def read_rows(self, values: Sequence[Any]) -> list[Any]:
        """As the field's; those by id are read one by one."""
        if any("person_id" in value for value in values):
            return list(map(self._load, values))
        return super().read_rows(values)


class KnownOrNamedField(PersonField):
    """As PersonField, and a document may come with the name: loads as a Named or a person id."""

    ways = (MaybeNamedPersonSchema, PersonIdSchema)
