"""What a sheet shows of itself, read from its XML in passing: hidden rows and columns, widths, formulas."""

import re
from dataclasses import dataclass, field
from typing import Final

_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row (?=[^<>]*\bhidden="(?:1|true)")[^<>]*?\br="([0-9]{1,7})"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^<>]*)/?>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_FORMULAS: Final = (b"<f>", b"<f ")
_COLUMNS_MAX: Final = 16_384
_WIDTH_MAX: Final = 255
_HIDDEN_MAX: Final = 100_000


@dataclass
class SheetView:
    """``hidden_rows`` by line, at most the first hundred thousand; columns by index from 0; ``widths`` in characters;
    ``formulas``: cells that have one."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    formulas: int = 0

    def see(self, piece: bytes) -> None:
        """Takes in a piece of the sheet's XML."""
        if b'hidden="' in piece and len(self.hidden_rows) < _HIDDEN_MAX:
            self.hidden_rows += map(int, _HIDDEN_ROW.findall(piece))
        if b"<f" in piece:
            self.formulas += sum(map(piece.count, _FORMULAS))
        if b"col " in piece and len(self.widths) < _COLUMNS_MAX:
            for attributes in _COLUMN.findall(piece):
                self._see_column(dict(_ATTRIBUTE.findall(attributes)))

    def _see_column(self, attributes: dict[bytes, bytes]) -> None:
        try:
            first, last = int(attributes[b"min"]), int(attributes[b"max"])
            width = float(attributes.get(b"width", b"0"))
        except (KeyError, ValueError):
            return  # a width that cannot be read is no reason to refuse a roster
        if not 1 <= first <= last or last >= _COLUMNS_MAX:
            return  # to the sheet's very edge: said of all columns, not of these
        for index in range(first - 1, last):
            if 0 < width < _WIDTH_MAX:
                self.widths[index] = width
            if attributes.get(b"hidden") in (b"1", b"true"):
                self.hidden_columns.append(index)
