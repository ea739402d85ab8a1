"""How often a request goes to the database: the same however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from sqlalchemy import event

from service.context import Context
from tests.api.calls import Caller
from tests.api.people import entry, question
from tests.operations.ledger import watched_raw_statements

ENTRIES_OF_ONE = 10_000

QUESTION = {"postgresql": 1, "sqlite": 4}
"""One statement confirms the key, reads and records, once the key has been seen; SQLite takes three for it, in a
transaction it begins."""

MOMENTS: list[dict[str, str]] = [
    {},
    {"as_of": "2024-01-01T00:00:00+08:00"},
    {"as_of": "2026-11-20T09:00:00.5+08:00"},
]


@contextmanager
def statements(context: Context) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    database = context.database
    engines = {database.engine, database.reading_engine, database.recording_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        with watched_raw_statements(sent.append):
            yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def register(provider: Caller, first: int, count: int) -> None:
    for start in range(first, first + count, 1000):
        size = min(1000, first + count - start)
        entries = [
            entry(f"R{start + index}", credit_year=2014 + index % 10, hours=0.5) for index in range(size)
        ]
        results = provider.post("/v1/entries/batch", {"entries": entries}).json["results"]
        assert {result["result"] for result in results} == {"created"}


def test_a_question_costs_as_many_statements_however_many_entries(
    context: Context, provider: Caller, platform: Caller
) -> None:
    counts = []
    platform.post("/v1/eligibility", question())
    for first, count in ((0, 10), (10, ENTRIES_OF_ONE - 10)):
        register(provider, first, count)
        with statements(context) as sent:
            answer = platform.post("/v1/eligibility", question())
        assert answer.json["ledger"]["position"] == first + count
        counts.append(len(sent))
        with statements(context) as sent:
            platform.post("/v1/eligibility", question(as_of=answer.json["as_of"]))
        counts.append(len(sent))
    assert counts == [QUESTION[context.database.dialect_name]] * 4


def test_a_batch_of_questions_costs_no_more_than_one(
    context: Context, provider: Caller, platform: Caller
) -> None:
    provider.post("/v1/entries/batch", {"entries": [entry(f"R{number}", number) for number in range(50)]})
    platform.post("/v1/eligibility", question())
    for size in (1, 1000):
        with statements(context) as sent:
            answer = platform.post(
                "/v1/eligibility/batch",
                {"questions": [question(n % 100, **MOMENTS[n % 3]) for n in range(size)]},
            )
        assert answer.status_code == 200
        assert len(sent) == QUESTION[context.database.dialect_name]


def test_evaluate_costs_none(context: Context, anyone: Caller) -> None:
    body = {"declaration_year": 2023, "level": "junior", "hours": []}
    with statements(context) as sent:
        assert anyone.post("/v1/policies/331100/evaluate", body).status_code == 200
    assert sent == []


def test_an_entry_of_somebody_known_costs_few(context: Context, provider: Caller) -> None:
    """On PostgreSQL one statement confirms the key, locks and reads, another stores; SQLite takes more to store."""
    provider.post("/v1/entries", entry("R0"))
    with statements(context) as sent:
        assert provider.post("/v1/entries", entry("R1")).status_code == 201
    assert len(sent) == (2 if context.database.dialect_name == "postgresql" else 7)


def test_a_batch_of_entries_costs_a_constant_number(context: Context, provider: Caller) -> None:
    counts = []
    for run, size in enumerate((100, 1000)):
        entries = [entry(f"{run}-{index}", run * 300 + index % 200) for index in range(size)]
        with statements(context) as sent:
            answer = provider.post("/v1/entries/batch", {"entries": entries})
        assert [result["result"] for result in answer.json["results"]] == ["created"] * size
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20


def test_a_batch_of_recognitions_costs_a_constant_number_and_seconds(
    context: Context, provider: Caller, authority: Caller
) -> None:
    counts = []
    for run, size in enumerate((30, 1000)):
        sent_entries = [entry(f"{run}-{index}", run * 300 + index % 200) for index in range(size)]
        results = provider.post("/v1/entries/batch", {"entries": sent_entries}).json["results"]
        decisions = [
            {"entry_id": result["entry_id"], "outcome": "recognised", "hours": 50, "reason": "部分"}
            for result in results
        ]
        begun = monotonic()
        with statements(context) as sent:
            answer = authority.post("/v1/recognitions/batch", {"recognitions": decisions})
        assert monotonic() - begun < 30
        assert [result["result"] for result in answer.json["results"]] == ["created"] * size
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 10


def test_a_page_of_the_queue_costs_as_many_however_long_it_is(
    context: Context, provider: Caller, authority: Caller
) -> None:
    """The key, the page, the access records (on SQLite with a BEGIN)."""
    for run, size in enumerate((1, 1000)):
        sent_entries = [entry(f"{run}-{index}", index % 200) for index in range(size)]
        provider.post("/v1/entries/batch", {"entries": sent_entries})
        with statements(context) as sent:
            answer = authority.get("/v1/recognitions/queue?limit=1000")
        assert len(answer.json["entries"]) >= size
        assert len([each for each in sent if not each.startswith("BEGIN")]) == 3
