"""Questions over HTTP, turn by turn with the yardsticks; answer times at half of the highest load."""

import statistics
from collections.abc import Iterator
from typing import Any, Final

from bench.rounds import in_turn, loads_in_turn
from bench.seeded import LISHUI, YEARS, question
from bench.stage import Stage
from bench.wrk import pause_for

BATCH: Final = 500
_BATCHES: Final = 20
_SENDERS: Final = 4
"""Of batches: enough to keep the processes busy."""
_CALLERS: Final = 64
"""Connections that ask now and then, so that together they make half of the highest load."""


def measure_questions(stage: Stage) -> None:
    """Adds one question and batches of 500 beside the yardsticks, evaluate, and the times at half load."""
    people = range(stage.seeded.people)
    single = stage.lines("questions", map(question, people))
    batches = stage.lines("question-batches", question_batches(stage.seeded.people))
    evaluated = stage.lines("evaluate", [_evaluated()])
    loads = loads_in_turn(
        stage.report,
        {
            "eligibility": stage.asking("/v1/eligibility", single, "platform"),
            "flask": stage.asking_bare("/typical", single),
            "select": stage.asking_bare("/select", single),
            "batch": stage.asking(
                "/v1/eligibility/batch", batches, "platform", connections=_SENDERS, heavy=True
            ),
            "evaluate": stage.asking(f"/v1/policies/{LISHUI}/evaluate", evaluated),
        },
        stage.rounds,
        "questions",
    )
    highest = loads["eligibility"].per_second
    in_batches = loads["batch"].per_second * BATCH
    stage.report.add(
        {
            "eligibility_vs_flask": highest / loads["flask"].per_second,
            "eligibility_vs_select": highest / loads["select"].per_second,
            "batch_people_vs_single": in_batches / highest,
        },
        {
            "eligibility_per_s": highest,
            "flask_per_s": loads["flask"].per_second,
            "select_per_s": loads["select"].per_second,
            "batch_people_per_s": in_batches,
            "evaluate_per_s": loads["evaluate"].per_second,
        },
    )
    _measure_half_load(stage, highest)


def _measure_half_load(stage: Stage, highest: float) -> None:
    """Callers that come by chance, half as many a second as can be answered: what most of them wait."""
    wanted = highest / 2
    single = stage.lines("questions", map(question, range(stage.seeded.people)))
    answer_ms = 0.0
    for _ in range(2):  # the pause depends on how long an answer takes under it
        pause_ms = pause_for(wanted, _CALLERS, answer_ms)
        paced = stage.asking("/v1/eligibility", single, "platform", connections=_CALLERS, pause_ms=pause_ms)
        answer_ms = 1000 * _CALLERS / paced().per_second - pause_ms
    pause_ms = pause_for(wanted, _CALLERS, answer_ms)
    paced = stage.asking("/v1/eligibility", single, "platform", connections=_CALLERS, pause_ms=pause_ms)
    (loads,) = in_turn(
        stage.report,
        {"half load": paced},
        stage.rounds,
        "answer times",
        lambda each: f"{each.per_second:,.0f}/s, p50 {each.p50_ms:.1f} p99 {each.p99_ms:.1f} ms",
    ).values()
    stage.report.add(
        {},
        {
            "half_load_per_s": statistics.median(each.per_second for each in loads),
            "half_load_p50_ms": statistics.median(each.p50_ms for each in loads),
            "half_load_p95_ms": statistics.median(each.p95_ms for each in loads),
            "half_load_p99_ms": statistics.median(each.p99_ms for each in loads),
        },
    )


def question_batches(people: int) -> Iterator[dict[str, Any]]:
    """Batches of 500 questions about so many people."""
    for turn in range(_BATCHES):
        yield {"questions": [question((turn * BATCH + place) % people) for place in range(BATCH)]}


def _evaluated() -> dict[str, Any]:
    """The question of the seeded people, with their hours in it."""
    hours = [
        {"year": year, "subject": subject, "hours": each}
        for year in YEARS
        for subject, each in (("general_public", 12), ("industry_public", 6), ("specialty", 72))
    ]
    asked = {name: value for name, value in question(0).items() if name not in ("person", "division_code")}
    return asked | {"hours": hours}
