"""A queue to look at: entries with their own registration moments, and what the pages send."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.identifiers import encode_entry_id
from service.operations.register_entries import register_entries
from tests.operations.ledger import created, draft


def wait(
    context: Context, provider: Client, *rows: Mapping[str, Any], at: datetime | None = None
) -> list[Entry]:
    """Registers entries in Huzhou that wait for recognition, ``at`` a moment if given; each of a course of its own.
    ``person``: the number of a made-up person."""
    then = context if at is None else replace(context, clock=lambda: at)
    drafts = []
    for number, row in enumerate(rows):
        wanted = {"ref": f"Q-{number}", "person": number + 1, "division_code": "330500", **row}
        drafts.append(draft(**{"course_title": f"课程{wanted['ref']}", **wanted}))
    return [created(each) for each in register_entries(then, provider, drafts)]


def name_of(entry: Entry) -> str:
    """The entry's id as the pages write it."""
    return encode_entry_id(entry.person_id, entry.seq)


def selection(*entries: Entry, do: str = "rows", **more: str) -> dict[str, str]:
    """A form in which these entries are selected, with their last facts as long as they wait."""
    fields = {"do": do, **more}
    for entry in entries:
        fields[f"select.{name_of(entry)}"] = "on"
        fields[f"after.{name_of(entry)}"] = str(entry.seq)
        fields.setdefault(f"hours.{name_of(entry)}", f"{entry.hours / 10:g}")
        fields.setdefault(f"outcome.{name_of(entry)}", "recognised")
    return fields
