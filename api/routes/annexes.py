"""/v1/authorities and /v1/review-plans: the notices' annexes as data. Open to all."""

from typing import Final

from api.door import OPEN, Answer, Call, Door, Reply
from api.schemas.annex_answer import (
    AuthorityListSchema,
    AuthorityQuerySchema,
    ReviewPlanListSchema,
    ReviewPlanQuerySchema,
    authority_json,
    plan_row_json,
)

TAG: Final = "Annexes 附件"


def get_authorities(call: Call) -> Reply:
    """Who recognises the hours of a series."""
    query = call.query
    rows = call.context.annex_book.authorities(query.get("division_code"), query.get("series"))
    shown = [authority_json(row) for row in rows[: query["limit"]]]
    return Reply({"authorities": shown, "total": len(rows)})


def get_review_plans(call: Call) -> Reply:
    """Who reviews what, and until when it takes applications."""
    query = call.query
    rows = call.context.annex_book.review_plans(query.get("division_code"), query.get("year"), query.get("q"))
    shown = [plan_row_json(row) for row in rows[: query["limit"]]]
    return Reply({"rows": shown, "total": len(rows)})


DOORS: Final = (
    Door(
        name="listAuthorities",
        method="GET",
        path="/v1/authorities",
        access=OPEN,
        view=get_authorities,
        tag=TAG,
        summary="Who recognises the hours of a series 各系列学时由谁认定",
        description=(
            "A county answers with its own list if it has one, else its city's. A series is found by its own name, not "
            "by a part of it: 教师 is not 技工学校教师. Nothing found: the notice names nobody."
        ),
        query=AuthorityQuerySchema,
        answers={200: Answer("The authorities.", AuthorityListSchema)},
        refuses=("unknown_division",),
    ),
    Door(
        name="listReviewPlans",
        method="GET",
        path="/v1/review-plans",
        access=OPEN,
        view=get_review_plans,
        tag=TAG,
        summary="Who reviews what, and when it closes 评审计划",
        description=(
            "Committees, the titles and levels they review or recommend, and when and by whom applications are "
            "received. `number` is what a question's `committee` names. A plan speaks for its own year."
        ),
        query=ReviewPlanQuerySchema,
        answers={200: Answer("The rows.", ReviewPlanListSchema)},
        refuses=("unknown_division",),
    ),
)
