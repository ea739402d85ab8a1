"""A fact: one row of the append-only ledger, linked to the one before it by a hash."""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Final, Literal

FactKind = Literal["registration", "recognition", "reversal"]

CHAIN_FORMAT: Final = 1
"""Written into the hashed bytes, so that a later format can live beside this one."""

GENESIS: Final = bytes(32)
"""The hash before a person's first fact."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One ledger row without its hashes. Amounts in tenths.

    ``seq`` counts a person's facts from 1 without gaps; ``entry_seq`` is the seq of the registration the fact
    concerns (its own for a registration). The four deltas are what the fact adds to the person's totals of that
    year, subject and division under each standing; a reversal's deltas are negative.
    """

    person_id: int
    seq: int
    kind: FactKind
    entry_seq: int
    credit_year: int
    subject: str
    division_code: str
    registered: int
    self_registered: int
    recognised: int
    rejected: int
    recorded_at: datetime
    recorded_by: int
    hours: int | None = None
    provider_id: int | None = None
    external_ref: str | None = None
    series: str | None = None
    course_code: str | None = None
    course_title: str | None = None
    completed_on: date | None = None
    certificate_no: str | None = None
    outcome: str | None = None
    reason: str | None = None
    note: str | None = None


_FIELDS: Final = tuple(field.name for field in fields(Fact))


def fact_digest(fact: Fact, previous: bytes) -> bytes:
    """SHA-256 of a fact chained to the hash of the person's fact before it (GENESIS for the first).

    The hashed bytes are UTF-8 JSON: one object of the fields that are not null, ``v`` (the format) and
    ``previous`` (hex), keys sorted, no spaces; days as YYYY-MM-DD, the instant as RFC 3339 UTC with microseconds.
    A column added later is null in the old rows and so leaves their hashes as they are.
    """
    content: dict[str, object] = {"v": CHAIN_FORMAT, "previous": previous.hex()}
    for name in _FIELDS:
        value = getattr(fact, name)
        if value is not None:
            content[name] = value
    content["recorded_at"] = instant_text(fact.recorded_at)
    if fact.completed_on is not None:
        content["completed_on"] = fact.completed_on.isoformat()
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def instant_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: always the same text for the same instant."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
