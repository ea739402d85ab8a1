"""The comparison with OpenFisca and zen, as far as it goes without them: the people, our side, the rule files.

That the three engines agree is found out in every run of ``make bench ARGS=--peers``, before anything is timed.
"""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bench.peers import installed
from bench.peers.installed import FOLDER, peers_program
from bench.peers.people import (
    DEEMED_THROUGH,
    declared,
    declared_at_odds,
    drafts_of,
    our_question,
    pure_question,
    situation,
    standing_of,
    verdict_only,
    zen_context,
)
from bench.peers.verdicts import Verdict, of_openfisca, of_ours, of_zen, require_agreement
from bench.report import Report
from service.answer import render_decision
from service.domain.access import Asker
from service.domain.decide import decide
from service.domain.identity import Identity
from service.domain.policy import DeemedYears, Minima, Policy
from service.domain.subjects import MEASURES
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import create_client
from service.operations.register_entries import register_entries
from service.policy_book import load_policy_book
from tests.operations.ledger import open_ledger

RULE = json.loads((FOLDER / "lishui.json").read_text("utf-8"))
PEOPLE = [*(declared(number) for number in range(100)), *(declared_at_odds(500 + each) for each in range(60))]
BOOK = load_policy_book()


def lishui() -> Policy:
    policy = BOOK.policy_for("331100", 2023)
    assert policy is not None
    return policy


def figures() -> tuple[dict[str, int], int]:
    """The least tenths by measure and the last deemed year, of the policy we apply."""
    policy = lishui()
    assert isinstance(policy.annual, Minima)
    assert isinstance(policy.deemed_years, DeemedYears)
    return {item.measure: item.tenths for item in policy.annual.items}, policy.deemed_years.through


def decided(place: int) -> Verdict:
    """Our verdict on one of PEOPLE, decided in process."""
    question = pure_question(PEOPLE[place])
    ground = BOOK.ground(question.division_code, question.declaration_year)
    decision = decide(ground, question, standing_of(PEOPLE[place]))
    return of_ours(render_decision(decision, question, "zh-CN"))


def test_people_are_of_both_kinds_and_the_same_every_time() -> None:
    verdicts = [decided(place) for place in range(len(PEOPLE))]
    eligible = sum(verdict.eligible for verdict in verdicts)
    assert len(PEOPLE) / 4 < eligible < len(PEOPLE) * 3 / 4
    tenths = {short for verdict in verdicts for year in verdict.short.values() for short in year.values()}
    assert {0, 1} <= tenths
    assert PEOPLE[7] == declared(7)
    assert all(PEOPLE[place].years == range(2019, 2024) for place in range(100))
    assert len({person.years for person in PEOPLE}) > 5


def test_years_of_a_person_are_those_of_the_answer() -> None:
    for place, person in enumerate(PEOPLE):
        assert list(decided(place).met) == list(person.years)


def test_the_ledger_answers_what_was_decided_in_process(database_url: str) -> None:
    context = open_ledger(database_url)
    try:
        provider = create_client(context, "provider", "培训机构")[0]
        some = range(90, 120)
        drafts = [draft for place in some for draft in drafts_of(PEOPLE[place])]
        assert {each.refusal for each in register_entries(context, provider, drafts, atomic=True)} == {None}
        asks = [
            EligibilityAsk(Identity(**our_question(PEOPLE[place])["person"]), pure_question(PEOPLE[place]))
            for place in some
        ]
        answers = check_eligibility(context, asks, "zh-CN", Asker(None, "test", "eligibility"))
    finally:
        context.database.close()
    assert [of_ours(answer) for answer in answers] == [decided(place) for place in some]


