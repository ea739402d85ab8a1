"""Which of a person's hours wait for recognition, and with whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.page import Visit
from service.answer import Json
from service.context import Context
from service.domain.access import own_asker
from service.domain.entry import Entry
from service.operations.read_own_entries import read_own_entries


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries that one authority is to decide on; None: the notices name none."""

    authority: str | None
    entries: list[Entry]


def waits(context: Context, entry: Entry) -> bool:
    """Whether an entry counts only once it is recognised: where the place's rule wants that of all hours, and
    wherever the person registered alone."""
    if entry.status != "registered":
        return False
    return entry.self_registered or context.policy_book.recognition_in(entry.division_code) is not None


def waiting_hours(visit: Visit, answer: Json) -> list[Waiting]:
    """What waits in the years of an answer, by authority. Nothing pending costs nothing to find out."""
    years = {line["year"] for line in answer["years"] if line["pending"]["total"]}
    if not years:
        return []
    asker = own_asker(visit.request_id, "entries")
    entries = read_own_entries(visit.context, visit.person, asker=asker).entries
    return by_authority(
        visit.context, [it for it in entries if it.credit_year in years and waits(visit.context, it)]
    )


def by_authority(context: Context, entries: Iterable[Entry]) -> list[Waiting]:
    """Entries by who recognises them, in the order in which they are met."""
    found: dict[str | None, list[Entry]] = {}
    for entry in entries:
        authority = context.policy_book.recognising_authority(
            entry.division_code, entry.subject, entry.series
        )
        found.setdefault(authority, []).append(entry)
    return [Waiting(authority, waiting) for authority, waiting in found.items()]
