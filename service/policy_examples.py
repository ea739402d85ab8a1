"""A policy file's worked examples, run against the policy: the file's own test."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from service.domain.decide import decide
from service.domain.decision import Decision
from service.domain.hours import hours_number
from service.domain.marks import Mark
from service.domain.question import Question
from service.domain.subjects import SUBJECTS
from service.domain.tally import StandingRow
from service.policy_book import PolicyBook
from service.policy_file import PolicyFile


def failing_examples(book: PolicyBook, file: PolicyFile) -> Iterator[tuple[str, str]]:
    """(example, what differs) for each example of ``file`` that does not come out as it says."""
    alone = PolicyBook((file,), book.divisions, book.baseline)
    for example in file.examples:
        decision = decide_example(alone, file, example)
        for key, expected in example["expect"].items():
            actual = _READ[key](decision)
            wanted = _form(key, expected)
            if actual != wanted:
                yield example["name"], f"{key}: expected {wanted}, got {actual}"


def decide_example(book: PolicyBook, file: PolicyFile, example: Mapping[str, Any]) -> Decision:
    """The decision of one example."""
    code = file.policy.division_code
    question = Question(division_code=code, **example["ask"])
    rows = [
        StandingRow(line["year"], subject, code, **{line["standing"]: line[subject]})
        for line in example["hours"]
        for subject in SUBJECTS
        if subject in line
    ]
    marks: tuple[Mark, ...] = ()
    asked_on = None
    if record := example.get("integrity_record"):
        marks = (Mark("integrity_record", code, record["entered_on"]),)
        asked_on = record["asked_on"]
    return decide(book.ground(code, question.declaration_year), question, rows, marks, asked_on)


def _unmet(decision: Decision) -> list[str]:
    return sorted(
        finding.code if finding.year is None else f"{finding.code} {finding.year}"
        for finding in decision.findings
        if not finding.met
    )


def _remedy(decision: Decision) -> list[list[str]] | None:
    if decision.remedy is None:
        return None
    return [
        [str(row.year), *(str(hours_number(amount)) for amount in row[1:])] for row in decision.remedy.hours
    ]


_READ: Final[dict[str, Callable[[Decision], Any]]] = {
    "outcome": lambda decision: decision.outcome,
    "unmet": _unmet,
    "advisories": lambda decision: sorted({advisory.code for advisory in decision.advisories}),
    "route": lambda decision: decision.route or "",
    "window": lambda decision: list(decision.window),
    "remedy": _remedy,
    "remedy_route": lambda decision: decision.remedy.route if decision.remedy else None,
    "remedy_possible": lambda decision: decision.remedy.possible if decision.remedy else None,
    "pending_would_satisfy": lambda decision: decision.pending_would_satisfy,
}


def _form(key: str, expected: Any) -> Any:
    if key in ("unmet", "advisories"):
        return sorted(expected)
    if key == "remedy":
        return [[str(value) for value in row] for row in expected]
    return expected
