"""XLSX workbooks, by calamine: the visible sheets, with what the guard found about cells that have no value."""

from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from importers.sheet import BadCell, Cell, FileRefused, ReadLimits, Row, Sheet
from importers.sheet_view import SheetView
from importers.workbook_guard import Inspection, inspect_workbook

BadCells = dict[tuple[int, int], BadCell]


def open_workbook(file: BinaryIO, limits: ReadLimits) -> list[Sheet]:
    """The visible sheets that have anything in them. Raises FileRefused."""
    inspection = inspect_workbook(file, limits)
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        visible = [
            (info.name, workbook.get_sheet_by_name(info.name))
            for info in workbook.sheets_metadata
            if info.typ is SheetTypeEnum.WorkSheet and info.visible is SheetVisibleEnum.Visible
        ]
    except PasswordError:
        raise FileRefused("file_encrypted") from None
    except (CalamineError, OSError):
        raise FileRefused("file_damaged") from None
    hidden = tuple(
        info.name for info in workbook.sheets_metadata if info.visible is not SheetVisibleEnum.Visible
    )
    sheets = [_sheet(name, sheet, inspection, hidden) for name, sheet in visible if sheet.start is not None]
    if not sheets:
        raise FileRefused("file_empty")
    return sheets


def _sheet(name: str, sheet: CalamineSheet, inspection: Inspection, hidden: tuple[str, ...]) -> Sheet:
    bad = inspection.bad_cells.get(name, {})
    view = inspection.views.get(name, SheetView())
    return Sheet(
        name=name,
        rows=lambda: _rows(sheet, bad),
        typed=True,
        merged=tuple(sheet.merged_cell_ranges or ()),
        epoch_1904=inspection.epoch_1904,
        hidden_rows=tuple(view.hidden_rows),
        hidden_columns=tuple(view.hidden_columns),
        widths=view.widths,
        formulas=max(0, view.formulas - len(bad)),
        hidden_sheets=hidden,
        lines=sheet.total_height,
    )


def _rows(sheet: CalamineSheet, bad: BadCells) -> Iterator[Row]:
    """Rows from line 1 on and cells from column A on, whatever empty rows and columns come first."""
    start = sheet.start
    before: list[Cell] = [""] * (start[1] if start else 0)
    bad_rows: dict[int, list[tuple[int, BadCell]]] = {}
    for (number, column), cell in bad.items():
        bad_rows.setdefault(number, []).append((column, cell))
    for number, values in enumerate(sheet.iter_rows()):
        yield Row(number + 1, _marked(before + list(values), bad_rows.pop(number, [])))
    for number in sorted(bad_rows):  # below the last cell that has a value
        yield Row(number + 1, _marked([], bad_rows[number]))


def _marked(cells: list[Cell], bad: list[tuple[int, BadCell]]) -> list[Cell]:
    for column, cell in bad:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = cell
    return cells
