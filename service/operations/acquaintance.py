"""The people one transaction has met: locked once, their chains carried on in memory until they are settled."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from service.store.database import Connection
from service.store.people import KnownPerson
from service.store.posting import Posting, Written

PEOPLE_MAX: Final = 75_000
"""About a kilobyte each, most of it totals."""

MOVES_MAX: Final = 60_000
"""About a fifth of a kilobyte each."""


class Acquaintance:
    """Remembers ``people`` by the hashes of their documents, and in ``posting`` what is to become of their heads and
    totals.

    Nobody else extends these chains before the transaction ends, so what is remembered stays true; the database
    learns heads and totals by ``settle``. A large roster that names a person on many lines thus reads, locks and
    moves that person's head once.
    """

    def __init__(self, posting: Posting) -> None:
        self.posting: Final = posting
        self.people: Final[dict[bytes, KnownPerson]] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to settle, so that a roster of any size needs no more memory than that."""
        return len(self.people) > PEOPLE_MAX

    def strangers(self, id_hashes: Iterable[bytes]) -> list[bytes]:
        """Those not met yet, each once."""
        return [id_hash for id_hash in dict.fromkeys(id_hashes) if id_hash not in self.people]

    def meet(self, found: Mapping[bytes, KnownPerson]) -> None:
        """Remembers people who were found and locked."""
        for id_hash, known in found.items():
            self.people.setdefault(id_hash, known)

    def take(self) -> Written:
        """What is to be stored now: the facts."""
        self.posting.add_up(MOVES_MAX)
        return self.posting.take_facts()

    def settle(
        self,
        connection: Connection,
        meanwhile: Callable[[], object] | None = None,
        more: Callable[[], bool] | None = None,
    ) -> None:
        """Brings the database's heads and totals up to date and forgets everybody. ``meanwhile``, ``more``: as of a
        posting."""
        self.posting.write(connection, meanwhile, more)
        self.people.clear()

    def take_heads(self, dialect_name: str) -> Written:
        """As ``settle``, the facts being taken already: what is called to do it."""
        self.people.clear()
        return self.posting.take_heads(dialect_name)
