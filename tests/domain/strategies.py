"""Hypothesis strategies for questions and totals, and the ways to ask with them."""

from functools import cache

from hypothesis import strategies as st

from service.domain.decide import decide
from service.domain.decision import Decision
from service.domain.question import LEVELS, PURPOSES, Question
from service.domain.subjects import SUBJECTS
from service.domain.tally import StandingRow
from service.policy_book import PolicyBook, load_policy_book

LISHUI, HUZHOU, JIAXING, SHANGYU = "331100", "330500", "330400", "330604"


@cache
def book() -> PolicyBook:
    return load_policy_book()


def ask(question: Question, rows: list[StandingRow]) -> Decision:
    return decide(book().ground(question.division_code, question.declaration_year), question, rows)


def questions(*codes: str, judged: bool = False) -> st.SearchStrategy[Question]:
    """Questions for these places. ``judged``: only such as hours decide."""

    def build(
        code: str, later: int, required: int | None, tenure: int | None, **rest: str | None
    ) -> Question:
        year = {LISHUI: 2023, HUZHOU: 2021, JIAXING: 2025, SHANGYU: 2023}[code] + later
        return Question(
            division_code=code,
            declaration_year=year,
            required_years=required,
            tenure_start=None if tenure is None else year - tenure,
            **rest,  # type: ignore[arg-type]
        )

    levels = ("intermediate", "associate_senior", "full_senior") if judged else LEVELS
    purposes = ("review", "recommendation", "self_appointment") if judged else PURPOSES
    return st.builds(
        build,
        code=st.sampled_from(codes),
        later=st.integers(0, 2),
        required=st.none() | st.integers(1, 7),
        tenure=st.none() | st.integers(0, 9),
        level=st.sampled_from(levels),
        purpose=st.sampled_from(purposes),
        reviewed_by=st.just("city") if judged else st.sampled_from(("city", "provincial")),
        series=st.none() if judged else st.sampled_from((None, "建设工程", "卫生", "文学创作", "会计")),
    )


# Around the minima, where a tenth decides, and anywhere.
_TENTHS = st.sampled_from((1, 60, 119, 120, 121, 179, 180, 300, 599, 600, 601, 720, 900)) | st.integers(
    1, 4000
)


def rows(
    first: int = 2014, last: int = 2027, divisions: tuple[str, ...] = (LISHUI,)
) -> st.SearchStrategy[list[StandingRow]]:
    """Totals of one person. Few years and many amounts, so that whole years come out met."""
    amounts = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("registered", "self_registered", "recognised", "rejected"), _TENTHS)
    )
    return st.lists(
        st.builds(
            lambda year, subject, division, amount: StandingRow(year, subject, division, **amount),
            year=st.integers(first, last),
            subject=st.sampled_from(SUBJECTS),
            division=st.sampled_from(divisions),
            amount=amounts,
        ),
        max_size=24,
    )


def full_years(division: str, first: int, last: int) -> list[StandingRow]:
    """Recognised hours that meet every city's minima exactly, in each year."""
    return [
        StandingRow(year, subject, division, recognised=tenths)
        for year in range(first, last + 1)
        for subject, tenths in (("general_public", 180), ("specialty", 720))
    ]


def people(*divisions: str) -> st.SearchStrategy[list[StandingRow]]:
    """Good years with a few amounts taken out and others put in: near the border of eligible. Or anything."""
    good = full_years(divisions[0], 2014, 2027)
    near = st.builds(
        lambda missing, extra: [row for place, row in enumerate(good) if place not in missing] + extra,
        missing=st.sets(st.integers(8, len(good) - 1), max_size=5),
        extra=rows(2018, divisions=divisions),
    )
    return near | rows(divisions=divisions)
