"""Who is behind an identity document?"""

from service.context import Context
from service.domain.access import Asker
from service.domain.identity import Identity
from service.operations.record_access import record_access
from service.store.people import find_person


def look_up_person(context: Context, identity: Identity, *, asker: Asker) -> int | None:
    """The person id of a document, or None when the ledger has never seen it; leaves its access record."""
    id_hash = context.vault.lookup_hash(identity)
    with context.database.reading() as connection:
        person_id = find_person(connection, id_hash)
    if person_id is None:
        record_access(context, None, asker, id_hashes=[id_hash])
    else:
        record_access(context, None, asker, [person_id])
    return person_id
