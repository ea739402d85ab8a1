"""Seals a PDF file, so that a changed byte is found without the database.

The seal is a compact JWS over the SHA-256 of the file without the seal, and the signed claim beside it. It stands in
PDF comments before the last ``startxref``: there no offset of the file points past it, readers skip it, nothing comes
after the end marker (which PDF/A forbids), and whoever has a JOSE library and sha256sum can check it by hand. (PDF's
own signatures want X.509 certificates and a certification authority; an attachment would lie inside what is signed.)
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import orjson

from service.operations.issue_certificate import CLAIM
from service.signing import BadSignature, KeyRing, Signer

FILE: Final = "hours-file"
"""``typ`` of a seal."""

_MARK: Final = "%HLS "
_LINE_MAX: Final = 190
_PLACE: Final = b"startxref\n"
_BLOCK: Final = re.compile(rb"((?:%HLS [^\n]*\n)+)startxref\n")


@dataclass(frozen=True, slots=True)
class SealedClaim:
    """What a sound file or claim attests, as in ``claim_bytes``, and the key of the signature."""

    claim: dict[str, Any]
    key_id: str


def sealed(document: bytes, claim: str, signer: Signer, key_id: str) -> bytes:
    """The PDF with its seal; the same bytes for the same document, claim and key."""
    payload = orjson.dumps({"claim": claim, "sha256": sha256(document).hexdigest()})
    head, place, tail = document.rpartition(_PLACE)
    return head + _block(signer.sign(payload, FILE, key_id)) + place + tail


def verify_file(content: bytes, ring: KeyRing) -> SealedClaim:
    """What a sealed file attests. Raises BadSignature, also with the code ``content``: a byte beside the seal was
    changed."""
    blocks = list(_BLOCK.finditer(content))
    if len(blocks) != 1:
        raise BadSignature("form")
    start, end = blocks[0].span(1)
    block = content[start:end]
    text = b"".join(line[len(_MARK) :] for line in block.split(b"\n")).decode("latin-1")
    if _block(text) != block:
        raise BadSignature("form")
    signed = ring.verify(text, FILE)
    told = orjson.loads(signed.payload)
    if told["sha256"] != sha256(content[:start] + content[end:]).hexdigest():
        raise BadSignature("content", signed.key_id)
    return verify_claim(told["claim"], ring)


def verify_claim(text: str, ring: KeyRing) -> SealedClaim:
    """What a signed claim attests. Raises BadSignature."""
    signed = ring.verify(text, CLAIM)
    return SealedClaim(orjson.loads(signed.payload), signed.key_id)


def _block(text: str) -> bytes:
    lines = (text[start : start + _LINE_MAX] for start in range(0, len(text), _LINE_MAX))
    return "".join(f"{_MARK}{line}\n" for line in lines).encode("latin-1")
