"""A roster that has been read: which sheet it is on, where its header is, and what each row came to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from importers.asides import Asides
from importers.header import Header, find_header
from importers.layout import Layout
from importers.reader import open_roster
from importers.repeats import Repeats
from importers.report import SKIPPED_LISTED_MAX, FaultList, RowFault, Skipped, shown
from importers.rows import RowReader, RowSettings, SoundRow
from importers.sheet import MEBIBYTE, FileRefused, ReadLimits, Row, Sheet, Upload
from service.context import Context, today
from service.domain.client import Client
from service.fields import Known, Surroundings


@dataclass
class Roster:
    """A roster that has been read: its sound rows, and everything that is wrong with the others.

    ``rows`` counts those that are entries, sound or not.
    """

    header: Header
    rows: int = 0
    sound: list[SoundRow] = field(default_factory=list)
    faults: FaultList = field(default_factory=FaultList)
    skipped: list[Skipped] = field(default_factory=list)


def read_roster(
    context: Context, client: Client, upload: Upload, layout: Layout, division_code: str | None
) -> Roster:
    """All rows of a file, checked; nothing is asked of the ledger. ``division_code``: of rows that name none.

    Raises FileRefused.
    """
    known = Known(context.policy_book.divisions, today(context))
    settings = RowSettings(
        client.client_id, division_code, known, context.policy_book.divisions, context.vault
    )
    optional = frozenset({"division_code"} if division_code else ())
    with open_roster(upload, _limits(context, upload)) as sheets, Surroundings(known):
        sheet, header, skipped = _choose(sheets, layout, optional)
        roster = Roster(header, skipped=skipped)
        roster.faults.add(header.faults)
        reader = RowReader(layout, sheet, header, settings)
        _read_rows(roster, sheet.rows(), Asides(layout, header), reader)
    if not roster.rows:
        roster.faults.add([RowFault(header.line, None, "no_rows")])
    return roster


def _choose(
    sheets: Sequence[Sheet], layout: Layout, optional: frozenset[str]
) -> tuple[Sheet, Header, list[Skipped]]:
    """The one sheet that has a header; the others are named as not read."""
    found = [(sheet, find_header(sheet.rows(), layout, optional)) for sheet in sheets]
    rosters = [(sheet, header) for sheet, header in found if header is not None]
    if not rosters:
        headers = "、".join(column.headers[0] for column in layout.columns.values() if column.required)
        raise FileRefused("no_header", {"rows": layout.search_rows, "headers": headers})
    if len(rosters) > 1:
        raise FileRefused("several_rosters", {"sheets": "、".join(shown(sheet.name) for sheet, _ in rosters)})
    others = [
        Skipped(None, "sheet_without_header", {"sheet": shown(sheet.name)})
        for sheet, header in found
        if header is None
    ]
    return *rosters[0], others


def _read_rows(roster: Roster, rows: Iterator[Row], asides: Asides, reader: RowReader) -> None:
    repeats = Repeats()
    for row in rows:
        if row.line <= roster.header.line:
            continue
        kind = asides.kind(row.cells)
        if kind == "entry":
            roster.rows += 1
            read = reader.read(row)
            if isinstance(read, list):
                roster.faults.add(read)
            elif (repeat := repeats.first(read)) is not None:
                roster.faults.add([reader.fault(row.line, repeat[1], "duplicate_row", {"first": repeat[0]})])
            else:
                roster.sound.append(read)
        elif kind != "blank" and len(roster.skipped) < SKIPPED_LISTED_MAX:
            roster.skipped.append(Skipped(row.line, kind))


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
