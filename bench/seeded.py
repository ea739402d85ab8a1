"""A ledger with people in it, the keys to ask it with, and the questions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import select

from bench.ledgers import bench_settings
from bench.roster_file import id_number
from service.context import Context, open_context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.domain.identity import Identity
from service.domain.subjects import Subject
from service.operations.clients import create_client
from service.operations.register_entries import register_entries
from service.store.schema import migrate
from service.store.tables import person

LISHUI: Final = "331100"
HUZHOU: Final = "330500"
"""Where hours wait for recognition."""
YEARS: Final = range(2019, 2024)
_A_YEAR: Final[tuple[tuple[Subject, int], ...]] = (
    ("general_public", 120),
    ("industry_public", 60),
    ("specialty", 360),
    ("specialty", 360),
)
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Seeded:
    """A ledger to ask: its context, the provider, keys by role, how many people."""

    context: Context
    provider: Client
    keys: dict[str, str]
    people: int

    def person_ids(self) -> list[int]:
        with self.context.database.reading() as connection:
            return list(connection.execute(select(person.c.person_id)).scalars())


@contextmanager
def seeded_ledger(url: str, people: int) -> Iterator[Seeded]:
    """A migrated ledger with so many people of Lishui, five years each, twenty entries each."""
    migrate(url)
    context = open_context(bench_settings(url))
    try:
        provider, provider_key = create_client(context, "provider", "培训机构")
        keys = {"provider": provider_key}
        for role in ("platform", "authority"):
            keys[role] = create_client(context, role, role)[1]
        drafts = [draft for number in range(people) for draft in drafts_of(number)]
        for start in range(0, len(drafts), _CHUNK):
            registered = register_entries(context, provider, drafts[start : start + _CHUNK], atomic=True)
            assert registered[0].refusal is None, registered[0].refusal  # noqa: S101
        yield Seeded(context, provider, keys, people)
    finally:
        context.database.close()


def drafts_of(number: int) -> Iterator[EntryDraft]:
    """Five years of somebody."""
    for year in YEARS:
        for turn, (subject, tenths) in enumerate(_A_YEAR):
            yield EntryDraft(
                external_ref=f"S-{number}-{year}-{turn}",
                identity=Identity("resident_id", id_number(number)),
                name=f"测试{number}",
                division_code=LISHUI,
                credit_year=year,
                subject=subject,
                hours=tenths,
                series="建设工程",
                course_code=f"K-{turn}",
                course_title=f"课程{turn}",
                completed_on=None,
                certificate_no=None,
            )


def question(number: int) -> dict[str, Any]:
    """About one of the seeded people, as the declaration platform asks."""
    return {
        "person": {"id_type": "resident_id", "id_number": id_number(number)},
        "division_code": LISHUI,
        "declaration_year": 2023,
        "level": "intermediate",
        "required_years": 4,
        "tenure_start": 2019,
    }


def posted_entry(number: int, division_code: str = LISHUI) -> dict[str, Any]:
    """One more entry of one of the seeded people; ``@REF@`` is made anew for each request."""
    return {
        "external_ref": "E-@REF@",
        "person": {"id_type": "resident_id", "id_number": id_number(number), "name": f"测试{number}"},
        "division_code": division_code,
        "credit_year": 2023,
        "subject": "specialty",
        "hours": 1,
        "series": "建设工程",
        "course": {"code": "C-@REF@", "title": "装配式建筑"},
        "completed_on": "2023-05-04",
    }


def written_lines(path: Path, bodies: Iterable[Any]) -> Path:
    """A file of JSON bodies, one a line."""
    path.write_bytes(b"\n".join(orjson.dumps(body) for body in bodies) + b"\n")
    return path