def test_a_question_to_openfisca_names_its_variables_and_asks_for_everything_compared() -> None:
    tree = ast.parse((FOLDER / "lishui_openfisca" / "variables.py").read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    computed = {each.name for each in classes if any(isinstance(it, ast.FunctionDef) for it in each.body)}
    listed = next(
        node
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VARIABLES"
    )
    assert isinstance(listed.value, ast.Tuple)
    assert [ast.unparse(each) for each in listed.value.elts] == [each.name for each in classes]
    for name, told in situation(PEOPLE)["persons"].items():
        for variable, values in told.items():
            assert variable in {each.name for each in classes}, name
            assert (set(values.values()) == {None}) == (variable in computed), name
    (lean,) = verdict_only(situation(PEOPLE[:1]))["persons"].values()
    assert [variable for variable, values in lean.items() if None in values.values()] == ["eligible"]


def test_openfisca_has_the_figures_of_our_policy() -> None:
    minimum, through = figures()
    folder = FOLDER / "lishui_openfisca" / "parameters"
    told = yaml.safe_load((folder / "minimum.yaml").read_text("utf-8"))
    values = {name: list(part["values"].values()) for name, part in told.items() if name != "description"}
    assert values == {measure: [{"value": tenths}] for measure, tenths in minimum.items()}
    deemed = yaml.safe_load((folder / "deemed_through.yaml").read_text("utf-8"))
    assert list(deemed["values"].values()) == [{"value": through}]
    assert through == DEEMED_THROUGH


def test_zen_rule_is_one_path_with_the_figures_of_our_policy() -> None:
    nodes = {node["id"]: node for node in RULE["nodes"]}
    leads = {edge["sourceId"]: edge["targetId"] for edge in RULE["edges"]}
    (first,) = (name for name, node in nodes.items() if node["type"] == "inputNode")
    assert nodes[leads[leads[first]]]["type"] == "outputNode"
    told = {each["key"]: each["value"] for each in nodes[leads[first]]["content"]["expressions"]}
    assert list(told) == ["years", "first_year", "years_short", "eligible"]
    minimum, through = figures()
    assert f"#.year <= {through}" in told["years"]
    for tenths in minimum.values():
        assert f">= {tenths}" in told["years"]
    for measure, tenths in minimum.items():
        assert f"{measure}_short: max([{tenths} - " in told["years"]


def test_zen_is_told_every_year_and_every_hour() -> None:
    for person in PEOPLE:
        context = zen_context(person)
        assert [line["year"] for line in context["years"]] == list(person.years)
        sums = {line["year"]: sum(line.values()) - line["year"] for line in context["years"]}
        assert sums == {year: hours.total for year, hours in person.hours.items()}


def told_to_us(verdict: Verdict) -> tuple[dict[str, object], dict[str, object]]:
    """A verdict on somebody of 2023 as OpenFisca and as zen would tell it."""
    codes = [f"{measure}_short" for measure in MEASURES]
    openfisca: dict[str, object] = {
        "eligible": {"2023": verdict.eligible},
        "years_short": {"2023": verdict.years_short},
        "meets_year": {str(year): met for year, met in verdict.met.items()},
        **{code: {str(year): short[code] for year, short in verdict.short.items()} for code in codes},
    }
    zen: dict[str, object] = {
        "eligible": verdict.eligible,
        "years_short": verdict.years_short,
        "years": [
            {"year": year, "met": met, **verdict.short.get(year, dict.fromkeys(codes, 0))}
            for year, met in verdict.met.items()
        ],
    }
    return openfisca, zen


def test_a_peer_that_answers_otherwise_is_not_measured() -> None:
    place = next(place for place in range(100) if not decided(place).eligible)
    person, ours = PEOPLE[place], decided(place)
    openfisca, zen = told_to_us(ours)
    assert of_openfisca({f"p{place}": openfisca}, person) == of_zen(zen) == ours
    require_agreement(person, ours, of_zen(zen), "zen")
    year = max(ours.short)
    for other in (
        replace(ours, eligible=not ours.eligible),
        replace(ours, years_short=ours.years_short + 1),
        replace(ours, met={**ours.met, year: not ours.met[year]}),
        replace(ours, short={**ours.short, year: {**ours.short[year], "total_short": 7}}),
    ):
        with pytest.raises(SystemExit, match="nothing measured"):
            require_agreement(person, ours, other, "zen")


@pytest.mark.slow
def test_peers_that_cannot_be_installed_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"nobody-has-made-this==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(installed, "LOCK", lock)
    monkeypatch.setattr(installed, "HOME", tmp_path / "peers")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit, match=r"cannot be installed[\s\S]*nobody-has-made-this"):
        peers_program(Report(), "python")
    assert not (tmp_path / "peers" / "lock.sha256").exists()
