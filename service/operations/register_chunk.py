"""Registers drafts inside a transaction, in three steps: look up, decide, write. Only the first and the last ask the
database, so that an import may decide on one part of a roster while others are looked up and written."""

import secrets
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from service.context import Context
from service.domain.access import Credential
from service.domain.client import Client
from service.operations.acquaintance import Acquaintance
from service.operations.correcting import Correcting, Taken, prepare_corrections, read_taken_references
from service.operations.registering import HashedDraft, Registrar, Registration
from service.store.append import pipelined
from service.store.corrections import append_corrections
from service.store.database import Connection
from service.store.entries import CourseKey, read_courses
from service.store.import_entries import append_import_entries
from service.store.one_entry import Acquainted, Wanted, find_acquainted
from service.store.people import (
    KnownPerson,
    PersonRecord,
    add_people,
    known_people,
    lock_people,
    lock_people_rows,
    new_person,
)
from service.store.posting import Posting, Written
from service.store.unlocked_entries import find_unlocked

_PERSON_ID_BITS: Final = 63
_PARTS: Final = 4
_IN_PARTS_MIN: Final = 200


@dataclass
class Source:
    """The import that drafts come from; ``entries`` counts those it made. With ``correcting_note``, a draft whose
    reference is taken by other content replaces the entry that is there, with that note."""

    import_id: int
    correcting_note: str | None = None
    entries: int = 0

    def bind(self, registrations: Sequence[Registration]) -> Callable[[Connection], None]:
        """What is called to store which entries are the import's."""
        made = [
            (each.entry.person_id, each.entry.seq)
            for each in registrations
            if each.entry is not None and each.result in ("created", "corrected")
        ]
        first = self.entries + 1
        self.entries += len(made)
        return lambda connection: append_import_entries(connection, self.import_id, first, made)


@dataclass(frozen=True, slots=True)
class Found:
    """What the ledger has of drafts: people not met before, references that are taken, courses credited already."""

    people: Mapping[bytes, KnownPerson]
    taken: Taken
    courses: Mapping[CourseKey, int]
    correcting: Correcting | None = None


Guess = Callable[[Found], Callable[[], object]]
"""Begins to decide; what goes on with it."""


