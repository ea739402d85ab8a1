"""The ledger's side of an import under way: drafts go in part by part, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from service.context import Context
from service.domain.client import Client
from service.domain.identifiers import encode_person_id
from service.operations.acquaintance import Acquaintance
from service.operations.register_chunk import Deciding, Found, Source, look_up, register_correcting
from service.operations.registering import HashedDraft, Registration
from service.operations.taking_back import TakenBack, take_back
from service.store.database import Connection
from service.store.posting import Posting, Written
from service.store.turns import Turns

Told = Callable[[list[Registration]], None]


@dataclass(frozen=True, slots=True)
class _Part:
    """Drafts that are being looked up, and who is to be told what becomes of them."""

    hashed: Sequence[HashedDraft]
    told: Told
    found: Callable[[], Found]


class Intake:
    """Takes drafts in, many at a time. No two drafts of one import may have the reference in common, nor the document,
    the course and the year: its own roster has seen to that (importers.repeats).

    While one part is decided on, the one after it is looked up and the one before it written (Turns). That is sound
    because parts touch in nothing but their people, and those are carried on in memory (Acquaintance).
    """

    def __init__(
        self, context: Context, client: Client, connection: Connection, turns: Turns, source: Source
    ) -> None:
        self._context = context
        self._client = client
        self._connection = connection
        self._turns = turns
        self._source = source
        posting = Posting(context.clock(), is_bulk=True, ahead=context.database.commits_alone)
        self._acquaintance = Acquaintance(posting)
        self._part: _Part | None = None

    def register(self, hashed: Sequence[HashedDraft], told: Told) -> None:
        """Registers up to KEYS_MAX drafts. ``told`` hears what becomes of them, later perhaps, in order."""
        if self._source.correcting_note is not None:
            # A correction reads heads and totals: each part is finished before the next.
            told(register_correcting(self._context, self._client, self._connection, hashed, self._source))
            return
        if self._part is not None:
            self._acquaintance.meet(self._part.found().people)
            if self._acquaintance.is_full:
                self.settle()
        strangers = self._acquaintance.strangers(item.id_hash for item in hashed)
        met = self._acquaintance.people
        found = self._turns.give(partial(look_up, self._connection, self._client, hashed, met, strangers))
        self._decide()
        self._part = _Part(hashed, told, found)

    def take_back(self, external_refs: Sequence[str]) -> list[TakenBack]:
        """What becomes of entries that the sender takes back by their references."""
        self.settle()
        note = f"import {encode_person_id(self._source.import_id)}"
        return take_back(self._context, self._client, self._connection, external_refs, note)

    def settle(self) -> None:
        """Finishes all parts and brings heads and totals up to date."""
        self._decide()
        # Made here and now, while the database still takes in the last part.
        write = self._acquaintance.take_heads(self._connection.dialect.name)
        self._turns.give(partial(write, self._connection))
        self._turns.drain()

    def _decide(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        found = part.found()
        deciding = Deciding(self._context, self._client, part.hashed, self._acquaintance, found)
        deciding.decide()
        writes = (
            deciding.take_people(),
            self._acquaintance.take(),
            self._source.bind(deciding.registrations),
        )
        self._turns.give(partial(_do_all, writes, self._connection))
        part.told(deciding.registrations)


def _do_all(writes: Sequence[Written], connection: Connection) -> None:
    for write in writes:
        write(connection)
