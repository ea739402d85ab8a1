"""A signed-in person in the ledger: under which ids they are there, and which entries are theirs."""

from collections.abc import Sequence

from service.context import Context
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.session import SignedInPerson
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.notes import read_links
from service.store.people import find_named


def find_own(context: Context, connection: Connection, person: SignedInPerson) -> list[int]:
    """The ids of the person and of those found to be the same; the document's own first. Empty: the ledger has never
    seen them.

    Refusal ``name_mismatch``: what is on file under the document may be somebody else's, entered with a wrong number,
    so it is neither shown nor told, and nothing is added to it.
    """
    person_id = find_own_id(context, connection, person)
    return [] if person_id is None else [person_id, *sorted(read_links(connection, [person_id])[person_id])]


def find_own_id(context: Context, connection: Connection, person: SignedInPerson) -> int | None:
    """The id of the person's own document, None for someone the ledger has never seen. Refusal ``name_mismatch``."""
    found = find_named(connection, context.vault.lookup_hash(person.identity))
    if found is None:
        return None
    person_id, name_hash = found
    if name_hash != context.vault.name_hash(person.name):
        raise Refusal("name_mismatch")
    return person_id


def own_entry(connection: Connection, people: Sequence[int], entry_id: tuple[int, int]) -> Entry:
    """An entry of one of these people. Refusal ``not_found``, of somebody else's too."""
    person_id, seq = entry_id
    entry = read_entry_row(connection, person_id, seq) if person_id in people else None
    if entry is None:
        raise Refusal("not_found")
    return entry
