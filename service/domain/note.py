"""Facts that concern no hours, as they are asked for and shown: attestations, integrity records, their withdrawal."""

from dataclasses import dataclass
from datetime import date, datetime

from service.domain.identity import Identity


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a note is about: a document, and the name on it where the person may be new to the ledger."""

    identity: Identity
    name: str | None


@dataclass(frozen=True, slots=True)
class AttestationDraft:
    """An authority's word that a year under older rules was met, or was not (H-4)."""

    person: Named | int
    division_code: str
    year: int
    met: bool
    basis: str


@dataclass(frozen=True, slots=True)
class IntegrityDraft:
    """Falsified material on record since the day ``entered_on`` (H-10)."""

    person: Named | int
    division_code: str
    entered_on: date
    basis: str


@dataclass(frozen=True, slots=True)
class Note:
    """An attestation (``year``, ``met``) or integrity record (``entered_on``) in the ledger."""

    person_id: int
    seq: int
    division_code: str
    basis: str
    recorded_at: datetime
    recorded_by: int
    year: int | None = None
    met: bool | None = None
    entered_on: date | None = None
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None
