"""A roster that has been read: which sheet it is on, where its header is, and what each row came to."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from typing import Final, NamedTuple

from importers.asides import Asides, RowKind
from importers.choice import choose_sheet, reading_notes
from importers.header import Header, path_header
from importers.layout import Layout
from importers.reader import open_roster, open_statements
from importers.repeats import Repeats
from importers.report import SKIPPED_LISTED_MAX, FaultList, RowFault, Skipped
from importers.rows import RowReader, RowSettings, SoundRow
from importers.sheet import MEBIBYTE, ReadLimits, Row, Sheet, Upload
from importers.statements import StatementKinds
from service.context import Context, today
from service.domain.client import Client
from service.fields import Known, Surroundings


class Withdrawal(NamedTuple):
    """A line that takes back the entry with this reference."""

    line: int
    external_ref: str


@dataclass
class Roster:
    """A roster that has been read: its sound rows, and everything that is wrong with the others.

    ``rows`` counts the entries that rows ask for, sound or not; ``lines`` the rows that ask for any.
    ``lines_expected``: about how many lines the file has, 0 when nobody knows.
    """

    header: Header
    rows: int = 0
    lines_expected: int = 0
    lines: int = 0
    sound: list[SoundRow] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    faults: FaultList = field(default_factory=FaultList)
    skipped: list[Skipped] = field(default_factory=list)
    skipped_total: int = 0
    notes: list[Skipped] = field(default_factory=list)

    def skip(self, row: Skipped) -> None:
        self.skipped_total += 1
        if len(self.skipped) < SKIPPED_LISTED_MAX:
            self.skipped.append(row)


EachChunk = Callable[[Roster], None]

CHUNK_ROWS: Final = 5_000
"""Of twice as many more are neighbours in the database's indexes, but the last ones are waited for twice as long."""

_BLOCK_ROWS: Final = 1_000


class OpenRoster(NamedTuple):
    """A file that has been opened: the sheet that is the roster, and where its header is."""

    sheet: Sheet
    header: Header
    skipped: list[Skipped]


@contextmanager
def opened_roster(
    context: Context, upload: Upload, layout: Layout, division_code: str | None
) -> Iterator[OpenRoster]:
    """Raises FileRefused."""
    optional = frozenset({"division_code"} if division_code else ())
    limits = _limits(context, upload)
    if layout.format == "json-lines":
        with open_statements(upload, limits, layout) as sheet:
            yield OpenRoster(sheet, path_header(layout), [])
    else:
        with open_roster(upload, limits) as sheets:
            yield OpenRoster(*choose_sheet(sheets, layout, optional))


def read_roster(
    context: Context,
    client: Client,
    upload: Upload,
    layout: Layout,
    division_code: str | None,
    each_chunk: EachChunk | None = None,
) -> Roster:
    """All rows of a file, checked; nothing is asked of the ledger. ``division_code``: of rows that name none.

    ``each_chunk`` is called whenever CHUNK_ROWS sound rows have gathered, the first times sooner, and at the end; it
    may take them away. Raises FileRefused.
    """
    known = Known(context.policy_book.divisions, today(context))
    settings = RowSettings(
        client.client_id, division_code, known, context.policy_book.divisions, context.vault
    )
    with opened_roster(context, upload, layout, division_code) as opened, Surroundings(known):
        roster = Roster(opened.header)
        for row in opened.skipped:
            roster.skip(row)
        if layout.format == "sheet":
            roster.notes.extend(reading_notes(opened.sheet, opened.header))
        roster.faults.add(opened.header.faults)
        reader = RowReader(layout, opened.sheet, opened.header, settings)
        roster.lines_expected = opened.sheet.lines
        _RowSorter(roster, layout, reader, each_chunk).sort(opened.sheet.rows())
        if each_chunk is not None:
            each_chunk(roster)
        roster.notes.extend(reader.notes())
    _close(roster, layout)
    return roster


def _close(roster: Roster, layout: Layout) -> None:
    """What can only be said at the end."""
    if not roster.rows and not roster.withdrawals:
        roster.faults.add([RowFault(roster.header.line, None, "no_rows")])
    if layout.amounts and roster.rows > roster.lines:
        roster.notes.append(Skipped(None, "several_entries", {"lines": roster.lines, "entries": roster.rows}))
    if (more := roster.skipped_total - len(roster.skipped)) > 0:
        roster.notes.append(Skipped(None, "more_skipped", {"count": more}))


