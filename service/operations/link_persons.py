"""Two persons of the ledger are found to be one: each chain says so, and both are read as one from then on."""

from itertools import product

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.operations.noting import note_fact
from service.store.append import pipelined
from service.store.database import Connection
from service.store.notes import read_links
from service.store.people import lock_heads
from service.store.posting import Posting


def link_persons(
    context: Context, client: Client, person_a: int, person_b: int, reason: str
) -> tuple[list[int], bool]:
    """Everybody who is one person now, in order, and whether the link is new.

    Every chain of a group names all the others, so that a question follows no path. Nothing is rewritten: an answer
    for a moment before the link is as it was. Refusals: ``forbidden_role`` (admin only), ``invalid_request``
    (unknown_person, same_person).
    """
    if client.role != "admin":
        raise Refusal("forbidden_role")
    if person_a == person_b:
        raise invalid_request([Fault("/other_person_id", "same_person")])

    def work(connection: Connection) -> tuple[list[int], bool]:
        known = lock_heads(connection, [person_a, person_b])
        named = (("/person_id", person_a), ("/other_person_id", person_b))
        faults = [Fault(pointer, "unknown_person") for pointer, each in named if each not in known]
        if faults:
            raise invalid_request(faults)
        links = read_links(connection, [person_a, person_b])
        sides = [{person_id, *links[person_id]} for person_id in (person_a, person_b)]
        members = sorted(set.union(*sides))
        if person_b in sides[0]:
            return members, False
        # Whoever else is in a group joins it under the locks of all in it, so the two held keep both groups as read.
        heads = lock_heads(connection, members)
        posting = Posting(context.clock())
        for one, other in product(*sides):
            for person_id, other_id in ((one, other), (other, one)):
                head = heads[person_id]
                posting.add_note(
                    head, note_fact(posting, head, client, "link", other_person_id=other_id, reason=reason)
                )
        with pipelined(connection, 2 * len(sides[0]) * len(sides[1])):
            posting.write(connection)
        return members, True

    return context.database.write(work)
