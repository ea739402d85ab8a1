"""Cells to the plain values the row schema checks, as a layout says they are written. Nothing is guessed.

Each function raises marshmallow's ValidationError with a FieldFault, as the fields do.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from importers.labels import label
from importers.layout import Column, Layout
from importers.sheet import BadCell, Cell
from service.domain.zone import SHANGHAI
from service.fields import wrong

Plain = str | int | Decimal
Convert = Callable[[Cell], Plain]

_EXACT_MAX: Final = 10**15
"""Spreadsheets keep 15 digits of a number."""

_SERIAL_MIN, _SERIAL_MAX = 29_221, 73_050
"""1980-01-01 and 2099-12-31 in days of the 1900 system: other numbers are no serial of a day."""

_DAYS_BETWEEN_EPOCHS: Final = 1462
_AS_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SCIENTIFIC = re.compile(r"[0-9]([.][0-9]+)?[Ee][+]?[0-9]{1,3}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:?[0-9]{2})",
    re.ASCII,
)
_TIME_OF_DAY = re.compile(r"(?<=[0-9日])[Tt\s]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$", re.ASCII)
_NONE: Final = ("", "0", "0.0", "无")
_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u2060\u00ad"


def tidy_cell(text: str) -> str:
    """Without blanks at either end (tabs and full-width ones too), an apostrophe before it or ``="…"`` around it:
    the ways people and programs keep a spreadsheet from turning text into a number."""
    text = text.strip().strip(_INVISIBLE).strip()
    if text[:1] in ("'", "’", "＇"):
        text = text[1:].lstrip()
    if text[:1] == "=" and (match := _AS_TEXT_FORMULA.fullmatch(text)):
        text = match[1].strip()
    return text


def converter(column: Column, layout: Layout, *, epoch_1904: bool) -> Convert:
    """How cells of a column are read."""
    if column.field == "id_number":
        return _id_number
    if column.field == "hours":
        return lambda cell: _hours(cell, layout.hour_endings)
    if column.field == "credit_year":
        return lambda cell: _year(cell, layout.year_endings)
    if column.field == "completed_on":
        return lambda cell: _day(cell, layout, epoch_1904=epoch_1904)
    if column.field.startswith("hours."):
        return lambda cell: _amount(cell, layout.hour_endings)
    if column.field == "name":
        return _words
    if column.field == "division_code" and column.values:
        return lambda cell: _division(cell, column)
    if column.values:
        return lambda cell: _coded(cell, column)
    return _text


def _refuse_valueless(cell: Cell) -> None:
    if isinstance(cell, BadCell):
        raise wrong(cell.code)
    if isinstance(cell, bool):
        raise wrong("cell_is_boolean")


def _text(cell: Cell) -> str:
    """Text; a whole number that a spreadsheet keeps exactly is the text it shows (``331100``)."""
    _refuse_valueless(cell)
    if isinstance(cell, str):
        return tidy_cell(cell)
    if not isinstance(cell, int | float):
        raise wrong("cell_became_date")
    if cell != cell // 1 or abs(cell) >= _EXACT_MAX:
        raise wrong("numeric_text_damaged")
    return str(int(cell))


def _words(cell: Cell) -> str:
    """Text that is never a number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise wrong("number_not_text")
    return _text(cell)


def _id_number(cell: Cell) -> str:
    _refuse_valueless(cell)
    if not isinstance(cell, str):
        raise wrong("id_number_numeric" if isinstance(cell, int | float) else "cell_became_date")
    text = tidy_cell(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise wrong("id_number_numeric")
    return "".join(text.split())


def _hours(cell: Cell, endings: tuple[str, ...]) -> Plain:
    _refuse_valueless(cell)
    if isinstance(cell, str):
        return _without_ending(tidy_cell(cell), endings)
    if not isinstance(cell, int | float):
        raise wrong("invalid_hours")
    return _number(cell)


def _amount(cell: Cell, endings: tuple[str, ...]) -> Plain:
    """Hours in a column of their subject: nothing, a dash or 0 says that there are none."""
    plain = _hours(cell, endings)
    return "" if str(plain).strip("-—–/") in _NONE else plain


def _without_ending(text: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if text.endswith(ending):
            return text.removesuffix(ending).rstrip()
    return text


def _number(cell: int | float) -> Decimal:
    """The number a spreadsheet shows: of a stored 89.300000000000011 its 15 digits count."""
    return Decimal(format(cell, ".15g"))


def _year(cell: Cell, endings: tuple[str, ...]) -> int:
    _refuse_valueless(cell)
    if isinstance(cell, int | float) and cell == cell // 1:
        return int(cell)
    if isinstance(cell, str):
        text = _without_ending(tidy_cell(cell), endings)
        if re.fullmatch("[0-9]{4}", text):
            return int(text)
    raise wrong("invalid_year")


def _day(cell: Cell, layout: Layout, *, epoch_1904: bool) -> str:
    """``YYYY-MM-DD``. A time of day beside the day is dropped."""
    _refuse_valueless(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    fault = wrong("invalid_day", forms=layout.day_examples)
    if isinstance(cell, int | float):
        if cell != cell // 1:
            raise fault
        serial = int(cell) + (_DAYS_BETWEEN_EPOCHS if epoch_1904 else 0)
        if layout.excel_serials and _SERIAL_MIN <= serial <= _SERIAL_MAX:
            return (date(1899, 12, 30) + timedelta(days=serial)).isoformat()
        cell = str(int(cell))
    if isinstance(cell, str):
        text = tidy_cell(cell)
        if layout.reads_instants and _INSTANT.fullmatch(text):
            return _day_of_instant(text, fault)
        if layout.time_of_day:
            text = _TIME_OF_DAY.sub("", text)
        text = "".join(text.split())
        for pattern in layout.day_patterns:
            if match := pattern.fullmatch(text):
                try:
                    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
                except ValueError:
                    raise fault from None
    raise fault


def _day_of_instant(text: str, fault: Exception) -> str:
    """The day it was in China."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(SHANGHAI).date().isoformat()
    except (ValueError, OverflowError):
        raise fault from None


def _division(cell: Cell, column: Column) -> str:
    """The code of a place by its name; a code stays one."""
    written = _text(cell)
    return column.values.get(label(written), written)


def _coded(cell: Cell, column: Column) -> str:
    """The code of what people write."""
    _refuse_valueless(cell)
    written = tidy_cell(cell) if isinstance(cell, str) else str(cell)
    if code := column.values.get(label(written)):
        return code
    raise wrong(f"unknown_{column.field}", choices="、".join(column.choices))
