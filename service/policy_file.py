"""One policy file: read, checked, compiled. Everything wrong with it is said with the file and the key or line."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from service.domain.policy import Baseline, Policy
from service.policy_compile import compile_baseline, compile_policy
from service.policy_schema import BaselineSchema, PolicySchema

_RULE_SECTIONS = (
    "counting",
    "scope",
    "referral",
    "window",
    "annual_minimum",
    "every_year",
    "qualifying_years",
    "consecutive_years",
    "deemed_years",
    "cumulative",
    "registration",
    "recognition",
    "integrity_hold",
)
_WINDOW_KEYS = {"tenure": "assumed_years", "since": "first_year", "last_years": "years"}


class PolicyFileError(Exception):
    """A policy file that must not be used. ``problems`` are (key or line, what is wrong)."""

    def __init__(self, file: Path, problems: list[tuple[str, str]]) -> None:
        self.file = file
        self.problems = problems
        super().__init__("\n".join(f"{file.name}: {place}: {wrong}" for place, wrong in problems))


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A sound file: the policy and its worked examples (as loaded, hours in tenths)."""

    path: Path
    policy: Policy
    examples: tuple[Mapping[str, Any], ...]


def read_policy_file(path: Path) -> PolicyFile:
    """Raises PolicyFileError naming every fault found."""
    return read_policy_text(path, _read_text(path))


def read_policy_text(path: Path, source: str) -> PolicyFile:
    """A policy from its text, which need not be in any file now; ``path`` names it. Raises PolicyFileError."""
    raw, data = _load(path, source, PolicySchema())
    problems = [*_section_problems(data), *_reading_problems(raw, data), *_example_problems(data)]
    if problems:
        raise PolicyFileError(path, problems)
    policy = compile_policy(path.stem, data, digest=text_digest(source), text=source)
    return PolicyFile(path, policy, tuple(data["example"]))


def read_baseline(path: Path) -> Baseline:
    """Raises PolicyFileError."""
    return read_baseline_text(path, _read_text(path))


def read_baseline_text(path: Path, source: str) -> Baseline:
    """The baseline from its text. Raises PolicyFileError."""
    _, data = _load(path, source, BaselineSchema())
    return compile_baseline(data, digest=text_digest(source), text=source)


def text_digest(source: str) -> str:
    """``sha256:…`` of a policy's whole text: what an answer carries."""
    return f"sha256:{hashlib.sha256(source.encode()).hexdigest()}"


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyFileError(path, [("file", f"cannot be read as UTF-8 text: {fault}")]) from fault


def _load(path: Path, source: str, schema: Schema) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the file as TOML, the file as checked)."""
    try:
        raw = tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyFileError(path, [("TOML", str(fault))]) from fault
    try:
        return raw, schema.load(raw)
    except ValidationError as fault:
        raise PolicyFileError(path, list(_flatten(fault.messages, ""))) from fault


def _flatten(messages: Any, key: str) -> Iterator[tuple[str, str]]:
    """``{"window": {"shape": ["…"]}}`` → ``("window.shape", "…")``."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            if name == "_schema":
                yield from _flatten(inner, key)
            else:
                yield from _flatten(inner, f"{key}.{name}" if key else str(name))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield key or "file", str(message)


def _section_problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no single key shows: sections that need each other."""
    issued_on = data["document"]["issued_on"]
    if not isinstance(issued_on, date) or isinstance(issued_on, datetime):
        yield "document.issued_on", "a day is wanted, as 2023-05-15 without quotes"
    if data["no_rule"]:
        for section in _RULE_SECTIONS:
            if section in data:
                yield section, "a file with no_rule = true has no rules"
        return
    for section in ("counting", "scope", "window", "annual_minimum"):
        if section not in data:
            yield section, "this section is missing"
    if not any(section in data for section in ("every_year", "qualifying_years", "consecutive_years")):
        yield "every_year", "one of every_year, qualifying_years, consecutive_years is needed"
    if "annual_minimum" in data:
        if not data["annual_minimum"]["enabled"] and "recognition" not in data:
            yield "annual_minimum.enabled", "can be false only where [recognition] decides instead"
        yield from _repeated(data["annual_minimum"]["minimum"], "measure", "annual_minimum.minimum")
    if "window" in data:
        yield from _window_problems(data)


def _window_problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    window = data["window"]
    wanted = _WINDOW_KEYS[window["shape"]]
    for key in _WINDOW_KEYS.values():
        if (key in window) != (key == wanted):
            problem = "is missing for" if key == wanted else "does not belong to"
            yield f"window.{key}", f"{problem} shape {window['shape']}"
    if wanted == "assumed_years" and "scope" in data:
        for level in data["scope"]["levels"]:
            if level not in window.get("assumed_years", {}):
                yield f"window.assumed_years.{level}", "is missing: the scope addresses this level"
    if "cumulative" in data:
        covered = {row["years"] for row in data["cumulative"]}
        yield from _repeated(data["cumulative"], "years", "cumulative")
        for index, row in enumerate(data["cumulative"]):
            yield from _repeated(row["minimum"], "measure", f"cumulative.{index}.minimum")
        if wanted != "years" or not set(window.get("years", {}).values()) <= covered:
            yield (
                "cumulative",
                "needs a window of shape last_years and figures for each of its numbers of years",
            )


def _repeated(rows: list[dict[str, Any]], key: str, place: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for index, row in enumerate(rows):
        if row[key] in seen:
            yield f"{place}.{index}.{key}", f"{row[key]} stands twice"
        seen.add(row[key])


def _reading_problems(raw: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each reading's switch must be a key of the file, so that an officer finds it."""
    for index, reading in enumerate(data["reading"]):
        place: Any = raw
        for part in reading["switch"].split("."):
            place = place.get(part) if isinstance(place, Mapping) else None
        if place is None:
            yield f"reading.{index}.switch", f"the file has no key {reading['switch']}"


def _example_problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    outcomes = {example["expect"]["outcome"] for example in data["example"]}
    for outcome in () if data["no_rule"] else ("eligible", "not_eligible"):
        if outcome not in outcomes:
            yield "example", f"at least one example must be {outcome}"
