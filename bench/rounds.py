"""Measuring turn by turn: each round asks every side once, the medians count.

A machine's speed swings by two while other work is going on; a ratio of sides measured in turn does not.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from bench.report import Report
from bench.wrk import Load

T = TypeVar("T")


def in_turn(
    report: Report,
    sides: Mapping[str, Callable[[], T]],
    rounds: int,
    what: str,
    told: Callable[[T], str],
) -> dict[str, list[T]]:
    """What each side measured in each round."""
    measured: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, side in sides.items():
            measured[name].append(side())
        latest = ", ".join(f"{name} {told(values[-1])}" for name, values in measured.items())
        report.say(f"{what} {number + 1}/{rounds}: {latest}")
    return measured


def loads_in_turn(
    report: Report, sides: Mapping[str, Callable[[], Load]], rounds: int, what: str
) -> dict[str, Load]:
    """The median round of each side, by answers a second."""
    measured = in_turn(report, sides, rounds, what, lambda each: f"{each.per_second:,.0f}/s")
    return {name: median_load(loads) for name, loads in measured.items()}


def seconds_in_turn(
    report: Report, sides: Mapping[str, Callable[[], float]], rounds: int, what: str
) -> dict[str, float]:
    """The median seconds of each side."""
    measured = in_turn(report, sides, rounds, what, lambda each: f"{each:.2f} s")
    return {name: statistics.median(values) for name, values in measured.items()}


def median_load(loads: Iterable[Load]) -> Load:
    """The middle one by answers a second: its times belong to that round."""
    ordered = sorted(loads, key=lambda each: each.per_second)
    return ordered[len(ordered) // 2]


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
