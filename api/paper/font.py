"""The typeface of what is printed, and which characters it has. It comes with a package: no machine needs fonts."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
from typst import Fonts

FAMILY: Final = "Noto Sans CJK SC"
MISSING: Final = "〓"
"""Printed for a character that the typeface lacks, where the text is not a name (the printers' mark for that)."""

_FULL_UNICODE: Final = 12
"""The form of a character map that goes beyond the first 65,536 code points."""


@cache
def fonts() -> Fonts:
    """For the typesetter: this typeface alone, so that a page is the same on every machine."""
    return Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(manimgx_fonts_cjk.__file__).parent)],
    )


def lacking(text: str) -> list[str]:
    """The characters of a text that the typeface lacks, each once."""
    known = _characters()
    return [character for character in dict.fromkeys(text) if ord(character) not in known]


def printable(text: str) -> str:
    """The text with MISSING for every character that the typeface lacks."""
    known = _characters()
    return "".join(character if ord(character) in known else MISSING for character in text)


@cache
def _characters() -> frozenset[int]:
    """The code points that have a glyph."""
    for face in fonts().fonts():
        if face.family == FAMILY and face.path is not None:
            return frozenset(_mapped(Path(face.path).read_bytes(), face.index))
    raise LookupError(f"no typeface {FAMILY}")


def _mapped(file: bytes, index: int) -> Iterator[int]:
    """From the character map of one face of a font collection (OpenType: ``ttcf``, ``cmap`` format 12)."""

    def read(form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(form, file, offset)

    (face,) = read(">I", 12 + 4 * index)
    (tables,) = read(">H", face + 4)
    records = (struct.unpack_from(">4sIII", file, face + 12 + 16 * number) for number in range(tables))
    cmap: int = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (maps,) = read(">H", cmap + 2)
    for number in range(maps):
        place = cmap + read(">HHI", cmap + 4 + 8 * number)[2]
        if read(">H", place) == (_FULL_UNICODE,):
            (groups,) = read(">I", place + 12)
            for group in range(groups):
                first, last, glyph = read(">III", place + 16 + 12 * group)
                yield from range(first + (glyph == 0), last + 1)
            return
