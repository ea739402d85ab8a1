"""A layout's file: found, read as TOML, filled up from the layout it extends, checked. All that is wrong is told."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from marshmallow import ValidationError

from importers.layout_schema import LayoutSchema
from service.fields import faults_of

PACKAGED: Final = Path(__file__).parent / "layouts"

_LAYOUT_ID = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_INHERITED: Final = ("source", "header", "rows", "days", "years", "ignored")
"""Sections a layout takes over key by key from the one it extends; of columns it takes those that it names."""

Toml = dict[str, Any]


class LayoutFileError(Exception):
    """A layout file is wrong. ``problems`` are (dotted key, empty for the whole file; what is wrong with it)."""

    def __init__(self, file: str, problems: list[tuple[str, str]]) -> None:
        self.file, self.problems = file, problems
        super().__init__(
            "\n".join(f"{file}: {key}: {wrong}" if key else f"{file}: {wrong}" for key, wrong in problems)
        )


class UnknownLayout(LookupError):
    """There is no layout of this name; ``known`` are the names there are."""

    def __init__(self, known: list[str]) -> None:
        super().__init__("unknown layout")
        self.known = known


def layout_ids(directory: Path = PACKAGED) -> list[str]:
    return sorted(path.stem for path in directory.glob("*.toml"))


def layout_path(layout_id: str, directory: Path = PACKAGED) -> Path:
    return directory / f"{layout_id}.toml"


def read_checked(path: Path) -> dict[str, Any]:
    """What the file says, with what it takes over, checked. Raises LayoutFileError."""
    if not _LAYOUT_ID.fullmatch(path.stem):
        raise LayoutFileError(path.name, [("", "the name must be lower-case letters, digits and hyphens")])
    content = _whole(path, _toml(path))
    try:
        checked: dict[str, Any] = LayoutSchema().load(content)
    except ValidationError as error:
        problems = [
            (
                fault.pointer.strip("/").replace("/", "."),
                ", ".join([fault.code, *(f"{key}: {value}" for key, value in fault.params.items())]),
            )
            for fault in faults_of(error.messages)
        ]
        raise LayoutFileError(path.name, problems) from None
    return checked


def _toml(path: Path) -> Toml:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayoutFileError(path.name, [("", str(error))]) from None


def _whole(path: Path, content: Toml) -> Toml:
    """With what it takes over from the layout it extends: one beside it, or one of ours. That one extends none."""
    if "extends" not in content:
        return content
    name = content["extends"]
    homes = [home for home in (path.parent, PACKAGED) if name in layout_ids(home) and name != path.stem]
    if not homes:
        raise LayoutFileError(path.name, [("extends", f"there is no other layout named {name}")])
    base = _toml(layout_path(name, homes[0]))
    if "extends" in base:
        raise LayoutFileError(path.name, [("extends", f"{name} extends another layout itself")])
    filled = {key: value for key, value in content.items() if key != "extends"}
    for section in _INHERITED:
        filled[section] = _merged(base.get(section, {}), content.get(section, {}))
    columns = content.get("columns", {})
    if isinstance(columns, dict):
        known = base.get("columns", {})
        filled["columns"] = {
            field: _merged(known.get(field, {}), column) for field, column in columns.items()
        }
    return filled


def _merged(base: object, own: object) -> object:
    return {**base, **own} if isinstance(base, dict) and isinstance(own, dict) else own
