"""What keeps a question from being judged by hours, in the order in which the first decides (domain.md §8)."""

from datetime import date
from typing import NamedTuple

from service.domain.marks import Mark, integrity_in_force
from service.domain.policy import Citation, Ground, Policy
from service.domain.question import Question
from service.domain.series import normalise_series
from service.domain.window import level_addressed


class Bar(NamedTuple):
    """Why hours do not decide, by which clause, and who settles it."""

    code: str
    citation: Citation | None
    settled_by: str


def first_bar(
    ground: Ground, question: Question, marks: tuple[Mark, ...], asked_on: date | None
) -> Bar | None:
    """The first of ``no_local_rule``, ``no_policy_for_year``, ``provincial_series``, ``purpose_not_addressed``,
    ``level_not_addressed`` and ``integrity_hold`` that holds, or None."""
    if ground.bar is not None:
        return Bar(ground.bar, None, ground.settled_by)
    policy = ground.policy
    if policy is None:
        raise ValueError("a ground without a policy must have a bar")
    if policy.referral and is_referred(policy, question):
        return Bar("provincial_series", policy.referral.citation, policy.referral.refer_to)
    scope = policy.scope
    if scope and question.purpose not in scope.purposes | scope.by_reference:
        return Bar("purpose_not_addressed", scope.citation, ground.settled_by)
    if not level_addressed(policy, question):
        citation = scope.citation if scope else None
        return Bar("level_not_addressed", citation, ground.settled_by)
    hold = policy.integrity_hold
    if hold and asked_on and integrity_in_force(marks, hold.years, asked_on):
        return Bar("integrity_hold", hold.citation, ground.settled_by)
    return None


def is_referred(policy: Policy, question: Question) -> bool:
    """L-7, J-7: a provincial committee reviews it, or the plan sends this series at this level to the province."""
    referral = policy.referral
    if referral is None:
        return False
    if referral.provincial_review and question.reviewed_by == "provincial":
        return True
    if question.series is None:
        return False
    rows = referral.series_index.get(normalise_series(question.series), ())
    return any(question.level in row.levels for row in rows)
