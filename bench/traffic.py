"""What is asked and sent over HTTP, on PostgreSQL and on SQLite."""

from pathlib import Path

from bench.entries import BATCH as ENTRIES
from bench.entries import entry_batches, measure_entries, measure_entry_batches, measure_recognition
from bench.questions import BATCH as QUESTIONS
from bench.questions import measure_questions, question_batches
from bench.report import Report
from bench.rounds import loads_in_turn
from bench.seeded import posted_entry, question
from bench.stage import Stage, stage


def measure_traffic(report: Report, url: str, folder: Path, *, quick: bool) -> None:
    """Adds what PostgreSQL's side of the table holds; ``url``: a database that nothing is in yet."""
    with stage(report, url, folder, quick=quick) as on:
        measure_questions(on)
        measure_transcripts(on)
        measure_entries(on)
        measure_entry_batches(on)
        measure_recognition(on)


def measure_transcripts(on: Stage) -> None:
    """Adds transcripts a second, as JSON and as PDF."""
    people = [
        on.call("/v1/eligibility", "platform", question(each))["person"]["person_id"] for each in range(200)
    ]
    paths = on.paths("transcripts", [f"/v1/people/{each}/transcript" for each in people])
    loads = loads_in_turn(
        on.report,
        {
            "json": on.asking("", paths, "platform", method="GET"),
            "pdf": on.asking(
                "", paths, "platform", method="GET", accept="application/pdf", connections=4, heavy=True
            ),
        },
        on.rounds,
        "transcripts",
    )
    on.report.add({}, {"transcripts_per_s": loads["json"].per_second, "pdfs_per_s": loads["pdf"].per_second})


def measure_sqlite(report: Report, folder: Path, *, quick: bool) -> None:
    """Adds one question, one entry and batches of each on SQLite, beside the bare Flask route."""
    url = f"sqlite:///{folder / 'traffic.sqlite3'}"
    with stage(report, url, folder, quick=quick) as on:
        single = on.lines("questions", map(question, range(on.seeded.people)))
        questions = on.lines("question-batches", question_batches(on.seeded.people))
        entries = on.lines("entries", map(posted_entry, range(on.seeded.people)))
        batches = on.lines("entry-batches", entry_batches(range(on.seeded.people)))
        loads = loads_in_turn(
            report,
            {
                "flask": on.asking_bare("/typical", single),
                "eligibility": on.asking("/v1/eligibility", single, "platform"),
                "batch": on.asking("/v1/eligibility/batch", questions, "platform", connections=4, heavy=True),
                "entry": on.asking("/v1/entries", entries, "provider", connections=4),
                "entries": on.asking("/v1/entries/batch", batches, "provider", connections=1, heavy=True),
            },
            on.rounds,
            "SQLite",
        )
    flask, single_rate, entry = (loads[name].per_second for name in ("flask", "eligibility", "entry"))
    report.add(
        {"sqlite_eligibility_vs_flask": single_rate / flask, "sqlite_entry_vs_flask": entry / flask},
        {
            "sqlite_eligibility_per_s": single_rate,
            "sqlite_batch_people_per_s": loads["batch"].per_second * QUESTIONS,
            "sqlite_entries_per_s": entry,
            "sqlite_batch_entries_per_s": loads["entries"].per_second * ENTRIES,
        },
    )
