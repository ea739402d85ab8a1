"""The header of a roster: found by its words, not by its place, and checked against the layout."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

from importers.labels import header_label
from importers.layout import Layout
from importers.report import RowFault, shown
from importers.sheet import Cell, FileRefused, Row, column_letter

COLUMNS_MAX: Final = 100

_ALIKE: Final = 0.5
"""Most headers have two to four characters: one wrong one of two is still a slip."""


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column with a header. ``field`` ``""``: nothing an entry has (a serial number, the employer)."""

    index: int
    title: str
    field: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header row. ``columns`` by where they stand; ``missing``: required fields no column fills; ``labels`` of its
    cells, ``first`` the place and text of the first one that has any."""

    line: int
    columns: tuple[HeaderColumn, ...]
    missing: frozenset[str]
    faults: tuple[RowFault, ...]
    labels: tuple[str, ...]
    first: tuple[int, Cell]

    def title(self, field: str) -> str | None:
        """The header's text, as in their sheet, of the column that fills a field."""
        return next((column.title for column in self.columns if column.field == field), None)

    def position(self, field: str) -> int:
        return next((column.index for column in self.columns if column.field == field), 0)


_COMPARED_MAX: Final = 60


def find_header(rows: Iterator[Row], layout: Layout, optional: frozenset[str]) -> Header | None:
    """The row with the most known headers among the first ``layout.search_rows``; None when there is none.

    ``optional``: fields that need no column although the layout requires one. Raises FileRefused when the header
    has too many columns.
    """
    best: tuple[int, Row] | None = None
    for row in islice(rows, layout.search_rows):
        fields = {layout.fields_by_header.get(text, "") for text in _labels(row.cells)} - {""}
        if len(fields) >= layout.least_headers and (best is None or len(fields) > best[0]):
            best = len(fields), row
    return None if best is None else _read(best[1], layout, optional)


def _labels(cells: list[Cell]) -> tuple[str, ...]:
    labels = [header_label(cell) if isinstance(cell, str) else "" for cell in cells]
    while labels and not labels[-1]:
        labels.pop()
    return tuple(labels)


def is_repeated(cells: list[Cell], header: Header) -> bool:
    """Whether a row is the header once more, as printed on every page."""
    index, text = header.first  # one cell settles it for nearly every row
    return index < len(cells) and cells[index] == text and _labels(cells) == header.labels


def _read(row: Row, layout: Layout, optional: frozenset[str]) -> Header:
    labels = _labels(row.cells)
    if len(labels) > COLUMNS_MAX:
        raise FileRefused("too_many_columns", {"columns": len(labels), "most": COLUMNS_MAX})
    columns: dict[str, HeaderColumn] = {}
    others: list[HeaderColumn] = []
    faults: list[RowFault] = []
    for index, (text, cell) in enumerate(zip(labels, row.cells, strict=False)):
        title = shown(str(cell)) or column_letter(index)
        field = layout.fields_by_header.get(text)
        if field and field in columns:
            params = {"header": title, "first": columns[field].title}
            faults.append(RowFault(row.line, title, "duplicate_column", params, index))
        elif field:
            columns[field] = HeaderColumn(index, title, field)
        elif field == "" or text or not isinstance(cell, str):
            others.append(HeaderColumn(index, title, ""))
    for column in others:
        if (text := labels[column.index]) not in layout.fields_by_header:
            faults.append(_unknown(row.line, column, text, layout, columns.keys()))
    required = {column.field for column in layout.columns.values() if column.required} - optional
    missing = frozenset(required - columns.keys())
    for field in sorted(missing, key=list(layout.columns).index):
        name = layout.columns[field].headers[0]
        faults.append(RowFault(row.line, name, "missing_column", {"header": name}, len(labels)))
    found = sorted([*columns.values(), *others], key=lambda column: column.index)
    first = next(index for index, text in enumerate(labels) if text)
    return Header(row.line, tuple(found), missing, tuple(faults), labels, (first, row.cells[first]))


def _unknown(line: int, column: HeaderColumn, text: str, layout: Layout, taken: Collection[str]) -> RowFault:
    """A header nobody knows, with the known one it is likely meant to be."""
    known = {label: field for label, field in layout.fields_by_header.items() if field and field not in taken}
    params = {"header": column.title}
    if close := get_close_matches(text[:_COMPARED_MAX], known, n=1, cutoff=_ALIKE):
        params["suggestion"] = layout.columns[known[close[0]]].headers[0]
    return RowFault(line, column.title, "unknown_column", params, column.index)
