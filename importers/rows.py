"""Rows of a roster to entries: every cell of every row is checked, and all that is wrong with a row is said at once."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from marshmallow import ValidationError, fields

from importers.asides import is_blank
from importers.cells import Convert, converter
from importers.header import Header
from importers.layout import Layout
from importers.merged import MergedAreas
from importers.report import RowFault, shown
from importers.row_schema import RosterRowSchema
from importers.sheet import Cell, Row, Sheet, column_letter
from importers.suggestions import Suggestions
from service.domain.entry import EntryDraft, year_faults
from service.domain.identity import Identity
from service.fields import FieldFault, Known, faults_of
from service.policy_book import Division
from service.vault import Vault

_REMEMBERED_MAX: Final = 50_000


class SoundRow(NamedTuple):
    """A row without faults. ``id_hash`` finds its person."""

    line: int
    draft: EntryDraft
    id_hash: bytes


@dataclass(frozen=True, slots=True)
class RowSettings:
    """What rows are read in: who sends them, for which division, on which day."""

    provider_id: int
    division_code: str | None
    known: Known
    divisions: Mapping[str, Division]
    vault: Vault


@dataclass(frozen=True, slots=True)
class _Reader:
    """One field's column. ``index`` None: the sheet has no such column. ``remembered``: cell → what it came to, since
    most columns say the same few things over and over."""

    field: str
    index: int | None
    title: str
    convert: Convert
    check: fields.Field[Any]
    required: bool
    default: str | None
    remembered: dict[object, object]

    def read(self, cell: Cell) -> object:
        """The field's value, a FieldFault, or None for an empty cell."""
        key = cell if type(cell) is str else (type(cell), cell)
        try:
            return self.remembered[key]
        except KeyError:
            if len(self.remembered) >= _REMEMBERED_MAX:
                self.remembered.clear()
            return self.remembered.setdefault(key, self._read(cell))

    def _read(self, cell: Cell) -> object:
        if is_blank(cell):
            return None
        try:
            plain = self.convert(cell)
            return None if plain == "" else self.check.deserialize(plain)
        except ValidationError as error:
            fault = next(faults_of(error.messages))
            return FieldFault(fault.code, {**fault.params, "value": shown(str(cell))})


class RowReader:
    """Reads the rows below a header. Needs ``service.fields.Surroundings`` to be entered."""

    def __init__(self, layout: Layout, sheet: Sheet, header: Header, settings: RowSettings) -> None:
        self._header = header
        self._settings = settings
        self._suggestions = Suggestions(layout, settings.divisions)
        self._merged = MergedAreas(sheet.merged)
        self._readers = tuple(_readers(layout, sheet, header, settings))
        headed = {column.index for column in header.columns}
        self._width = len(header.labels)
        self._headless = tuple(index for index in range(self._width) if index not in headed)

    def read(self, row: Row) -> SoundRow | list[RowFault]:
        """The entry a row stands for, or all of its faults."""
        values, faults = self._values(row)
        faults += self._strays(row)
        faults += self._year_faults(row.line, values)
        if faults or self._header.missing:
            return faults
        return self._sound(row.line, values)

    def _values(self, row: Row) -> tuple[dict[str, Any], list[RowFault]]:
        values: dict[str, Any] = {}
        faults: list[RowFault] = []
        count = len(row.cells)
        for reader in self._readers:
            index = reader.index
            value = reader.read(row.cells[index]) if index is not None and index < count else None
            if value is None and index is not None and self._merged.hides(row.line, index):
                value = FieldFault("merged_cell")
            if value is None:
                value = reader.default
            if value is None and reader.required and reader.field not in self._header.missing:
                value = FieldFault("required")
            if isinstance(value, FieldFault):
                faults.append(
                    self.fault(row.line, reader.field, value.code, self._params(reader.field, value))
                )
            elif value is not None:
                values[reader.field] = value
        return values, faults

    def _params(self, field: str, fault: FieldFault) -> Mapping[str, Any]:
        """What the words need. What stands in the cell is told of coded fields only, never of a person's data."""
        if field not in ("id_type", "subject", "division_code"):
            return {key: value for key, value in fault.params.items() if key != "value"}
        suggestion = None
        if fault.code.startswith("unknown_"):
            suggestion = self._suggestions.nearest(field, str(fault.params["value"]))
        return {**fault.params, "suggestion": suggestion} if suggestion else fault.params

    def fault(self, line: int, field: str, code: str, params: Mapping[str, Any]) -> RowFault:
        """A fault of a row in the column of a field."""
        reader = next(reader for reader in self._readers if reader.field == field)
        return RowFault(
            line, reader.title, code, params, self._width if reader.index is None else reader.index
        )

    def _strays(self, row: Row) -> Iterator[RowFault]:
        """Cells with something in them under no header."""
        indexes = list(self._headless)
        if any(row.cells[self._width :]):
            indexes += range(self._width, len(row.cells))
        for index in indexes:
            if index < len(row.cells) and not is_blank(row.cells[index]):
                yield RowFault(row.line, column_letter(index), "value_without_header", {}, index)

    def _year_faults(self, line: int, values: dict[str, Any]) -> Iterator[RowFault]:
        today = self._settings.known.today
        year, completed_on = values.get("credit_year", today.year), values.get("completed_on")
        for fault in year_faults(year, completed_on, today, ("credit_year", "completed_on")):
            if fault.pointer in values:
                yield self.fault(line, fault.pointer, fault.code, fault.params)

    def _sound(self, line: int, values: dict[str, Any]) -> SoundRow:
        identity = Identity(values.pop("id_type"), values.pop("id_number"))
        id_hash = self._settings.vault.lookup_hash(identity)
        reference = values.get("certificate_no") or self._own_reference(values, id_hash)
        return SoundRow(line, EntryDraft(external_ref=reference, identity=identity, **values), id_hash)

    def _own_reference(self, values: dict[str, Any], id_hash: bytes) -> str:
        """A row's own id where it has no certificate: provider, course, person, year and subject (contract, Imports).

        The person goes in as the keyed hash: nobody can find the identity number by trying numbers.
        """
        course = values.get("course_code") or values.get("course_title")
        parts = [self._settings.provider_id, course, id_hash.hex(), values["credit_year"], values["subject"]]
        return "row-" + hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:40]


def _readers(layout: Layout, sheet: Sheet, header: Header, settings: RowSettings) -> Iterator[_Reader]:
    checks = RosterRowSchema().fields
    for field, column in layout.columns.items():
        if field not in checks:
            continue  # a remark
        default = settings.division_code if field == "division_code" else column.default
        yield _Reader(
            field=field,
            index=next((found.index for found in header.columns if found.field == field), None),
            title=header.title(field) or column.headers[0],
            convert=converter(column, layout, epoch_1904=sheet.epoch_1904),
            check=checks[field],
            required=column.required or checks[field].required,
            default=default,
            remembered={},
        )
