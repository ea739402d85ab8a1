"""YAML for a tree of JSON values: block style, strings quoted as in JSON unless they are plain words.

Written out because the service needs no YAML besides and JSON's strings are YAML's; a test reads it back with PyYAML.
"""

import json
import re
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z/$_][A-Za-z0-9_./$#{}-]*")
_WORDS_WITH_MEANING: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def yaml_text(value: Any) -> str:
    """The document, ending in a line feed."""
    return "\n".join(_lines(value)) + "\n"


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, below in value.items() for line in _entry(f"{_scalar(key)}:", below)]
    if isinstance(value, list) and value:
        return [line for item in value for line in _item(item)]
    return [_scalar(value)]


def _entry(key: str, below: Any) -> list[str]:
    if isinstance(below, dict | list) and below:
        return [key, *(f"  {line}" for line in _lines(below))]
    return [f"{key} {_scalar(below)}"]


def _item(item: Any) -> list[str]:
    first, *rest = _lines(item)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS_WITH_MEANING:
        return value
    return json.dumps(value, ensure_ascii=False)
