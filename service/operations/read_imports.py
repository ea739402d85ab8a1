"""Which imports there were: the history of a sender."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.identifiers import decode_person_id, encode_person_id
from service.store.imports import ImportSummary, list_import_summaries, select_import_summary

__all__ = ["IMPORTS_MAX", "ImportPage", "ImportSummary", "list_imports", "read_import_summary"]

IMPORTS_MAX: Final = 200

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR: Final = re.compile(r"([0-9]{1,17})\.(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Some imports, and the cursor for older ones; None: these are the last."""

    imports: list[ImportSummary]
    next_cursor: str | None


def list_imports(
    context: Context, client: Client, *, cursor: str | None = None, limit: int = 50
) -> ImportPage:
    """The client's imports, newest first, ``limit`` (1 … IMPORTS_MAX) at a time; an admin sees everybody's. One
    statement. Refusal ``invalid_request``: the cursor is none of ours."""
    before = None if cursor is None else _before(cursor)
    limit = max(1, min(limit, IMPORTS_MAX))
    whose = None if client.role == "admin" else client.client_id
    with context.database.reading() as connection:
        found = list_import_summaries(connection, whose, before, limit + 1)
    page = found[:limit]
    return ImportPage(page, _cursor(page[-1]) if len(found) > limit else None)


def read_import_summary(context: Context, client: Client, import_id: int) -> ImportSummary:
    """One import. Refusal ``not_found``: there is none, or it is another provider's."""
    with context.database.reading() as connection:
        found = select_import_summary(connection, import_id)
    if found is None or (client.role != "admin" and found.client_id != client.client_id):
        raise Refusal("not_found")
    return found


def _cursor(last: ImportSummary) -> str:
    return f"{(last.created_at - _EPOCH) // timedelta(microseconds=1)}.{encode_person_id(last.import_id)}"


def _before(cursor: str) -> tuple[datetime, int]:
    match = _CURSOR.fullmatch(cursor)
    import_id = decode_person_id(match[2]) if match else None
    if match is None or import_id is None:
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    return _EPOCH + timedelta(microseconds=int(match[1])), import_id
