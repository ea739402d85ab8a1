"""The question of a declaration: may this person declare this level in this year?"""

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["junior", "intermediate", "associate_senior", "full_senior"]
Purpose = Literal[
    "review", "recommendation", "self_appointment", "initial", "exam_appointment", "confirmation"
]
Reviewer = Literal["city", "provincial"]

LEVELS: Final[tuple[Level, ...]] = ("junior", "intermediate", "associate_senior", "full_senior")
PURPOSES: Final[tuple[Purpose, ...]] = (
    "review",
    "recommendation",
    "self_appointment",
    "initial",
    "exam_appointment",
    "confirmation",
)
REVIEWERS: Final[tuple[Reviewer, ...]] = ("city", "provincial")

DECLARATION_YEAR_MIN: Final = 1980
DECLARATION_YEAR_MAX: Final = 2100
REQUIRED_YEARS_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Question:
    """All of a question but the person and the moment. ``required_years`` is N of domain.md L-6, ``tenure_start``
    the year the present title was obtained."""

    division_code: str
    declaration_year: int
    level: Level
    purpose: Purpose = "review"
    reviewed_by: Reviewer = "city"
    series: str | None = None
    required_years: int | None = None
    tenure_start: int | None = None
