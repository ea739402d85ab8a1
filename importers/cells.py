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
_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u2060\u00ad"


def tidy_cell(text: str) -> str:
    """Without blanks at either end (tabs and full-width ones too), an apostrophe before it or ``="…"`` around it:
    the ways people and programs keep a spreadsheet from turning text into a number."""
    text = text.strip().strip(_INVISIBLE).strip()
    if text[:1] in ("'", "’", "＇"):
        text = text[1:].lstrip()
    if match := _AS_TEXT_FORMULA.fullmatch(text):
        text = match[1].strip()
    return text


def converter(column: Column, layout: Layout, *, epoch_1904: bool) -> Convert:
    """How cells of a column are read."""
    if column.field == "id_number":
        return _id_number
    if column.field == "hours":
        return _hours
    if column.field == "credit_year":
        return lambda cell: _year(cell, layout.year_endings)
    if column.field == "completed_on":
        return lambda cell: _day(cell, layout, epoch_1904=epoch_1904)
    if column.field == "name":
        return _words
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


def _hours(cell: Cell) -> Plain:
    _refuse_valueless(cell)
    if isinstance(cell, str):
        return tidy_cell(cell)
    if not isinstance(cell, int | float):
        raise wrong("invalid_hours")
    return _number(cell)


def _number(cell: int | float) -> Decimal:
    """The number a spreadsheet shows: of a stored 89.300000000000011 its 15 digits count."""
    return Decimal(format(cell, ".15g"))


def _year(cell: Cell, endings: tuple[str, ...]) -> int:
    _refuse_valueless(cell)
    if isinstance(cell, int | float) and cell == cell // 1:
        return int(cell)
    if isinstance(cell, str):
        text = tidy_cell(cell)
        for ending in endings:
            if text.endswith(ending):
                text = text.removesuffix(ending).rstrip()
                break
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
        text = "".join(tidy_cell(cell).split())
        for pattern in layout.day_patterns:
            if match := pattern.fullmatch(text):
                try:
                    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
                except ValueError:
                    raise fault from None
    raise fault


def _coded(cell: Cell, column: Column) -> str:
    """The code of what people write."""
    _refuse_valueless(cell)
    written = tidy_cell(cell) if isinstance(cell, str) else str(cell)
    if code := column.values.get(label(written)):
        return code
    raise wrong(f"unknown_{column.field}", choices="、".join(column.choices))
