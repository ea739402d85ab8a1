"""Erases a person's name and identity number, once retention allows; the chain of their facts stays as it is.

What goes: the sealed name and numbers, the hashes by which they were found, the masked name and number in every
determination, also in those given of the document before the ledger knew whose it was. Where they stood is null. The
files of evidence go, and what they were called: their rows leave with the transaction, the files right after it. Should
the service die between the two, the files are no row's any more, and ``hours-ledger evidence sweep`` removes them.

What stays, under the person id only: every fact (hours, courses, certificate numbers, the provider's reference), of
each file of evidence its type, size, SHA-256 and day, determinations without name and number, what was said in
disputes, access records, and the erasure itself. Nothing of that names the person unless somebody wrote a name into a
text, or a provider a number into its reference. An access record of a question by document, asked before the ledger
knew the person, keeps the document's keyed hash until access records of its age are deleted. Backups and
the database's own log go by their own terms: until then whoever has the keys can open the sealed values in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.context import Context, today
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.retention import erasable_on
from service.domain.zone import SHANGHAI
from service.store.database import Connection
from service.store.erasures import erase_people, select_erasures
from service.store.notes import read_links
from service.store.people import Head, lock_heads


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person's name and number were erased, linked persons' with theirs."""

    person_id: int
    erased_at: datetime
    reason: str


def erase_person(context: Context, client: Client, person_id: int, reason: str) -> Erasure:
    """Erases who the person is.

    Refusals: ``not_found``, ``already_erased``, ``retention_not_over`` (with the day on which it is,
    ``RETENTION_YEARS`` after the person's last fact).
    """

    def work(connection: Connection) -> tuple[Erasure, list[str]]:
        people = [person_id, *sorted(read_links(connection, [person_id])[person_id])]
        # Locked, so that no fact comes in between the day and the deed.
        heads = list(lock_heads(connection, people).values())
        if not heads:
            raise Refusal("not_found")
        if select_erasures(connection, [person_id]):
            raise Refusal("already_erased")
        _require_retention_over(context, heads)
        now = context.clock()
        before = {row.person_id for row in select_erasures(connection, people)}
        still = [each for each in people if each not in before]
        files = erase_people(connection, still, now, client.client_id, reason)
        return Erasure(person_id, now, reason), files

    erasure, files = context.database.write(work)
    context.evidence_files.remove(files)
    return erasure


def _require_retention_over(context: Context, heads: Sequence[Head]) -> None:
    last = max(head.recorded_at for head in heads if head.recorded_at is not None)
    day = erasable_on(last.astimezone(SHANGHAI).date(), context.settings.retention_years)
    if today(context) < day:
        raise Refusal(
            "retention_not_over",
            params={"day": day.isoformat()},
            extra={"erasable_on": day.isoformat()},
        )
