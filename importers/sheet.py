"""What a roster file is once it has been opened: sheets of numbered rows, and why a file could not be opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

Upload = bytes | Path
"""A roster as it arrives: a request's body, or a file of the shell."""

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that has something in it but no value that can be read. ``code`` is the fault."""

    code: str


Cell = str | int | float | bool | date | datetime | time | timedelta | BadCell
"""Text, numbers and days stay what they are in the sheet; an empty cell is ``""``."""


class Row(NamedTuple):
    """``line`` is the row's number in the sheet as a person sees it; ``cells[0]`` is column A."""

    line: int
    cells: list[Cell]


Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of an area, as (row, column), both counted from 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet. ``rows`` reads it from the top each time it is called; ``merged`` are its merged areas.
    ``typed``: cells have types (XLSX), so a number that was typed as text still is one. ``hidden_rows`` by line,
    ``hidden_columns`` and ``widths`` by index from 0; ``formulas``: cells whose stored result is read;
    ``hidden_sheets`` of the workbook; ``encoding`` and ``delimiter`` of text;
    ``lines``: about how many there are, 0 when nobody knows."""

    name: str
    rows: Callable[[], Iterator[Row]]
    typed: bool = False
    merged: tuple[Range, ...] = ()
    epoch_1904: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    formulas: int = 0
    hidden_sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What a file may cost. Sizes in bytes.

    ``unpacked_ratio_max`` holds for any part of an XLSX above one mebibyte: sheets pack 10 to 40 times, bombs 1,000.
    ``area_max``: cells in a sheet's bounding box, empty ones too, because the box is held in memory.
    """

    file_size_max: int | None = 16 * MEBIBYTE
    unpacked_size_max: int = 512 * MEBIBYTE
    unpacked_ratio_max: int = 200
    parts_max: int = 2_000
    area_max: int = 8_000_000
    text_size_max: int = 512 * MEBIBYTE


@dataclass
class FileRefused(Exception):
    """The file cannot be read as a roster at all. ``code`` is a fault of ``service.wording.roster``."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


def column_letter(index: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """0 for ``A``, 26 for ``AA``."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
