"""What is sound goes straight through a schema; the rest goes marshmallow's own way, which names every fault.

For each field marshmallow keeps books in case it is faulty, which takes longer than reading it; hardly any is.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

_naming_faults: ContextVar[bool] = ContextVar("naming_faults", default=False)
"""Within a load that names faults: what is nested there need not be tried the straight way once more."""

_UNSOUND: Final = "the other way says what it is"


_Reader = tuple[str, bool, bool, Any, Callable[[Any, str, Mapping[str, Any]], Any]]
"""How a field is read: its name, whether it is required, whether it takes null, what stands for it where it is missing
(marshmallow's ``missing`` for nothing), and what reads a value that is not null. A named tuple takes longer to unpack.
"""


class StraightSchema(Schema):
    """Loads as any schema does, sound data sooner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = [_reader(name, field) for name, field in self.load_fields.items()]
        self._readers = [reader for reader in readers if reader is not None]
        hooks = [hook for tag in (VALIDATES_SCHEMA, POST_LOAD) for hook in self._hooks[tag]]
        self._is_straight = not (
            self.many
            or self.partial
            or None in readers
            or self._hooks[PRE_LOAD]
            or self._hooks[VALIDATES]
            or any(of_many for _, of_many, _ in hooks)
        )
        self._told = {"many": False, "partial": None, "unknown": self.unknown}
        self._validators = self._bound(VALIDATES_SCHEMA)
        self._finishers = self._bound(POST_LOAD)

    def _bound(self, tag: str) -> list[tuple[Callable[..., Any], bool]]:
        """The hooks of a kind, each with whether it is shown the data as it came."""
        return [(getattr(self, name), how.get("pass_original", False)) for name, _, how in self._hooks[tag]]

    def load(self, data: Any, **how: Any) -> Any:
        """As marshmallow's."""
        if not self._is_straight or type(data) is not dict or any(how.values()) or _naming_faults.get():
            return super().load(data, **how)
        try:
            return self._load_sound(data)
        except ValidationError:
            outside = _naming_faults.set(True)
            try:
                return super().load(data, **how)
            finally:
                _naming_faults.reset(outside)

    def _load_sound(self, data: dict[str, Any]) -> Any:
        """What the data loads as. Raises ValidationError, whatever it says, when anything is wrong with it."""
        loaded: dict[str, Any] = {}
        given = 0
        for name, is_required, takes_null, default, deserialize in self._readers:
            value = data.get(name, missing)
            if value is missing:
                if is_required:
                    raise ValidationError(_UNSOUND)
                if default is not missing:
                    loaded[name] = default() if callable(default) else default
                continue
            given += 1
            if value is not None:
                loaded[name] = deserialize(value, name, data)
            elif takes_null:
                loaded[name] = None
            else:
                raise ValidationError(_UNSOUND)
        if given != len(data):
            raise ValidationError(_UNSOUND)
        told = self._told
        for validate, with_original in self._validators:
            _ = validate(loaded, data, **told) if with_original else validate(loaded, **told)
        result: Any = loaded
        for finish, with_original in self._finishers:
            result = finish(result, data, **told) if with_original else finish(result, **told)
        return result


def _reader(name: str, field: fields.Field[Any]) -> _Reader | None:
    """None for a field that does more than those here do."""
    if field.attribute is not None or field.data_key is not None:
        return None
    if field.validators or field.pre_load or field.post_load:
        return None
    if type(field).deserialize is not fields.Field.deserialize:
        return None
    read = field._deserialize  # what deserialize calls
    return name, field.required, field.allow_none, field.load_default, read
