"""What is taken for evidence, by content alone."""

import base64
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
    return b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed_objects + b"\nendstream\n"


@pytest.mark.parametrize(
    "inside",
    [
        stream(zlib.compress(b"\0" * 40_000_000)),
        stream(zlib.compress(b" " * 100_000)) * 400,
        stream(b"") * 2001,
        b"/ObjStm /Filter /FlateDecode stream\n" * 1990 + b"#" * 1_000_000,
    ],
    ids=["one large", "many", "too many", "one within another"],
)
def test_what_would_take_long_to_look_at_is_refused(inside: bytes) -> None:
    assert len(inside) < SIZE_MAX
    assert fault_of(pdf(inside)) == "evidence_active"


SCRIPT = b"1 0 << /S /JavaScript /JS (app.alert(1)) >>"
ENDS_EARLY = b"endstream "


def _ending_early() -> bytes:
    """The script packed behind a block that is stored as it is and says that the stream ends."""
    size = len(ENDS_EARLY)
    stored = b"\x78\x01\0" + size.to_bytes(2, "little") + (0xFFFF - size).to_bytes(2, "little") + ENDS_EARLY
    packer = zlib.compressobj(wbits=-15)
    rest = packer.compress(SCRIPT) + packer.flush()
    return stored + rest + zlib.adler32(ENDS_EARLY + SCRIPT).to_bytes(4, "big")


def _by_difference() -> bytes:
    """The script as a predictor writes it: each byte as what it adds to the one before."""
    return zlib.compress(
        b"\x01" + bytes((each - before) % 256 for before, each in zip(b"\0" + SCRIPT, SCRIPT, strict=False))
    )


@pytest.mark.parametrize(
    ("head", "inside"),
    [
        (b"/Filter [/ASCIIHexDecode /FlateDecode]", zlib.compress(SCRIPT).hex().encode() + b">"),
        (b"/Filter [/FlateDecode /ASCIIHexDecode]", zlib.compress(SCRIPT.hex().encode() + b">")),
        (b"/Filter /ASCII85Decode", base64.a85encode(SCRIPT) + b"~>"),
        (b"/Filter 9 0 R", zlib.compress(SCRIPT.hex().encode() + b">")),
        (b"/Filter /FlateDecode" + b" " * 600, zlib.compress(SCRIPT)),
        (b"/Filter /FlateDecode /DecodeParms << /Predictor 11 /Columns 44 >>", _by_difference()),
        (b"/Filter /FlateDecode", zlib.compress(SCRIPT)[:-4] + b"sums"),
        (b"/Filter /FlateDecode", zlib.compress(SCRIPT)[:-6]),
        (b"/Filter /FlateDecode", _ending_early()),
    ],
    ids=[
        "hex",
        "hex within",
        "base 85",
        "elsewhere",
        "far away",
        "predictor",
        "sum",
        "cut off",
        "ends early",
    ],
)
def test_a_script_packed_otherwise_is_refused(head: bytes, inside: bytes) -> None:
    objects = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 %b >>\nstream\n%b\nendstream\nendobj"
    assert fault_of(pdf(objects % (head, inside))) == "evidence_active"


def test_a_script_in_a_stream_that_hides_its_type_is_refused() -> None:
    objects = b"2 0 obj\n<< /N 1 /First 4 /Filter /FlateDecode >>\nstream\n%b\nendstream\nendobj"
    assert fault_of(pdf(objects % zlib.compress(SCRIPT))) == "evidence_active"
    assert fault_of(pdf(objects % zlib.compress(b"1 0 << /Type /Catalog >>"))) is None


@pytest.mark.parametrize(
    "objects",
    [
        b"3 0 obj << /First 4 0 R /Last 5 0 R >> endobj 6 0 obj << /Filter /DCTDecode >> stream\n\xff\xd8\nendstream",
        b"2 0 obj << /Type /ObjStm /N 1 /First 4 >> stream\n1 0 << /Type /Catalog >>\nendstream endobj",
        b"1 0 obj << /Type /XRef /Filter /FlateDecode /DecodeParms << /Predictor 12 >> >> stream\nx\nendstream endobj "
        + b"2 0 obj << /Type/ObjStm/N 1/First 4/Filter[/FlateDecode] >> stream\r\n"
        + zlib.compress(b"1 0 << /Type /Catalog >>")
        + b"\nendstream endobj",
    ],
    ids=["outline", "in clear", "beside a table"],
)
def test_what_programs_write_is_taken(objects: bytes) -> None:
    assert fault_of(pdf(objects)) is None


def test_a_large_plain_one_is_taken() -> None:
    assert fault_of(pdf(stream(zlib.compress(b"/Type /Page " * 100_000)) * 20)) is None
