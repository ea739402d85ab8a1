"""Text for a terminal of 80 columns, where a Chinese character takes two."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, Literal

COLUMNS: Final = 80
_GAP: Final = "  "
_CLOSING: Final = "，。、；：！？）》”’」』〉】,.;:!?)"
"""What must not begin a line."""

Align = Literal["left", "right"]


def width(text: str) -> int:
    """Columns the text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def padded(text: str, columns: int, align: Align = "left") -> str:
    """The text filled up with spaces to ``columns``."""
    space = " " * max(0, columns - width(text))
    return text + space if align == "left" else space + text


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most ``columns``: broken between Chinese characters, or at a space of Western text."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line) + width(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece.lstrip() if not line else piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def paragraph(text: str, indent: str = "", first: str | None = None) -> Iterator[str]:
    """The text within COLUMNS; the first line begins with ``first``, the others with ``indent``."""
    start = indent if first is None else first
    for line in wrapped(text, COLUMNS - max(width(indent), width(start))):
        yield start + line
        start = indent


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], aligns: Sequence[Align], indent: str = ""
) -> Iterator[str]:
    """Lines of a table; the last column is broken into lines where it would leave the terminal."""
    widths = [max(width(row[place]) for row in (header, *rows)) for place in range(len(header))]
    before = len(indent) + sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    widths[-1] = min(widths[-1], max(20, COLUMNS - before))
    yield _line(header, widths, aligns, indent)
    yield indent + _GAP.join("-" * columns for columns in widths)
    for row in rows:
        last = wrapped(row[-1], widths[-1])
        yield _line([*row[:-1], last[0]], widths, aligns, indent)
        for line in last[1:]:
            yield " " * before + line


def _line(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[Align], indent: str) -> str:
    filled = (
        padded(cell, columns, align) for cell, columns, align in zip(cells, widths, aligns, strict=True)
    )
    return (indent + _GAP.join(filled)).rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What is not to be broken: a word with the space after it, or a Chinese character; with what closes it."""
    piece = ""
    for character in text:
        if piece and (character not in _CLOSING) and (piece[-1] == " " or width(piece[-1] + character) > 2):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
