"""A dispute: a person says an entry is wrong, its provider or an authority answers, an authority closes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

DisputeStatus = Literal["open", "answered", "closed"]
DISPUTE_STATUSES: Final[tuple[DisputeStatus, ...]] = ("open", "answered", "closed")

DisputeOutcome = Literal["upheld", "rejected"]
DISPUTE_OUTCOMES: Final[tuple[DisputeOutcome, ...]] = ("upheld", "rejected")
"""``upheld``: the person was right; what follows for the hours is a reversal or a recognition of its own."""

StatementKind = Literal["opened", "answered", "closed"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said in a dispute. ``recorded_by`` is a client id, ``outcome`` only of the closing."""

    kind: StatementKind
    text: str
    outcome: DisputeOutcome | None
    recorded_at: datetime
    recorded_by: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of the entry (``person_id``, ``entry_seq``), with all that was said, in order."""

    dispute_id: int
    person_id: int
    entry_seq: int
    provider_id: int
    division_code: str
    status: DisputeStatus
    statements: tuple[Statement, ...]
