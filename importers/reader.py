"""Opens a roster by what it is, not by what it is called: an XLSX workbook or delimited text."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from importers.delimited import open_delimited
from importers.json_lines import open_json_lines
from importers.layout import Layout
from importers.sheet import FileRefused, ReadLimits, Sheet, Upload
from importers.workbook import open_workbook

_HEAD_SIZE: Final = 4096
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS: Final = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
)


@contextmanager
def open_roster(upload: Upload, limits: ReadLimits) -> Iterator[list[Sheet]]:
    """The visible sheets of a file; delimited text is one sheet without a name.

    Raises FileRefused when it is too large, damaged, a bomb, protected by a password or no roster at all; a fault
    met only while rows are read (text that breaks off inside quotes) raises it there.
    """
    with _opened(upload) as file:
        _require_size(file, limits)
        file.seek(0)
        head = file.read(_HEAD_SIZE)
        file.seek(0)
        if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            yield open_workbook(file, limits)
            return
        _refuse_other_kinds(head, file)
        yield [open_delimited(file)]


@contextmanager
def open_statements(upload: Upload, limits: ReadLimits, layout: Layout) -> Iterator[Sheet]:
    """JSON lines as a sheet without a header. Raises FileRefused."""
    with _opened(upload) as file:
        _require_size(file, limits)
        yield open_json_lines(file, layout)


def _require_size(file: BinaryIO, limits: ReadLimits) -> None:
    if limits.file_size_max is not None and file.seek(0, 2) > limits.file_size_max:
        raise FileRefused("file_too_large", {"most": limits.file_size_max // (1024 * 1024)})


@contextmanager
def _opened(upload: Upload) -> Iterator[BinaryIO]:
    if isinstance(upload, Path):
        with upload.open("rb") as file:
            yield file
    else:
        yield BytesIO(upload)


def _refuse_other_kinds(head: bytes, file: BinaryIO) -> None:
    """Files that people send under a roster's name and that are none."""
    start = head.removeprefix(b"\xef\xbb\xbf").strip()
    if not start and len(head) < _HEAD_SIZE:
        raise FileRefused("file_empty")
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        protected = any(_ENCRYPTED in block for block in _overlapping_blocks(file))
        raise FileRefused("file_encrypted" if protected else "file_is_xls")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("encoding_unknown")  # UTF-16
    if (
        start[:200]
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta", b"<style"))
    ):
        raise FileRefused("file_is_web_page")
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise FileRefused("file_is_other", {"kind": kind})


def _overlapping_blocks(file: BinaryIO) -> Iterator[bytes]:
    """The whole file in blocks that share their edges, so that a word on an edge is seen."""
    kept = b""
    while block := file.read(1024 * 1024):
        yield kept + block
        kept = block[-len(_ENCRYPTED) :]
