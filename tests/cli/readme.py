"""The README as a program: its shell blocks with the answers shown below them."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.server import ROOT

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "=== end of block ==="
LEFT_OUT = "…"


@dataclass(frozen=True)
class Block:
    """Commands, and what the README shows of their output (``kind`` json or text; None: nothing)."""

    commands: str
    kind: str | None
    shown: str


def blocks_of(readme: Path) -> list[Block]:
    """Every ``sh`` block, with the json or text block that follows it."""
    fences: Sequence[tuple[str, str]] = _FENCE.findall(readme.read_text("utf-8"))
    found = []
    for place, (kind, text) in enumerate(fences):
        if kind == "sh":
            next_kind, shown = fences[place + 1] if place + 1 < len(fences) else ("", "")
            is_answer = next_kind in ("json", "text")
            found.append(Block(text, next_kind if is_answer else None, shown if is_answer else ""))
    return found


def stand_in(directory: Path) -> Path:
    """A directory in which the README's relative paths lead to the sources and to this virtual environment."""
    for name in ("importers", "service"):
        (directory / name).symlink_to(ROOT / name)
    (directory / ".venv").symlink_to(sys.prefix)
    return directory


def run_blocks(blocks: Sequence[Block], directory: Path, address: str, settings: dict[str, str]) -> list[str]:
    """Runs the blocks in one shell, as a reader would; the output of each."""
    script = "".join(f"{block.commands}\necho '{_MARK}'\n" for block in blocks)
    done = subprocess.run(
        ["bash", "-c", script.replace("127.0.0.1:8000", address)],
        cwd=directory,
        env=settings,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return [output.strip("\n") for output in done.stdout.split(_MARK)[:-1]]


def agrees(block: Block, output: str) -> bool:
    """Whether the output is what the README shows, as far as it shows it."""
    if block.kind == "json":
        return _json_agrees(json.loads(block.shown), json.loads(output))
    if block.kind == "text":
        return _text_agrees(block.shown.strip("\n").splitlines(), output.splitlines())
    return True


def _json_agrees(shown: Any, actual: Any) -> bool:
    """``…`` as a value is anything, within a text any text, as a key or a last item anything more."""
    if shown == LEFT_OUT:
        return True
    if isinstance(shown, str) and isinstance(actual, str):
        return _line_agrees(shown, actual)
    if isinstance(shown, dict) and isinstance(actual, dict):
        keys = shown.keys() - {LEFT_OUT}
        complete = LEFT_OUT in shown or keys == actual.keys()
        return complete and all(key in actual and _json_agrees(shown[key], actual[key]) for key in keys)
    if isinstance(shown, list) and isinstance(actual, list):
        if LEFT_OUT in shown:
            return all(any(_json_agrees(item, one) for one in actual) for item in shown if item != LEFT_OUT)
        return len(shown) == len(actual) and all(map(_json_agrees, shown, actual))
    return type(shown) is type(actual) and bool(shown == actual)


def _text_agrees(shown: list[str], actual: list[str]) -> bool:
    """A line that is ``…`` stands for any lines."""
    if not shown:
        return not actual
    if shown[0].strip() == LEFT_OUT:
        return any(_text_agrees(shown[1:], actual[start:]) for start in range(len(actual) + 1))
    return bool(actual) and _line_agrees(shown[0], actual[0]) and _text_agrees(shown[1:], actual[1:])


def _line_agrees(shown: str, actual: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in shown.split(LEFT_OUT))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None
