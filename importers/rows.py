"""Rows of a roster to entries: every cell of every row is checked, and all that is wrong with a row is said at once."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import compress, zip_longest
from types import NoneType
from typing import Any, Final, NamedTuple

from importers.asides import is_blank
from importers.field_reader import FieldReader, constant_values, field_readers
from importers.header import Header
from importers.layout import Layout
from importers.merged import MergedAreas
from importers.report import RowFault, Skipped, typed
from importers.sheet import Cell, Row, Sheet, column_letter
from importers.suggestions import Suggestions
from service.domain.entry import EntryDraft, year_faults
from service.domain.identity import Identity
from service.fields import FieldFault, Known
from service.policy_book import Division
from service.vault import Vault

_HASHES_KEPT: Final = 50_000


class SoundRow(NamedTuple):
    """One entry of a row without faults. ``id_hash`` finds its person, ``name_hash`` tells whether that is the name."""

    line: int
    draft: EntryDraft
    id_hash: bytes
    name_hash: bytes


@dataclass(frozen=True, slots=True)
class RowSettings:
    """What rows are read in: who sends them, for which division, on which day."""

    provider_id: int
    division_code: str | None
    known: Known
    divisions: Mapping[str, Division]
    vault: Vault


class RowReader:
    """Reads the rows below a header. Needs ``service.fields.Surroundings`` to be entered."""

    def __init__(self, layout: Layout, sheet: Sheet, header: Header, settings: RowSettings) -> None:
        self._layout = layout
        self._header = header
        self._settings = settings
        self._suggestions = Suggestions(layout, settings.divisions)
        self._merged = MergedAreas(sheet.merged)
        self._readers = tuple(field_readers(layout, sheet, header, settings.division_code))
        self._columns = tuple((it.field, it.index, it.remembered, it) for it in self._readers)
        self._by_field = {reader.field: reader for reader in self._readers}
        self._constants = constant_values(layout)
        self._amounts = tuple((it.column.field, it.subject) for it in layout.amounts)
        self._reads_columns = not (self._amounts or header.missing or sheet.merged)
        headed = {column.index for column in header.columns}
        self._width = header.width
        # A roster names a person on many lines.
        self._name_hash = lru_cache(_HASHES_KEPT)(settings.vault.name_hash)
        self._person = lru_cache(_HASHES_KEPT)(self._hashed_identity)
        # Few different ones, however many rows.
        self._sound_years: set[tuple[int | None, date | None]] = set()
        self._headless = tuple(index for index in range(self._width) if index not in headed)

    def read(self, row: Row) -> tuple[SoundRow, ...] | list[RowFault]:
        """The entries a row stands for, or all of its faults."""
        values, faults = self._values(row)
        if self._headless or len(row.cells) > self._width:
            faults += self._strays(row)
        years = (values.get("credit_year"), values.get("completed_on"))
        if years not in self._sound_years:
            wrong_years = list(self._year_faults(row, values))
            faults += wrong_years
            if not wrong_years:
                self._sound_years.add(years)
        if self._amounts and not faults and not any(field in values for field, _ in self._amounts):
            faults.append(self.fault(row, self._amounts[0][0], "no_hours", {}))
        if faults or self._header.missing:
            return faults
        return self._sound(row.line, values)

    def read_many(self, rows: Sequence[Row]) -> list[SoundRow | None]:
        """The entries of rows in which nothing is odd; None: ask ``read`` what such a row came to.

        Column by column: most columns say the same few things over and over, and what is done once for a column is
        not done for each row.
        """
        if not rows or not self._reads_columns:
            return [None] * len(rows)
        columns = list(zip_longest(*(row.cells for row in rows), fillvalue=""))
        odd = self._places_of_strays(rows, columns)
        values: dict[str, Sequence[Any]] = {}
        for reader in self._readers:
            found: list[object] = [None] * len(rows)
            if reader.index is not None and reader.index < len(columns):
                found = reader.read_column(columns[reader.index])
            types = set(map(type, found))
            if FieldFault in types:
                odd.update(place for place, value in enumerate(found) if type(value) is FieldFault)
            if NoneType in types and reader.default is not None:
                found = [reader.default if value is None else value for value in found]
            elif NoneType in types and reader.required:
                odd.update(place for place, value in enumerate(found) if value is None)
            values[reader.field] = found
        none = [None] * len(rows)
        years = zip(values.get("credit_year", none), values.get("completed_on", none), strict=True)
        odd.update(
            place for place, each in enumerate(years) if place not in odd and each not in self._sound_years
        )
        return self._sound_rows(rows, values, odd)

    def _places_of_strays(self, rows: Sequence[Row], columns: Sequence[Sequence[Cell]]) -> set[int]:
        """Places of the rows that may have something under no header."""
        places: set[int] = set()
        if len(columns) > self._width:
            places.update(place for place, row in enumerate(rows) if len(row.cells) > self._width)
        for index in self._headless:
            if index < len(columns) and columns[index].count("") < len(rows):
                places.update(place for place, cell in enumerate(columns[index]) if not is_blank(cell))
        return places

    def _sound_rows(
        self, rows: Sequence[Row], values: dict[str, Sequence[Any]], odd: set[int]
    ) -> list[SoundRow | None]:
        """The rows but the odd ones, from their columns of values."""
        lines: Sequence[int] = [row.line for row in rows]
        if odd:
            is_sound = [place not in odd for place in range(len(rows))]
            lines = list(compress(lines, is_sound))
            values = {field: list(compress(column, is_sound)) for field, column in values.items()}
        if not lines:
            return [None] * len(rows)
        sound = iter(self._sound_columns(lines, values))
        return list(sound) if not odd else [next(sound) if it else None for it in is_sound]

    def _sound_columns(self, lines: Sequence[int], values: dict[str, Sequence[Any]]) -> Iterator[SoundRow]:
        """As ``_sound`` of each row."""
        nothing = [None] * len(lines)
        id_types = [it or "resident_id" for it in values.get("id_type", nothing)]
        identities, id_hashes = zip(*map(self._person, id_types, values["id_number"]), strict=True)
        references = values.get(self._layout.reference, nothing)
        values = {**values, **{field: [value] * len(lines) for field, value in self._constants.items()}}
        if None in references:
            courses = zip(
                values.get("course_code", nothing), values.get("course_title", nothing), strict=True
            )
            places = zip(courses, id_hashes, values["credit_year"], values["subject"], strict=True)
            references = [
                own or self._own_reference(code or title, *rest)
                for own, ((code, title), *rest) in zip(references, places, strict=True)
            ]
        columns = (values.get(field, nothing) for field in EntryDraft._fields[2:])
        drafts = map(EntryDraft._make, zip(references, identities, *columns, strict=True))
        name_hashes = map(self._name_hash, values["name"])
        return map(SoundRow._make, zip(lines, drafts, id_hashes, name_hashes, strict=True))

    def entries_in(self, row: Row) -> int:
        """How many entries a row with faults asks for: one, or one for each column of hours that is filled."""
        if not self._amounts:
            return 1
        filled = sum(1 for field, _ in self._amounts if self._by_field[field].is_filled(row.cells))
        return max(1, filled)

    def _values(self, row: Row) -> tuple[dict[str, Any], list[RowFault]]:
        values: dict[str, Any] = {}
        faults: list[RowFault] = []
        cells = row.cells
        count = len(cells)
        for field, index, remembered, reader in self._columns:
            value: object = None
            if index is not None and index < count:
                cell = cells[index]
                # As reader.read does, which is called for what was not seen before: a dozen calls a row add up.
                value = remembered.get(cell) if type(cell) is str else None
                if value is None:
                    value = reader.read(cell)
            if value is None:
                value = self._absent(row, reader)
            if type(value) is FieldFault:
                faults.append(self.fault(row, field, value.code, self._params(reader, value)))
            elif value is not None:
                values[field] = value
        return values, faults

    def _absent(self, row: Row, reader: FieldReader) -> object:
        """What an empty cell stands for: the default, a fault, or None."""
        if reader.index is not None and self._merged.hides(row.line, reader.index):
            return FieldFault("merged_cell")
        if reader.default is None and reader.required and reader.field not in self._header.missing:
            return FieldFault("required")
        return reader.default

    def _params(self, reader: FieldReader, fault: FieldFault) -> Mapping[str, Any]:
        """What the words need, and what was likely meant. The cell is part of them in coded fields only."""
        field, written = reader.field, str(fault.params.get("value", ""))
        params = {**reader.expected, **fault.params}
        if field not in ("id_type", "subject", "division_code"):
            params.pop("value", None)
        if suggestion := self._suggestions.for_fault(field, fault.code, written):
            params["suggestion"] = suggestion
        return params

    def fault(self, row: Row, field: str, code: str, params: Mapping[str, Any]) -> RowFault:
        """A fault of a row in the column of a field; of the whole row where the layout has no such column."""
        reader = self._by_field.get(field)
        if reader is None:
            return RowFault(row.line, None, code, params)
        index = reader.index
        cell = row.cells[index] if index is not None and index < len(row.cells) else None
        return RowFault(
            line=row.line,
            column=reader.title,
            code=code,
            params=params,
            position=self._width if index is None else index,
            value=typed(reader.field, cell),
            field=reader.check_name,
        )

    def _strays(self, row: Row) -> Iterator[RowFault]:
        """Cells with something in them under no header."""
        indexes = list(self._headless)
        if any(row.cells[self._width :]):
            indexes += range(self._width, len(row.cells))
        for index in indexes:
            if index < len(row.cells) and not is_blank(cell := row.cells[index]):
                value = typed("", cell)
                yield RowFault(row.line, column_letter(index), "value_without_header", {}, index, value)

    def _year_faults(self, row: Row, values: dict[str, Any]) -> Iterator[RowFault]:
        today = self._settings.known.today
        year, completed_on = values.get("credit_year", today.year), values.get("completed_on")
        for fault in year_faults(year, completed_on, today, ("credit_year", "completed_on")):
            if fault.pointer in values:
                params = {**self._by_field[fault.pointer].expected, **fault.params}
                yield self.fault(row, fault.pointer, fault.code, params)

    def _sound(self, line: int, values: dict[str, Any]) -> tuple[SoundRow, ...]:
        identity, id_hash = self._person(values.pop("id_type", "resident_id"), values.pop("id_number"))
        name_hash = self._name_hash(values["name"])
        reference = values.pop("external_ref", None)
        if self._layout.reference == "certificate_no":
            reference = values.get("certificate_no")
        if self._constants:
            values.update(self._constants)
        if not self._amounts:
            own = reference or self._reference_of(values, id_hash)
            draft = EntryDraft(external_ref=own, identity=identity, **values)
            return (SoundRow(line, draft, id_hash, name_hash),)
        amounts = [(subject, values.pop(field)) for field, subject in self._amounts if field in values]
        return tuple(
            SoundRow(
                line, self._part(values, identity, id_hash, reference, subject, hours), id_hash, name_hash
            )
            for subject, hours in amounts
        )

    def _hashed_identity(self, id_type: str, id_number: str) -> tuple[Identity, bytes]:
        identity = Identity(id_type, id_number)
        return identity, self._settings.vault.lookup_hash(identity)

    def _part(
        self,
        values: dict[str, Any],
        identity: Identity,
        id_hash: bytes,
        reference: str | None,
        subject: str,
        hours: int,
    ) -> EntryDraft:
        """The entry of one subject of a row that has several: its own id is the row's with the subject after it."""
        whole = {**values, "subject": subject, "hours": hours}
        own = f"{reference}/{subject}" if reference else self._reference_of(whole, id_hash)
        return EntryDraft(external_ref=own, identity=identity, **whole)

    def _reference_of(self, values: dict[str, Any], id_hash: bytes) -> str:
        course = values.get("course_code") or values.get("course_title")
        return self._own_reference(course, id_hash, values["credit_year"], values["subject"])

    def _own_reference(self, course: str | None, id_hash: bytes, credit_year: int, subject: str) -> str:
        """A row's own id where it has no certificate: provider, course, person, year and subject (contract, Imports).

        The person goes in as the keyed hash: nobody can find the identity number by trying numbers.
        """
        parts = [self._settings.provider_id, course, id_hash.hex(), credit_year, subject]
        return "row-" + hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:40]

    def notes(self) -> Iterator[Skipped]:
        """What was understood although it was not written plainly, by column."""
        for reader in self._readers:
            for code, value in reader.told.items():
                yield Skipped(None, code, {"column": reader.title, "value": value})
