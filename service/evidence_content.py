"""What a file of evidence is, told by its content alone: PDF, JPEG, PNG or WebP, and nothing that asks to be run.

A PDF is refused when it is encrypted, or when it names a script or an action that starts something. Files within it
are let through: invoices and signed documents carry such. Objects packed into compressed object streams are unpacked
and looked at too, up to _UNPACKED_MAX bytes of them; what lies in other streams (page content, pictures) is not, since
no viewer takes actions from there. A picture is refused when its size in pixels cannot be read or is absurd.
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

_UNPACKED_MAX: Final = 32 * 1024 * 1024
_PDF_END_WITHIN: Final = 1024
_OBJECT_STREAM = re.compile(rb"/ObjStm\b[^\0]{0,400}?stream\r?\n")
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_ENCRYPTED = re.compile(rb"/Encrypt(?![0-9A-Za-z])")
# Names so long that no picture's bytes hold them by chance: three letters, as of /JS, stand in every third scan.
_ACTIVE = re.compile(rb"/(?:JavaScript|Launch|RichMedia|Rendition|SubmitForm|ImportData)(?![0-9A-Za-z])")


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
    if _ENCRYPTED.search(_plain_names(content)):
        return "evidence_encrypted"
    if any(_ACTIVE.search(_plain_names(part)) for part in (content, *_packed_objects(content))):
        return "evidence_active"
    return None


def _plain_names(part: bytes) -> bytes:
    """Names may be written with escapes: ``/L#61unch`` is ``/Launch``."""
    return _ESCAPED_NAME.sub(lambda found: bytes([int(found[1], 16)]), part)


def _packed_objects(content: bytes) -> Iterator[bytes]:
    left = _UNPACKED_MAX
    for found in _OBJECT_STREAM.finditer(content):
        try:
            unpacked = zlib.decompressobj().decompress(content[found.end() :], left)
        except zlib.error:
            continue
        yield unpacked
        left -= len(unpacked)
        if left <= 0:
            return
