"""Every entry of a signed-in person, whoever registered it, and who that was."""

from dataclasses import dataclass

from service.context import Context
from service.domain.access import Asker
from service.domain.entry import Entry
from service.domain.session import SignedInPerson
from service.operations.own_people import find_own
from service.operations.record_access import record_access
from service.store.entries import read_person_entries
from service.store.holdings import read_client_names


@dataclass(frozen=True, slots=True)
class OwnEntries:
    """Entries as they stand, those of linked people too, in the order of registration. ``providers``: name by the
    ``provider_id`` of an entry."""

    entries: list[Entry]
    providers: dict[int, str]


def read_own_entries(context: Context, person: SignedInPerson, *, asker: Asker) -> OwnEntries:
    """What the ledger has of the person, nothing of someone it has never seen; leaves an access record. Refusal
    ``name_mismatch``."""
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        entries = [entry for each in people for entry in read_person_entries(connection, each)]
        names = read_client_names(connection) if entries else {}
    unknown = [] if people else [context.vault.lookup_hash(person.identity)]
    record_access(context, None, asker, people, unknown)
    return OwnEntries(entries, {entry.provider_id: names[entry.provider_id] for entry in entries})
