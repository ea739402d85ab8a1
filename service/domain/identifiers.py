"""How persons and entries are named to the outside.

A person is a random 63-bit number, shown as 13 characters of Crockford's base 32. An entry is named by its
person and its place in that person's chain, so that an entry is found without another index.
"""

import re
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]
_PERSON = re.compile(f"[{_ALPHABET}]{{13}}", re.ASCII)
_ENTRY = re.compile(f"([{_ALPHABET}]{{13}})-([1-9][0-9]{{0,8}})", re.ASCII)

PERSON_ID_MAX: Final = 2**63 - 1


def encode_person_id(person_id: int) -> str:
    """13 characters for a number in 0 … 2**63-1."""
    # Two characters at a time: a batch has two thousand of these.
    pairs = [_PAIRS[person_id >> bits & 1023] for bits in (50, 40, 30, 20, 10, 0)]
    return _ALPHABET[person_id >> 60] + "".join(pairs)


def decode_person_id(text: str) -> int | None:
    """The number behind 13 characters, or None when it is no person id."""
    if not _PERSON.fullmatch(text):
        return None
    number = 0
    for character in text:
        number = number * 32 + _VALUES[character]
    return number if number <= PERSON_ID_MAX else None


def encode_entry_id(person_id: int, seq: int) -> str:
    """``"<person>-<seq>"``."""
    return f"{encode_person_id(person_id)}-{seq}"


def encode_ids(person_id: int, seq: int) -> tuple[str, str]:
    """What an entry and its person are called: one encoding for the two."""
    person = encode_person_id(person_id)
    return f"{person}-{seq}", person


def decode_entry_id(text: str) -> tuple[int, int] | None:
    """(person_id, seq), or None when it is no entry id."""
    match = _ENTRY.fullmatch(text)
    if not match:
        return None
    person_id = decode_person_id(match[1])
    return None if person_id is None else (person_id, int(match[2]))
