"""/admin/policies: what is in force, with its text, its digest and its own tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from api.door import Reply
from api.pages.admin import ADMIN
from api.pages.outcomes import badge
from api.pages.page import Page, Visit
from api.pages.rendering import show
from service.context import Context
from service.domain.errors import Refusal
from service.domain.policy import Policy
from service.policy_examples import failing_examples
from service.policy_file import PolicyFile


@dataclass(frozen=True, slots=True)
class PolicyState:
    """A policy as an administrator looks at it. In force for the years ``first_year`` … ``last_year`` (None: until a
    newer notice comes; ``first_year`` above ``last_year``: a revision took its place). ``wrong``: example → what
    differs."""

    policy: Policy
    first_year: int
    last_year: int | None
    examples: int
    wrong: Mapping[str, tuple[str, ...]]
    annex_tables: int

    @property
    def is_in_force(self) -> bool:
        return self.last_year is None or self.first_year <= self.last_year


def get_list(visit: Visit) -> Reply:
    """Every policy there is."""
    states = [_state(visit.context, file) for file in visit.context.policy_book.files]
    return show(visit, "admin_policies.html", states=states)


def get_policy(visit: Visit) -> Reply:
    """One policy, whole."""
    context = visit.context
    wanted = visit.path["policy_id"]
    file = next((it for it in context.policy_book.files if it.policy.id == wanted), None)
    if file is None:
        raise Refusal("not_found")
    return show(
        visit,
        "admin_policy.html",
        state=_state(context, file),
        policy=file.policy,
        examples=[(example["name"], badge(example["expect"]["outcome"], visit)) for example in file.examples],
        sources=_sources(context, file.policy),
    )


def _state(context: Context, file: PolicyFile) -> PolicyState:
    book, policy = context.policy_book, file.policy
    wrong: dict[str, tuple[str, ...]] = {}
    for name, difference in failing_examples(book, file):
        wrong[name] = (*wrong.get(name, ()), difference)
    versions = [
        it for it in book.versions_for(policy.division_code) if it.division_code == policy.division_code
    ]
    next_year = {older.id: newer.notice_year for older, newer in pairwise(versions)}
    last = next_year[policy.id] - 1 if policy.id in next_year else None
    return PolicyState(
        policy, policy.notice_year, last, len(file.examples), wrong, len(_sources(context, policy))
    )


def _sources(context: Context, policy: Policy) -> list[Any]:
    return [
        source
        for source in context.annex_book.sources
        if (source.division_code, source.year) == (policy.division_code, policy.notice_year)
    ]


PAGES: Final = (
    Page(name="admin_policies", path="/admin/policies", audience=ADMIN, view=get_list),
    Page(name="admin_policy", path="/admin/policies/<policy_id>", audience=ADMIN, view=get_policy),
)
