"""Many values as one parameter on PostgreSQL: an array, written out as text.

The driver's own way takes a call or two for each value; a roster has hundreds of thousands.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Dialect, cast
from sqlalchemy.types import TypeEngine, UserDefinedType


def array_text(values: Iterable[Any]) -> str:
    """PostgreSQL's text form of a one-dimensional array."""
    return f"{{{','.join([_TEXT[type(value)](value) for value in values])}}}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


_TEXT: Final[dict[type, Callable[[Any], str]]] = {
    int: int.__repr__,
    str: _quoted,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
    bool: lambda value: "t" if value else "f",
    datetime: lambda value: f'"{value.isoformat()}"',
    date: lambda value: f'"{value.isoformat()}"',
    type(None): lambda _: "NULL",
}


class ArrayText(UserDefinedType[list[Any]]):
    """The type of a parameter that holds a list of values of ``item``."""

    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        self.item = item

    def get_col_spec(self, **_: Any) -> str:
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[list[Any] | None], str]:  # noqa: ARG002
        return lambda values: array_text(values or ())

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return cast(bindvalue, ARRAY(self.item))
