"""Our server's processes: how soon they answer, what they hold in memory, whether that grows."""

import statistics
from pathlib import Path

from bench.report import Report
from bench.rounds import in_turn
from bench.seeded import posted_entry, question, seeded_ledger, written_lines
from bench.servers import Memory, our_command, serving
from bench.stage import our_settings
from bench.wrk import load


def measure_start(report: Report, url: str, folder: Path, *, quick: bool) -> None:
    """Adds the seconds from the command to the first healthy answer, and a worker's memory then and after questions."""
    with seeded_ledger(url, 50) as seeded:
        questions = written_lines(folder / "questions.jsonl", map(question, range(50)))
        headers = {"Authorization": f"Bearer {seeded.keys['platform']}"}

        def start() -> tuple[float, Memory]:
            with serving(our_command(), our_settings(url), folder / "start.log") as ours:
                load(f"{ours.url}/v1/eligibility", questions, seconds=1, headers=headers)
                return ours.started_s, ours.largest_worker()

        started = in_turn(
            report,
            {"start": start},
            3 if quick else 9,
            "start",
            lambda each: f"{each[0]:.2f} s, {each[1].pss_mb:.0f} MB",
        )["start"]
    report.add(
        {},
        {
            "start_s": statistics.median(seconds for seconds, _ in started),
            "worker_pss_mb": statistics.median(memory.pss_mb for _, memory in started),
            "worker_rss_mb": statistics.median(memory.rss_mb for _, memory in started),
        },
    )


def measure_memory(report: Report, url: str, folder: Path, *, quick: bool) -> None:
    """Adds what the one worker of a server holds after so many requests : after 1,000.

    Questions and entries by turns, a second each. Requests: 100,000, in a quick run 10,000.
    """
    many = 10_000 if quick else 100_000
    with (
        seeded_ledger(url, 500) as seeded,
        serving(our_command(), our_settings(url, workers=1), folder / "memory.log") as ours,
    ):
        kinds = [
            (path, written_lines(folder / f"memory-{role}.jsonl", map(body, range(500))), seeded.keys[role])
            for path, role, body in (
                ("/v1/eligibility", "platform", question),
                ("/v1/entries", "provider", posted_entry),
            )
        ]

        def until(sent: int, wanted: int) -> int:
            told, step = 0, many // 10
            while sent < wanted:
                for path, bodies, key in kinds:
                    headers = {"Authorization": f"Bearer {key}"}
                    sent += load(f"{ours.url}{path}", bodies, seconds=1, headers=headers).requests
                if sent // step > told:
                    told = sent // step
                    report.say(f"{sent:,} of {many:,} requests, {ours.largest_worker().rss_mb:.1f} MB")
            return sent

        few_sent = until(0, 1000)
        few = ours.largest_worker()
        many_sent = until(few_sent, many)
        after = ours.largest_worker()
    report.add(
        {"memory_growth": after.rss_mb / few.rss_mb},
        {
            "memory_of_one_worker": {
                "requests": [few_sent, many_sent],
                "pss_mb": [few.pss_mb, after.pss_mb],
                "rss_mb": [few.rss_mb, after.rss_mb],
            }
        },
    )
