"""Takes a roster in: file → rows → entries → report. All or nothing, unless asked for the good rows only."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from importers.ahead import is_worth_it, read_ahead
from importers.layout import Layout
from importers.ledger_faults import ledger_fault
from importers.named_layout import layout_named
from importers.report import FaultList, ImportReport, Skipped, outcome_of, shown, taken_back_note
from importers.roster import EachChunk, Roster, read_roster
from importers.rows import SoundRow
from importers.sheet import FileRefused, Upload
from service.context import Context
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.operations.intake import Intake
from service.operations.record_import import ImportOutcome, take_in
from service.operations.registering import Registration

Progress = Callable[[int, int], None]
"""Told the line that was reached and about how many there are (0: nobody knows)."""


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
    correct: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Registers a roster's rows as entries of the client and says what was wrong, by line and column.

    Rows flow to the ledger as they are read, in one transaction, so a file of any size needs no more memory than a
    small one. All or nothing unless ``partial``. A dry run goes the same way and is rolled back: the same report,
    without an id. Sent again, a file creates nothing. ``correct``: a row whose own id is taken by other content
    replaces the entry that is there. ``progress`` is told now and then which line was reached.
    Raises Refusal when the file cannot be read as a roster at all, or the layout or the division is unknown
    (``invalid_request``, ``unknown_division``, ``forbidden_division``, ``payload_too_large``).
    """
    chosen = _layout(context, client, layout, division_code)
    digest = _digest(upload)
    reports: list[ImportReport] = []

    def work(ledger: Intake) -> ImportOutcome:
        taking = _Taking(ledger, partial, progress)

        def read(each_chunk: EachChunk) -> Roster:
            return read_roster(context, client, upload, chosen, division_code, each_chunk=each_chunk)

        roster = read_ahead(read, taking.register) if is_worth_it(upload) else read(taking.register)
        taking.finish(roster)
        taking.take_back(roster)
        reports[:] = [taking.report(roster)]
        return outcome_of(
            reports[0], file_name=shown(Path(file_name).name), file_digest=digest, layout=chosen.id
        )

    try:
        _, import_id = take_in(context, client, work, correct=correct, dry_run=dry_run)
    except FileRefused as refused:
        if refused.code == "file_too_large":
            raise Refusal("payload_too_large") from None
        raise invalid_request([Fault("/file", refused.code, refused.params)]) from None
    return replace(reports[0], import_id=import_id)


def _layout(context: Context, client: Client, layout: str, division_code: str | None) -> Layout:
    faults: list[Fault] = []
    chosen = None
    try:
        chosen = layout_named(layout)
    except Refusal as refusal:
        faults += refusal.faults
    if division_code is not None and context.policy_book.division(division_code) is None:
        faults.append(Fault("/division_code", "unknown_division", {"value": shown(division_code)}))
    if chosen is None or faults:
        raise invalid_request(faults)
    if division_code is not None and not client.covers(division_code):
        raise Refusal("forbidden_division")
    return chosen


class _Taking:
    """One attempt at taking a roster in: its sound rows go to the ledger chunk by chunk, its faults are gathered.

    The ledger is asked about the sound rows even when others have faults, so that its refusals are told in one go.
    """

    def __init__(self, ledger: Intake, partial: bool, progress: Progress | None) -> None:
        self._ledger = ledger
        self._partial = partial
        self._progress = progress
        self._counts: Counter[str] = Counter()
        self._faults = FaultList()
        self._reversed = 0

    def register(self, roster: Roster) -> None:
        """Registers the sound rows read so far and lets go of them."""
        rows, roster.sound = roster.sound, []
        self._ledger.register(rows, lambda results: self._hear(roster, rows, results))

    def _hear(self, roster: Roster, rows: list[SoundRow], results: list[Registration]) -> None:
        for row, result in zip(rows, results, strict=True):
            if result.refusal is None:
                self._counts[result.result] += 1
            else:
                self._faults.add([ledger_fault(row, result.refusal, roster.header)])
        if self._progress is not None and rows:
            self._progress(rows[-1].line, roster.lines_expected)

    def finish(self, roster: Roster) -> None:
        """Waits until all is registered; the ledger's faults go to the others."""
        self._ledger.settle()
        roster.faults.join(self._faults)

    def take_back(self, roster: Roster) -> None:
        """Takes back what the file's lines take back, once all of its entries are registered: the order of lines does
        not count. What was never registered needs no taking back and is told."""
        results = self._ledger.take_back([line.external_ref for line in roster.withdrawals])
        for line, result in zip(roster.withdrawals, results, strict=True):
            if result == "unknown":
                roster.skip(
                    Skipped(line.line, "nothing_to_withdraw", {"reference": shown(line.external_ref)})
                )
        self._reversed = len(
            {
                it.external_ref
                for it, result in zip(roster.withdrawals, results, strict=True)
                if result == "reversed"
            }
        )

    def report(self, roster: Roster) -> ImportReport:
        """What came of it. A header that was misread takes nothing, nor does a fault in an all-or-nothing import."""
        counts = self._counts
        if roster.header.faults or (roster.faults.total and not self._partial):
            counts, self._reversed = Counter(), 0
        return ImportReport(
            import_id=None,
            rows=roster.rows,
            created=counts["created"],
            corrected=counts["corrected"],
            replayed=counts["replayed"],
            refused=roster.rows - counts.total(),
            faults_total=roster.faults.total,
            faults=tuple(roster.faults.in_order()),
            skipped=tuple(roster.skipped),
            notes=(*roster.notes, *taken_back_note(self._reversed)),
            reversed=self._reversed,
        )


def _digest(upload: Upload) -> bytes:
    if isinstance(upload, bytes):
        return hashlib.sha256(upload).digest()
    with upload.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
