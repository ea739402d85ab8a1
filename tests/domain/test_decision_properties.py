"""What must hold of a decision for any input (domain.md §8)."""

from itertools import combinations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from service.domain.decision import Decision, RemedyHours
from service.domain.findings import apply_rules, satisfied
from service.domain.question import Question
from service.domain.remedy import deficit
from service.domain.subjects import NO_HOURS, SUBJECTS
from service.domain.tally import StandingRow, tally
from service.domain.window import lay_out
from tests.domain.strategies import HUZHOU, JIAXING, LISHUI, SHANGYU, ask, book, people, questions, rows

JUDGED = questions(LISHUI, HUZHOU, JIAXING, judged=True)
EVERYWHERE = (LISHUI, HUZHOU, JIAXING)


def at_home(question: Question, person: list[StandingRow]) -> list[StandingRow]:
    """The same hours, registered in the place that is asked."""
    return [row._replace(division_code=question.division_code) for row in person]


def added(question: Question, row: RemedyHours, less: str | None = None) -> list[StandingRow]:
    """A remedy's hours as recognised totals; ``less`` names the part that gets a tenth less."""
    parts = {
        "general_public": row.general_public,
        "industry_public": row.public - row.general_public,
        "specialty": row.specialty,
        "any": row.any,
    }
    if less is not None:
        parts[less] -= 1
    # The hours of any subject go where they help least: to a subject whose own minimum is filled already.
    subjects = {"any": "specialty"} | {name: name for name in SUBJECTS}
    return [
        StandingRow(row.year, subjects[name], question.division_code, recognised=tenths)
        for name, tenths in parts.items()
        if tenths > 0
    ]


@given(questions(*EVERYWHERE, SHANGYU), people(*EVERYWHERE), rows(), st.sampled_from(EVERYWHERE))
def test_adding_counted_hours_never_ends_eligible(question, person, more, division):
    person = at_home(question, person)
    before = ask(question, person).outcome
    more = [StandingRow(row.credit_year, row.subject, question.division_code, recognised=40) for row in more]
    after = ask(question, person + more).outcome
    event(before)
    if before == "eligible":
        assert after == "eligible"
    if after == "not_eligible":
        assert before in ("not_eligible", "undetermined")


@given(questions(JIAXING, judged=True), people(JIAXING))
def test_jiaxing_annual_route_implies_cumulative(question, person):
    decision = ask(question, person)
    if decision.route != "annual":
        return
    event("annual")
    window = decision.window
    counted = tally(person, book().policy_for(JIAXING, question.declaration_year))
    years = range(window.first_year, window.last_year + 1)
    for figure, measure in ((900, "total"), (180, "public"), (600, "specialty")):
        assert (
            sum(getattr(counted[year].counted, measure) for year in years) >= figure * window.required_years
        )


@given(questions(LISHUI, judged=True), people(LISHUI), rows())
def test_lishui_ignores_deemed_years_and_years_outside_the_window(question, person, noise):
    decision = ask(question, person)
    first, last = decision.window.first_year, decision.window.last_year
    shown = {*range(first, last + 1), last - 1}
    noise = [row for row in noise if row.credit_year <= 2019 or row.credit_year not in shown]
    again = ask(question, person + noise)
    assert (again.outcome, again.findings, again.remedy) == (
        decision.outcome,
        decision.findings,
        decision.remedy,
    )


@given(
    questions(HUZHOU, judged=True),
    people(HUZHOU),
    rows(divisions=(HUZHOU, "330521")),
    st.sampled_from((None, "建设工程")),
)
def test_huzhou_ignores_pending_and_rejected_hours(question, person, noise, series):
    recognised = [row._replace(registered=0, self_registered=0, rejected=0) for row in person]
    noise = [row._replace(recognised=0) for row in noise]
    alone, with_noise = ask(question, recognised), ask(question, recognised + noise)
    assert alone.outcome == with_noise.outcome
    assert alone.remedy == with_noise.remedy


@given(questions(HUZHOU, judged=True), people(HUZHOU))
def test_huzhou_counts_its_own_register_only(question, person):
    elsewhere = [row._replace(division_code=LISHUI) for row in person]
    assert ask(question, elsewhere).outcome == "not_eligible"
    county = [row._replace(division_code="330521") for row in person]
    assert ask(question, county).outcome == ask(question, person).outcome


@given(questions(SHANGYU), people(SHANGYU), st.integers(-10, 10))
def test_shangyu_never_decides(question, person, shift):
    question = Question(
        SHANGYU, question.declaration_year + shift, question.level, question.purpose, question.reviewed_by
    )
    decision = ask(question, person)
    assert decision.outcome == "undetermined"
    assert [finding.code for finding in decision.findings] == ["no_local_rule"]


