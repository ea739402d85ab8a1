"""Hours (学时) are integers: tenths of an hour. 89.5 hours is 895 and stays below 900."""

import re
from decimal import Decimal
from typing import Final

HOURS_MAX = 8784
"""Hours in a leap year: no single amount of hours learned in a year can be more."""

TENTHS_MAX = HOURS_MAX * 10

_TAKEN: Final = int | Decimal | str
_PLAIN_DECIMAL = re.compile(r"[0-9]{1,6}(?:\.[0-9]+)?", re.ASCII)


class InvalidHours(ValueError):
    """The value is no positive amount of hours with one decimal at most.

    ``code`` is ``invalid_hours`` (not a number of that form), ``too_many_decimals`` or ``out_of_range``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_hours(value: object) -> int:
    """Tenths of an hour from an int, a Decimal or an ASCII string such as ``"12.5"``.

    Raises InvalidHours for anything else, and TypeError for a float: a float has already been rounded,
    so whoever holds one must say first which decimal it was meant to be.
    """
    if isinstance(value, float):
        raise TypeError("hours as a float")
    if isinstance(value, bool) or not isinstance(value, _TAKEN):
        raise InvalidHours("invalid_hours")
    if isinstance(value, str):
        if not _PLAIN_DECIMAL.fullmatch(value):
            raise InvalidHours("invalid_hours")
        value = Decimal(value)
    if isinstance(value, Decimal) and not value.is_finite():
        raise InvalidHours("invalid_hours")
    if not 0 < value <= HOURS_MAX:
        raise InvalidHours("out_of_range")
    tenths = value * 10
    if tenths != int(tenths):
        raise InvalidHours("too_many_decimals")
    return int(tenths)


def hours_number(tenths: int) -> int | float:
    """The JSON number for an amount: ``720`` is ``72``, ``895`` is ``89.5`` (exact to read back)."""
    return tenths / 10 if tenths % 10 else tenths // 10


def hours_text(tenths: int) -> str:
    """The amount as people write it: ``"72"``, ``"89.5"``."""
    return str(hours_number(tenths))
