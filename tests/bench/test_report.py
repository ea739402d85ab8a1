"""What a run of the benchmarks tells: bounds and verdicts, the file, the README's table, the bar."""

from pathlib import Path

import orjson
import pytest

from bench.parts import PARTS
from bench.progress import Progress, minutes
from bench.readme import readme_table
from bench.report import BOUNDS, Report, table
from bench.wording import FIGURES

PROMISED = {
    "eligibility_vs_flask": (0.40, True),
    "eligibility_vs_select": (0.55, True),
    "batch_people_vs_single": (12, True),
    "entry_vs_insert": (0.40, True),
    "batch_entries_vs_copy": (0.20, True),
    "import_csv_vs_copy": (0.30, True),
    "eligibility_p50_growth": (1.25, False),
    "import_growth": (1.25, False),
    "memory_growth": (1.05, False),
    "vs_openfisca": (5, True),
    "vs_openfisca_500": (40, True),
    "decide_us": (40, False),
}


def test_what_was_promised_has_its_bound() -> None:
    assert {name: (BOUNDS[name].limit, BOUNDS[name].at_least) for name in PROMISED} == PROMISED


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("entry_vs_insert", 0.40, True),
        ("entry_vs_insert", 0.39, False),
        ("memory_growth", 1.05, True),
        ("memory_growth", 1.06, False),
    ],
)
def test_a_bound_is_met_on_its_limit(name: str, value: float, holds: bool) -> None:
    assert BOUNDS[name].holds(value) is holds
    assert ("**missed**" in table({name: value}, {})) is not holds


def test_a_table_shows_only_what_was_measured_in_both_languages() -> None:
    ratios, figures = (
        {"entry_vs_insert": 0.5},
        {"decide_us": 39.6, "entries_per_s": 1234.4, "other": {"a": 1}},
    )
    english, chinese = table(ratios, figures).splitlines(), table(ratios, figures, "zh-CN").splitlines()
    assert english == [
        "| what | measured | bound | |",
        "| --- | ---: | ---: | --- |",
        "| one entry : bare route with one INSERT (`entry_vs_insert`) | 0.50 | ≥ 0.40 | holds |",
        "| one decision of five years, µs (`decide_us`) | 39.60 | ≤ 40.00 | holds |",
        "",
        "| figure | |",
        "| --- | ---: |",
        "| one entry, acknowledged after its commit | 1,234 /s |",
    ]
    assert len(chinese) == len(english)
    assert "达到" in chinese[2]


def test_every_text_is_there_in_both_languages() -> None:
    words = [bound.what for bound in BOUNDS.values()] + [figure.what for figure in FIGURES.values()]
    assert all(each.en and each.zh for each in words)
    assert not BOUNDS.keys() & FIGURES.keys()


def test_what_was_found_is_kept_at_once_and_makes_the_table_of_the_readme(tmp_path: Path) -> None:
    report = Report(path=tmp_path / "bench" / "latest.json")
    report.add({}, {"command": "make bench", "postgresql": "17.2, fsync on, ext4"})
    report.add({"memory_growth": 1.01}, {})
    kept = orjson.loads(report.path.read_bytes())
    assert kept.keys() == {"machine", "ratios", "figures"}
    assert kept["ratios"] == {"memory_growth": 1.01}
    english, chinese = readme_table(report.path, "en"), readme_table(report.path, "zh-CN")
    for shown in (english, chinese):
        assert kept["machine"]["at"][:10] in shown
        assert "`make bench`" in shown
        assert "fsync on" in shown
        assert "`memory_growth`) | 1.01 |" in shown
    with pytest.raises(SystemExit, match="make bench"):
        readme_table(tmp_path / "none.json", "en")


def test_the_bar_goes_by_expected_time_and_learns_the_pace_of_the_machine() -> None:
    now = [0.0]
    progress = Progress({"a": 100, "b": 300}, clock=lambda: now[0])
    assert (progress.share(), progress.seconds_to_go()) == (0, 400)
    progress.begin("a")
    now[0] = 50
    assert progress.share() == pytest.approx(50 / 400)
    now[0] = 500  # late: not more than the part's own share
    assert progress.share() == pytest.approx(95 / 400)
    progress.end()
    assert progress.share() == pytest.approx(100 / 400)
    assert 300 * 3 < progress.seconds_to_go() < 300 * 5  # the part took five times what was expected
    progress.begin("b")
    assert progress.line("roster 1/9") == "██████░░░░░░░░░░░░░░░░░░  25% 8:20, 19:17 to go · b: roster 1/9"
    progress.end()
    assert progress.share() == 1
    assert progress.seconds_to_go() == 0


def test_minutes() -> None:
    assert [minutes(each) for each in (0, 59.4, 59.6, 3725)] == ["0:00", "0:59", "1:00", "62:05"]


def test_a_quick_run_is_expected_to_take_three_minutes() -> None:
    assert sum(part.short for name, part in PARTS.items() if name != "peers") <= 180
