"""The faults of a roster, each beside its row, for templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from importers.report import ImportReport, RowFault, fault_document
from importers.trial import FAULTS_SHOWN_MAX, SheetRow
from service.wording import Language


def faulty_rows(
    report: ImportReport, language: Language, rows: Iterable[SheetRow] = ()
) -> list[dict[str, Any]]:
    """``[{"line", "cells": [{"text", "wrong"}], "faults": […]}]`` for the first FAULTS_SHOWN_MAX faults, by line."""
    cells = {row.line: row.cells for row in rows}
    grouped: dict[int, list[RowFault]] = {}
    for fault in report.faults[:FAULTS_SHOWN_MAX]:
        grouped.setdefault(fault.line, []).append(fault)
    return [
        {
            "line": line,
            "cells": _cells(cells.get(line, ()), faults),
            "faults": [fault_document(fault, language) for fault in faults],
        }
        for line, faults in sorted(grouped.items())
    ]


def conflicts(report: ImportReport) -> int:
    """Faults that a correction would resolve, among those listed."""
    return sum(fault.code == "reference_conflict" for fault in report.faults)


def _cells(texts: Iterable[str], faults: Iterable[RowFault]) -> list[Mapping[str, Any]]:
    wrong = {
        fault.position for fault in faults if fault.column is not None and fault.code != "missing_column"
    }
    return [{"text": text, "wrong": index in wrong} for index, text in enumerate(texts)]
