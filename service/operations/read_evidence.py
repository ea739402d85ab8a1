"""Reads evidence: for the person themself, an authority of the entry's division, an admin; for nobody else."""

import logging
from dataclasses import dataclass, field, replace

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.evidence import Evidence
from service.domain.session import SignedInPerson
from service.operations.own_people import find_own, own_entry
from service.operations.read_entries import visible_entry
from service.operations.record_access import record_access
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.evidence import StoredEvidence, select_entry_evidence, select_evidence

log = logging.getLogger(__name__)

Viewer = Client | SignedInPerson


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file of evidence as it was sent."""

    evidence: Evidence
    content: bytes = field(repr=False)


def list_evidence(
    context: Context, viewer: Viewer, entry_id: tuple[int, int], *, asker: Asker
) -> list[Evidence]:
    """The files of an entry, in the order in which they were added; leaves an access record. Those of an erased person
    have no name and can no longer be read.

    Refusals: ``not_found`` (also for providers and platforms), ``forbidden_division``, ``name_mismatch``.
    """
    with context.database.snapshot() as connection:
        entry = _visible(context, connection, viewer, entry_id)
        stored = select_entry_evidence(connection, *entry_id)
    record_access(context, None, asker, [entry.person_id])
    return [open_evidence(context, each) for each in stored]


def read_evidence(context: Context, viewer: Viewer, evidence_id: int, *, asker: Asker) -> EvidenceFile:
    """One file; leaves an access record. Refusals as ``list_evidence``; ``not_found`` of an erased person's,
    ``internal_error`` when the file is missing or was changed."""
    stored = _find(context, viewer, evidence_id)
    if stored.stored_as is None:
        raise Refusal("not_found")
    content = context.evidence_files.read(stored.stored_as)
    if content is None:
        log.error("the file of evidence %s is missing or was changed", evidence_id)
        raise Refusal("internal_error")
    record_access(context, None, asker, [stored.evidence.person_id])
    return EvidenceFile(open_evidence(context, stored), content)


def require_evidence(context: Context, viewer: Viewer, evidence_id: int) -> None:
    """Refusal unless the viewer may see the file. Shows nothing, so it leaves no access record."""
    _find(context, viewer, evidence_id)


def open_evidence(context: Context, stored: StoredEvidence) -> Evidence:
    """With its name in clear."""
    sealed = stored.file_name_sealed
    return replace(stored.evidence, file_name=None if sealed is None else context.vault.open(sealed))


def _find(context: Context, viewer: Viewer, evidence_id: int) -> StoredEvidence:
    with context.database.snapshot() as connection:
        stored = select_evidence(connection, evidence_id)
        if stored is None:
            raise Refusal("not_found")
        _visible(context, connection, viewer, (stored.evidence.person_id, stored.evidence.entry_seq))
    return stored


def _visible(context: Context, connection: Connection, viewer: Viewer, entry_id: tuple[int, int]) -> Entry:
    if isinstance(viewer, SignedInPerson):
        return own_entry(connection, find_own(context, connection, viewer), entry_id)
    if viewer.role not in ("authority", "admin"):
        raise Refusal("not_found")
    return visible_entry(viewer, read_entry_row(connection, *entry_id))