class _RowSorter:
    """Puts each row below the header where it belongs: sound, faulty, passed over, or taking something back."""

    def __init__(
        self, roster: Roster, layout: Layout, reader: RowReader, each_chunk: EachChunk | None
    ) -> None:
        self._roster = roster
        self._each_chunk = each_chunk
        # The first rows go on soon, so that whoever takes them has something to do, and each time half as many more.
        self._chunk_rows = min(_BLOCK_ROWS, CHUNK_ROWS)
        self._reader = reader
        self._repeats = Repeats(layout)
        self._statements: StatementKinds | None = None
        if layout.statements is not None:
            self._statements = StatementKinds(layout.statements, len(layout.columns))
        self._asides = self._statements or Asides(layout, roster.header)

    def sort(self, rows: Iterator[Row]) -> None:
        below = dropwhile(lambda row: row.line <= self._roster.header.line, rows)
        while block := list(islice(below, _BLOCK_ROWS)):
            kinds = self._kinds(block)
            entries = [row for row, kind in zip(block, kinds, strict=True) if kind == "entry"]
            if self._statements is not None:
                entries = list(map(self._statements.entry, entries))
            read = self._reader.read_many(entries)
            if len(entries) == len(block) and self._add_all(read):
                continue
            answers = iter(zip(entries, read, strict=True))
            for row, kind in zip(block, kinds, strict=True):
                self._make_room(1)
                if kind == "entry":
                    entry, sound = next(answers)
                    self._add(entry, self._reader.read(entry) if sound is None else (sound,))
                else:
                    self._put_aside(row, kind)

    def _kinds(self, rows: Sequence[Row]) -> list[RowKind]:
        if isinstance(self._asides, Asides) and self._asides.are_entries(rows):
            return ["entry"] * len(rows)
        return [self._asides.kind(row.cells) for row in rows]

    def _make_room(self, rows: int) -> None:
        """Hands the rows that have gathered on when that many more would be too many for a chunk."""
        if self._each_chunk is not None and len(self._roster.sound) + rows > self._chunk_rows:
            self._each_chunk(self._roster)
            self._chunk_rows = min(self._chunk_rows * 3 // 2, CHUNK_ROWS)

    def _add_all(self, rows: Sequence[SoundRow | None]) -> bool:
        """Adds rows in which nothing is odd and that repeat nothing; others are left to ``_add``."""
        sound = [row for row in rows if row is not None]
        if len(sound) < len(rows) or not self._repeats.are_new(sound):
            return False
        self._make_room(len(sound))
        self._roster.lines += len(sound)
        self._roster.rows += len(sound)
        self._roster.sound += sound
        return True

    def _put_aside(self, row: Row, kind: RowKind) -> None:
        if kind == "withdrawal":
            self._withdraw(row)
        elif kind == "line_not_json":
            self._refuse(row, [RowFault(row.line, None, kind)])
        elif kind != "blank":
            self._roster.skip(Skipped(row.line, kind))

    def _add(self, row: Row, read: tuple[SoundRow, ...] | list[RowFault]) -> None:
        if isinstance(read, list):
            self._refuse(row, read)
            return
        for sound in read:
            repeat = self._repeats.first(sound)
            if repeat is None:
                continue
            params = {"first": repeat.line}
            if repeat.is_same:
                self._roster.skip(Skipped(row.line, "repeated_row", params))
            else:
                self._refuse(row, [self._reader.fault(row, repeat.field, "duplicate_row", params)])
            return
        self._roster.lines += 1
        self._roster.rows += len(read)
        self._roster.sound.extend(read)

    def _refuse(self, row: Row, faults: list[RowFault]) -> None:
        self._roster.lines += 1
        self._roster.rows += self._reader.entries_in(row)
        self._roster.faults.add(faults)

    def _withdraw(self, row: Row) -> None:
        reference = self._statements.withdrawn(row.cells) if self._statements else None
        if reference is None:
            self._roster.faults.add([RowFault(row.line, None, "withdraws_nothing")])
        else:
            self._roster.withdrawals.append(Withdrawal(row.line, reference))


def _limits(context: Context, upload: Upload) -> ReadLimits:
    """A request's body is held to the settings; a file of the shell may be as large as a year of a province."""
    if isinstance(upload, bytes):
        return ReadLimits(file_size_max=context.settings.import_size_max)
    return ReadLimits(
        file_size_max=None,
        unpacked_size_max=4096 * MEBIBYTE,
        area_max=64_000_000,
        text_size_max=4096 * MEBIBYTE,
    )
