"""The shipped policy files: sound, and held by their own examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.policy_book import PACKAGED_POLICIES, PolicyBook, load_policy_book
from service.policy_examples import failing_examples
from service.policy_file import PolicyFileError, read_policy_file

BOOK = load_policy_book()
CITIES = {file.policy.id: file for file in BOOK.files}

# A row's number in an annex is a reference and a revision an order among files: neither is a figure of the rule.
_NOT_A_FIGURE = re.compile(r"(row|revision) = ")
_FIGURE = re.compile(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w.\"-])")


def test_the_four_cities_are_loaded():
    assert {policy.division_code: policy.notice_year for policy in BOOK.policies} == {
        "330400": 2025,
        "330500": 2021,
        "330604": 2023,
        "331100": 2023,
    }


@pytest.mark.parametrize("name", CITIES)
def test_examples_come_out_as_they_say(name):
    assert list(failing_examples(BOOK, CITIES[name])) == []


def figures(source: str) -> Iterator[tuple[int, int, str]]:
    """(line, column, number) of every figure of the rule: not in examples, citations, comments or strings."""
    for number, line in enumerate(source.split("[[example]]")[0].splitlines()):
        if line.startswith(("#", "citation", "issued_on")) or _NOT_A_FIGURE.match(line):
            continue
        bare = re.sub(r'"[^"]*"', lambda text: " " * len(text[0]), line)
        for found in _FIGURE.finditer(bare):
            yield number, found.start(), found[0]


def mutants(path: Path) -> Iterator[tuple[str, str]]:
    """(what was changed, the changed text): each figure a step up and a step down."""
    source = path.read_text("utf-8")
    lines = source.splitlines()
    for number, column, figure in figures(source):
        is_hours = lines[number].startswith(("hours", "anomaly_hours"))
        for step in (0.1, -0.1) if is_hours else (1, -1):
            value = float(figure) + step
            changed = f"{value:.1f}" if is_hours else str(int(value))
            line = lines[number][:column] + changed + lines[number][column + len(figure) :]
            yield (
                f"line {number + 1}: {figure} -> {changed}",
                "\n".join([*lines[:number], line, *lines[number + 1 :]]),
            )


@pytest.mark.parametrize("name", CITIES)
def test_a_changed_figure_is_killed_by_the_files_own_examples(name, tmp_path):
    survivors = []
    count = 0
    for what, text in mutants(CITIES[name].path):
        count += 1
        path = tmp_path / f"{name}.toml"
        path.write_text(text, "utf-8")
        try:
            file = read_policy_file(path)
        except PolicyFileError:
            continue
        if not any(failing_examples(BOOK, file)):
            survivors.append(what)
    assert count >= 2
    assert survivors == []


@pytest.mark.parametrize("name", CITIES)
def test_every_requirement_is_cited_and_every_reading_has_a_reason(name):
    policy = CITIES[name].policy
    assert policy.no_rule or policy.scope is not None
    assert policy.readings
    assert all(reading.reason and reading.switch for reading in policy.readings)
    assert len({reading.id for reading in policy.readings}) == len(policy.readings)


def test_a_made_up_city_is_one_file(tmp_path):
    """Every year of the last three needs 72 hours, 40 of them specialty: nothing but this file is added."""
    book = book_with(tmp_path, "quzhou-2024.toml", MADE_UP_CITY)
    assert "330800" in {policy.division_code for policy in book.policies}
    (file,) = [file for file in book.files if file.policy.id == "quzhou-2024"]
    assert list(failing_examples(book, file)) == []
    ground = book.ground("330802", 2024)
    assert ground.policy is not None
    assert ground.policy.name == "衢州市"


def test_a_city_outside_the_list_brings_its_own_code(tmp_path):
    book = book_with(tmp_path, "nanjing-2024.toml", MADE_UP_CITY.replace("330800", "320100"))
    assert book.division("320100") is not None


def test_a_new_revision_changes_later_answers_only_for_its_place(tmp_path):
    text = MADE_UP_CITY.replace("330800", "330604").replace("notice_year = 2024", "notice_year = 2023")
    book = book_with(tmp_path, "shangyu-2023-2.toml", "revision = 2\n" + text)
    assert book.ground("330604", 2023).bar is None
    assert book.ground("330600", 2023).bar == "no_local_rule"
    assert BOOK.ground("330604", 2023).bar == "no_local_rule"


def book_with(tmp_path: Path, name: str, text: str) -> PolicyBook:
    """The packaged policies and one more file."""
    for path in PACKAGED_POLICIES.rglob("*"):
        if path.suffix in (".toml", ".csv"):
            target = tmp_path / path.relative_to(PACKAGED_POLICIES)
            target.parent.mkdir(exist_ok=True, parents=True)
            target.write_bytes(path.read_bytes())
    (tmp_path / "zhejiang" / name).write_text(text, "utf-8")
    return load_policy_book(tmp_path)


MADE_UP_CITY = """
division_code = "330800"
name = "衢州市"
notice_year = 2024

[document]
number = "虚构〔2024〕1号"
title = "虚构的通知"
issued_by = "虚构的局"
issued_on = 2024-01-01

[counting]
registered = true
own_register = false
citation = { clause = "一", basis = "reading", text = "登记即计入" }

[scope]
purposes = ["review"]
levels = ["intermediate"]
citation = { clause = "一", basis = "quoted", text = "申报中级职称" }

[window]
shape = "last_years"
years = { intermediate = 3 }

[every_year]
citation = { clause = "一", basis = "quoted", text = "近三年每年" }

