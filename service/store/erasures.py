"""Erasing who a person is, while their chain stays as it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from service.store.certificates import erase_claims
from service.store.determinations import erase_masks
from service.store.evidence import forget_files
from service.store.rights_tables import erasure
from service.store.sessions import end_sessions_of_documents
from service.store.tables import identity, person

_HASHES: Final = select(identity.c.id_hash).where(
    identity.c.person_id.in_(bindparam("person_ids", expanding=True))
)
_ERASED: Final = select(erasure).where(erasure.c.person_id.in_(bindparam("person_ids", expanding=True)))


def select_erasures(connection: Connection, person_ids: Sequence[int]) -> list[Any]:
    """(person_id, erased_at, erased_by, reason) of those of these people who were erased."""
    return list(connection.execute(_ERASED, {"person_ids": list(person_ids)}))


def select_id_hashes(connection: Connection, person_ids: Sequence[int]) -> list[bytes]:
    """The hashes by which these people's documents are found."""
    return [row.id_hash for row in connection.execute(_HASHES, {"person_ids": list(person_ids)})]


def erase_people(
    connection: Connection, person_ids: Sequence[int], erased_at: datetime, erased_by: int, reason: str
) -> list[str]:
    """Takes away names, numbers, the hashes people are found by and where their files of evidence lie, and writes down
    who did so and why. Answers the names of those files, which are to be removed once this is committed."""
    id_hashes = select_id_hashes(connection, person_ids)
    erase_masks(connection, person_ids, id_hashes)
    erase_claims(connection, person_ids)
    end_sessions_of_documents(connection, id_hashes)
    connection.execute(delete(identity).where(identity.c.person_id.in_(person_ids)))
    connection.execute(
        update(person).where(person.c.person_id.in_(person_ids)).values(name_sealed=None, name_hash=None)
    )
    files = forget_files(connection, person_ids)
    said = {"erased_at": erased_at, "erased_by": erased_by, "reason": reason}
    connection.execute(insert(erasure), [{"person_id": person_id, **said} for person_id in person_ids])
    return files
