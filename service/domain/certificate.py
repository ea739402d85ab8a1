"""What a certificate attests, and the code it is verified by. No name and no number in clear is in any of it."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from service.domain.amounts import Amounts, entry_amounts
from service.domain.entry import Entry
from service.domain.hours import hours_number
from service.domain.identifiers import encode_entry_id
from service.domain.subjects import Subject

CLAIM_FORMAT: Final = 1
"""Said in every claim as ``v``, so that a later form can live beside this one."""

CODE_LENGTH: Final = 16
_GROUP: Final = 4

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_READ_AS: Final = str.maketrans("ILO", "110", "- ")
_FIELD: Final = 0b100101
"""x⁵ + x² + 1: multiplying by x runs through all 31 values but zero before it repeats."""

CLAIM_BYTES_MAX: Final = 900
"""Above this the claim tells hours by year alone, so that its QR code still scans from paper."""

SUBJECT_LETTERS: Final[Mapping[Subject, str]] = {
    "general_public": "g",
    "industry_public": "i",
    "public": "p",
    "specialty": "s",
}
"""How a claim names subjects."""

YearSums = Mapping[int, Mapping[Subject, Amounts]]
"""Credit year → subject → tenths of an hour by standing."""


@dataclass(frozen=True, slots=True)
class AttestedOutcome:
    """The answer to a question that the certificate was asked to state. Policy None: no rule covers the place."""

    outcome: str
    division_code: str
    declaration_year: int
    level: str
    purpose: str
    policy_id: str | None
    policy_digest: str | None


@dataclass(frozen=True, slots=True)
class Attested:
    """All that a claim is made of. ``head`` and ``listing`` are 32 bytes; masked forms as people may see them."""

    code: str
    name_masked: str
    id_number_masked: str
    issued_on: date
    year: int | None
    position: int
    head: bytes
    listing: bytes
    sums: YearSums
    outcome: AttestedOutcome | None


def make_code(digest: bytes) -> str:
    """The code of 32 bytes that nobody else can compute: 75 of their bits and a check character, ``XXXX-XXXX-…``.

    The check tells one wrong character, or two that were exchanged, from a code that was never given out.
    """
    number = int.from_bytes(digest[:10]) >> 5
    values = [number >> 5 * place & 31 for place in reversed(range(CODE_LENGTH - 1))]
    values.append(_remainder([*values, 0]))
    text = "".join(_ALPHABET[value] for value in values)
    return "-".join(text[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))


def read_code(text: str) -> str | None:
    """The code as ``make_code`` writes it, however it was typed (case, hyphens, blanks, I and L for 1, O for 0).

    None: it is no code, or somebody mistyped it.
    """
    plain = text.upper().translate(_READ_AS)
    if len(plain) != CODE_LENGTH or any(character not in _VALUES for character in plain):
        return None
    if _remainder([_VALUES[character] for character in plain]):
        return None
    return "-".join(plain[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))


def _remainder(values: Iterable[int]) -> int:
    """Of the values read as a polynomial over GF(2⁵), at x."""
    remainder = 0
    for value in values:
        remainder = (remainder << 1) ^ value
        if remainder & 32:
            remainder ^= _FIELD
    return remainder


def as_listed(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in the order of the paper: by year, then the day of completion (none given: first), then place."""
    return sorted(
        entries,
        key=lambda entry: (
            entry.credit_year,
            entry.completed_on or date.min,
            entry.person_id,
            entry.seq,
        ),
    )


def listing_digest(entries: Sequence[Entry]) -> bytes:
    """SHA-256 of the entries as they are listed: UTF-8 JSON without spaces, one list of texts and numbers an entry.

    ``[entry_id, credit year, subject, tenths, status, recognised tenths, course code, title, completed on]``.
    """
    rows = [
        [
            encode_entry_id(entry.person_id, entry.seq),
            entry.credit_year,
            entry.subject,
            entry.hours,
            entry.status,
            entry.recognised_hours,
            entry.course_code,
            entry.course_title,
            entry.completed_on.isoformat() if entry.completed_on else None,
        ]
        for entry in entries
    ]
    return sha256(_json(rows)).digest()


def entry_sums(entries: Iterable[Entry]) -> dict[int, dict[Subject, Amounts]]:
    """The sums of entries by year and subject; groups that come to nothing are left out."""
    sums: dict[int, dict[Subject, Amounts]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.credit_year, entry.subject)):
        amounts = entry_amounts(entry.status, entry.hours, entry.recognised_hours, entry.self_registered)
        if any(amounts):
            subjects = sums.setdefault(entry.credit_year, {})
            subjects[entry.subject] = subjects.get(entry.subject, Amounts()).plus(amounts)
    return sums


def claim_bytes(attested: Attested) -> bytes:
    """The claim as it is signed: UTF-8 JSON, keys sorted, no spaces. Short keys, for it must fit a QR code.

    ``hours``: year → subject's letter (g general public, i industry public, p public of unstated kind, s specialty)
    → [recognised, pending], in hours; pending alone by registration. Where that is too long, year → [recognised,
    pending]. ``out``: the outcome with division, declaration year, level, purpose, policy and the digest of its text.
    Digests are their first 128 bits in base64url: the whole ones are on the page and in the ledger.
    """
    claim: dict[str, Any] = {
        "v": CLAIM_FORMAT,
        "code": attested.code,
        "name": attested.name_masked,
        "no": attested.id_number_masked,
        "on": attested.issued_on.isoformat(),
        "pos": attested.position,
        "head": _short(attested.head),
        "list": _short(attested.listing),
        "hours": {
            str(year): {
                SUBJECT_LETTERS[subject]: _pair(amounts)
                for subject, amounts in subjects.items()
                if _told(amounts)
            }
            for year, subjects in attested.sums.items()
        },
    }
    if attested.year is not None:
        claim["year"] = attested.year
    if attested.outcome is not None:
        claim["out"] = _outcome(attested.outcome)
    encoded = _json(claim)
    if len(encoded) <= CLAIM_BYTES_MAX:
        return encoded
    return _json({**claim, "hours": {str(year): _pair(_all(each)) for year, each in attested.sums.items()}})


def _outcome(outcome: AttestedOutcome) -> dict[str, Any]:
    told: dict[str, Any] = {
        "is": outcome.outcome,
        "at": outcome.division_code,
        "in": outcome.declaration_year,
        "level": outcome.level,
        "for": outcome.purpose,
    }
    if outcome.policy_id is not None and outcome.policy_digest is not None:
        told["policy"] = outcome.policy_id
        told["text"] = _short(bytes.fromhex(outcome.policy_digest.removeprefix("sha256:")))
    return told


def pending(amounts: Amounts) -> int:
    """Tenths that are registered, by whomever, and wait for recognition."""
    return amounts.registered + amounts.self_registered


def _told(amounts: Amounts) -> bool:
    return bool(amounts.recognised or pending(amounts))


def _all(subjects: Mapping[Subject, Amounts]) -> Amounts:
    total = Amounts()
    for amounts in subjects.values():
        total = total.plus(amounts)
    return total


def _pair(amounts: Amounts) -> list[int | float]:
    return [hours_number(amounts.recognised), hours_number(pending(amounts))]


def _short(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
