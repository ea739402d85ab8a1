"""An authority attests a year, or enters an integrity record."""

from service.context import Context
from service.domain.client import Client
from service.domain.note import AttestationDraft, IntegrityDraft, Note
from service.operations.noting import add_note


def attest(context: Context, client: Client, draft: AttestationDraft) -> tuple[Note, bool]:
    """The attestation, and whether it is new. Refusals as ``add_note``.

    What was attested before stays: two attestations of a year are both shown, and one that is wrong is withdrawn.
    """
    return add_note(context, client, draft)


def record_integrity(context: Context, client: Client, draft: IntegrityDraft) -> tuple[Note, bool]:
    """The integrity record, and whether it is new. Refusals as ``add_note``."""
    return add_note(context, client, draft)
