"""Identity numbers: GB 11643-1999 (18 characters, ISO 7064 MOD 11-2) and how they are masked.

Written out here rather than taken from python-stdnum because a roster of a million rows checks a million
numbers and the domain imports nothing; the tests hold it against python-stdnum's ISO 7064.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ID_TYPES: Final = ("resident_id",)
"""Resident identity cards, the residence permits of Hong Kong, Macao and Taiwan residents (81/82/83) and the
foreign permanent-resident card of 2023 (9…) share one form and one check."""

_FORM = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_CHECK: Final = "10X98765432"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's document. The number is kept out of ``repr``: it must reach no log."""

    id_type: str
    id_number: str = field(repr=False)


def normalise_id_number(text: str) -> str:
    """Full-width forms to ASCII, spaces off, x to X."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").upper()


def id_number_fault(number: str, today: date) -> str | None:
    """The fault code of a normalised number, or None when it is sound.

    ``id_number_form``, ``id_number_birth_date`` (no such day, or in the future), ``id_number_check_digit``.
    """
    if not _FORM.fullmatch(number):
        return "id_number_form"
    try:
        born_on = date.fromisoformat(number[6:14])
    except ValueError:
        return "id_number_birth_date"
    if born_on > today or born_on.year < 1900:
        return "id_number_birth_date"
    # The digits weigh powers of 2 modulo 11, which 13 is too: read to that base, all of them are weighed at once.
    if _CHECK[2 * int(number[:17], 13) % 11] != number[17]:
        return "id_number_check_digit"
    return None


def mask_id_number(number: str) -> str:
    """``3305**********0011``."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def mask_name(name: str) -> str:
    """``测**``: the first character, then one star for each of the others (one at least)."""
    return name[:1] + "*" * max(1, len(name) - 1)
