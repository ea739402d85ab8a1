"""One decision in process: the notice of Lishui, five years of somebody, no database."""

import statistics
import time
import timeit
from collections.abc import Callable
from typing import Final

import orjson

from bench.report import Report
from bench.rounds import in_turn
from bench.seeded import LISHUI, YEARS
from service.answer import render_decision
from service.domain.decide import decide
from service.domain.question import Question
from service.domain.tally import StandingRow
from service.policy_book import load_policy_book

_A_YEAR: Final = (("general_public", 120), ("industry_public", 60), ("specialty", 720))
_SHORT: Final = (("general_public", 120), ("industry_public", 60), ("specialty", 600))
"""Tenths: the last year lacks twelve hours, so that shortfall and remedy are worked out too."""


def measure_decision(report: Report, *, quick: bool) -> None:
    """Adds µs of the processor: of a decision with findings, figures, clauses and remedy; with its text and JSON."""
    rounds, number = (3, 500) if quick else (15, 2000)
    question = Question(LISHUI, 2023, "intermediate", required_years=4, tenure_start=2019)
    rows = [
        StandingRow(year, subject, LISHUI, recognised=tenths)
        for year in YEARS
        for subject, tenths in (_SHORT if year == YEARS[-1] else _A_YEAR)
    ]
    ground = load_policy_book().ground(LISHUI, 2023)

    def answer() -> bytes:
        return orjson.dumps(render_decision(decide(ground, question, rows), question, "zh-CN"))

    micros = in_turn(
        report,
        {
            "decision": lambda: _seconds(lambda: decide(ground, question, rows), number),
            "answer": lambda: _seconds(answer, number),
        },
        rounds,
        "decision",
        lambda seconds: f"{seconds / number * 1e6:.1f} µs",
    )
    medians = {name: statistics.median(values) / number * 1e6 for name, values in micros.items()}
    report.add({}, {"decide_us": medians["decision"], "answer_us": medians["answer"]})


def _seconds(work: Callable[[], object], number: int) -> float:
    """Of the processor: other programs do not count."""
    return timeit.timeit(work, timer=time.process_time, number=number)
