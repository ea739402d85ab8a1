"""The annexes of the notices as data: who reviews what and until when, and which authority recognises hours.

Nothing here decides a question. The files and their columns are described in ``policies/zhejiang/annexes/README.md``.
"""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from service.annex_schema import AuthoritySchema, ReviewPlanSchema, SourceSchema
from service.domain.question import Level, Reviewer
from service.domain.series import normalise_series
from service.policy_book import PACKAGED_POLICIES, Division, read_divisions
from service.policy_file import PolicyFileError

SOURCES = "sources.csv"


@dataclass(frozen=True, slots=True)
class AnnexSource:
    """One table of one annex, as ``sources.csv`` cites it. ``part`` is None where the annex is one table;
    ``digest`` is of the file's bytes."""

    file: str
    kind: str
    division_code: str
    year: int
    document: str
    annex: str
    part: int | None
    heading: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of a review plan: a committee, or a series recommended to one. Texts are the notice's, empty where it
    says nothing; months are 1..12. ``reviewed_by`` is who reviews ``titles_reviewed``, or, in a row that only
    recommends, ``titles_recommended``."""

    source: AnnexSource
    row: int
    committee: str
    titles_reviewed: str
    titles_recommended: str
    levels_reviewed: tuple[Level, ...]
    levels_recommended: tuple[Level, ...]
    reviewed_by: Reviewer
    recommended_to: Reviewer | None
    specialties: str
    scope: str
    started: str
    started_month: int | None
    closing: str
    closing_month: int | None
    review: str
    review_month: int | None
    finished: str
    finished_month: int | None
    finished_year: int | None
    receiving_unit: str
    phone: str
    remarks: str
    note: str
    searched: str = field(repr=False, compare=False)

    @property
    def number(self) -> str:
        """The row's number in its plan: ``"12"``, or ``"1-22"`` (part, row) where the plan has parts."""
        part = self.source.part
        return str(self.row) if part is None else f"{part}-{self.row}"

    @property
    def last_month(self) -> tuple[int, int] | None:
        """(year, month) after which nothing is received any more, or None where the notice names no single month.

        The month of closing; where a notice has none (Lishui), the month in which the review is finished.
        """
        if self.closing_month:
            return self.source.year, self.closing_month
        if self.finished_month:
            return self.finished_year or self.source.year, self.finished_month
        return None

    def reviewer(self, level: Level) -> Reviewer | None:
        """Who reviews a level of this row: city or province; None for a level the row does not name."""
        if level in self.levels_reviewed:
            return self.reviewed_by
        return self.recommended_to if level in self.levels_recommended else None


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A row of a list of competent authorities. ``specialty`` is the notice's text, ``series`` the names asked for."""

    source: AnnexSource
    row: int
    specialty: str
    authority: str
    phone: str
    series: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class AnnexBook:
    """All annexes, in the order of ``sources.csv`` and of the notices' rows."""

    sources: tuple[AnnexSource, ...]
    plan_rows: tuple[PlanRow, ...]
    authority_rows: tuple[AuthorityRow, ...]
    divisions: dict[str, Division]

    def review_plans(
        self, division_code: str | None = None, year: int | None = None, q: str | None = None
    ) -> tuple[PlanRow, ...]:
        """The rows of the plans for a place (None: all places) and a year (None: its newest plan).

        ``q``: words divided by spaces; every one must occur in the committee, titles, specialties, scope or
        remarks. Full width, spaces and endings such as 专业技术人员 make no difference. A plan speaks for its own
        year only: another year than the plans' gives nothing.
        """
        newest: dict[str, int] = {}
        for row in self.plan_rows:
            place = row.source.division_code
            newest[place] = max(row.source.year, newest.get(place, 0))
        words = [normalise_series(word) for word in unicodedata.normalize("NFKC", q or "").split()]
        return tuple(
            row
            for row in _of_place(self, self.plan_rows, division_code)
            if row.source.year == (newest[row.source.division_code] if year is None else year)
            and all(word in row.searched for word in words)
        )

    def committee(self, division_code: str, year: int, number: str) -> PlanRow | None:
        """The row of a plan by its number (``PlanRow.number``), or None."""
        rows = self.review_plans(division_code, year)
        return next((row for row in rows if row.number == number), None)

    def plan_years(self, division_code: str) -> tuple[int, ...]:
        """The years of which a place has a plan, oldest first."""
        return tuple(sorted({row.source.year for row in _of_place(self, self.plan_rows, division_code)}))

    def authorities(
        self, division_code: str | None = None, series: str | None = None
    ) -> tuple[AuthorityRow, ...]:
        """Who recognises the hours of a series (None: the whole list) in a place. Empty: the notice names nobody.

        The name must be the series' own, not a part of it: 教师 is not 技工学校教师 (domain.md H-9).
        """
        wanted = None if series is None else normalise_series(series)
        return tuple(
            row
            for row in _of_place(self, self.authority_rows, division_code)
            if wanted is None or wanted in {normalise_series(name) for name in row.series}
        )