@settings(max_examples=400)
@given(JUDGED, people(*EVERYWHERE))
def test_the_remedy_is_enough_and_nothing_less_is(question, person):
    person = at_home(question, person)
    decision = ask(question, person)
    event(f"{question.division_code} {decision.outcome}")
    remedy = decision.remedy
    if remedy is None:
        return
    if not remedy.possible:
        assert decision.window.last_year - decision.window.first_year + 1 < decision.window.required_years
        return
    mended = person + [row for line in remedy.hours for row in added(question, line)]
    assert ask(question, mended).outcome == "eligible"
    for short in remedy.hours:
        for part in ("general_public", "industry_public", "specialty", "any"):
            amounts = {**short._asdict(), "industry_public": short.public - short.general_public}
            if amounts[part] == 0:
                continue
            hours = [
                row for line in remedy.hours for row in added(question, line, part if line is short else None)
            ]
            assert ask(question, person + hours).outcome == "not_eligible"


@given(JUDGED, people(*EVERYWHERE))
def test_no_cheaper_remedy_exists(question, person):
    person = at_home(question, person)
    decision = ask(question, person)
    if decision.remedy is None or not decision.remedy.possible:
        return
    policy = book().policy_for(question.division_code, question.declaration_year)
    plan = lay_out(policy, question)
    counted = {year: line.counted for year, line in tally(person, policy).items()}
    through = policy.deemed_years.through if policy.deemed_years else 0
    costs = {
        year: deficit(policy.annual, counted.get(year, NO_HOURS), year).cost
        for year in {*plan.window, *plan.must}
        if year > through
    }
    lacking = [year for year, cost in costs.items() if cost]
    best = min(
        (
            sum(costs[year] for year in mended)
            for size in range(len(lacking) + 1)
            for mended in combinations(lacking, size)
            if _suffices(policy, plan, {year for year in lacking if year not in mended})
        ),
    )
    assert decision.remedy.cost <= best
    if policy.cumulative is None:
        assert decision.remedy.cost == best


def _suffices(policy, plan, missed: set[int]) -> bool:
    if missed & set(plan.must):
        return False
    return not policy.qualifying_years or len(set(plan.window) - missed) >= plan.required_years


@given(questions(*EVERYWHERE, SHANGYU), people(*EVERYWHERE))
def test_an_answer_explains_itself(question, person):
    decision = ask(question, person)
    unmet = {finding.code for finding in decision.findings if not finding.met}
    assert decision.findings
    if decision.outcome == "eligible" and decision.route != "cumulative":
        assert not unmet
    if decision.outcome != "eligible":
        assert unmet
    assert (decision.remedy is not None) == (decision.outcome == "not_eligible")
    assert (decision.comparison is not None) == _set_aside(decision)
    for finding in decision.findings:
        assert finding.short_by == max(0, finding.required - finding.counted)
        if finding.unit != "none":
            assert finding.met == (finding.short_by == 0)
        if finding.code not in ("no_local_rule", "no_policy_for_year"):
            assert finding.citation is not None
    assert decision.pending_would_satisfy <= (decision.outcome in ("not_eligible", "undetermined"))


def _set_aside(decision: Decision) -> bool:
    reasons = {"no_local_rule", "no_policy_for_year", "provincial_series", "purpose_not_addressed"}
    return any(finding.code in reasons | {"level_not_addressed"} for finding in decision.findings)


@given(JUDGED, people(*EVERYWHERE))
def test_the_short_verdict_is_the_explained_one(question, person):
    policy = book().policy_for(question.division_code, question.declaration_year)
    plan = lay_out(policy, question)
    counted = {year: line.counted for year, line in tally(person, policy).items()}
    assert satisfied(policy, plan, counted) == apply_rules(policy, plan, counted, set()).satisfied


@given(JUDGED, people(*EVERYWHERE), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(question, person, random):
    shuffled = random.sample(person, len(person))
    assert ask(question, shuffled) == ask(question, person)


@given(JUDGED, people(*EVERYWHERE))
def test_pending_would_satisfy_says_what_recognition_would_bring(question, person):
    person = at_home(question, person)
    decision = ask(question, person)
    recognised = [
        row._replace(
            recognised=row.recognised + row.registered + row.self_registered, registered=0, self_registered=0
        )
        for row in person
    ]
    if decision.outcome == "not_eligible":
        assert decision.pending_would_satisfy == (ask(question, recognised).outcome == "eligible")
