"""JSON lines: one object in a line, values taken from it by path."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import BinaryIO, Final

import orjson

from importers.layout import Layout, Statements
from importers.sheet import BadCell, Cell, FileRefused, Row, Sheet

_LINE_SIZE_MAX: Final = 1024 * 1024
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

Path = tuple[str, ...]


def open_json_lines(file: BinaryIO, layout: Layout) -> Sheet:
    """Rows of one cell a column of the layout, then what tells the kind of statement (``StatementKinds``).

    Raises FileRefused when the file does not begin with an object.
    """
    file.seek(0)
    if not file.read(4096).removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{"):
        raise FileRefused("file_not_json_lines")
    return Sheet(name="", rows=partial(_rows, file, paths_of(layout)), typed=True)


def paths_of(layout: Layout) -> tuple[Path, ...]:
    """The paths of a row's cells."""
    columns = tuple(column.path for column in layout.columns.values())
    return columns if layout.statements is None else columns + _kind_paths(layout.statements)


def _kind_paths(statements: Statements) -> tuple[Path, ...]:
    return (statements.path, statements.withdrawn, *(path for path, _ in statements.unless))


def _rows(file: BinaryIO, paths: Sequence[Path]) -> Iterator[Row]:
    file.seek(0)
    number = 0
    while line := file.readline(_LINE_SIZE_MAX + 1):
        number += 1
        if len(line) > _LINE_SIZE_MAX:
            raise FileRefused("row_unreadable", {"line": number})
        text = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).strip()
        if text:
            yield Row(number, _cells(text, paths))


def _cells(text: bytes, paths: Sequence[Path]) -> list[Cell]:
    try:
        statement = orjson.loads(text)
    except orjson.JSONDecodeError:
        statement = None
    if not isinstance(statement, dict):
        return [BadCell("line_not_json")]
    return [_cell(statement, path) for path in paths]


def _cell(statement: object, path: Path) -> Cell:
    for key in path:
        if not isinstance(statement, dict):
            return ""
        statement = statement.get(key)
    if statement is None or not path:
        return ""
    return statement if isinstance(statement, str | int | float) else BadCell("cell_is_nested")
