"""Words for tests of what people do themselves: forms, files, sign-ins."""

import struct
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.access import Asker, own_asker
from service.domain.entry import OwnEntryDraft
from service.domain.evidence import Upload
from service.domain.identity import Identity
from service.domain.session import SignedInPerson
from tests.operations.ledger import id_number

OWN: Asker = own_asker("test", "entries")

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def png(width: int = 4, height: int = 3) -> bytes:
    """A PNG of that size, black, as far as its head goes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * min(height, 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 4, height: int = 3) -> bytes:
    """The head of a JPEG of that size."""
    app0 = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + app0 + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def signed_in(person: int = 1, name: str | None = None) -> SignedInPerson:
    """Made-up person number ``person``, as tests.operations.ledger has them."""
    return SignedInPerson(Identity("resident_id", id_number(person)), name or f"测试{person}")


def own_draft(form: str = "form-1", **changes: Any) -> OwnEntryDraft:
    plain = OwnEntryDraft(
        token=form,
        division_code="331100",
        credit_year=2023,
        subject="specialty",
        hours=240,
        course_title=f"课程{form}",
        series="建设工程",
        completed_on=date(2023, 5, 4),
    )
    return replace(plain, **changes)


def files(count: int = 1) -> list[Upload]:
    """Different files."""
    return [Upload(f"证书{n}.pdf", PDF + f"% {n}\n%%EOF\n".encode()) for n in range(count)]