Row = TypeVar("Row", PlanRow, AuthorityRow)


def _of_place(book: AnnexBook, rows: Iterable[Row], code: str | None) -> tuple[Row, ...]:
    """A place's own rows if it has any, else its city's: the rule of PolicyBook.versions_for."""
    rows = tuple(rows)
    if code is None:
        return rows
    division = book.divisions.get(code)
    current = division.successor or code if division else code
    own = tuple(row for row in rows if row.source.division_code == current)
    return own or tuple(row for row in rows if row.source.division_code == f"{current[:4]}00")


def load_annexes(directory: Path = PACKAGED_POLICIES) -> AnnexBook:
    """Reads every ``annexes/sources.csv`` below ``directory``, the files it lists, and ``divisions.csv``.

    Raises PolicyFileError for the first faulty file, with the line and column of everything wrong with it.
    """
    divisions = read_divisions(directory / "divisions.csv")
    sources: list[AnnexSource] = []
    plan_rows: list[PlanRow] = []
    authority_rows: list[AuthorityRow] = []
    for path in sorted(directory.rglob(f"annexes/{SOURCES}")):
        for source in _read_sources(path):
            file = path.parent / source.file
            if source.kind == "review_plan":
                plan_rows += _rows_of(file, source, ReviewPlanSchema(), _plan_row)
            else:
                authority_rows += _rows_of(file, source, AuthoritySchema(), AuthorityRow)
            sources.append(source)
    return AnnexBook(tuple(sources), tuple(plan_rows), tuple(authority_rows), divisions)


def _read_sources(path: Path) -> list[AnnexSource]:
    rows = _read_table(path, SourceSchema())
    listed = [row["file"] for row in rows]
    problems = [
        (f"line {line}, file", f"{name} {wrong}")
        for line, name in enumerate(listed, start=2)
        for wrong, found in (
            ("stands twice", listed.index(name) < line - 2),
            ("is not in this folder", not (path.parent / name).is_file() or Path(name).name != name),
        )
        if found
    ]
    # A file nobody lists would silently be no data at all.
    for file in sorted(path.parent.glob("*.csv")):
        if file.name not in {*listed, SOURCES}:
            problems.append(("file", f"{file.name} is in the folder and not in the list"))
    if problems:
        raise PolicyFileError(path, problems)
    return [
        AnnexSource(
            **row, digest=f"sha256:{hashlib.sha256((path.parent / row['file']).read_bytes()).hexdigest()}"
        )
        for row in rows
    ]


def _rows_of(file: Path, source: AnnexSource, schema: Schema, make: Callable[..., Row]) -> Iterator[Row]:
    """The rows of a table, as many as its source says, numbered from 1 without gaps as in the notice."""
    rows = _read_table(file, schema)
    for line, (number, row) in enumerate(zip(range(1, source.rows + 1), rows, strict=False), start=2):
        if row["row"] != number:
            raise PolicyFileError(file, [(f"line {line}, row", f"{row['row']} stands where {number} is due")])
    if len(rows) != source.rows:
        raise PolicyFileError(file, [("row", f"{len(rows)} rows; {SOURCES} says {source.rows}")])
    return (make(source=source, **row) for row in rows)


def _plan_row(**row: Any) -> PlanRow:
    texts = ("committee", "titles_reviewed", "titles_recommended", "specialties", "scope", "remarks")
    searched = "\n".join("".join(unicodedata.normalize("NFKC", row[name]).split()) for name in texts)
    return PlanRow(**{**row, "recommended_to": row["recommended_to"] or None}, searched=searched)


def _read_table(path: Path, schema: Schema) -> list[dict[str, Any]]:
    """A CSV file with exactly the schema's columns, every row checked. No cell may hold a line break."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        header, *cells = csv.reader(io.StringIO("\n".join(lines)), strict=True)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as fault:
        raise PolicyFileError(path, [("file", f"cannot be read as CSV in UTF-8: {fault}")]) from fault
    problems = [
        *((f"line 1, {name}", "this column is missing") for name in schema.fields if name not in header),
        *((f"line 1, {name}", "no such column, or twice") for name in _surplus(header, schema)),
    ]
    rows = []
    for line, row in enumerate([] if problems else cells, start=2):
        if len(row) != len(header):
            problems.append((f"line {line}", f"{len(row)} cells, {len(header)} columns"))
            continue
        try:
            rows.append(schema.load(dict(zip(header, row, strict=True))))
        except ValidationError as fault:
            problems += [
                (f"line {line}, {column}", str(wrong))
                for column, wrongs in fault.messages_dict.items()
                for wrong in wrongs
            ]
    if problems:
        raise PolicyFileError(path, problems)
    return rows


def _surplus(header: list[str], schema: Schema) -> list[str]:
    return [name for at, name in enumerate(header) if name not in schema.fields or name in header[:at]]
