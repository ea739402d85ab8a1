"""What if: supposed hours held against a city's rule, for everybody.

A slider asks this same page for its answer alone (``fragment=1``), and not POST /v1/policies/…/evaluate itself: both
call the operation ``evaluate``, and so one template draws the answer with and without JavaScript, in both languages,
and no second set of words has to live in a script. The address always holds the trial, to be kept or passed on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from flask import request

from api.door import Reply
from api.pages.answer_view import answer_view
from api.pages.chart import subject_hours
from api.pages.choice import FIELDS, Chosen, choose, first_choice
from api.pages.code_words import options
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.question_form import question_form
from api.pages.rendering import show
from service.context import today
from service.domain.access import own_asker
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.hours import HOURS_MAX, InvalidHours, parse_hours
from service.domain.subjects import Standing, Subject
from service.operations.check_eligibility import SupposedHours, evaluate
from service.operations.read_own import check_own_eligibility

COLUMNS: Final[tuple[Subject, ...]] = ("general_public", "public", "specialty")
"""Industry's public hours count like those of unstated kind, so one field takes both."""

STANDINGS: Final[tuple[Standing, ...]] = ("recognised", "registered", "self_registered")

_CELL: Final = re.compile(rf"({'|'.join(COLUMNS)})-([0-9]{{4}})")
_NOTHING: Final = re.compile(r"0+(\.0*)?")
_YEARS_SHOWN: Final = 6
_YEARS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Trial:
    """What the address supposes: the question, the hours by cell (``specialty-2023``), and how they stand."""

    chosen: Chosen
    cells: Mapping[str, str]
    standing: Standing
    years: tuple[int, ...]
    waiting: float = 0


def get_try(visit: Visit) -> Reply:
    """The form with its answer, or (``fragment=1``) the answer alone."""
    texts = {name: text.strip() for name, text in request.args.items() if text.strip()}
    visit.entered = texts
    template = "try_answer.html" if "fragment" in texts else "try.html"
    try:
        trial = _own_trial(visit, texts) if texts.get("from") == "me" else _trial(visit, texts)
        hours = list(_supposed(trial))
        question, committee = trial.chosen.question, trial.chosen.committee
        answer = evaluate(visit.context, question, hours, visit.language, committee)
    except Refusal as refusal:
        if refusal.code != "invalid_request":
            raise
        visit.refusal = refusal
        return show(
            visit, template, **_form(visit, texts), cell_years=_years(today(visit.context).year, texts)
        )
    visit.entered = {}
    return show(
        visit,
        template,
        **_form(visit, {**trial.chosen.texts, **trial.cells, "standing": trial.standing}),
        **{**answer_view(visit, question, answer), "answered": True},
        cell_years=trial.years,
        nothing_yet=not hours,
        waiting_hours=trial.waiting,
    )


def _trial(visit: Visit, texts: Mapping[str, str]) -> Trial:
    chosen = choose(texts) if any(name in FIELDS for name in texts) else _beginning(visit)
    cells = {name: text for name, text in texts.items() if _CELL.fullmatch(name)}
    standing = texts.get("standing", STANDINGS[0])
    if standing not in STANDINGS:
        raise invalid_request([Fault("/standing", "invalid_choice", {"choices": ", ".join(STANDINGS)})])
    question = chosen.question
    years = _years(question.declaration_year, {**cells, **chosen.texts})
    return Trial(chosen, cells, standing, years)


def _own_trial(visit: Visit, texts: Mapping[str, str]) -> Trial:
    """A trial that begins with what counts of one's own hours; for nobody in particular, with none."""
    trial = _trial(visit, texts)
    person = visit.session.person if visit.session else None
    if person is None:
        return trial
    chosen = trial.chosen
    answer = check_own_eligibility(
        visit.context,
        person,
        chosen.question,
        visit.language,
        asker=own_asker(visit.request_id, "eligibility"),
        committee=chosen.committee,
    )
    cells: dict[str, str] = {}
    for line in answer["years"]:
        hours = subject_hours(line["hours"])
        hours["public"] += hours.pop("industry_public")
        cells |= {f"{subject}-{line['year']}": f"{amount:g}" for subject, amount in hours.items() if amount}
    waiting = sum(line["pending"]["total"] for line in answer["years"])
    years = _years(chosen.question.declaration_year, {**cells, **chosen.texts})
    return Trial(chosen, cells, "recognised", years, waiting)


def _beginning(visit: Visit) -> Chosen:
    """The last choice, else the place of the newest notice."""
    kept = first_choice(visit)
    if kept is not None:
        return kept
    newest = max(visit.context.policy_book.policies, key=lambda policy: policy.notice_year)
    return choose({"division_code": newest.division_code, "level": "intermediate"})


def _years(declaration_year: int, texts: Mapping[str, str]) -> tuple[int, ...]:
    """The years to fill in, the last one first: as far back as the tenure or the hours, within reason."""
    named = [int(found[2]) for name in texts if (found := _CELL.fullmatch(name))]
    start = texts.get("tenure_start", "")
    if start.isascii() and start.isdigit():
        named.append(int(start))
    first = min([declaration_year - _YEARS_SHOWN + 1, *named])
    first = max(first, declaration_year - _YEARS_MAX + 1)
    return tuple(range(declaration_year, first - 1, -1))


def _supposed(trial: Trial) -> Iterator[SupposedHours]:
    """The hours of the years shown. Refusal ``invalid_request`` with every field that is wrong."""
    faults = []
    for name, text in trial.cells.items():
        found = _CELL.fullmatch(name)
        if found is None or int(found[2]) not in trial.years or _NOTHING.fullmatch(text):
            continue
        try:
            tenths = parse_hours(text)
        except InvalidHours as error:
            code = "hours_out_of_range" if error.code == "out_of_range" else error.code
            faults.append(Fault(f"/{name}", code, {"most": HOURS_MAX}))
            continue
        yield SupposedHours(int(found[2]), cast(Subject, found[1]), tenths, trial.standing)
    if faults:
        raise invalid_request(faults)


def _form(visit: Visit, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        **question_form(visit, texts),
        "standings": options(visit, "standing", STANDINGS),
        "columns": options(visit, "subject", COLUMNS),
        "signed_in": visit.session is not None and visit.session.person is not None,
    }


PAGES: Final = (Page(name="try_out", path="/try", audience=EVERYBODY, view=get_try),)
