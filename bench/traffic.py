"""Questions and entries over HTTP, turn by turn with the yardsticks, on PostgreSQL."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import orjson
import psycopg

from bench.ledgers import KEYS, plain_url
from bench.report import Report
from bench.seeded import Seeded, posted_entry, question, seeded_ledger, written_lines
from bench.servers import THREADS, WORKERS, our_command, serving, yardstick_command
from bench.wrk import Load, load
from bench.yardstick import ANSWER, DATABASE, PEOPLE, TABLE
from service.domain.access import Asker
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility

BATCH_OF_QUESTIONS: Final = 500
BATCH_OF_ENTRIES: Final = 1000

Sides = Mapping[str, Callable[[], Load]]


def in_turn(report: Report, sides: Sides, rounds: int, what: str) -> dict[str, Load]:
    """The median round of each side (by answers a second), the sides measured turn by turn."""
    measured: dict[str, list[Load]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, side in sides.items():
            measured[name].append(side())
        told = ", ".join(f"{name} {loads[-1].per_second:,.0f}/s" for name, loads in measured.items())
        report.say(f"{what} {number + 1}/{rounds}: {told}")
    return {
        name: sorted(loads, key=lambda each: each.per_second)[len(loads) // 2]
        for name, loads in measured.items()
    }


def measure_traffic(report: Report, url: str, folder: Path, *, quick: bool) -> None:
    """Adds the ratios of one question, batches of questions, one entry and batches of entries."""
    people, rounds, seconds = (500, 3, 1) if quick else (2000, 9, 2)
    report.say(f"a ledger of {people} people")
    with seeded_ledger(url, people) as seeded:
        files = _files(folder, seeded)
        settings = {"DATABASE_URL": url, "WEB_CONCURRENCY": str(WORKERS), "THREADS": str(THREADS)}
        settings |= {name.upper(): value for name, value in KEYS.items()} | {"LOG_LEVEL": "WARNING"}
        yardstick = {DATABASE: plain_url(url), ANSWER: str(files["answer"]), PEOPLE: str(files["people"])}
        with (
            serving(our_command(), settings, folder / "ours.log") as ours,
            serving(yardstick_command(), yardstick, folder / "yardstick.log") as bare,
        ):

            def post(path: str, bodies: str, role: str) -> Callable[[], Load]:
                key = {"Authorization": f"Bearer {seeded.keys[role]}"}
                return lambda: load(f"{ours.url}{path}", files[bodies], seconds=seconds, headers=key)

            def bare_post(path: str) -> Callable[[], Load]:
                return lambda: load(f"{bare.url}{path}", files["questions"], seconds=seconds)

            few = 4

            def batches(path: str, bodies: str, role: str) -> Callable[[], Load]:
                key = {"Authorization": f"Bearer {seeded.keys[role]}"}
                return lambda: load(
                    f"{ours.url}{path}", files[bodies], seconds=2 * seconds, headers=key, connections=few
                )

            questions = in_turn(
                report,
                {
                    "eligibility": post("/v1/eligibility", "questions", "platform"),
                    "flask": bare_post("/typical"),
                    "select": bare_post("/select"),
                    "batch": batches("/v1/eligibility/batch", "question_batches", "platform"),
                },
                rounds,
                "questions",
            )
            entries = in_turn(
                report,
                {
                    "entry": post("/v1/entries", "entries", "provider"),
                    "insert": bare_post("/insert"),
                },
                rounds,
                "entries",
            )
            start_s, memory_mb = ours.started_s, ours.memory_mb()
    single = questions["eligibility"]
    report.add(
        {
            "eligibility_vs_flask": single.per_second / questions["flask"].per_second,
            "eligibility_vs_select": single.per_second / questions["select"].per_second,
            "batch_people_vs_single": questions["batch"].per_second * BATCH_OF_QUESTIONS / single.per_second,
            "entry_vs_insert": entries["entry"].per_second / entries["insert"].per_second,
        },
        {
            "eligibility_per_s": single.per_second,
            "flask_per_s": questions["flask"].per_second,
            "select_per_s": questions["select"].per_second,
            "batch_people_per_s": questions["batch"].per_second * BATCH_OF_QUESTIONS,
            "entries_per_s": entries["entry"].per_second,
            "inserts_per_s": entries["insert"].per_second,
            "start_s": start_s,
            "worker_memory_mb": memory_mb,
        },
    )


def _files(folder: Path, seeded: Seeded) -> dict[str, Path]:
    people = range(seeded.people)
    spread = [place * BATCH_OF_QUESTIONS % seeded.people for place in range(20)]
    batches = [
        {"questions": [question((first + place) % seeded.people) for place in range(BATCH_OF_QUESTIONS)]}
        for first in spread
    ]
    ask = question(0)
    asked = EligibilityAsk(
        Identity(**ask["person"]), Question(ask["division_code"], 2023, "intermediate", tenure_start=2019)
    )
    (answer,) = check_eligibility(
        seeded.context, [asked], "zh-CN", Asker(seeded.provider.client_id, "bench", "eligibility")
    )
    paths = {
        "questions": written_lines(folder / "questions.jsonl", (question(each) for each in people)),
        "question_batches": written_lines(folder / "batches.jsonl", iter(batches)),
        "entries": written_lines(folder / "entries.jsonl", (posted_entry(each) for each in people)),
        "answer": folder / "answer.json",
        "people": folder / "people.json",
    }
    paths["answer"].write_bytes(orjson.dumps(answer))
    paths["people"].write_bytes(orjson.dumps(seeded.person_ids()))
    with psycopg.connect(plain_url(str(seeded.context.settings.database_url)), autocommit=True) as connection:
        connection.execute(TABLE)
    return paths
