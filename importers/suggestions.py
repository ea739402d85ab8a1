"""What somebody likely meant by a word nobody knows."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from importers.labels import label
from importers.layout import Layout
from service.policy_book import Division

_ALIKE: Final = 0.6
_CODES_ALIKE: Final = 0.8

_WORDS_MAX: Final = 200
"""Comparing words is slow: after so many different ones in a file, nobody is helped by another guess."""


class Suggestions:
    """Suggestions for the cells of one file."""

    def __init__(self, layout: Layout, divisions: Mapping[str, Division]) -> None:
        self._layout = layout
        self._names = {it.name: it for it in divisions.values() if it.successor is None}
        self._given: dict[tuple[str, str], str | None] = {}

    def nearest(self, field: str, written: str) -> str | None:
        """A word of the field's list, or a division as ``331100 丽水市``; None when nothing is near."""
        key = field, written
        if key not in self._given:
            if len(self._given) >= _WORDS_MAX:
                return None
            find = self._division if field == "division_code" else self._coded
            self._given[key] = find(field, written)
        return self._given[key]

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
