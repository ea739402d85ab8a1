"""Delimited text (CSV): which encoding, which delimiter, then rows numbered as a spreadsheet numbers them."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, Final, cast

from importers.sheet import Cell, FileRefused, Row, Sheet

_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_DELIMITERS: Final = (",", ";", "\t")
_BLOCK_SIZE: Final = 1024 * 1024
_SNIFFED_ROWS: Final = 60
_SNIFFED_SIZE: Final = 256 * 1024


def open_delimited(file: BinaryIO) -> Sheet:
    """Raises FileRefused when the text is in no encoding we read, or is no text."""
    encoding, lines = _encoding(file)
    delimiter = _delimiter(file, encoding)
    return Sheet(
        name="",
        rows=lambda: _rows(file, encoding, delimiter),
        encoding="GB18030" if encoding == "gb18030" else "UTF-8",
        delimiter="Tab" if delimiter == "\t" else delimiter,
        lines=lines,
    )


def _encoding(file: BinaryIO) -> tuple[str, int]:
    """The first encoding the *whole* file is valid in (a UTF-8 prefix proves nothing about the rest), and its line
    breaks."""
    for encoding in _ENCODINGS:
        file.seek(0)
        if (lines := _lines(file, encoding)) is not None:
            return encoding, lines
    raise FileRefused("encoding_unknown")


def _lines(file: BinaryIO, encoding: str) -> int | None:
    """How many line breaks there are; None when it is not text of that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    while block := file.read(_BLOCK_SIZE):
        if (at := block.find(b"\0")) >= 0:
            raise FileRefused("nul_in_text", {"line": lines + block.count(b"\n", 0, at) + 1})
        lines += block.count(b"\n")
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return None
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return lines


def _delimiter(file: BinaryIO, encoding: str) -> str:
    """The delimiter under which some row near the top has the most filled cells: that row is the header."""
    file.seek(0)
    # Reading by `errors="ignore"` only because the last character of the piece may be cut.
    piece = file.read(_SNIFFED_SIZE).decode(encoding, errors="ignore")

    def widest(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter)
        try:
            return max(
                (sum(1 for cell in row if cell.strip()) for row in islice(rows, _SNIFFED_ROWS)), default=0
            )
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=widest)


def _rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """A quoted line break does not begin a new row, an empty line is a row: as every spreadsheet counts them."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    # strict: a quote that is never closed would otherwise swallow all rows after it without a word.
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 0
    try:
        cells: list[Cell]
        for line, cells in enumerate(cast("Iterator[list[Cell]]", reader), start=1):
            if cells:
                yield Row(line, cells)
    except csv.Error:
        raise FileRefused("row_unreadable", {"line": line + 1}) from None
    finally:
        with suppress(ValueError):  # already closed, when nobody read on to the end
            text.detach()  # the file is the opener's to close
