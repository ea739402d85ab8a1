"""Looks through an XLSX before it is opened: what it would cost in memory, and which cells have no value.

The reader (calamine) holds a sheet's whole bounding box, copies a shared text into every cell that names it, and
gives ``""`` for an error and for a formula nobody has computed. So the parts are read once beforehand, in pieces,
with the sizes that are really there: what a zip says about itself is not believed.
"""

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from posixpath import join, normpath
from typing import BinaryIO, Final

from importers.sheet import MEBIBYTE, BadCell, FileRefused, ReadLimits, column_index
from importers.sheet_view import SheetView

_ATTRIBUTES = rb'(?:\s+(?!r=)[\w:]+="[^"]*")*'
_CELL = re.compile(
    rb"<(?:\w+:)?c" + _ATTRIBUTES + rb'\s+r="([A-Z]{1,3})([0-9]{1,7})"' + _ATTRIBUTES + rb"\s*(/?)>"
)
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_VALUELESS = re.compile(
    rb'<(?:\w+:)?c [^<>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^<>]*>'
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>)?</(?:\w+:)?c>"
)
_ERROR = re.compile(rb'<(?:\w+:)?c (?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]{1,3}[0-9]{1,7})"')
_CELL_END = re.compile(rb"</(?:\w+:)?c>|/>")
_SHARED_INDEX = re.compile(rb't="s"[^<>]*><(?:\w+:)?v>([0-9]+)<')
_SHARED_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_TAG = re.compile(rb"<(?:\w+:)?(sheet|Relationship)\s([^<>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_COUNT = re.compile(rb"""[cC]ount\s*=\s*["']([^"']*)""")
_EPOCH_1904 = re.compile(rb'\bdate1904="(?:1|true)"')

_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_SHARED: Final = "xl/sharedstrings.xml"
_BLOCK_SIZE: Final = 4 * MEBIBYTE
_PIVOTS: Final = "xl/pivot"
"""Parts below this announce items of other parts, and the reader leaves them alone."""

_ITEM_SIZE_MIN: Final = 4
_TAIL_SIZE: Final = 65_536
_INDEX_SIZE_MAX: Final = 4 * MEBIBYTE
_BAD_CELLS_MAX: Final = 100_000


@dataclass
class Inspection:
    """What the guard learned. ``bad_cells``: sheet name → (row, column) counted from 0 → why it has no value;
    ``views``: sheet name → what it shows."""

    epoch_1904: bool = False
    bad_cells: dict[str, dict[tuple[int, int], BadCell]] = field(default_factory=dict)
    views: dict[str, SheetView] = field(default_factory=dict)


@dataclass
class _Part:
    """One sheet's XML, measured: the box its filled cells span and how many of them there are."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    bad: dict[tuple[int, int], BadCell] = field(default_factory=dict)
    view: SheetView = field(default_factory=SheetView)


def inspect_workbook(file: BinaryIO, limits: ReadLimits) -> Inspection:
    """Raises FileRefused for anything that is no XLSX, is damaged, or would cost more than the limits."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _inspect(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        # RuntimeError: a part with a zip password; NotImplementedError: a packing nobody uses for XLSX.
        raise FileRefused("file_damaged") from None


def _inspect(archive: zipfile.ZipFile, limits: ReadLimits) -> Inspection:
    # The reader finds parts whatever the case of their names.
    names = {name.lower(): name for name in archive.namelist()}
    if "[content_types].xml" not in names or _WORKBOOK not in names:
        raise FileRefused("file_is_other", {"kind": "zip"})
    if len(names) != len(archive.namelist()):
        raise FileRefused("workbook_unusual")
    _check_sizes(archive, limits)
    index, relations = _index(archive, names)
    shared_sizes = _shared_sizes(archive, names, relations)
    inspection = Inspection(epoch_1904=bool(_EPOCH_1904.search(index)))
    for sheet, part_name in _sheet_parts(index, names, relations):
        part = _inspect_part(archive, part_name)
        if part.rows * part.columns > limits.area_max:
            raise FileRefused("sheet_too_large", {"sheet": sheet, "most": limits.area_max})
        if part.cells * max(shared_sizes, default=0) > limits.text_size_max:
            _check_text(archive, part_name, shared_sizes, limits)
        inspection.bad_cells[sheet] = part.bad
        inspection.views[sheet] = part.view
    return inspection


def _check_sizes(archive: zipfile.ZipFile, limits: ReadLimits) -> None:
    """Unpacks every part once, throwing it away, and stops at the first byte too many."""
    parts = archive.infolist()
    if len(parts) > limits.parts_max:
        raise FileRefused("zip_bomb")
    total = 0
    for part in parts:
        size = 0
        kept = b""
        for block in _blocks(archive, part.filename):
            size += len(block)
            if total + size > limits.unpacked_size_max:
                raise FileRefused("zip_bomb")
            if size > MEBIBYTE and size > limits.unpacked_ratio_max * max(1, part.compress_size):
                raise FileRefused("zip_bomb")
            if not part.filename.lower().startswith(_PIVOTS):
                kept = _check_counts(kept + block, part.file_size)
        total += size


def _check_counts(piece: bytes, size: int) -> bytes:
    """Refuses a part that announces more items than it has room for: the reader makes room for as many as are
    announced, and a process that cannot is ended. Returns what the next piece has to begin with."""
    if b"ount" in piece:
        for value in _COUNT.findall(piece):
            if not value.isdigit() or int(value) > size // _ITEM_SIZE_MIN:
                raise FileRefused("workbook_unusual")
    return piece[max(piece.rfind(b"<"), 0) :][:_TAIL_SIZE]


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as part:
        while block := part.read(_BLOCK_SIZE):
            yield block


def _index(archive: zipfile.ZipFile, names: dict[str, str]) -> tuple[bytes, list[dict[str, str]]]:
    """The workbook's list of sheets, and the relations that say which part is which."""
    parts = [names[name] for name in (_WORKBOOK, _RELATIONS) if name in names]
    if any(archive.getinfo(name).file_size > _INDEX_SIZE_MAX for name in parts):
        raise FileRefused("workbook_unusual")
    index, *relations = [archive.read(name) for name in parts]
    return index, [attributes for xml in relations for attributes in _tags(xml, b"Relationship")]


def _part_name(relation: dict[str, str]) -> str:
    """The part of a sheet or of the shared texts."""
    target = relation.get("Target", "")
    name = (target[1:] if target.startswith("/") else normpath(join("xl", target))).lower()
    if name.startswith(_PIVOTS):
        raise FileRefused("workbook_unusual")
    return name


def _shared_sizes(
    archive: zipfile.ZipFile, names: dict[str, str], relations: list[dict[str, str]]
) -> list[int]:
    """Upper bounds of the shared texts' sizes, in their order."""
    related = {_part_name(it) for it in relations if it.get("Type", "").endswith("/sharedStrings")}
    parts = (related | {_SHARED}) & names.keys()
    if len(parts) > 1:
        raise FileRefused("workbook_unusual")
    sizes: list[int] = []
    carried = 0
    kept = b""
    for block in (block for part in parts for block in _blocks(archive, names[part])):
        *whole, kept = _SHARED_END.split(kept + block)
        sizes.extend(map(len, whole))
        if whole:
            sizes[-len(whole)] += carried
            carried = 0
        if len(kept) > MEBIBYTE:  # one endless text: count it, do not hold it
            carried += len(kept) - 16
            kept = kept[-16:]
    return sizes


def _sheet_parts(
    index: bytes, names: dict[str, str], relations: list[dict[str, str]]
) -> Iterator[tuple[str, str]]:
    """(sheet name, part name) of every sheet the workbook lists."""
    by_id = {relation.get("Id", ""): relation for relation in relations}
    for attributes in _tags(index, b"sheet"):
        relation_id = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        part = names.get(_part_name(by_id.get(relation_id, {})))
        if part is None:
            raise FileRefused("workbook_unusual")
        yield attributes.get("name", ""), part


def _tags(xml: bytes, name: bytes) -> Iterator[dict[str, str]]:
    """The attributes of every element of this name."""
    for tag, inside in _TAG.findall(xml):
        if tag == name:
            pairs = _ATTRIBUTE.findall(inside.decode("utf-8", "replace"))
            yield {key: unescape(value) for key, value in pairs}


def _inspect_part(archive: zipfile.ZipFile, name: str) -> _Part:
    part = _Part()
    kept = b""
    for block in _blocks(archive, name):
        piece = kept + block
        cut = _last_cell_end(piece) or max(piece.rfind(b"<"), 0)
        piece, kept = piece[:cut], piece[cut:]
        if len(kept) > MEBIBYTE:
            raise FileRefused("workbook_unusual")
        _measure(piece, part)
    _measure(kept, part)
    return part


def _last_cell_end(piece: bytes) -> int:
    """Where the last whole cell ends, so that none is cut in two; 0 when there is none near the end."""
    ends = _CELL_END.finditer(piece, max(0, len(piece) - _TAIL_SIZE))
    return max((match.end() for match in ends), default=0)


def _measure(piece: bytes, part: _Part) -> None:
    part.view.see(piece)
    cells = _CELL.findall(piece)
    if len(cells) != len(_ANY_CELL.findall(piece)):
        raise FileRefused(
            "workbook_unusual"
        )  # cells without an address: no spreadsheet program writes them so
    filled = [(column, row) for column, row, empty in cells if not empty]
    if not filled:
        return
    part.cells += len(filled)
    part.columns = max(
        part.columns, 1 + max(column_index(letters.decode()) for letters in {c for c, _ in filled})
    )
    part.rows = max(part.rows, max(int(row) for _, row in filled))
    found = [(ref, "formula_without_value") for ref in _VALUELESS.findall(piece)] if b"<f" in piece else []
    found += [(ref, "formula_error") for ref in _ERROR.findall(piece)] if b't="e"' in piece else []
    part.bad.update({_position(ref): BadCell(code) for ref, code in found})
    if len(part.bad) > _BAD_CELLS_MAX:
        raise FileRefused("formulas_without_values")


def _position(ref: bytes) -> tuple[int, int]:
    letters = ref.rstrip(b"0123456789")
    return int(ref[len(letters) :]) - 1, column_index(letters.decode())


def _check_text(archive: zipfile.ZipFile, name: str, sizes: list[int], limits: ReadLimits) -> None:
    """Adds up the shared texts as often as they are named: one long text in a million cells is a bomb too."""
    uses: Counter[bytes] = Counter()
    kept = b""
    for block in _blocks(archive, name):
        piece = kept + block
        uses.update(_SHARED_INDEX.findall(piece))
        kept = piece[-256:]
    total = sum(sizes[int(index)] * count for index, count in uses.items() if int(index) < len(sizes))
    if total > limits.text_size_max:
        raise FileRefused("zip_bomb")
