"""The load itself, on a small ledger: what is paced, what is refused, what is in the files that are sent."""

import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import orjson
import pytest

from bench.entries import entry_batches
from bench.questions import question_batches
from bench.report import Report
from bench.rounds import in_turn, median_load
from bench.seeded import HUZHOU, drafts_of, question
from bench.stage import Stage, stage
from bench.wrk import Load, load, pause_for


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return Report(path=tmp_path / "latest.json")


def test_pauses_make_the_wanted_load() -> None:
    assert pause_for(500, 64, 0) == 128
    assert pause_for(500, 64, 28) == 100
    assert pause_for(64_000, 64, 28) == 0  # more than these connections can ask


def test_sides_take_turns(report: Report) -> None:
    order = []
    values = {"ours": cycle([3, 1, 2]), "theirs": cycle([30, 10, 20])}

    def side(name: str) -> int:
        order.append(name)
        return next(values[name])

    sides = {"ours": lambda: side("ours"), "theirs": lambda: side("theirs")}
    assert in_turn(report, sides, 3, "x", str) == {"ours": [3, 1, 2], "theirs": [30, 10, 20]}
    assert order == ["ours", "theirs"] * 3


def test_the_median_load_is_one_that_was() -> None:
    loads = [Load(float(rate), 10 - rate, 0, 0, 1) for rate in (5, 1, 9, 3, 7)]
    assert median_load(loads) is loads[0]


def test_batches_hold_what_they_say_and_references_of_their_own() -> None:
    assert {len(batch["questions"]) for batch in question_batches(700)} == {500}
    batches = list(entry_batches(range(700), HUZHOU))
    assert {len(batch["entries"]) for batch in batches} == {1000}
    assert {entry["division_code"] for batch in batches for entry in batch["entries"]} == {HUZHOU}
    people = [{entry["person"]["id_number"] for entry in batch["entries"]} for batch in batches]
    assert len(set[str]().union(*people)) == sum(map(len, people)) == 700
    assert len(list(drafts_of(1))) == 20


def test_only_this_machine_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        load("http://192.0.2.1:80/", tmp_path / "none", seconds=1)


@pytest.fixture
def on(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A small ledger on SQLite behind our server, the yardstick beside it."""
    monkeypatch.setattr("bench.stage.PEOPLE_QUICK", 20)
    with stage(report, f"sqlite:///{tmp_path / 'ledger.sqlite3'}", tmp_path, quick=True) as made:
        yield made


def test_a_small_load(on: Stage) -> None:
    questions = on.lines("questions", map(question, range(on.seeded.people)))
    told = on.asking("/v1/eligibility", questions, "platform", connections=2, pause_ms=20)()
    assert 0 < told.per_second < 2 * 1000 / 10  # far fewer than without pauses
    assert 0 < told.p50_ms <= told.p95_ms <= told.p99_ms
    assert on.asking_bare("/typical", questions)().requests > 0
    assert on.asking("/v1/eligibility", questions, "platform", connections=1, heavy=True)().per_second > 0
    people = [on.call("/v1/eligibility", "platform", question(0))["person"]["person_id"]]
    paths = on.paths("transcripts", [f"/v1/people/{each}/transcript" for each in people])
    assert on.asking("", paths, "platform", method="GET")().requests > 0
    with pytest.raises(AssertionError, match="refused"):
        on.asking("/v1/eligibility", questions)()  # no key
    memory = on.ours.largest_worker()
    assert 0 < memory.pss_mb <= memory.rss_mb
    assert len(on.ours.workers()) == 2
    typical = orjson.loads((on.folder / "answer.json").read_bytes())
    assert typical["person"]["known"]
    assert re.search("丽水", typical["policy"]["name"])
