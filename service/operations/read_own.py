"""What a signed-in person reads of their own: where they stand, what was determined, and who looked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.errors import Fault, invalid_request
from service.domain.question import Question
from service.domain.session import SignedInPerson
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.determine import as_given, open_masks
from service.operations.own_people import find_own, find_own_id
from service.operations.read_transcript import Transcript, read_transcript
from service.operations.record_access import record_access
from service.operations.resolve_committee import CommitteeAsk
from service.store.determinations import select_of_people
from service.store.erasures import select_id_hashes
from service.store.holdings import AccessRow, page_accesses
from service.wording import Language

ACCESSES_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class OwnAccessPage:
    """Who looked, newest first, and the cursor for earlier ones; None: these are the first there are."""

    accesses: list[AccessRow]
    next_cursor: str | None


def own_person_id(context: Context, person: SignedInPerson) -> int | None:
    """The person's id, None for someone the ledger has never seen. Shows nothing, so it leaves no access record.

    Refusal ``name_mismatch``.
    """
    with context.database.reading() as connection:
        return find_own_id(context, connection, person)


def read_own_transcript(
    context: Context, person: SignedInPerson, year: int | None = None, *, asker: Asker
) -> Transcript | None:
    """As ``read_transcript``; None for someone the ledger has never seen. Refusal ``name_mismatch``."""
    person_id = own_person_id(context, person)
    if person_id is None:
        record_access(context, None, asker, id_hashes=[context.vault.lookup_hash(person.identity)])
        return None
    return read_transcript(context, person_id, year, asker=asker)


def check_own_eligibility(
    context: Context,
    person: SignedInPerson,
    question: Question,
    language: Language,
    *,
    asker: Asker,
    as_of: datetime | None = None,
    committee: CommitteeAsk | None = None,
) -> Json:
    """The answer as ``check_eligibility`` gives it, to the person themself. Refusals as there; ``name_mismatch``."""
    own_person_id(context, person)
    ask = EligibilityAsk(person.identity, question, as_of, committee=committee)
    (answer,) = check_eligibility(context, [ask], language, asker)
    return answer


def list_own_determinations(context: Context, person: SignedInPerson, *, asker: Asker) -> list[Json]:
    """Every determination of the person as it was given, the last one first, those too that were given before the
    ledger knew them; leaves an access record. Refusal ``name_mismatch``."""
    own_hash = context.vault.lookup_hash(person.identity)
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        id_hashes = {own_hash, *select_id_hashes(connection, people)}
        records = select_of_people(connection, people, sorted(id_hashes))
    record_access(context, None, asker, people, [] if people else [own_hash])
    return [as_given(record, open_masks(context, masks)) for record, masks in reversed(records)]


def read_own_accesses(
    context: Context,
    person: SignedInPerson,
    *,
    asker: Asker,
    cursor: str | None = None,
    limit: int = 100,
    by_others: bool = False,
) -> OwnAccessPage:
    """Who looked at the person, when and for what, newest first, ``limit`` (1 … ACCESSES_MAX) at a time; their own
    looks too unless only those ``by_others`` are wanted, and this one is a look as well.

    Refusals: ``name_mismatch``, ``invalid_request`` (the cursor is none of ours).
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    limit = max(1, min(limit, ACCESSES_MAX))
    own_hash = context.vault.lookup_hash(person.identity)
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        id_hashes = {own_hash, *select_id_hashes(connection, people)}
        before = None if cursor is None else int(cursor)
        rows = page_accesses(connection, people, sorted(id_hashes), before, limit + 1, by_others=by_others)
    record_access(context, None, asker, people, [] if people else [own_hash])
    page = rows[:limit]
    return OwnAccessPage(page, str(page[-1].access_id) if len(rows) > limit else None)
