"""Decisions in process, turn by turn: our pure decision, and GoRules zen in a process of the peers' Python."""

import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import orjson

from bench.peers.installed import FOLDER
from bench.peers.people import Declared, pure_question, standing_of, zen_context
from bench.peers.verdicts import Verdict, of_zen, require_agreement
from bench.report import Report
from service.context import Context
from service.domain.decide import decide

RULE: Final = FOLDER / "lishui.json"


class Zen:
    """The engine at work. ``results``: what it decided on each of the people it was given."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.results: list[dict[str, Any]] = orjson.loads(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101  # asked for
        return self._process.stdout.readline()

    def decide_us(self, turns: int) -> float:
        """CPU microseconds of one decision, over so many turns through the people."""
        assert self._process.stdin is not None  # noqa: S101  # asked for
        self._process.stdin.write(f"{turns}\n")
        self._process.stdin.flush()
        return float(self._line())


@contextmanager
def zen_deciding(python: str, people: list[Declared], folder: Path) -> Iterator[Zen]:
    """``python``: of the peers' environment."""
    contexts = folder / "zen.json"
    contexts.write_bytes(orjson.dumps([zen_context(person) for person in people]))
    command = [python, str(FOLDER / "zen_turns.py"), str(RULE), str(contexts)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603
        try:
            yield Zen(process)
        finally:
            process.terminate()


def ours_decide_us(context: Context, people: list[Declared], turns: int) -> float:
    """CPU microseconds of one decision of ours: outcome, every finding with its citation, advisories and remedy, from
    the rows of totals a question reads; without the words of an answer."""
    asked = [
        (context.policy_book.ground(question.division_code, question.declaration_year), question, rows)
        for question, rows in ((pure_question(person), standing_of(person)) for person in people)
    ]
    began = time.process_time()
    for _ in range(turns):
        for ground, question, rows in asked:
            decide(ground, question, rows)
    return (time.process_time() - began) / (turns * len(asked)) * 1e6


def agreed_zen(python: str, people: list[Declared], ours: list[Verdict], folder: Path) -> None:
    """SystemExit unless zen decides as we do on everybody."""
    with zen_deciding(python, people, folder) as zen:
        for person, verdict, result in zip(people, ours, zen.results, strict=True):
            require_agreement(person, verdict, of_zen(result), "zen")


def compared_decisions(
    report: Report, context: Context, python: str, people: list[Declared], folder: Path, rounds: int
) -> dict[str, float]:
    """Medians of both sides, in CPU microseconds."""
    turns = max(1, 2000 // len(people))
    ours, theirs = [], []
    with zen_deciding(python, people, folder) as zen:
        for number in range(rounds):
            ours.append(ours_decide_us(context, people, turns))
            theirs.append(zen.decide_us(turns))
            report.say(f"decisions {number + 1}/{rounds}: ours {ours[-1]:.1f} µs, zen {theirs[-1]:.1f} µs")
    return {"peer_decide_us": statistics.median(ours), "zen_decide_us": statistics.median(theirs)}
