"""A person registers hours alone, with evidence (H-13). They count once an authority recognises them (L-9)."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from service.context import Context
from service.domain.client import OWN_CLIENT_ID
from service.domain.entry import Entry, EntryDraft, OwnEntryDraft
from service.domain.errors import Refusal, invalid_request
from service.domain.evidence import FILE_NAME_MAX, Evidence, MediaType, Upload
from service.domain.identifiers import PERSON_ID_MAX
from service.domain.session import SignedInPerson
from service.evidence_content import evidence_faults, media_type_of
from service.operations.register_chunk import register_chunk
from service.operations.register_entries import hash_drafts
from service.operations.registering import Registration
from service.store.clients import require_own_client
from service.store.database import Connection
from service.store.evidence import StoredEvidence, append_evidence

_SUFFIXES: Final[dict[MediaType, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
}


def register_own_entry(
    context: Context, person: SignedInPerson, draft: OwnEntryDraft, uploads: Sequence[Upload]
) -> Registration:
    """Registers an entry of the person who asks, as self-registered, with 1 … FILES_MAX files; or finds that the same
    form was sent before (``replayed``: its files are those of the first time). Someone new to the ledger is
    added by the name they signed in with.

    Refusals: ``invalid_request`` (the files; ``/evidence/0`` …), ``name_mismatch``, ``duplicate_entry``,
    ``reference_conflict`` (the form's token was used for other content), ``forbidden_division``, ``unavailable``.
    """
    if faults := list(evidence_faults(uploads, context.settings.evidence_size_max)):
        raise invalid_request(faults)
    drafts = hash_drafts(context, [_entry_draft(person, draft)])
    # Files first: a row never stands without its file. A file without a row is harmless, and can be swept away.
    places = _put(context, uploads)

    def work(connection: Connection) -> Registration:
        client = require_own_client(connection, context.clock())
        (registration,) = register_chunk(context, client, connection, drafts)
        if registration.refusal is not None:
            raise registration.refusal
        if registration.result == "created" and registration.entry is not None:
            append_evidence(connection, _rows(context, registration.entry, uploads, places))
        return registration

    try:
        registration = context.database.write(work)
    except Refusal as refusal:
        # Unavailable may also mean that it was stored and the answer got lost.
        if refusal.code != "unavailable":
            context.evidence_files.remove(places)
        raise
    if registration.result != "created" or registration.entry is None:
        context.evidence_files.remove(places)
        return registration
    return Registration("created", registration.entry._replace(evidence=len(uploads)))


def _entry_draft(person: SignedInPerson, draft: OwnEntryDraft) -> EntryDraft:
    return EntryDraft(
        external_ref=draft.token,
        identity=person.identity,
        name=person.name,
        division_code=draft.division_code,
        credit_year=draft.credit_year,
        subject=draft.subject,
        hours=draft.hours,
        series=draft.series,
        course_code=draft.course_code,
        course_title=draft.course_title,
        completed_on=draft.completed_on,
        certificate_no=draft.certificate_no,
    )


def _put(context: Context, uploads: Sequence[Upload]) -> list[str]:
    places: list[str] = []
    try:
        for upload in uploads:
            places.append(context.evidence_files.put(upload.content))
    except Refusal:
        context.evidence_files.remove(places)
        raise
    return places


def _rows(
    context: Context, entry: Entry, uploads: Sequence[Upload], places: Sequence[str]
) -> list[StoredEvidence]:
    rows = []
    # They were added at one moment: their ids keep the order in which they were sent.
    ids = sorted(secrets.randbelow(PERSON_ID_MAX) + 1 for _ in uploads)
    for evidence_id, upload, place in zip(ids, uploads, places, strict=True):
        media_type = media_type_of(upload.content)
        assert media_type is not None  # noqa: S101  # others were refused
        about = Evidence(
            evidence_id=evidence_id,
            person_id=entry.person_id,
            entry_seq=entry.seq,
            media_type=media_type,
            size=len(upload.content),
            sha256=hashlib.sha256(upload.content).digest(),
            added_at=entry.recorded_at,
            added_by=OWN_CLIENT_ID,
            file_name=None,
        )
        name = _tidy_name(upload.file_name, media_type)
        rows.append(StoredEvidence(about, place, context.vault.seal(name)))
    return rows


def _tidy_name(sent: str, media_type: MediaType) -> str:
    """The last part of the name that was sent, with the ending of what the file really is."""
    last = sent.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(each for each in last if each.isprintable()).strip()[:FILE_NAME_MAX] or "evidence"
    suffixes = _SUFFIXES[media_type]
    return name if name.lower().endswith(suffixes) else name + suffixes[0]
