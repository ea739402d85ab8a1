"""Takes a roster in: file → rows → entries → report. All or nothing, unless asked for the good rows only."""

import hashlib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from importers.layout import Layout, UnknownLayout, load_layout
from importers.ledger_faults import ledger_fault
from importers.report import ImportReport, outcome_of, shown
from importers.roster import Roster, read_roster
from importers.sheet import FileRefused, Upload
from service.context import Context
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.operations.record_import import record_import
from service.operations.register_entries import Registration, register_entries


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
        roster = read_roster(context, client, upload, chosen, division_code)
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


def _register(
    context: Context, client: Client, roster: Roster, *, dry_run: bool, partial: bool
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


def _taken(roster: Roster, results: Sequence[Registration]) -> dict[str, int]:
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
