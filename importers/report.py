"""What an import did, and every fault by line and column: as JSON and as a CSV the sender can open."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from service.domain.identifiers import encode_person_id
from service.operations.record_import import ImportOutcome
from service.store.imports import ImportRecord
from service.wording import Language, say
from service.wording.faults import FAULTS
from service.wording.roster import CELLS, FAULTS_CSV_HEADER, ROSTER, SKIPPED

FAULTS_LISTED_MAX: Final = 10_000
SKIPPED_LISTED_MAX: Final = 1_000

_WORDS: Final = {**FAULTS, **ROSTER, **CELLS}
_LONG_NUMBER = re.compile(r"[0-9０-９]{15}[0-9０-９Xx]*")
_FORMULA_START: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RowFault:
    """``line`` as the sender's spreadsheet numbers it; ``column`` is the header's text as in their sheet (a letter
    where there is none; None: the whole row). ``position``: where the column stands, for the order only."""

    line: int
    column: str | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is there for people, or a whole sheet (``line`` None)."""

    line: int | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


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

    def in_order(self) -> list[RowFault]:
        return sorted(self.faults, key=lambda fault: (fault.line, fault.position))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``rows`` = ``created`` + ``replayed`` + ``refused``: skipped rows are none of them, and in an
    all-or-nothing import one fault refuses every row. ``import_id`` is None after a dry run, which stores nothing.
    """

    import_id: int | None
    rows: int
    created: int
    replayed: int
    refused: int
    faults_total: int
    faults: tuple[RowFault, ...]
    skipped: tuple[Skipped, ...]

    def stored_as(self, import_id: int) -> "ImportReport":
        return replace(self, import_id=import_id)


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
        faults_total=report.faults_total,
        faults=[asdict(fault) for fault in report.faults],
        skipped=[asdict(row) for row in report.skipped],
    )


def stored_report(record: ImportRecord) -> ImportReport:
    """The report of an import that was stored."""
    return ImportReport(
        import_id=record.import_id,
        rows=record.rows,
        created=record.created,
        replayed=record.replayed,
        refused=record.refused,
        faults_total=record.faults_total,
        faults=tuple(RowFault(**fault) for fault in record.faults),
        skipped=tuple(Skipped(**row) for row in record.skipped),
    )


def report_document(report: ImportReport, language: Language) -> dict[str, Any]:
    """The JSON of the contract (Imports), with ``faults_total`` and ``skipped`` added."""
    return {
        "import_id": None if report.import_id is None else encode_person_id(report.import_id),
        "rows": report.rows,
        "created": report.created,
        "replayed": report.replayed,
        "refused": report.refused,
        "faults_total": report.faults_total,
        "faults": [fault_document(fault, language) for fault in report.faults],
        "skipped": [
            {"line": row.line, "code": row.code, "detail": say(SKIPPED, row.code, language, row.params)}
            for row in report.skipped
        ],
    }


def fault_document(fault: RowFault, language: Language) -> dict[str, Any]:
    """``{"line", "column", "code", "detail"}``."""
    return {
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "detail": fault_detail(fault.code, fault.params, language),
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
        writer.writerow([document["line"], *(_inert(document[key]) for key in ("column", "code", "detail"))])
    return out.getvalue()


def _inert(text: str | None) -> str:
    text = text or ""
    return f"'{text}" if text.startswith(_FORMULA_START) else text


def shown(text: str) -> str:
    """What of a cell or header may be shown in a report: short, one line, without anything like an identity number."""
    plain = _LONG_NUMBER.sub("***", " ".join(text.split()))
    return plain if len(plain) <= 60 else f"{plain[:60]}…"
