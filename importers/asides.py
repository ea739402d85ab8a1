"""Rows that are there for people and are no entries: examples, notes, sums, the header once more."""

import re
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Final, Literal

from importers.header import IGNORED_HEADERS, Header, is_repeated
from importers.labels import header_label, label
from importers.layout import Layout
from importers.sheet import Cell, Row

RowKind = Literal[
    "entry",
    "blank",
    "example_row",
    "note_row",
    "total_row",
    "repeated_header",
    "withdrawal",
    "other_statement",
    "not_passed",
    "line_not_json",
]

_LEADING_SIGNS = re.compile(r"^\W+")
_NOTE_CELLS_MAX: Final = 2


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


class Asides:
    """Tells entries from the other rows of a sheet, by the layout's marks."""

    def __init__(self, layout: Layout, header: Header) -> None:
        self._layout = layout
        self._header = header
        fields = {column.field: column.index for column in header.columns if column.field}
        self._id_index = fields.get("id_number")
        self._name_index = fields.get("name")
        self._entry_indexes = frozenset(index for field, index in fields.items() if field != "remark")
        self._ignored_indexes = frozenset(c.index for c in header.columns if c.field in ("", "remark"))
        marked = {
            column.index
            for column in header.columns
            if column.field in ("", "remark", "name") and header_label(column.title) not in IGNORED_HEADERS
        }
        self._marked_indexes = tuple(sorted(marked | {min(self._entry_indexes, default=0)}))
        marks = "|".join(r"\s*".join(map(re.escape, mark)) for mark in layout.example_marks)
        self._example = (
            re.compile(rf"^\W*(?:{marks})(?:\W|[0-9]|$)|[(（\[【]\s*(?:{marks})") if marks else None
        )

    def kind(self, cells: list[Cell]) -> RowKind:
        """What a row below the header is. A row with an identity number is an entry, unless it is marked as an example
        or is the header again."""
        has_id = (
            self._id_index is not None and self._id_index < len(cells) and not is_blank(cells[self._id_index])
        )
        if not has_id and all(map(is_blank, cells)):
            return "blank"
        if self._is_example(cells):
            return "example_row"
        if is_repeated(cells, self._header):
            return "repeated_header"
        return "entry" if has_id else self._kind_without_id(cells)

    def are_entries(self, rows: Sequence[Row]) -> bool:
        """Whether all of the rows are entries for certain. What stands in a column many times is looked at once."""
        columns = list(zip_longest(*(row.cells for row in rows), fillvalue=""))
        if self._id_index is None or self._id_index >= len(columns):
            return False
        if any(map(is_blank, columns[self._id_index])):
            return False
        for row in self._header.rows:
            if row.first < len(columns) and row.cells[row.first] in columns[row.first]:
                return False
        marked = (index for index in self._marked_indexes if index < len(columns))
        return not any(map(self._marks_example, set(chain.from_iterable(columns[index] for index in marked))))

    def _is_example(self, cells: list[Cell]) -> bool:
        return any(index < len(cells) and self._marks_example(cells[index]) for index in self._marked_indexes)

    def _marks_example(self, cell: Cell) -> bool:
        return self._example is not None and isinstance(cell, str) and bool(self._example.search(cell))

    def _kind_without_id(self, cells: list[Cell]) -> RowKind:
        filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
        first = self._word(cells, filled[0])
        named = self._word(cells, self._name_index)
        if any(self._is_total(word) for word in (first, named)):
            return "total_row"
        for mark in self._layout.note_marks:
            if first.startswith(mark):
                rest = first.removeprefix(mark)
                if not rest or not rest[0].isalpha() or len(filled) <= _NOTE_CELLS_MAX:
                    return "note_row"
        # Serial numbers written down to the end of the page, with nothing beside them.
        return "blank" if self._ignored_indexes.issuperset(filled) else "entry"

    def _is_total(self, word: str) -> bool:
        marks = [mark for mark in self._layout.total_marks if word.startswith(mark)]
        return any(not word[len(mark) :][:1].isalpha() for mark in marks)

    def _word(self, cells: list[Cell], index: int | None) -> str:
        if index is None or index >= len(cells):
            return ""
        cell = cells[index]
        return _LEADING_SIGNS.sub("", label(cell), count=1) if isinstance(cell, str) else ""
