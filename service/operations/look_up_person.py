"""Who is behind an identity document?"""

from service.context import Context
from service.domain.identity import Identity
from service.store.people import find_person


def look_up_person(context: Context, identity: Identity) -> int | None:
    """The person id of a document, or None when the ledger has never seen it."""
    with context.database.reading() as connection:
        return find_person(connection, context.vault.lookup_hash(identity))