[[annual_minimum.minimum]]
measure = "total"
hours = 72
citation = { clause = "一", basis = "quoted", text = "不少于72学时" }

[[annual_minimum.minimum]]
measure = "specialty"
hours = 40
citation = { clause = "一", basis = "quoted", text = "专业科目不少于40学时" }

[[example]]
name = "三年恰好"
ask = { declaration_year = 2024, level = "intermediate" }
hours = [
  { year = 2022, public = 32, specialty = 40 },
  { year = 2023, public = 32, specialty = 40 },
  { year = 2024, public = 32, specialty = 40 },
]
expect = { outcome = "eligible", window = [2022, 2024, 3], unmet = [] }

[[example]]
name = "一年少0.1"
ask = { declaration_year = 2024, level = "intermediate" }
hours = [
  { year = 2022, public = 32, specialty = 40 },
  { year = 2023, public = 32, specialty = 39.9 },
  { year = 2024, public = 32, specialty = 40 },
]

[example.expect]
outcome = "not_eligible"
unmet = ["total_short 2023", "specialty_short 2023"]
remedy = [[2023, 0, 0, 0.1, 0]]
"""

FAULTS = [
    ("notice_year = 2024", "notice_year = ", "TOML", "line"),
    ("notice_year = 2024", "notice_year = 2024\nnotice_year = 2024", "TOML", "line"),
    ("hours = 72", "hours = 72.05", "annual_minimum.minimum.0.hours", "72.05"),
    ("hours = 72", 'hours = "72"', "annual_minimum.minimum.0.hours", "number"),
    ("hours = 72", "hours = -72", "annual_minimum.minimum.0.hours", "-72"),
    ("notice_year = 2024", "notice_year = 2024.5", "notice_year", "integer"),
    ('name = "衢州市"', 'name = "衢州市"\nnickname = "衢"', "nickname", "Unknown"),
    ('measure = "total"', 'measure = "totl"', "annual_minimum.minimum.0.measure", "Must be one of"),
    ('measure = "specialty"', 'measure = "total"', "annual_minimum.minimum.1.measure", "twice"),
    ('basis = "quoted"', 'basis = "invented"', "basis", "Must be one of"),
    ("issued_on = 2024-01-01", 'issued_on = "2024-01-01"', "document.issued_on", "day"),
    ('shape = "last_years"', 'shape = "since"', "window.first_year", "missing"),
    ('purposes = ["review"]', 'purposes = ["reviews"]', "scope.purposes.0", "Must be one of"),
    ('division_code = "330800"', 'division_code = "3308"', "division_code", "six digits"),
    ('division_code = "330800"', 'division_code = "3308001"', "division_code", "six digits"),
    ('outcome = "not_eligible"', 'outcome = "eligible"', "example", "not_eligible"),
    ("notice_year = 2024", "notice_year = 2024\nno_rule = true", "window", "no_rule"),
    ("[every_year]", "[deemed_years]\nthrough = 2019", "every_year", "needed"),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), FAULTS)
def test_a_faulty_file_is_refused_with_file_place_and_reason(old, new, place, words, tmp_path):
    assert old in MADE_UP_CITY
    path = tmp_path / "faulty-2024.toml"
    path.write_text(MADE_UP_CITY.replace(old, new, 1), "utf-8")
    with pytest.raises(PolicyFileError) as caught:
        read_policy_file(path)
    text = str(caught.value)
    assert "faulty-2024.toml" in text
    assert any(place in key and words in wrong for key, wrong in caught.value.problems), text


def test_a_reading_names_a_key_that_exists(tmp_path):
    path = tmp_path / "faulty-2024.toml"
    path.write_text(MADE_UP_CITY + '\n[[reading]]\nid = "X"\nswitch = "window.shap"\nreason = "x"\n', "utf-8")
    with pytest.raises(PolicyFileError, match=r"window\.shap"):
        read_policy_file(path)


def test_two_files_for_one_place_year_and_revision_are_refused(tmp_path):
    with pytest.raises(PolicyFileError, match="same division"):
        book_with(
            tmp_path,
            "other-2023.toml",
            MADE_UP_CITY.replace("330800", "331100").replace("= 2024\n", "= 2023\n"),
        )


def test_thresholds_switched_off_leave_registration_and_recognition(tmp_path):
    """H-5: an officer sets one key and only registration and recognition are decided."""
    from service.domain.decide import decide
    from service.domain.question import Question
    from service.domain.tally import StandingRow

    source = CITIES["huzhou-2021"].path.read_text("utf-8").replace("enabled = true", "enabled = false")
    path = tmp_path / "huzhou-2021.toml"
    path.write_text(source, "utf-8")
    book = PolicyBook((read_policy_file(path),), BOOK.divisions, BOOK.baseline)
    question = Question("330500", 2021, "intermediate")

    def ask(*rows):
        return decide(book.ground("330500", 2021), question, rows)

    little = StandingRow(2020, "specialty", "330500", recognised=1)
    assert ask(little, little._replace(credit_year=2021)).outcome == "eligible"
    pending = ask(little, StandingRow(2021, "specialty", "330500", registered=900))
    assert pending.outcome == "not_eligible"
    assert {(finding.code, finding.year) for finding in pending.findings if not finding.met} == {
        ("not_recognised", 2021)
    }
    assert pending.pending_would_satisfy
    nothing = ask(little)
    assert {finding.code for finding in nothing.findings if not finding.met} == {
        "not_recognised",
        "not_registered",
    }
    assert "threshold_by_reference" not in {advisory.code for advisory in nothing.advisories}
