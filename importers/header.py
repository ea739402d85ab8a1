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
from service.wording.roster_notes import MARKED

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
    """The header. ``line`` is its last; ``columns`` by where they stand; ``missing``: required fields no column fills;
    ``rows``: the labels of each row of it (two where headers stand under a common one), with the place and text of
    the first cell that has any; ``width``: cells up to the last one with a label."""

    line: int
    columns: tuple[HeaderColumn, ...]
    missing: frozenset[str]
    faults: tuple[RowFault, ...]
    rows: tuple["LabelRow", ...]
    width: int

    def title(self, field: str) -> str | None:
        """The header's text, as in their sheet, of the column that fills a field."""
        return next((column.title for column in self.columns if column.field == field), None)

    def position(self, field: str) -> int:
        return next((column.index for column in self.columns if column.field == field), 0)


_COMPARED_MAX: Final = 60
_LOWER_LEAST: Final = 2

IGNORED_HEADERS: Final = frozenset(map(header_label, MARKED["column"]))
"""The column of reasons in a workbook that we marked ourselves."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of a header: its labels, and its first cell that has one."""

    line: int
    labels: tuple[str, ...]
    cells: list[Cell]
    first: int

    @classmethod
    def of(cls, row: Row) -> "LabelRow":
        labels = _labels(row.cells)
        first = next((index for index, text in enumerate(labels) if text), 0)
        return cls(row.line, labels, row.cells, first)


_Candidate = tuple[LabelRow, ...]


def find_header(rows: Iterator[Row], layout: Layout, optional: frozenset[str]) -> Header | None:
    """The row with the most known headers among the first ``layout.search_rows``, or two that have more together; None
    when there is none.

    ``optional``: fields that need no column although the layout requires one. Raises FileRefused when the header
    has too many columns.
    """
    best: tuple[int, _Candidate] | None = None
    before: LabelRow | None = None
    for row in islice(rows, layout.search_rows):
        this = LabelRow.of(row)
        candidates: list[_Candidate] = [(this,)]
        if before is not None and _is_lower(before, this, layout):
            candidates.append((before, this))
        for candidate in candidates:
            if layout.header_row is not None and candidate[0].line != layout.header_row:
                continue
            fields = {layout.fields_by_header.get(text, "") for text in _together(candidate, layout)} - {""}
            if len(fields) >= layout.least_headers and (best is None or len(fields) > best[0]):
                best = len(fields), candidate
        before = this
    return None if best is None else _read(best[1], layout, optional)


def path_header(layout: Layout) -> Header:
    """The header that JSON lines do not have: one column for each path."""
    columns = tuple(
        HeaderColumn(index, ".".join(column.path), column.field)
        for index, column in enumerate(layout.columns.values())
    )
    return Header(0, columns, frozenset(), (), (), len(columns))


def _labels(cells: list[Cell]) -> tuple[str, ...]:
    labels = [header_label(cell) if isinstance(cell, str) else "" for cell in cells]
    while labels and not labels[-1]:
        labels.pop()
    return tuple(labels)


def _is_lower(upper: LabelRow, lower: LabelRow, layout: Layout) -> bool:
    """Whether a row may be the lower one of a header: right below the other, and most of its cells are headers."""
    if upper.line != lower.line - 1 or not any(lower.labels):
        return False
    filled = [index for index, text in enumerate(lower.labels) if text]
    together = _together((upper, lower), layout)
    known = sum(1 for index in filled if together[index] in layout.fields_by_header)
    return known >= _LOWER_LEAST and known * 2 > len(filled)


def _together(rows: _Candidate, layout: Layout) -> tuple[str, ...]:
    """A header's labels. Under a common header, a column's own one counts, or both read together: 学时 over 专业."""
    if len(rows) == 1:
        return rows[0].labels
    upper, lower = rows[0].labels, rows[1].labels
    known = layout.fields_by_header
    together, above = [], ""
    for index in range(max(len(upper), len(lower))):
        own_above = upper[index] if index < len(upper) else ""
        own = lower[index] if index < len(lower) else ""
        above = own_above or above
        names = (own, above + own, own + above) if own else (own_above,)
        together.append(next((name for name in names if name in known), names[0]))
    return tuple(together)


def is_repeated(cells: list[Cell], header: Header) -> bool:
    """Whether a row is the header, or a row of it, once more, as printed on every page."""
    for row in header.rows:
        index = row.first  # one cell settles it for nearly every row
        if index < len(cells) and cells[index] == row.cells[index] and _labels(cells) == row.labels:
            return True
    return False


def _read(rows: _Candidate, layout: Layout, optional: frozenset[str]) -> Header:
    labels, line = _together(rows, layout), rows[-1].line
    if len(labels) > COLUMNS_MAX:
        raise FileRefused("too_many_columns", {"columns": len(labels), "most": COLUMNS_MAX})
    columns: dict[str, HeaderColumn] = {}
    others: list[HeaderColumn] = []
    faults: list[RowFault] = []
    for index, text in enumerate(labels):
        title = _title(rows, index)
        field = layout.fields_by_header.get(text)
        if field and field in columns:
            params = {"header": title, "first": columns[field].title}
            faults.append(RowFault(line, title, "duplicate_column", params, index, title))
        elif field:
            columns[field] = HeaderColumn(index, title, field)
        elif field == "" or text or not _is_text(rows[-1].cells, index):
            others.append(HeaderColumn(index, title, ""))
    for column in others:
        if (text := labels[column.index]) not in layout.fields_by_header and text not in IGNORED_HEADERS:
            faults.append(_unknown(line, column, text, layout, columns.keys()))
    required = {column.field for column in layout.headed.values() if column.required} - optional
    missing = frozenset(required - columns.keys())
    for field in sorted(missing, key=list(layout.headed).index):
        name = layout.headed[field].headers[0]
        faults.append(RowFault(line, name, "missing_column", {"header": name}, len(labels)))
    found = sorted([*columns.values(), *others], key=lambda column: column.index)
    return Header(line, tuple(found), missing, tuple(faults), rows, len(labels))


def _is_text(cells: list[Cell], index: int) -> bool:
    return index >= len(cells) or isinstance(cells[index], str)


def _title(rows: _Candidate, index: int) -> str:
    """The header's text as in their sheet, the lowest one where there are two."""
    for row in reversed(rows):
        if index < len(row.cells) and (title := shown(str(row.cells[index]))):
            return title
    return column_letter(index)


def _unknown(line: int, column: HeaderColumn, text: str, layout: Layout, taken: Collection[str]) -> RowFault:
    """A header nobody knows, with the known one it is likely meant to be."""
    known = {label: field for label, field in layout.fields_by_header.items() if field and field not in taken}
    params = {"header": column.title}
    if close := get_close_matches(text[:_COMPARED_MAX], known, n=1, cutoff=_ALIKE):
        params["suggestion"] = layout.headed[known[close[0]]].headers[0]
    return RowFault(line, column.title, "unknown_column", params, column.index, column.title)
