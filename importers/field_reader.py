"""One field's column: its cells to checked values, each different cell once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from marshmallow import ValidationError, fields

from importers.asides import is_blank
from importers.cells import Convert, converter, tidy_cell
from importers.header import Header
from importers.layout import Column, Layout, LayoutFileError
from importers.report import shown
from importers.row_schema import EXTERNAL_REF_MAX, RosterRowSchema
from importers.sheet import Cell, Sheet
from service.fields import FieldFault, TextField, faults_of

_REMEMBERED_MAX: Final = 50_000
_SUFFIX_ROOM: Final = 20
"""A row of several entries puts a subject after its own id."""

_SERIAL_MAX: Final = 100_000
_NOT_PLAIN = re.compile(r"[Ａ-Ｚａ-ｚ０-９\s]")
_AS_IT_IS = re.compile("[0-9A-Za-z][0-9A-Za-z./_-]{0,15}")
"""Text that no check refuses or changes: nothing to tidy, and shorter than an identity number. Nearly all certificates
are like that, and each is another one."""


@dataclass(frozen=True, slots=True)
class FieldReader:
    """``index`` None: the sheet has no such column. ``remembered``: cell → what it came to, since most columns say the
    same few things over and over. ``told``: notes about the column, code → an example. ``expected``: what messages
    need to say what belongs here."""

    field: str
    check_name: str
    index: int | None
    title: str
    convert: Convert
    check: fields.Field[Any]
    required: bool
    default: str | None
    expected: Mapping[str, str]
    remembered: dict[object, object]
    told: dict[str, str | None]
    is_plain_text: bool

    def read(self, cell: Cell) -> object:
        """The field's value, a FieldFault, or None for an empty cell."""
        key = cell if type(cell) is str else (type(cell), cell)
        try:
            return self.remembered[key]
        except KeyError:
            if len(self.remembered) >= _REMEMBERED_MAX:
                self.remembered.clear()
            return self.remembered.setdefault(key, self._read(cell))

    def read_column(self, cells: Sequence[Cell]) -> list[object]:
        """As ``read`` of each cell."""
        remembered = self.remembered
        with suppress(KeyError):
            return list(map(remembered.__getitem__, cells))
        keys: Sequence[object] = cells
        if set(map(type, cells)) == {str}:
            if self.is_plain_text and all(map(_AS_IT_IS.fullmatch, cast("Sequence[str]", cells))):
                return list(cells)
        else:
            keys = [cell if type(cell) is str else (type(cell), cell) for cell in cells]
        different = dict(zip(keys, cells, strict=True))
        if len(remembered) + len(different) > _REMEMBERED_MAX:
            remembered.clear()
        for key, cell in different.items():
            if key not in remembered:
                remembered[key] = self._read(cell)
        return list(map(remembered.__getitem__, keys))

    def is_filled(self, cells: list[Cell]) -> bool:
        """Whether there is something in the column that is not understood as nothing."""
        return self.index is not None and self.index < len(cells) and self.read(cells[self.index]) is not None

    def _read(self, cell: Cell) -> object:
        if self.is_plain_text and isinstance(cell, str) and _AS_IT_IS.fullmatch(cell):
            return cell
        if is_blank(cell):
            return None
        try:
            plain = self.convert(cell)
            value = None if plain == "" else self.check.deserialize(plain)
        except ValidationError as error:
            fault = next(faults_of(error.messages))
            return FieldFault(fault.code, {**fault.params, "value": shown(str(cell))})
        self._tell(cell)
        return value

    def _tell(self, cell: Cell) -> None:
        if isinstance(cell, str):
            plain = cell.strip()
            if tidy_cell(cell) != plain or (self.field == "id_number" and _NOT_PLAIN.search(plain)):
                self.told.setdefault("cells_tidied", None)
        elif self.field == "completed_on" and isinstance(cell, int | float) and cell < _SERIAL_MAX:
            self.told.setdefault("serials_read", str(int(cell)))


def field_readers(
    layout: Layout, sheet: Sheet, header: Header, division_code: str | None
) -> Iterator[FieldReader]:
    """One reader for each field that the layout has a column for. ``division_code``: of cells that are empty."""
    checks = RosterRowSchema().fields
    if layout.amounts:
        checks["external_ref"] = TextField(EXTERNAL_REF_MAX - _SUFFIX_ROOM)
    columns = dict(layout.headed)
    if "division_code" not in columns and "division_code" not in layout.constants:
        columns["division_code"] = Column("division_code", ("区划代码",), required=True)
    for field, column in columns.items():
        check_name = field.partition(".")[0]
        if check_name not in checks:
            continue  # a remark
        check = checks[check_name]
        yield FieldReader(
            field=field,
            check_name=check_name,
            index=next((found.index for found in header.columns if found.field == field), None),
            title=header.title(field) or column.headers[0],
            convert=converter(column, layout, epoch_1904=sheet.epoch_1904),
            check=check,
            is_plain_text=isinstance(check, TextField) and not column.values,
            required=(column.required or check.required) and field == check_name,
            default=division_code if field == "division_code" else column.default,
            expected={
                "choices": "、".join(column.choices or column.values.values()),
                "forms": layout.day_examples,
            },
            remembered={},
            told={},
        )


def constant_values(layout: Layout) -> dict[str, Any]:
    """The layout's constants, checked. Raises LayoutFileError for one that the service does not know."""
    checks = RosterRowSchema().fields
    try:
        return {field: checks[field].deserialize(value) for field, value in layout.constants.items()}
    except ValidationError as error:
        fault = next(faults_of(error.messages))
        raise LayoutFileError(f"{layout.id}.toml", [("constants", fault.code)]) from None
