"""Rows as the text that COPY takes, made column by column: most columns of a roster say the same few things, and what
is said once is written out once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import repeat
from typing import Any, Final

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ESCAPED: Final = ("\\", "\t", "\n", "\r")


def copy_text(columns: Sequence[Sequence[Any]]) -> str:
    """Columns of equal length, one value at least, in COPY's text format: a line for each row."""
    parts: list[Iterable[str]] = []
    constant = ""
    for values in columns:
        # The last one tells most columns apart from those that say one thing.
        if values[0] == values[-1] and values.count(values[0]) == len(values):
            constant += f"{_cell(values[0])}\t"
            continue
        if constant:
            parts.append(repeat(constant[:-1]))
            constant = ""
        parts.append(_cells(values))
    # Only repeats have no end; there is one column of cells at least, or one row.
    if constant:
        parts.append(repeat(constant[:-1], len(columns[0])))
    return "\n".join(map("\t".join, zip(*parts, strict=False))) + "\n"


def _cells(values: Sequence[Any]) -> Iterable[str]:
    types = set(map(type, values))
    if types == {int}:
        return map(int.__repr__, values)
    if types == {bytes}:
        return map(r"\\x".__add__, map(bytes.hex, values))
    if types == {str}:
        joined = "".join(values)
        return map(_escaped, values) if any(sign in joined for sign in _ESCAPED) else values
    known = {value: _cell(value) for value in set(values)}
    return map(known.__getitem__, values)


def _cell(value: Any) -> str:
    return _CELLS[type(value)](value)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


_CELLS: Final[dict[type, Callable[[Any], str]]] = {
    int: int.__repr__,
    str: _escaped,
    bytes: lambda value: rf"\\x{value.hex()}",
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    type(None): lambda _: r"\N",
}
