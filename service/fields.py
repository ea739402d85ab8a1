"""What every door accepts: marshmallow fields for hours, years, days, texts and identities.

Shared by HTTP bodies and roster rows. A fault is a code with parameters (``FieldFault``), never a sentence:
the words are chosen at the door, in the caller's language. Fields that need to know the day or the division
codes take them from the load context: ``with Surroundings(Known(divisions, today)): schema.load(...)``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from marshmallow import RAISE, ValidationError, fields
from marshmallow.exceptions import SCHEMA
from marshmallow.experimental.context import Context

from service.domain.errors import Fault
from service.domain.hours import HOURS_MAX, InvalidHours, parse_hours
from service.domain.identifiers import decode_entry_id, decode_person_id
from service.domain.identity import id_number_fault, normalise_id_number
from service.straight_schema import StraightSchema


@dataclass(frozen=True, slots=True)
class Known:
    """What fields must know of the world: the division codes there are, the day in Asia/Shanghai, the moment."""

    divisions: Collection[str]
    today: date
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


Surroundings = Context[Known]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A fault as it lies in marshmallow's error tree. ``params`` feed its wording."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def wrong(code: str, **params: Any) -> ValidationError:
    """The error a field raises for a fault of this code."""
    return ValidationError([FieldFault(code, params)])


class StrictSchema(StraightSchema):
    """A schema that refuses what it does not know."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012


_CODES: Final[dict[str, str | list[Any] | dict[Any, Any]]] = {
    "required": "required",
    "null": "null_not_allowed",
    "validator_failed": "invalid",
}

_T = TypeVar("_T")


class _Field(fields.Field[_T]):
    """A field whose messages are codes."""

    default_error_messages = _CODES


_REFUSED_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, text-direction overrides and lone surrogates."""


def tidy_text(value: str) -> str:
    """NFC, without blanks at either end. Raises ValidationError (``control_characters``)."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text.isprintable() and _REFUSED_CHARACTERS.search(text):
        raise wrong("control_characters")
    return text


_SEPARATORS = re.compile(r"[\s._-]+")
_EIGHTEEN = re.compile(r"(?=([1-9][0-9]{16}[0-9Xx]))")
_BORN_BY = date(2100, 1, 1)


def holds_id_number(text: str) -> bool:
    """Whether a sound identity number stands in a text: in whatever width, apart or inside a longer run of digits."""
    if len(text) < 17 or sum(map(str.isdecimal, text)) < 17:
        return False
    compact = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return any(id_number_fault(found.upper(), _BORN_BY) is None for found in _EIGHTEEN.findall(compact))


