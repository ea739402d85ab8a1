"""What somebody likely meant by a word nobody knows."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final

from importers.labels import label
from importers.layout import Layout
from service.policy_book import Division

_ALIKE: Final = 0.6
_CODES_ALIKE: Final = 0.8

_WORDS_MAX: Final = 200
"""Comparing words is slow: after so many different ones in a file, nobody is helped by another guess."""


_HOURS = re.compile(r"([0-9]{1,4}(?:[.][0-9])?)(?:个)?(?:学时|课时|小时|时|h|hours?)?", re.ASCII)
_YEAR = re.compile(r"([12][0-9]{3})(?:学年度|学年|年度|年|度)?", re.ASCII)
_DAY = re.compile(
    r"(?P<y>[12][0-9]{3})[^0-9]{1,2}(?P<m>[0-9]{1,2})[^0-9]{1,2}(?P<d>[0-9]{1,2})[^0-9]?", re.ASCII
)
_CHINESE_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")


def _plain(written: str) -> str:
    """Full-width forms as ASCII."""
    return unicodedata.normalize("NFKC", written).strip()


def _plain_hours(written: str) -> str | None:
    match = _HOURS.fullmatch("".join(_plain(written).lower().split()))
    return match[1] if match else None


def _plain_year(written: str) -> str | None:
    match = _YEAR.fullmatch("".join(_plain(written).translate(_CHINESE_DIGITS).split()))
    return match[1] if match else None


class Suggestions:
    """Suggestions for the cells of one file."""

    def __init__(self, layout: Layout, divisions: Mapping[str, Division]) -> None:
        self._layout = layout
        self._names = {it.name: it for it in divisions.values() if it.successor is None}
        self._given: dict[tuple[str, str], str | None] = {}

    def for_fault(self, field: str, code: str, written: str) -> str | None:
        """What a cell of a field likely means; None when that would be a guess. Identity numbers are never mended."""
        if code in ("unknown_id_type", "unknown_subject", "unknown_division"):
            return self.nearest(field, written)
        if code == "invalid_hours":
            return _plain_hours(written)
        if code == "invalid_year":
            return _plain_year(written)
        return self._plain_day(written) if code == "invalid_day" else None

    def nearest(self, field: str, written: str) -> str | None:
        """A word of the field's list, or a division as ``331100 丽水市``; None when nothing is near."""
        key = field, written
        if key not in self._given:
            if len(self._given) >= _WORDS_MAX:
                return None
            find = self._division if field == "division_code" else self._coded
            self._given[key] = find(field, written)
        return self._given[key]

    def _plain_day(self, written: str) -> str | None:
        """The same day in plain digits, year first."""
        text = "".join(_plain(written).split())
        for pattern in (*self._layout.day_patterns, _DAY):
            if match := pattern.fullmatch(text):
                try:
                    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
                except ValueError:
                    return None
        return None

    def _coded(self, field: str, written: str) -> str | None:
        column = self._layout.columns[field]
        close = get_close_matches(label(written), column.values, n=1, cutoff=_ALIKE)
        if not close:
            return None
        code = column.values[close[0]]
        return next((text for text in column.choices if column.values[label(text)] == code), close[0])

    def _division(self, _: str, written: str) -> str | None:
        codes = {it.code: it for it in self._names.values() if it.code[:2] == written[:2]}
        begun = [it for name, it in self._names.items() if written and name.startswith(written)]
        named = [self._names[name] for name in get_close_matches(written, self._names, n=1, cutoff=_ALIKE)]
        coded = [codes[code] for code in get_close_matches(written, codes, n=1, cutoff=_CODES_ALIKE)]
        return next((f"{it.code} {it.name}" for it in [*begun, *named, *coded]), None)
