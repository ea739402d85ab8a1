"""/v1/policies: which notice is in force where, and its text as data. Open to all."""

from typing import Final

from api.door import OPEN, Answer, Call, Door, Reply
from api.schemas.policy_answer import (
    PolicyAnswerSchema,
    PolicyListSchema,
    PolicyQuerySchema,
    policy_detail,
    policy_summary,
)
from service.context import today
from service.domain.errors import Refusal

TAG: Final = "Policies 政策"


def get_policies(call: Call) -> Reply:
    """Every loaded policy."""
    return Reply({"policies": [policy_summary(policy) for policy in call.context.policy_book.policies]})


def division_exists(call: Call) -> None:
    """Refusal ``not_found`` unless the path's division is known."""
    if call.context.policy_book.division(call.path["division_code"]) is None:
        raise Refusal("not_found")


def get_policy(call: Call) -> Reply:
    """The policy in force for a division and a year."""
    division_exists(call)
    code = call.path["division_code"]
    book = call.context.policy_book
    year = call.query.get("declaration_year", today(call.context).year)
    current = book.current_code(code)
    policy = book.policy_for(current, year)
    return Reply(
        {
            "division": {"code": code, "name": book.divisions[code].name, "current_code": current},
            "declaration_year": year,
            "extrapolated": policy is not None and year > policy.notice_year,
            "policy": None if policy is None else policy_detail(policy),
        }
    )


DOORS: Final = (
    Door(
        name="listPolicies",
        method="GET",
        path="/v1/policies",
        access=OPEN,
        view=get_policies,
        tag=TAG,
        summary="Policies loaded 已载入的政策",
        description="A city is one data file; nothing else lists the cities.",
        answers={200: Answer("The policies.", PolicyListSchema)},
    ),
    Door(
        name="readPolicy",
        method="GET",
        path="/v1/policies/{division_code}",
        access=OPEN,
        view=get_policy,
        tag=TAG,
        summary="The policy in force 适用的政策",
        description=(
            "A county answers with its own policy if it has one, else its city's. A notice speaks for its year: for a "
            "later year the newest one is `extrapolated`, for an earlier one there is none."
        ),
        query=PolicyQuerySchema,
        answers={200: Answer("What is in force.", PolicyAnswerSchema)},
        refuses=("not_found",),
        exists=division_exists,
    ),
)
