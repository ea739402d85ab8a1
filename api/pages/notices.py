"""The cities' notices for people: what each asks, by which line, what we read where it is silent, worked examples."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from marshmallow import EXCLUDE

from api.door import Reply
from api.pages.answer_view import clause_anchor
from api.pages.code_words import code_words
from api.pages.notice_rules import rule_groups
from api.pages.page import EVERYBODY, Page, Visit
from api.pages.question_form import place_name
from api.pages.rendering import show, tenths_text
from api.schemas.policy_answer import PolicyQuerySchema, policy_detail, policy_summary
from service.context import today
from service.domain.errors import Refusal
from service.domain.policy import Policy
from service.domain.subjects import SUBJECTS


class NoticeQuerySchema(PolicyQuerySchema):
    """As the API's; what else a link carries is left alone."""

    class Meta:
        unknown = EXCLUDE


def get_notices(visit: Visit) -> Reply:
    """Every loaded notice."""
    policies = [policy_summary(policy) for policy in visit.context.policy_book.policies]
    return show(visit, "notices.html", policies=policies)


def get_notice(visit: Visit) -> Reply:
    """The notice in force for a place and a year, as GET /v1/policies/{division_code} answers it, in words. Refusal
    ``not_found`` for a place that there is no code for."""
    book, code = visit.context.policy_book, visit.path["division_code"]
    if book.division(code) is None:
        raise Refusal("not_found")
    year = visit.query.get("declaration_year", today(visit.context).year)
    ground = book.ground(code, year)
    policy = book.policy_for(ground.division_code, year)
    versions = book.versions_for(ground.division_code)
    return show(
        visit,
        "notice.html",
        place=place_name(visit, ground.division_code),
        code=ground.division_code,
        year=year,
        ground=ground,
        policy=None if policy is None else policy_detail(policy),
        groups=[] if policy is None else rule_groups(policy, visit.language),
        authorities=policy.recognition.authorities if policy and policy.recognition else (),
        referred=policy.referral.rows if policy and policy.referral else (),
        examples=[] if policy is None else _examples(visit, policy),
        other_years=sorted({it.notice_year for it in versions if it is not policy}),
        committees=len(visit.context.annex_book.review_plans(ground.division_code)),
        clause_anchor=clause_anchor,
        word=code_words(visit),
    )


def _examples(visit: Visit, policy: Policy) -> list[dict[str, Any]]:
    """The worked examples of the policy's file: name, outcome, hours by year, and where they can be tried."""
    files = visit.context.policy_book.files
    found = next(file.examples for file in files if file.policy is policy)
    return [
        {
            "name": example["name"],
            "outcome": example["expect"]["outcome"],
            "level": example["ask"]["level"],
            "year": example["ask"]["declaration_year"],
            "hours": [(line["year"], _total(line)) for line in example["hours"]],
            "address": _trial(policy, example),
        }
        for example in found
    ]


def _total(line: Mapping[str, Any]) -> str:
    return tenths_text(sum(line.get(subject, 0) for subject in SUBJECTS))


def _trial(policy: Policy, example: Mapping[str, Any]) -> str | None:
    """The example as a trial; None where a trial cannot say it: hours of several standings, an integrity record."""
    standings = {line["standing"] for line in example["hours"]} or {"recognised"}
    if len(standings) > 1 or "integrity_record" in example:
        return None
    cells: dict[str, int] = {}
    for line in example["hours"]:
        for subject in SUBJECTS:
            # All public hours that are not general count alike, and a trial has one field for them.
            name = f"{'public' if subject == 'industry_public' else subject}-{line['year']}"
            cells[name] = cells.get(name, 0) + line.get(subject, 0)
    texts = {name: tenths_text(tenths) for name, tenths in cells.items() if tenths}
    asked = {"division_code": policy.division_code, **example["ask"], "standing": standings.pop()}
    return f"/try?{urlencode({**asked, **texts})}"


PAGES: Final = (
    Page(name="notices", path="/notices", audience=EVERYBODY, view=get_notices),
    Page(
        name="notice",
        path="/notices/<division_code>",
        audience=EVERYBODY,
        view=get_notice,
        query=NoticeQuerySchema,
    ),
)
