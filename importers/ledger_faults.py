"""What the ledger refuses, told by line and column like any other fault."""

from collections.abc import Mapping
from typing import Any, Final

from importers.header import Header
from importers.report import RowFault, typed
from importers.rows import SoundRow
from service.domain.errors import Refusal
from service.wording.roster import ROSTER

_FIELD_OF_CODE: Final = {"name_mismatch": "name", "forbidden_division": "division_code"}

_FIELD_OF_POINTER: Final = {
    "person": "id_number",
    "course": "course_code",
    "code": "course_code",
    "title": "course_title",
}
"""Fields of an entry that have other names as columns; the last word of a path counts."""


def ledger_fault(row: SoundRow, refusal: Refusal, header: Header) -> RowFault:
    """The fault of a row that the ledger refused."""
    field = _field(row, refusal)
    known = refusal.code in ROSTER
    params: Mapping[str, Any] = {**refusal.params, **refusal.extra} if known else {"reason": refusal.code}
    if refusal.code == "reference_conflict":
        params = {"fields": "、".join(_title(header, name) for name in refusal.extra.get("fields", ()))}
    code = refusal.code if known else "entry_refused"
    value = typed(field, getattr(row.draft, field, None)) if field != "id_number" else None
    return RowFault(row.line, header.title(field), code, params, header.position(field), value, field)


def _field(row: SoundRow, refusal: Refusal) -> str:
    """The column that shows what is wrong best."""
    if refusal.code in _FIELD_OF_CODE:
        return _FIELD_OF_CODE[refusal.code]
    if refusal.code == "duplicate_entry":
        return "course_code" if row.draft.course_code else "course_title"
    return "certificate_no" if row.draft.certificate_no else "id_number"


def _column(name: str) -> str:
    last = name.replace("/", ".").split(".")[-1]
    return _FIELD_OF_POINTER.get(last, last)


def _title(header: Header, name: str) -> str:
    return header.title(_column(name)) or name
