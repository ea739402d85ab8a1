"""What a determination stood on, as JSON and back: the ground without the policy's texts, and the plan's row."""

from dataclasses import asdict, fields
from typing import Any

from service.annexes import AnnexSource, PlanRow
from service.answer import Json
from service.domain.policy import Baseline, Ground, Policy
from service.operations.check_eligibility import GroundedAnswer

_TEXTS = ("policy", "baseline")


def ground_json(grounded: GroundedAnswer) -> Json:
    """All of it but the texts, which are kept by their digests."""
    ground = grounded.ground
    told = {field.name: getattr(ground, field.name) for field in fields(Ground) if field.name not in _TEXTS}
    row = grounded.resolved.row
    return {**told, "plan_row": None if row is None else asdict(row)}


def ground_of(told: Json, policy: Policy | None, baseline: Baseline) -> Ground:
    """The ground again, on the given texts."""
    rest = {name: value for name, value in told.items() if name != "plan_row"}
    return Ground(policy=policy, baseline=baseline, **rest)


def plan_row_of(told: Json) -> PlanRow | None:
    """The plan's row that the committee was read from, as it was then."""
    row: dict[str, Any] | None = told["plan_row"]
    if row is None:
        return None
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return PlanRow(**{**row, **lists, "source": AnnexSource(**row["source"])})
