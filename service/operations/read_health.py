"""How the service is doing: for whoever answers for it."""

import os
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from service.context import Context
from service.evidence_files import evidence_directory
from service.policy_examples import failing_examples
from service.store import counts
from service.store.imports import list_import_summaries
from service.store.schema import is_at_head

COUNTED_MAX: Final = counts.COUNTED_MAX


@dataclass(frozen=True, slots=True)
class Health:
    """``people``, ``entries`` and ``pending`` are counted up to COUNTED_MAX. ``database``: its kind.
    ``examples_failing``: worked examples of policy files that come out otherwise than they say."""

    version: str
    database: str
    schema_at_head: bool
    people: int
    entries: int
    pending: int
    last_import_at: datetime | None
    policies: int
    examples: int
    examples_failing: int
    evidence_writable: bool
    signing_keys: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing needs doing. Without a signing key no certificate is issued."""
        return (
            self.schema_at_head
            and self.evidence_writable
            and not self.examples_failing
            and self.signing_keys > 0
        )


def read_health(context: Context) -> Health:
    """What there is and whether it works. Five statements, each bounded. Refusal ``unavailable``."""
    book = context.policy_book
    with context.database.reading() as connection:
        people = counts.count_people(connection)
        entries = counts.count_entries(connection)
        pending = counts.count_pending(connection)
        newest = list_import_summaries(connection, None, None, 1)
    return Health(
        version=version("hours-ledger"),
        database=context.database.dialect_name,
        schema_at_head=is_at_head(context.database.reading_engine),
        people=people,
        entries=entries,
        pending=pending,
        last_import_at=newest[0].created_at if newest else None,
        policies=len(book.policies),
        examples=sum(len(file.examples) for file in book.files),
        examples_failing=sum(len({name for name, _ in failing_examples(book, file)}) for file in book.files),
        evidence_writable=_is_writable(evidence_directory(context.settings)),
        signing_keys=len(context.signer.ring),
    )


def _is_writable(directory: Path) -> bool:
    """Whether files can be put there; a directory that is not there yet is made with the first of them."""
    there = next((each for each in (directory, *directory.absolute().parents) if each.exists()), None)
    return there is not None and there.is_dir() and os.access(there, os.W_OK | os.X_OK)
