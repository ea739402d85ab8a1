"""Which JSON lines are entries, which take an entry back, and which are neither."""

from marshmallow import ValidationError

from importers.asides import RowKind
from importers.cells import tidy_cell
from importers.layout import Statements
from importers.sheet import Cell, Row
from service.fields import tidy_text


class StatementKinds:
    """Tells statements apart, as ``Asides`` tells the rows of a sheet apart."""

    def __init__(self, statements: Statements, width: int) -> None:
        self._statements = statements
        self._width = width

    def kind(self, cells: list[Cell]) -> RowKind:
        if len(cells) <= self._width:
            return "line_not_json"
        verb, _, *unless = cells[self._width :]
        if verb in self._statements.withdrawals:
            return "withdrawal"
        if verb not in self._statements.entries:
            return "other_statement"
        excluded = zip(unless, (value for _, value in self._statements.unless), strict=True)
        return "not_passed" if any(cell == value for cell, value in excluded) else "entry"

    def entry(self, row: Row) -> Row:
        """A statement that is an entry without what told its kind."""
        return Row(row.line, row.cells[: self._width])

    def withdrawn(self, cells: list[Cell]) -> str | None:
        """The reference of the entry that a withdrawal takes back, tidied as an entry's own is; None when it names
        none, or what no entry can have."""
        reference = cells[self._width + 1]
        if not isinstance(reference, str):
            return None
        try:
            return tidy_text(tidy_cell(reference)) or None
        except ValidationError:
            return None
