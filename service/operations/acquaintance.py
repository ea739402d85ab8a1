"""The people one transaction has met: locked once, their chains carried on in memory until they are settled."""

from collections.abc import Iterable
from typing import Final

from service.store.database import Connection
from service.store.people import KnownPerson, lock_people
from service.store.posting import Posting

PEOPLE_MAX: Final = 150_000
"""About half a kilobyte each."""

TOTALS_MAX: Final = 60_000
"""About a third of a kilobyte each."""


class Acquaintance:
    """Remembers people by the hashes of their documents, and in ``posting`` what is to become of their heads and
    totals.

    Nobody else extends these chains before the transaction ends, so what is remembered stays true; the database
    learns heads and totals by ``settle``. A large roster that names a person on many lines thus reads, locks and
    moves that person's head once.
    """

    def __init__(self, posting: Posting) -> None:
        self.posting: Final = posting
        self._people: dict[bytes, KnownPerson] = {}

    def meet(self, connection: Connection, id_hashes: Iterable[bytes]) -> dict[bytes, KnownPerson]:
        """The people known by now, those among ``id_hashes`` included. Who is added to it is remembered, too."""
        people = self._people
        if strangers := [id_hash for id_hash in id_hashes if id_hash not in people]:
            people.update(lock_people(connection, strangers))
        return people

    def tidy(self, connection: Connection) -> None:
        """Settles when much is remembered, so that a roster of any size needs no more memory than that."""
        if len(self._people) > PEOPLE_MAX:
            self.settle(connection)
        elif self.posting.unsettled > TOTALS_MAX:
            self.posting.settle_totals(connection)

    def settle(self, connection: Connection) -> None:
        """Brings the database's heads and totals up to date and forgets everybody."""
        self.posting.settle(connection)
        self._people = {}
