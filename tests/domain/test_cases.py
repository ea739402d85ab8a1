"""Decision cases agreed with the people who asked for the service."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from service.domain.hours import parse_hours
from service.domain.question import Question
from service.domain.tally import StandingRow
from tests.domain.strategies import ask

CASES = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"), parse_float=Decimal)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    question = Question(**case["question"])
    rows = [
        StandingRow(
            line["year"],
            line["subject"],
            question.division_code,
            **{line["status"]: parse_hours(line["hours"])},
        )
        for line in case["hours"]
    ]
    decision = ask(question, rows)
    expected = case["expect"]
    unmet = {finding.code for finding in decision.findings if not finding.met}
    assert decision.outcome == expected["outcome"]
    assert unmet >= set(expected.get("has", ()))
    assert not unmet & set(expected.get("lacks", ()))
    assert {advisory.code for advisory in decision.advisories} >= set(expected.get("adv", ()))
    if "route" in expected:
        assert decision.route == expected["route"]
    if "pending" in expected:
        assert decision.pending_would_satisfy == expected["pending"]
    if "remedy" in expected:
        assert decision.remedy is not None
        rows = [[row.year, *(amount / 10 for amount in row[1:])] for row in decision.remedy.hours]
        assert rows == expected["remedy"]