def register_chunk(
    context: Context,
    client: Client,
    connection: Connection,
    hashed: Sequence[HashedDraft],
    credential: Credential | None = None,
    tell: Callable[[list[Registration]], object] = len,
) -> list[Registration]:
    """Registers up to KEYS_MAX drafts inside the caller's transaction, in a fixed number of statements.

    ``credential``: what has still to be confirmed of who sends a single draft. Raises Unconfirmed, with nothing done,
    when it no longer holds. ``tell`` is given what is returned, once, perhaps while it is still being stored.
    """
    now = context.clock()
    begun: list[Deciding] = []
    # PostgreSQL is a process of its own: while it looks something up or takes something in, others are decided on.
    meanwhile = connection.dialect.name == "postgresql"
    in_parts = meanwhile and len(hashed) >= _IN_PARTS_MIN
    most = -(-len(hashed) // _PARTS) if in_parts else len(hashed)

    def begin(found: Found) -> None:
        begun[:] = [Deciding(context, client, hashed, Acquaintance(Posting(now)), found)]
        begun[0].decide(most)

    def guess(found: Found) -> Callable[[], object]:
        begin(found)
        return partial(begun[0].decide, most)

    if len(hashed) == 1:
        found = _look_up_one(now, client, connection, hashed[0], credential)
    else:
        found = look_up(
            connection, client, hashed, {}, _documents(hashed), guess=guess if meanwhile else None
        )
    if not begun or found.taken.first or found.courses:
        # Some are there after all: from the start, with nothing of what was guessed.
        begin(found)
    deciding = begun[0]
    more = partial(deciding.decide, most) if in_parts and deciding.knows_all else None
    if more is None:
        deciding.decide()
    told = False

    def tell_once() -> None:
        nonlocal told
        if not told:
            told = True
            tell(deciding.registrations)

    with pipelined(connection, len(hashed)):
        deciding.take_people()(connection)
        deciding.acquaintance.settle(connection, tell_once, more)
    tell_once()
    return deciding.registrations


def register_correcting(
    context: Context, client: Client, connection: Connection, hashed: Sequence[HashedDraft], source: Source
) -> list[Registration]:
    """As ``register_chunk``, drafts of an import that corrects."""
    found = look_up(connection, client, hashed, {}, _documents(hashed), source)
    deciding = Deciding(context, client, hashed, Acquaintance(Posting(context.clock())), found)
    deciding.decide()
    bind = source.bind(deciding.registrations)
    # A correction makes two facts.
    with pipelined(connection, 2 * len(hashed)):
        deciding.take_people()(connection)
        deciding.acquaintance.settle(connection)
        bind(connection)
        if found.correcting is not None:
            append_corrections(connection, found.correcting.rows())
    return deciding.registrations


def _documents(hashed: Sequence[HashedDraft]) -> list[bytes]:
    """Of the drafts' people, each once."""
    return list({item.id_hash: None for item in hashed})


def register_unlocked(
    context: Context,
    client: Client,
    connection: Connection,
    items: Sequence[HashedDraft],
    credential: Credential | None,
) -> list[Registration | None]:
    """What becomes of drafts that came one by one, each of somebody known and under a reference that is new: in two
    statements and no transaction, since the second stores them only if what the first found still holds. PostgreSQL
    only.

    None, with nothing stored of it: it takes ``register_chunk``. Raises as that does.
    """
    now = context.clock()
    wanted = [_wanted(client, item) for item in items]
    found: dict[int, tuple[int, Acquainted]] = {}
    for place, known in enumerate(find_unlocked(connection, client, wanted, credential, now)):
        if known is not None and not known.is_taken:
            found.setdefault(known.person.head.person_id, (place, known))
    acquaintance = Acquaintance(Posting(now))
    ready = [items[place] for place, _ in found.values()]
    what = _found([(items[place], known) for place, known in found.values()])
    deciding = Deciding(context, client, ready, acquaintance, what)
    deciding.decide()
    read = {
        person_id: (items[place].id_hash, known.person.head.totals)
        for person_id, (place, known) in found.items()
    }
    registrations: list[Registration | None] = [None] * len(items)
    # Where nothing was stored no refusal holds either: it may be because of another of these drafts.
    if acquaintance.posting.write_unlocked(connection, read):
        for (place, _), registration in zip(found.values(), deciding.registrations, strict=True):
            registrations[place] = registration
    return registrations


def look_up(
    connection: Connection,
    client: Client,
    hashed: Sequence[HashedDraft],
    met: Mapping[bytes, KnownPerson],
    strangers: Sequence[bytes],
    source: Source | None = None,
    guess: Guess | None = None,
) -> Found:
    """Finds and locks the ``strangers`` among the drafts' people, the others being ``met``, and reads what decides.

    ``guess`` may be given the people before references and courses are looked for, once, as though none were there:
    as a rule none is. What it is given is its own, to change as it likes.
    """
    rows = lock_people_rows(connection, strangers) if strangers else ()
    return _look_further(
        connection, client, hashed, met, strangers, lambda: known_people(rows), source, guess
    )


def _look_further(
    connection: Connection,
    client: Client,
    hashed: Sequence[HashedDraft],
    met: Mapping[bytes, KnownPerson],
    strangers: Sequence[bytes],
    locked: Callable[[], Mapping[bytes, KnownPerson]],
    source: Source | None = None,
    guess: Guess | None = None,
) -> Found:
    """What else decides; ``locked`` says who the ``strangers`` are that are known. ``guess``: as in ``look_up``."""
    people: dict[bytes, KnownPerson] = {}
    courses: dict[CourseKey, None] = {}
    going_on: list[Callable[[], object]] = []

    def meet() -> None:
        people.update(locked())
        courses.update(_courses(hashed, people, met, ()))
        if guess is not None:
            going_on.append(guess(Found(people, Taken({}, {}), {})))

    external_refs = list({item.draft.external_ref: None for item in hashed})
    taken = read_taken_references(connection, client.client_id, external_refs, meet)
    if taken.first and guess is not None:
        people = dict(locked())  # the guess has moved the others' heads on
    if taken.first and any(
        item.draft.external_ref in taken.first and item.id_hash not in people and item.id_hash not in met
        for item in hashed
    ):
        # The entry, and with it perhaps the person, came between the two statements: the person is there by now.
        people = lock_people(connection, strangers)
    correcting = None
    if source is not None and source.correcting_note is not None and taken.first:
        heads = {known.head.person_id: known.head for known in people.values()}
        note = source.correcting_note
        taken, correcting = prepare_corrections(connection, client.client_id, taken, heads, note)
    if taken.first:
        courses = _courses(hashed, people, met, () if correcting is not None else taken.first)
    meanwhile = None if taken.first or not going_on else going_on[0]
    credited = read_courses(connection, client.client_id, courses, meanwhile) if courses else {}
    if credited and meanwhile is not None:
        people = dict(locked())
    return Found(people, taken, credited, correcting)


def _courses(
    hashed: Sequence[HashedDraft],
    people: Mapping[bytes, KnownPerson],
    met: Mapping[bytes, KnownPerson],
    replayed: Container[str],
) -> dict[CourseKey, None]:
    """The drafts' courses that may be credited already, but for those of ``replayed`` references."""
    return {
        (known.head.person_id, course_key, item.draft.credit_year): None
        for item in hashed
        if (known := people.get(item.id_hash) or met.get(item.id_hash)) is not None
        and not known.is_new
        and (course_key := item.draft.course_key) is not None
        and item.draft.external_ref not in replayed
    }


def _look_up_one(
    now: datetime,
    client: Client,
    connection: Connection,
    item: HashedDraft,
    credential: Credential | None,
) -> Found:
    """As ``look_up``, of a draft that comes by itself: one statement for an entry of somebody known that is new."""
    acquainted = find_acquainted(connection, _wanted(client, item), credential, now)
    if acquainted is None or acquainted.is_taken:
        people = {} if acquainted is None else {item.id_hash: acquainted.person}
        return _look_further(connection, client, [item], {}, [item.id_hash], lambda: people)
    return _found([(item, acquainted)])


def _wanted(client: Client, item: HashedDraft) -> Wanted:
    draft = item.draft
    return Wanted(item.id_hash, client.client_id, draft.external_ref, draft.course_key, draft.credit_year)


def _found(acquainted: Sequence[tuple[HashedDraft, Acquainted]]) -> Found:
    """What decides on drafts whose references are new."""
    courses: dict[CourseKey, int] = {}
    for item, known in acquainted:
        if known.credited is not None and (course_key := item.draft.course_key) is not None:
            courses[known.person.head.person_id, course_key, item.draft.credit_year] = known.credited
    return Found({item.id_hash: known.person for item, known in acquainted}, Taken({}, {}), courses)


class Deciding:
    """Decides on drafts, all at once or part by part; what is accepted is in the acquaintance's posting. Asks no
    database."""

    def __init__(
        self,
        context: Context,
        client: Client,
        hashed: Sequence[HashedDraft],
        acquaintance: Acquaintance,
        found: Found,
    ) -> None:
        acquaintance.meet(found.people)
        self.acquaintance: Final = acquaintance
        self.registrations: Final[list[Registration]] = []
        self._hashed = hashed
        posting = acquaintance.posting
        # Only now: whoever waited for a lock must not stamp an instant before those it waited for.
        self._now = posting.now = context.clock()
        newcomers: list[PersonRecord] = []
        self._newcomers = newcomers

        # Knows the list, not self: what holds on to itself is let go of late.
        def make_person(item: HashedDraft) -> KnownPerson:
            known = new_person(secrets.randbits(_PERSON_ID_BITS), item.name_hash)
            newcomers.append(_record(context, known, item))
            return known

        def recognised_on_arrival(division_code: str, subject: str) -> bool:
            return context.policy_book.feed_recogniser(division_code, client.feed_id, subject) is not None

        people, correcting = acquaintance.people, found.correcting
        self._registrar = Registrar(
            client, posting, people, found.taken, make_person, recognised_on_arrival, correcting
        )
        self._registrar.know_courses(found.courses)

    def decide(self, most: int | None = None) -> bool:
        """Decides on the next ``most`` drafts, None: on all. Whether there were any."""
        done = len(self.registrations)
        drafts = self._hashed[done:] if most is None else self._hashed[done : done + most]
        self.registrations.extend(map(self._registrar.decide, drafts))
        return bool(drafts)

    @property
    def knows_all(self) -> bool:
        """Whether nobody among the drafts' people is new. New people are stored before all else, as everybody who
        registers does it: two who met in another order would wait for each other."""
        people = self.acquaintance.people
        return not self._newcomers and all(item.id_hash in people for item in self._hashed)

    def take_people(self) -> Written:
        """What is called to store the people who are new. It holds on to nothing else."""
        newcomers, now = self._newcomers, self._now
        return lambda connection: add_people(connection, newcomers, now)


def _record(context: Context, known: KnownPerson, item: HashedDraft) -> PersonRecord:
    identity = item.draft.identity
    return PersonRecord(
        person_id=known.head.person_id,
        name_sealed=context.vault.seal(item.draft.name),
        name_hash=known.name_hash,
        id_hash=item.id_hash,
        id_type=identity.id_type,
        number_sealed=context.vault.seal(identity.id_number),
    )
