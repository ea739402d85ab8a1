"""What is sound goes straight through a schema; the rest goes marshmallow's own way, which names every fault.

For each field marshmallow keeps books in case it is faulty, which takes longer than reading it; hardly any is.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from types import NoneType
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

_naming_faults: ContextVar[bool] = ContextVar("naming_faults", default=False)
"""Within a load that names faults: what is nested there need not be tried the straight way once more."""

_UNSOUND: Final = "the other way says what it is"

_Missing: Final = type(missing)
_NOT_GIVEN: Final = frozenset({_Missing, NoneType})
_ALIKE: Final = ({str}, {int}, {float}, {bool})
"""Types of values that are read once where they are equal. Not two of them in one column: 1, 1.0 and true are equal."""

_ReadMany = Callable[[Sequence[Any], set[type]], Sequence[Any]]

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
        self._names = frozenset(self.load_fields)
        self._columns = [
            (reader, _reading_many(reader, self.load_fields[reader[0]])) for reader in self._readers
        ]
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
        return self._finished(loaded, data)

    def _finished(self, loaded: dict[str, Any], data: dict[str, Any]) -> Any:
        """What the hooks make of the fields' values."""
        told = self._told
        for validate, with_original in self._validators:
            _ = validate(loaded, data, **told) if with_original else validate(loaded, **told)
        result: Any = loaded
        for finish, with_original in self._finishers:
            result = finish(result, data, **told) if with_original else finish(result, **told)
        return result

    def load_sound_rows(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        """What each of many objects loads as, read field by field: what several of them say is read once. Raises
        ValidationError, whatever it says, when anything is wrong with any of them: ``load`` of each tells."""
        if not self._is_straight or _naming_faults.get() or not all(map(self._names.issuperset, rows)):
            raise ValidationError(_UNSOUND)
        loaded: list[dict[str, Any]] = [{} for _ in rows]
        for reader, read_many in self._columns:
            name = reader[0]
            values = _read_column(reader, read_many, [row.get(name, missing) for row in rows])
            for each, value in zip(loaded, values, strict=True):
                if value is not missing:
                    each[name] = value
        return list(map(self._finished, loaded, rows))


def _read_column(reader: _Reader, read_many: _ReadMany, sent: Sequence[Any]) -> Sequence[Any]:
    """One field of many rows, ``missing`` where there is nothing of it."""
    _, is_required, takes_null, default, _ = reader
    types = set(map(type, sent))
    if types.isdisjoint(_NOT_GIVEN):
        return read_many(sent, types)
    if (is_required and _Missing in types) or (not takes_null and NoneType in types):
        raise ValidationError(_UNSOUND)
    given = [value for value in sent if value is not None and value is not missing]
    read = iter(read_many(given, types - _NOT_GIVEN))

    def of(value: Any) -> Any:
        if value is None:
            return None
        if value is not missing:
            return next(read)
        return default() if callable(default) else default

    return list(map(of, sent))


def _reading_many(reader: _Reader, field: fields.Field[Any]) -> _ReadMany:
    """What reads many values of a field, none of them null, given their types."""
    name, *_, deserialize = reader
    read_rows: Callable[[Sequence[Any]], Sequence[Any]] | None = getattr(field, "read_rows", None)

    def read_many(values: Sequence[Any], types: set[type]) -> Sequence[Any]:
        if read_rows is not None and types == {dict}:
            return read_rows(values)
        if types in _ALIKE:
            known = {value: deserialize(value, name, {}) for value in dict.fromkeys(values)}
            return list(map(known.__getitem__, values))
        return [deserialize(value, name, {}) for value in values]

    return read_many


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
