"""What is taken for evidence, by content alone."""

import zlib

import pytest

from service.domain.evidence import FILES_MAX, Upload
from service.evidence_content import PIXELS_MAX, SIDE_MAX, evidence_faults, media_type_of
from tests.operations.own import PDF, jpeg, png

SIZE_MAX = 5 * 1024 * 1024


def pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n" + inside + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def packed(inside: bytes) -> bytes:
    """A PDF with objects in a compressed stream."""
    stream = zlib.compress(inside)
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\r\n" % len(
        stream
    )
    return pdf(head + stream + b"\nendstream\nendobj")


def webp(width: int = 4, height: int = 3) -> bytes:
    frame = (
        b"\x30\x01\x00\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\0" * 20
    )
    body = b"WEBPVP8 " + len(frame).to_bytes(4, "little") + frame
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def fault_of(content: bytes, file_name: str = "证书.pdf") -> str | None:
    faults = list(evidence_faults([Upload(file_name, content)], SIZE_MAX))
    assert {fault.pointer for fault in faults} <= {"/evidence/0"}
    return faults[0].code if faults else None


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (packed(b"1 0 << /Type /Catalog /OpenAction [3 0 R /Fit] >>"), "application/pdf"),
        (pdf(b"1 0 obj << /Names << /EmbeddedFiles 3 0 R >> >> endobj"), "application/pdf"),
        (pdf(b"stream\n" + bytes(range(256)) * 99 + b"/JS \nendstream"), "application/pdf"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (jpeg(10_000, 10_000), "image/jpeg"),
        (webp(), "image/webp"),
    ],
)
def test_taken(content: bytes, media_type: str) -> None:
    assert fault_of(content, "whatever.exe") is None
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "evidence_empty"),
        (PDF + b" " * SIZE_MAX, "evidence_too_large"),
        (b"\xff\xd8\xff" + b"0" * SIZE_MAX, "evidence_too_large"),
        (b"GIF89a" + bytes(100), "evidence_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "evidence_type"),
        (b"<!DOCTYPE html><script>1</script>", "evidence_type"),
        (b"PK\x03\x04" + bytes(100), "evidence_type"),
        (b"MZ" + bytes(100), "evidence_type"),
        (b" " + PDF, "evidence_type"),
        (b"%PDF", "evidence_type"),
        (b"%PDF-1.7\nhalf of", "evidence_damaged"),
        (b"\x89PNG\r\n\x1a\n", "evidence_damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "evidence_damaged"),
        (b"\xff\xd8\xff\xe0", "evidence_damaged"),
        (b"\xff\xd8\xff" + b"<script>" * 100, "evidence_damaged"),
        (b"RIFF\0\0\0\0WEBP", "evidence_damaged"),
        (png(0, 3), "evidence_damaged"),
        (png(SIDE_MAX + 1, 1), "evidence_dimensions"),
        (png(1, 2**31 - 1), "evidence_dimensions"),
        (jpeg(10_001, 10_000), "evidence_dimensions"),
        (pdf(b"trailer << /Encrypt 5 0 R >>"), "evidence_encrypted"),
        (pdf(b"trailer << /#45ncrypt 5 0 R >>"), "evidence_encrypted"),
        (pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), "evidence_active"),
        (pdf(b"<< /S /J#61va#53cript /JS 5 0 R >>"), "evidence_active"),
        (pdf(b"<< /S/Launch/F(cmd.exe) >>"), "evidence_active"),
        (pdf(b"<< /S /SubmitForm >>"), "evidence_active"),
        (packed(b"1 0 << /S /JavaScript /JS (1) >>"), "evidence_active"),
        (packed(b"1 0 << /S /#4aavaScript /JS (1) >>"), "evidence_active"),
    ],
)
def test_refused(content: bytes, code: str) -> None:
    assert fault_of(content) == code
    assert fault_of(content, "photo.png") == code


def test_limits() -> None:
    assert PIXELS_MAX == 10_000 * 10_000
    assert fault_of(PDF.replace(b"\ntrailer", b" " * (SIZE_MAX - len(PDF)) + b"\ntrailer")) is None
    for count, code in ((0, "evidence_required"), (FILES_MAX, None), (FILES_MAX + 1, "too_many")):
        faults = list(evidence_faults([Upload("a.pdf", PDF)] * count, SIZE_MAX))
        assert [fault.code for fault in faults] == ([] if code is None else [code])


def test_every_file_is_told_of() -> None:
    faults = list(evidence_faults([Upload("a", b""), Upload("b", PDF), Upload("c", b"GIF8")], SIZE_MAX))
    assert [(fault.pointer, fault.code) for fault in faults] == [
        ("/evidence/0", "evidence_empty"),
        ("/evidence/2", "evidence_type"),
    ]


def stream(packed_objects: bytes) -> bytes:
    return b"<< /Type /ObjStm >>\nstream\n" + packed_objects + b"\nendstream\n"


@pytest.mark.parametrize(
    "inside",
    [
        stream(zlib.compress(b"\0" * 40_000_000)),
        stream(zlib.compress(b" " * 100_000)) * 400,
        stream(b"") * 2001,
        b"/ObjStm stream\n" * 1990 + b"#" * 1_000_000,
    ],
    ids=["one large", "many", "too many", "one within another"],
)
def test_what_would_take_long_to_look_at_is_refused(inside: bytes) -> None:
    assert len(inside) < SIZE_MAX
    assert fault_of(pdf(inside)) == "evidence_active"


def test_a_large_plain_one_is_taken() -> None:
    assert fault_of(pdf(stream(zlib.compress(b"/Type /Page " * 100_000)) * 20)) is None
