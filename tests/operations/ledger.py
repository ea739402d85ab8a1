"""Words for writing ledger tests: drafts of made-up people, and all that is stored."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event, select

from service.context import Context, open_context
from service.domain.access import Asker
from service.domain.entry import Entry, EntryDraft
from service.domain.identity import Identity
from service.operations.register_entries import Registration
from service.settings import Settings
from service.store import prepared
from service.store.database import Database
from service.store.kept_totals import totals_rows
from service.store.tables import chain_head, metadata

ASKER = Asker(None, "test", "entries")

_KEY = base64.b64encode(b"tests-only-tests-only-tests-only").decode()
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def settings_for(url: str) -> Settings:
    return Settings(
        database_url=url, identity_keys=f"test:{_KEY}", lookup_key=_KEY, signing_keys=f"s1:{_KEY}"
    )


def open_ledger(
    url: str,
    clock: Callable[[], datetime] | None = None,
    evidence_dir: Path | None = None,
    read_url: str | None = None,
) -> Context:
    more = {"evidence_dir": evidence_dir, "database_url_read": read_url}
    settings = settings_for(url).model_copy(update=more)
    context = open_context(settings)
    return replace(context, clock=clock) if clock else context


def id_number(person: int) -> str:
    """A made-up number with the right check digit."""
    body = f"3305001990{person // 1000 % 12 + 1:02d}01{person % 1000:03d}"
    assert person < 12_000
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def draft(ref: str = "R-1", person: int = 1, **changes: Any) -> EntryDraft:
    """Hours of made-up person number ``person``."""
    plain = EntryDraft(
        external_ref=ref,
        identity=Identity("resident_id", id_number(person)),
        name=f"测试{person}",
        division_code="331100",
        credit_year=2023,
        subject="specialty",
        hours=720,
        series="建设工程",
        completed_on=date(2023, 5, 4),
    )
    return plain._replace(**changes)


def drafts(count: int, people: int = 7, prefix: str = "R") -> list[EntryDraft]:
    """Different entries of a few people, each of a course of its own."""
    return [draft(f"{prefix}-{n}", n % people, course_code=f"{prefix}-{n}") for n in range(count)]


def created(registration: Registration) -> Entry:
    assert registration.result == "created", registration
    assert registration.entry is not None
    return registration.entry


def refusal_code(registration: Registration) -> str:
    assert registration.result == "refused"
    assert registration.refusal is not None
    return registration.refusal.code


def kept_totals(database: Database) -> list[tuple[Any, ...]]:
    """Everybody's: person, year, subject, division, and the tenths under each standing; in order."""
    with database.reading() as connection:
        heads = connection.execute(select(chain_head.c.person_id, chain_head.c.totals))
        return sorted((person_id, *row) for person_id, text in heads for row in totals_rows(text))


def contents(database: Database, *leave_out: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order."""
    with database.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in leave_out
        }


@contextmanager
def watched_raw_statements(seen: Callable[[str], None]) -> Iterator[None]:
    """Tells ``seen`` of every statement that goes to psycopg as it is, past SQLAlchemy."""
    send = prepared.execute

    def watched(raw: Any, known: Any, statement: prepared.Prepared, *rest: Any) -> Any:
        seen(statement.sql)
        return send(raw, known, statement, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "execute", watched)
        yield


@contextmanager
def watched_statements(database: Database, seen: Callable[[str], None]) -> Iterator[None]:
    """Tells ``seen`` of every statement before it is sent, COPY and COMMIT too. What it raises happens there."""
    database.close()  # so that every connection from here on has the watching cursor

    class WatchedCursor(psycopg.Cursor[Any]):
        def copy(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
            seen("COPY")
            return super().copy(statement, *args, **kwargs)

    def connected(connection: Any, _record: object) -> None:
        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = WatchedCursor

    def executing(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen(statement)

    def committing(_connection: Connection) -> None:
        seen("COMMIT")

    listeners: list[tuple[str, Any]] = [
        ("connect", connected),
        ("before_cursor_execute", executing),
        ("commit", committing),
    ]
    engines = {database.engine, database.reading_engine, database.recording_engine}
    for engine in engines:
        for name, listener in listeners:
            event.listen(engine, name, listener)
    try:
        with watched_raw_statements(seen):
            yield
    finally:
        for engine in engines:
            for name, listener in listeners:
                event.remove(engine, name, listener)
        database.close()
