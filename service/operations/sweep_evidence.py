"""Files of evidence that no row knows: left by an upload that was broken off, or by an erasure that was."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from service.context import Context
from service.store.evidence import select_known_places

GRACE_SECONDS: Final = 3600
"""A younger file may be waiting for its row: the file comes first."""

_AT_ONCE: Final = 500


def find_left_over(context: Context) -> Iterator[str]:
    """The names of files older than GRACE_SECONDS that no row knows, unfinished ones too."""
    names = context.evidence_files.names(GRACE_SECONDS)
    while chunk := list(islice(names, _AT_ONCE)):
        with context.database.reading() as connection:
            known = select_known_places(connection, chunk)
        yield from (name for name in chunk if name not in known)


def sweep_evidence(context: Context) -> int:
    """Removes files that no row knows; how many that were."""
    left_over = list(find_left_over(context))
    context.evidence_files.remove(left_over)
    return len(left_over)
