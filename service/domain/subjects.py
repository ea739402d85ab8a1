"""Subjects (科目) and standings of hours, and the amounts held under them."""

from typing import Final, Literal, NamedTuple

Subject = Literal["general_public", "industry_public", "public", "specialty"]
Standing = Literal["registered", "self_registered", "recognised", "rejected"]

Measure = Literal["total", "specialty", "public", "general_public"]
MEASURES: Final[tuple[Measure, ...]] = ("total", "specialty", "public", "general_public")

SUBJECTS: Final[tuple[Subject, ...]] = ("general_public", "industry_public", "public", "specialty")
"""``public`` here is 公需 of unstated kind: it counts as public, never as general public."""

STANDINGS: Final[tuple[Standing, ...]] = ("registered", "self_registered", "recognised", "rejected")


class SubjectHours(NamedTuple):
    """Tenths of an hour by subject. ``unstated_public`` is the subject ``public`` of domain.md §1.

    A named tuple because a question makes two for every year it looks at.
    """

    general_public: int = 0
    industry_public: int = 0
    unstated_public: int = 0
    specialty: int = 0

    @property
    def public(self) -> int:
        """All public hours: general, industry and of unstated kind."""
        return self.general_public + self.industry_public + self.unstated_public

    @property
    def total(self) -> int:
        return self.general_public + self.industry_public + self.unstated_public + self.specialty

    @property
    def measures(self) -> tuple[int, int, int, int]:
        """What minima are held against, in the order of MEASURES."""
        public = self.general_public + self.industry_public + self.unstated_public
        return (public + self.specialty, self.specialty, public, self.general_public)

    def plus(self, other: "SubjectHours") -> "SubjectHours":
        return SubjectHours(
            self.general_public + other.general_public,
            self.industry_public + other.industry_public,
            self.unstated_public + other.unstated_public,
            self.specialty + other.specialty,
        )


NO_HOURS: Final = SubjectHours()
