"""Whose entries are listed: names and numbers as a shoulder surfer may see them."""

from collections.abc import Collection
from typing import NamedTuple

from service.context import Context
from service.domain.identity import mask_id_number, mask_name
from service.store.people import read_sealed_people


class MaskedPerson(NamedTuple):
    """``测**`` and ``3305**********0011``; None: erased."""

    name: str | None
    id_number: str | None


def mask_people(context: Context, person_ids: Collection[int]) -> dict[int, MaskedPerson]:
    """These people, masked. For entries that the caller was shown by an operation, which left the access records. One
    statement."""
    if not person_ids:
        return {}
    with context.database.reading() as connection:
        sealed = read_sealed_people(connection, sorted(set(person_ids)))
    unseal = context.vault.open
    return {
        person_id: MaskedPerson(
            None if name is None else mask_name(unseal(name)),
            None if number is None else mask_id_number(unseal(number)),
        )
        for person_id, (name, number) in sealed.items()
    }
