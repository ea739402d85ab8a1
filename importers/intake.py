"""Takes a roster in: file → rows → entries → report. All or nothing, unless asked for the good rows only."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from service.operations.register_entries import Registration, register_entries

from importers.asides import Asides
from importers.header import Header, find_header
from importers.layout import Layout, UnknownLayout, load_layout
from importers.ledger_faults import ledger_fault
from importers.reader import open_roster
from importers.repeats import Repeats
from importers.report import SKIPPED_LISTED_MAX, FaultList, ImportReport, RowFault, Skipped, outcome_of, shown
from importers.rows import RowReader, RowSettings, SoundRow
from importers.sheet import MEBIBYTE, FileRefused, ReadLimits, Row, Sheet, Upload
from service.context import Context, today
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.fields import Known, Surroundings
from service.operations.record_import import record_import


@dataclass
class _Roster:
    """A roster that has been read: its sound rows, and everything that is wrong with the others."""

    header: Header
    rows: int = 0
    sound: list[SoundRow] = field(default_factory=list)
    faults: FaultList = field(default_factory=FaultList)
    skipped: list[Skipped] = field(default_factory=list)


def import_roster(
    context: Context,
    client: Client,
    upload: Upload,
    *,
    file_name: str,
    layout: str = "standard",
    division_code: str | None = None,
    dry_run: bool = False,
    partial: bool = False,
) -> ImportReport:
    """Registers a roster's rows as entries of the client and says what was wrong, by line and column.

    All or nothing unless ``partial``. A dry run goes the same way and is rolled back: the same report, without an id.
    Sent again, a file creates nothing. Raises Refusal when the file cannot be read as a roster at all, or the layout
    or the division is unknown (``invalid_request``, ``unknown_division``, ``forbidden_division``,
    ``payload_too_large``).
    """
    chosen = _layout(context, client, layout, division_code)
    try:
        roster = _read(context, client, upload, chosen, division_code)
    except FileRefused as refused:
        if refused.code == "file_too_large":
            raise Refusal("payload_too_large") from None
        raise invalid_request([Fault("/file", refused.code, refused.params)]) from None
    report = _register(context, client, roster, dry_run=dry_run, partial=partial)
    if dry_run:
        return report
    outcome = outcome_of(
        report, file_name=shown(Path(file_name).name), file_digest=_digest(upload), layout=chosen.id
    )
    return report.stored_as(record_import(context, client, outcome))


def _layout(context: Context, client: Client, layout: str, division_code: str | None) -> Layout:
    faults = []
    chosen = None
    try:
        chosen = load_layout(layout)
    except UnknownLayout as unknown:
        close = get_close_matches(layout, unknown.known, n=1)
        params = {"choices": ", ".join(unknown.known), **({"suggestion": close[0]} if close else {})}
        faults.append(Fault("/layout", "unknown_layout", params))
    if division_code is not None and context.policy_book.division(division_code) is None:
        faults.append(Fault("/division_code", "unknown_division", {"value": shown(division_code)}))
    if chosen is None or faults:
        raise invalid_request(faults)
    if division_code is not None and not client.covers(division_code):
        raise Refusal("forbidden_division")
    return chosen


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


def _read(
    context: Context, client: Client, upload: Upload, layout: Layout, division_code: str | None
) -> _Roster:
    known = Known(context.policy_book.divisions, today(context))
    settings = RowSettings(
        client.client_id, division_code, known, context.policy_book.divisions, context.vault
    )
    optional = frozenset({"division_code"} if division_code else ())
    with open_roster(upload, _limits(context, upload)) as sheets, Surroundings(known):
        sheet, header, skipped = _choose(sheets, layout, optional)
        roster = _Roster(header, skipped=skipped)
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


def _read_rows(roster: _Roster, rows: Iterator[Row], asides: Asides, reader: RowReader) -> None:
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


def _register(
    context: Context, client: Client, roster: _Roster, *, dry_run: bool, partial: bool
) -> ImportReport:
    """Asks the ledger about the sound rows even when others have faults, so that its refusals are told in one go."""
    misread = bool(roster.header.faults)
    results = register_entries(
        context,
        client,
        [row.draft for row in roster.sound],
        atomic=not partial,
        dry_run=dry_run or misread or (roster.faults.total > 0 and not partial),
    )
    taken = _taken(roster, results)
    if misread or (roster.faults.total and not partial):
        taken = {}
    created, replayed = taken.get("created", 0), taken.get("replayed", 0)
    return ImportReport(
        import_id=None,
        rows=roster.rows,
        created=created,
        replayed=replayed,
        refused=roster.rows - created - replayed,
        faults_total=roster.faults.total,
        faults=tuple(roster.faults.in_order()),
        skipped=tuple(roster.skipped),
    )


def _taken(roster: _Roster, results: Sequence[Registration]) -> dict[str, int]:
    """How many rows were created and replayed; refusals join the faults."""
    counts: dict[str, int] = {}
    for row, result in zip(roster.sound, results, strict=True):
        if result.refusal is None:
            counts[result.result] = counts.get(result.result, 0) + 1
        elif result.refusal.code != "atomic_batch_refused":
            roster.faults.add([ledger_fault(row, result.refusal, roster.header)])
    return counts


def _digest(upload: Upload) -> bytes:
    if isinstance(upload, bytes):
        return hashlib.sha256(upload).digest()
    with upload.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
