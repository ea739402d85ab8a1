"""Merged areas of a sheet: which empty cells only look filled."""

from collections.abc import Sequence
from typing import Final

from importers.sheet import FileRefused, Range

_AT_ONCE_MAX: Final = 500
"""Areas can't overlap, so a row can't touch more of them than it has columns; a made-up file may claim otherwise."""


class MergedAreas:
    """Asked about rows in their order, so that a sheet with many areas costs no more than one with few."""

    def __init__(self, areas: Sequence[Range]) -> None:
        self._waiting = sorted(areas, reverse=True)
        self._open: list[Range] = []

    def hides(self, line: int, column: int) -> bool:
        """Whether a cell is covered by an area that begins in another cell. ``line`` from 1, never falling."""
        if not self._waiting and not self._open:
            return False
        row = line - 1
        while self._waiting and self._waiting[-1][0][0] <= row:
            self._open.append(self._waiting.pop())
        self._open = [area for area in self._open if area[1][0] >= row]
        if len(self._open) > _AT_ONCE_MAX:
            raise FileRefused("workbook_unusual")
        return any(first[1] <= column <= last[1] and (row, column) != first for first, last in self._open)
