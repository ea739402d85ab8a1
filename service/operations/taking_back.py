"""A provider takes entries back by its own references, inside the transaction of an import."""

from collections.abc import Sequence
from typing import Literal

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry
from service.operations.correcting import read_taken_references
from service.operations.reversing import reversal_fact
from service.store.append import pipelined
from service.store.database import Connection
from service.store.keysets import KEYS_MAX
from service.store.people import lock_heads
from service.store.posting import Posting

TakenBack = Literal["reversed", "replayed", "unknown"]


def take_back(
    context: Context, client: Client, connection: Connection, external_refs: Sequence[str], note: str
) -> list[TakenBack]:
    """What became of each reference: ``reversed`` now, ``replayed`` when that was done before, ``unknown`` when the
    provider never registered it. The entry that stands for the reference now is reversed, with its recognition.

    A fixed number of statements for each KEYS_MAX references.
    """
    results: dict[str, TakenBack] = {}
    wanted = list(dict.fromkeys(external_refs))
    for start in range(0, len(wanted), KEYS_MAX):
        results |= _chunk(context, client, connection, wanted[start : start + KEYS_MAX], note)
    return [results[reference] for reference in external_refs]


def _chunk(
    context: Context, client: Client, connection: Connection, references: Sequence[str], note: str
) -> dict[str, TakenBack]:
    people = {entry.person_id for entry in _standing(connection, client, references).values()}
    if not people:
        return dict.fromkeys(references, "unknown")
    # Lock first, read then: what is read below nobody else changes.
    heads = lock_heads(connection, sorted(people))
    standing = _standing(connection, client, references)
    posting = Posting(context.clock())
    results: dict[str, TakenBack] = dict.fromkeys(references, "unknown")
    for reference, entry in standing.items():
        if entry.status == "reversed":
            results[reference] = "replayed"
            continue
        head = heads[entry.person_id]
        fact = reversal_fact(entry, head, posting.stamp(head), client.client_id, "other", note)
        posting.add_change(head, fact, "reversed", 0)
        results[reference] = "reversed"
    with pipelined(connection, len(references)):
        posting.write(connection)
    return results


def _standing(connection: Connection, client: Client, references: Sequence[str]) -> dict[str, Entry]:
    taken = read_taken_references(connection, client.client_id, references)
    return {reference: taken.revisions(reference)[-1].entry for reference in taken.first}
