"""What an import did, and every fault by line and column: as JSON and as a CSV the sender can open."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import field as factory
from datetime import date, time, timedelta
from typing import Any, Final

from importers.formulas import inert
from service.domain.errors import Refusal
from service.domain.identifiers import encode_person_id
from service.domain.identity import mask_id_number, mask_name
from service.operations.record_import import ImportOutcome
from service.store.imports import ImportRecord
from service.wording import Language, Texts, say
from service.wording.faults import FAULTS
from service.wording.roster import CELLS, FAULTS_CSV_HEADER, ROSTER, SKIPPED
from service.wording.roster_notes import EXPECTED, NOTES

FAULTS_LISTED_MAX: Final = 10_000
SKIPPED_LISTED_MAX: Final = 1_000

_SHOWN_MAX: Final = 60
_ID_LEAST: Final = 12
"""Of anything shorter, the first and last four characters would be most of it."""

_EXACT_MAX: Final = 10**15

_TAKEN_BACK: Final = "entries_taken_back"
_WORDS: Final = {**FAULTS, **ROSTER, **CELLS}
_LONG_NUMBER = re.compile(r"[0-9０-９]{15}[0-9０-９Xx]*")
_CSV_KEYS: Final = ("column", "code", "detail", "value", "expected", "suggestion")


@dataclass(frozen=True, slots=True)
class RowFault:
    """``line`` as the sender's spreadsheet numbers it; ``column`` is the header's text as in their sheet (a letter
    where there is none; None: the whole row). ``position``: where the column stands. ``value``: what was
    typed, as far as a report may show it (``typed``); ``field``: what the column fills."""

    line: int
    column: str | None
    code: str
    params: Mapping[str, Any] = factory(default_factory=dict)
    position: int = 0
    value: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is there for people, or a whole sheet (``line`` None); as a note, what was done unasked."""

    line: int | None
    code: str
    params: Mapping[str, Any] = factory(default_factory=dict)