class TextField(_Field[str]):
    """A line of text: NFC, trimmed, 1 … ``most`` characters, none of them a control character, no identity number
    among them: what is appended to the ledger can't be erased."""

    def __init__(self, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise wrong("not_a_text")
        text = tidy_text(value)
        if not text:
            raise wrong("blank")
        if len(text) > self.most:
            raise wrong("too_long", most=self.most)
        if holds_id_number(text):
            raise wrong("id_number_in_text")
        return text


class RowNumberField(TextField):
    """The number of a row in an annex, as text; a JSON integer is taken for its digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(20, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
            value = str(value)
        return super()._deserialize(value, attr, data, **kwargs)


class ChoiceField(_Field[str]):
    """One of a closed list of codes; ``code`` names the fault of any other."""

    def __init__(self, choices: Sequence[str], code: str = "invalid_choice", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(choices)
        self.code = code

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise wrong("not_a_text")
        if value not in self.choices:
            raise wrong(self.code, choices=", ".join(self.choices))
        return value


class HoursField(_Field[int]):
    """Hours to tenths: a JSON number or ASCII text, one decimal at most, above 0, at most a leap year's.

    A float from the JSON reader is taken as the shortest decimal that reads back to it: what was written.
    """

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        if isinstance(value, float):
            value = Decimal(repr(value))
        try:
            return parse_hours(value)
        except InvalidHours as error:
            raise wrong(
                "hours_out_of_range" if error.code == "out_of_range" else error.code, most=HOURS_MAX
            ) from None


class IntegerField(_Field[int]):
    """A whole number in ``least … most``. ``from_text``: ASCII digits too (query strings, cells)."""

    def __init__(self, least: int, most: int, *, from_text: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most, self.from_text = least, most, from_text

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        if self.from_text and isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong("not_an_integer")
        if not self.least <= value <= self.most:
            raise wrong("out_of_range", least=self.least, most=self.most)
        return value


class YearField(IntegerField):
    """A calendar year as an integer, four digits unless narrowed."""

    def __init__(
        self, least: int = 1000, most: int = 9999, *, from_text: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(least, most, from_text=from_text, **kwargs)


class TruthField(_Field[bool]):
    """``true`` or ``false``; ``from_text``: also the words true, false, 1, 0 of a query or a form."""

    def __init__(self, *, from_text: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.from_text = from_text

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if isinstance(value, bool):
            return value
        if self.from_text and isinstance(value, str):
            word = value.strip().lower()
            if word in ("true", "1"):
                return True
            if word in ("false", "0"):
                return False
        raise wrong("not_a_boolean")


class DayField(_Field[date]):
    """``YYYY-MM-DD``."""

    _form = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        if not isinstance(value, str) or not self._form.fullmatch(value):
            raise wrong("invalid_day")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong("invalid_day") from None


class InstantField(_Field[datetime]):
    """An RFC 3339 instant with its offset; loads as an aware datetime with that offset."""

    _form = re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
    )

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        if not isinstance(value, str) or not self._form.fullmatch(value):
            raise wrong("invalid_instant")
        try:
            moment = datetime.fromisoformat(value.upper())
            moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise wrong("invalid_instant") from None
        return moment


class IdNumberField(_Field[str]):
    """An identity number, normalised and with its check passed. The value is never part of a fault."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise wrong("id_number_numeric")
        if not isinstance(value, str):
            raise wrong("not_a_text")
        if len(value) > 64:
            raise wrong("id_number_form")
        number = normalise_id_number(value)
        fault = id_number_fault(number, Surroundings.get().today)
        if fault is not None:
            raise wrong(fault)
        return number


class DivisionField(_Field[str]):
    """A division code (GB/T 2260) the service knows."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise wrong("not_a_text")
        code = value.strip()
        if code not in Surroundings.get().divisions:
            raise wrong("unknown_division")
        return code


class PersonIdField(_Field[int]):
    """A person's id as the service gives it out."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        person_id = decode_person_id(value) if isinstance(value, str) else None
        if person_id is None:
            raise wrong("invalid_person_id")
        return person_id


class EntryIdField(_Field[tuple[int, int]]):
    """An entry's id as the service gives it out: loads as (person_id, seq)."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> tuple[int, int]:  # noqa: ARG002
        entry_id = decode_entry_id(value) if isinstance(value, str) else None
        if entry_id is None:
            raise wrong("invalid_entry_id")
        return entry_id


class RecordField(fields.Nested):
    """An object inside an object."""

    default_error_messages = {**_CODES, "type": "not_an_object"}  # noqa: RUF012

    # Both without what marshmallow does for lists and parts of objects, which ours never are.
    def _deserialize(self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any) -> Any:  # noqa: ARG002
        return self._load(value)

    def _load(self, value: Any, partial: Any = None) -> Any:  # noqa: ARG002
        return self.schema.load(value)

    def read_rows(self, values: Sequence[Any]) -> list[Any]:
        """Many objects at once. Raises ValidationError, whatever it says, when anything is wrong with any of them."""
        return cast("StraightSchema", self.schema).load_sound_rows(values)


class RowsField(fields.List[Any]):
    """A list of ``least … most`` things."""

    default_error_messages = {**_CODES, "invalid": "not_a_list"}  # noqa: RUF012

    def __init__(self, inner: fields.Field[Any], least: int, most: int, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list):
            if len(value) < self.least:
                raise wrong("too_few", least=self.least)
            if len(value) > self.most:
                raise wrong("too_many", most=self.most)
            if isinstance(self.inner, RecordField) and set(map(type, value)) == {dict}:
                with suppress(ValidationError):
                    return self.inner.read_rows(value)
        return super()._deserialize(value, attr, data, **kwargs)


_LONG_NUMBER = re.compile(r"\d{15}[\dXx]*")


def pointer_token(key: object) -> str:
    """One token of a JSON pointer. The key is the caller's: what may be an identity number is starred."""
    text = _LONG_NUMBER.sub("***", str(key))[:100].encode("utf-8", "replace").decode()
    return text.replace("~", "~0").replace("/", "~1")


def faults_of(messages: object, pointer: str = "") -> Iterator[Fault]:
    """The faults in a marshmallow error tree (``ValidationError.messages``), pointers below ``pointer``."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            yield from faults_of(below, pointer if key == SCHEMA else f"{pointer}/{pointer_token(key)}")
    elif isinstance(messages, list):
        for message in messages:
            yield from faults_of(message, pointer)
    elif isinstance(messages, FieldFault):
        yield Fault(pointer, messages.code, messages.params)
    else:
        yield Fault(pointer, str(messages))
