"""Evidence as it is stored: its rows, and where the files lie."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, select

from service.domain.evidence import Evidence
from service.store.append import append_rows
from service.store.evidence_tables import evidence, evidence_file

ROWS_AT_ONCE: Final = 200


class StoredEvidence(NamedTuple):
    """A file of evidence without its name in clear. ``stored_as`` and ``file_name_sealed`` None: erased."""

    evidence: Evidence
    stored_as: str | None
    file_name_sealed: bytes | None


_COLUMNS: Final = tuple(evidence.c[name] for name in Evidence.__slots__ if name != "file_name")
_ROWS: Final = select(*_COLUMNS, evidence_file.c.stored_as, evidence_file.c.file_name_sealed).select_from(
    evidence.outerjoin(evidence_file, evidence_file.c.evidence_id == evidence.c.evidence_id)
)
_IN_ORDER: Final = (evidence.c.added_at, evidence.c.evidence_id)
_ONE: Final = _ROWS.where(evidence.c.evidence_id == bindparam("evidence_id"))
_OF_ENTRY: Final = _ROWS.where(
    evidence.c.person_id == bindparam("person_id"), evidence.c.entry_seq == bindparam("entry_seq")
).order_by(*_IN_ORDER)
_OF_PERSON: Final = _ROWS.where(evidence.c.person_id == bindparam("person_id")).order_by(
    evidence.c.entry_seq, *_IN_ORDER
)
_AFTER: Final = (
    _ROWS.where(evidence.c.evidence_id > bindparam("after"))
    .order_by(evidence.c.evidence_id)
    .limit(ROWS_AT_ONCE)
)
_PLACES: Final = select(evidence_file.c.stored_as).where(
    evidence_file.c.stored_as.in_(bindparam("names", expanding=True))
)


def append_evidence(connection: Connection, rows: Sequence[StoredEvidence]) -> None:
    """Stores rows of files that are on the disk already."""
    names = [column.name for column in _COLUMNS]
    append_rows(
        connection,
        evidence,
        tuple(names),
        [tuple(getattr(row.evidence, name) for name in names) for row in rows],
    )
    append_rows(
        connection,
        evidence_file,
        ("evidence_id", "stored_as", "file_name_sealed"),
        [(row.evidence.evidence_id, row.stored_as, row.file_name_sealed) for row in rows],
    )


def select_evidence(connection: Connection, evidence_id: int) -> StoredEvidence | None:
    row = connection.execute(_ONE, {"evidence_id": evidence_id}).one_or_none()
    return None if row is None else _read(row)


def select_entry_evidence(connection: Connection, person_id: int, entry_seq: int) -> list[StoredEvidence]:
    """An entry's files, in the order in which they were added."""
    return _all(connection, _OF_ENTRY, person_id=person_id, entry_seq=entry_seq)


def select_person_evidence(connection: Connection, person_id: int) -> list[StoredEvidence]:
    """A person's files, by entry."""
    return _all(connection, _OF_PERSON, person_id=person_id)


def read_all_evidence(connection: Connection) -> Iterator[StoredEvidence]:
    """Every file, in the order of their ids."""
    after = -1
    while page := _all(connection, _AFTER, after=after):
        yield from page
        after = page[-1].evidence.evidence_id


def select_known_places(connection: Connection, names: Sequence[str]) -> set[str]:
    """Which of these names of files a row knows."""
    return {row.stored_as for row in connection.execute(_PLACES, {"names": list(names)})}


def forget_files(connection: Connection, person_ids: Sequence[int]) -> list[str]:
    """Deletes where these people's files lie and what they were called; the names of the files, to be removed."""
    chosen = evidence_file.c.evidence_id.in_(
        select(evidence.c.evidence_id).where(evidence.c.person_id.in_(person_ids))
    )
    names = [row.stored_as for row in connection.execute(select(evidence_file.c.stored_as).where(chosen))]
    connection.execute(delete(evidence_file).where(chosen))
    return names


def _all(connection: Connection, statement: Select[Any], **values: int) -> list[StoredEvidence]:
    return [_read(row) for row in connection.execute(statement, values)]


def _read(row: Any) -> StoredEvidence:
    *values, stored_as, file_name_sealed = row
    return StoredEvidence(Evidence(*(*values, None)), stored_as, file_name_sealed)
