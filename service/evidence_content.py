"""What a file of evidence is, told by its content alone: PDF, JPEG, PNG or WebP, and nothing that asks to be run.

A PDF is refused when it is encrypted, or when it names a script or an action that starts something. Files within it
are let through: invoices and signed documents carry such. Objects packed into compressed object streams are unpacked
and looked at too, and a PDF with more of them than any scan or form has, or with some packed in another way than all
programs pack them, is refused; what lies in other streams (page content, pictures) is not looked at, since no viewer
takes actions from there. A picture is refused when its size in
pixels cannot be read or is absurd.
"""

import io
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import imagesize

from service.domain.errors import Fault
from service.domain.evidence import FILES_MAX, MediaType, Upload

PIXELS_MAX: Final = 100_000_000
"""Of a picture: what a viewer must unpack. A page scanned at 600 dots an inch has 35 million."""

SIDE_MAX: Final = 30_000

_EXAMINED_MAX: Final = 32 * 1024 * 1024
"""Bytes of packed objects, packed and unpacked, that are looked at; a scan or a form has a tenth of it at most."""

_OBJECT_STREAMS_MAX: Final = 2000
_STREAM_BEGINS_WITHIN: Final = 400
_PDF_END_WITHIN: Final = 1024


def _named(*names: str) -> re.Pattern[bytes]:
    """Finds these names of PDF however they are written: ``/L#61unch`` is ``/Launch``."""

    def written(character: str) -> str:
        high, low = divmod(ord(character), 16)
        return f"(?:{character}|#{high}[{low:x}{low:X}])"

    words = "|".join("".join(map(written, name)) for name in names)
    return re.compile(f"/(?:{words})(?![0-9A-Za-z])".encode())


_ENCRYPTED: Final = _named("Encrypt")
_OBJECT_STREAM: Final = re.compile(
    b"(?P<by_type>%b)|(?P<by_first>%b\\s*[0-9]+(?![0-9]|\\s+[0-9]+\\s+R))"
    % (_named("ObjStm").pattern, _named("First").pattern)
)
"""Many viewers take a stream for one whatever its type: that it tells where its first object begins is enough.
An outline's ``/First 12 0 R`` is something else."""

_FILTER: Final = _named("Filter")
_PLAIN_FILTER: Final = re.compile(
    _FILTER.pattern + rb"\s*(?:/FlateDecode(?![0-9A-Za-z])|\[\s*/FlateDecode\s*\])"
)
_PARAMETERS: Final = _named("DecodeParms")
_PIECE: Final = 4096
_STREAM: Final = re.compile(rb"stream\r?\n")
# Names so long that no picture's bytes hold them by chance: three letters, as of /JS, stand in every third scan.
_ACTIVE: Final = _named("JavaScript", "Launch", "RichMedia", "Rendition", "SubmitForm", "ImportData")


class _TooMuch(Exception):
    """More packed objects than are looked at."""


def media_type_of(content: bytes) -> MediaType | None:
    """The type by the first bytes, None for any other."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def evidence_faults(uploads: Sequence[Upload], size_max: int) -> Iterator[Fault]:
    """All that is wrong with files of evidence; ``size_max`` in bytes, of each. Pointers: ``/evidence/0`` …"""
    if not uploads:
        yield Fault("/evidence", "evidence_required")
    if len(uploads) > FILES_MAX:
        yield Fault("/evidence", "too_many", {"most": FILES_MAX})
        return
    for index, upload in enumerate(uploads):
        code = _fault_of(upload.content, size_max)
        if code is not None:
            yield Fault(f"/evidence/{index}", code, {"most": f"{size_max / 1024**2:g}"})


def _fault_of(content: bytes, size_max: int) -> str | None:
    if not content:
        return "evidence_empty"
    if len(content) > size_max:
        return "evidence_too_large"
    media_type = media_type_of(content)
    if media_type is None:
        return "evidence_type"
    return _pdf_fault(content) if media_type == "application/pdf" else _picture_fault(content)


def _picture_fault(content: bytes) -> str | None:
    width, height = imagesize.get(io.BytesIO(content))
    if width < 1 or height < 1:
        return "evidence_damaged"
    if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
        return "evidence_dimensions"
    return None


def _pdf_fault(content: bytes) -> str | None:
    if b"%%EOF" not in content[-_PDF_END_WITHIN:]:
        return "evidence_damaged"
    # An encrypted PDF says so in the clear: its trailer is never encrypted or packed.
    if _ENCRYPTED.search(content):
        return "evidence_encrypted"
    try:
        is_active = any(map(_ACTIVE.search, (content, *_packed_objects(content))))
    except _TooMuch:
        return "evidence_active"
    return "evidence_active" if is_active else None


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """The object streams, unpacked. Raises _TooMuch, for one that can't be unpacked as nearly all are packed too: what
    it holds a viewer may see and we don't."""
    left, seen = _EXAMINED_MAX, 0
    for count, found in enumerate(_OBJECT_STREAM.finditer(content)):
        if count >= _OBJECT_STREAMS_MAX:
            raise _TooMuch
        begins = _STREAM.search(content, found.end(), found.end() + _STREAM_BEGINS_WITHIN)
        if begins is None:
            if found.lastgroup == "by_type":
                raise _TooMuch
            continue
        if begins.end() == seen:  # named by its type and by its first object
            continue
        seen = begins.end()
        opens = content.rfind(b"obj", max(0, found.start() - _STREAM_BEGINS_WITHIN), found.start())
        head = content[max(0, opens) : begins.start()]
        if _FILTER.search(head) and not (_PLAIN_FILTER.search(head) and not _PARAMETERS.search(head)):
            raise _TooMuch
        try:
            unpacked, used = _unpacked(content, seen, left)
        except zlib.error:
            if _FILTER.search(head):
                raise _TooMuch from None
            continue  # it lies there in clear
        left -= used + len(unpacked)
        yield unpacked


def _unpacked(content: bytes, begins: int, most: int) -> tuple[bytes, int]:
    """What is packed from there on, wherever it says it ends, and how many bytes that took. Raises _TooMuch beyond
    ``most`` in all, zlib.error."""
    unpacker, parts, at = zlib.decompressobj(), [], begins
    while not unpacker.eof:
        piece = content[at : at + _PIECE]
        if not piece:
            raise zlib.error("cut off")
        parts.append(unpacker.decompress(piece, most))
        at += len(piece)
        most -= len(piece) + len(parts[-1])
        if most <= 0:
            raise _TooMuch
    return b"".join(parts), at - begins - len(unpacker.unused_data)