class FaultList:
    """Faults in the order of lines; beyond ``FAULTS_LISTED_MAX`` they are counted, not kept."""

    def __init__(self) -> None:
        self.total = 0
        self.faults: list[RowFault] = []

    def add(self, faults: Iterable[RowFault]) -> None:
        for fault in faults:
            self.total += 1
            if len(self.faults) < FAULTS_LISTED_MAX:
                self.faults.append(fault)

    def join(self, other: "FaultList") -> None:
        """Adds the faults of another list."""
        self.total += other.total
        self.faults = sorted([*other.faults, *self.faults], key=lambda fault: fault.line)[:FAULTS_LISTED_MAX]

    def in_order(self) -> list[RowFault]:
        return sorted(self.faults, key=lambda fault: (fault.line, fault.position))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``rows`` = ``created`` + ``corrected`` + ``replayed`` + ``refused``: skipped rows are none of
    them, and in an all-or-nothing import one fault refuses every row. ``import_id`` is None after a dry run, which
    stores nothing. ``notes``: what was done unasked.
    """

    import_id: int | None
    rows: int
    created: int
    replayed: int
    refused: int
    faults_total: int
    faults: tuple[RowFault, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Skipped, ...] = ()
    reversed: int = 0
    corrected: int = 0

    def stored_as(self, import_id: int) -> "ImportReport":
        return replace(self, import_id=import_id)


def refused_file(refusal: Refusal) -> ImportReport:
    """The report of a file that could not be read as a roster at all: line 0 is the file itself."""
    faults = [RowFault(0, None, fault.code, fault.params) for fault in refusal.faults]
    listed = tuple(faults or [RowFault(0, None, "entry_refused", {"reason": refusal.code})])
    return ImportReport(None, 0, 0, 0, 0, len(listed), listed, ())


def outcome_of(report: ImportReport, *, file_name: str, file_digest: bytes, layout: str) -> ImportOutcome:
    """The report as it is stored: codes and parameters, so that it can be read in another language."""
    return ImportOutcome(
        file_name=file_name,
        file_digest=file_digest,
        layout=layout,
        rows=report.rows,
        created=report.created,
        replayed=report.replayed,
        refused=report.refused,
        corrected=report.corrected,
        reversed=report.reversed,
        faults_total=report.faults_total,
        faults=[asdict(fault) for fault in report.faults],
        skipped=[asdict(row) for row in (*report.skipped, *report.notes)],
    )


def stored_report(record: ImportRecord) -> ImportReport:
    """The report of an import that was stored."""
    told = [Skipped(**row) for row in record.skipped]
    return ImportReport(
        import_id=record.import_id,
        rows=record.rows,
        created=record.created,
        replayed=record.replayed,
        refused=record.refused,
        corrected=record.corrected,
        faults_total=record.faults_total,
        faults=tuple(RowFault(**fault) for fault in record.faults),
        skipped=tuple(row for row in told if row.code not in NOTES),
        notes=tuple(row for row in told if row.code in NOTES),
        reversed=sum(row.params["count"] for row in told if row.code == _TAKEN_BACK),
    )


def taken_back_note(count: int) -> list[Skipped]:
    """The note that entries were taken back, and how many; none when there were none."""
    return [Skipped(None, _TAKEN_BACK, {"count": count})] if count else []


def report_document(report: ImportReport, language: Language) -> dict[str, Any]:
    """The JSON of the contract (Imports), with ``faults_total`` and ``skipped`` added."""
    return {
        "import_id": None if report.import_id is None else encode_person_id(report.import_id),
        "rows": report.rows,
        "created": report.created,
        "corrected": report.corrected,
        "replayed": report.replayed,
        "refused": report.refused,
        "faults_total": report.faults_total,
        "faults": [fault_document(fault, language) for fault in report.faults],
        "skipped": [_told(row, SKIPPED, language) for row in report.skipped],
        "reversed": report.reversed,
        "notes": [_told(row, NOTES, language) for row in report.notes],
    }


def _told(row: Skipped, texts: Texts, language: Language) -> dict[str, Any]:
    return {"line": row.line, "code": row.code, "detail": say(texts, row.code, language, row.params)}


def fault_document(fault: RowFault, language: Language) -> dict[str, Any]:
    """``{"line", "column", "code", "detail"}`` and, where there is any, what was typed, what was expected and what was
    likely meant."""
    expected = say(EXPECTED, fault.field, language, fault.params) if fault.field in EXPECTED else None
    return {
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "detail": fault_detail(fault.code, fault.params, language),
        "value": fault.value,
        "expected": expected,
        "suggestion": fault.params.get("suggestion"),
    }


def fault_detail(code: str, params: Mapping[str, Any], language: Language) -> str:
    """The words of a fault, with a suggestion where there is one."""
    detail = say(_WORDS, code, language, params)
    if suggestion := params.get("suggestion"):
        detail += say(ROSTER, "did_you_mean", language, {"suggestion": suggestion})
    return detail


def faults_csv(report: ImportReport, language: Language) -> str:
    """The faults as CSV text for spreadsheets: a byte order mark first, nothing that runs as a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FAULTS_CSV_HEADER[0 if language == "zh-CN" else 1])
    for fault in report.faults:
        document = fault_document(fault, language)
        writer.writerow([document["line"], *(inert(document[key]) for key in _CSV_KEYS)])
    return out.getvalue()


def typed(field: str, cell: object) -> str | None:
    """A cell as it was typed, as far as a report may show it: numbers of people and their names masked, the rest short.
    None for a cell without a value."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell == cell // 1 and abs(cell) < _EXACT_MAX:
        cell = int(cell)
    if cell is None or not isinstance(cell, str | int | float | date | time | timedelta):
        return None
    text = " ".join(str(cell).split())
    if not text:
        return None
    if field == "id_number":
        return (mask_id_number(text) if len(text) >= _ID_LEAST else mask_name(text))[:_SHOWN_MAX]
    if field == "name":
        return mask_name(text)[:_SHOWN_MAX]
    return shown(text)


def shown(text: str) -> str:
    """What of a cell or header may be shown in a report: short, one line, without anything like an identity number."""
    plain = _LONG_NUMBER.sub("***", " ".join(text.split()))
    return plain if len(plain) <= _SHOWN_MAX else f"{plain[:_SHOWN_MAX]}…"
