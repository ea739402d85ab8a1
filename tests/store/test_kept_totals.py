"""Totals as they are kept: one text that is the same whatever order the facts came in, and moves as they do."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from service.domain.amounts import Amounts
from service.store.kept_totals import NO_TOTALS, moved, summed, totals_rows, totals_text

SUBJECTS = ("general_public", "industry_public", "public", "specialty")
keys = st.tuples(st.integers(2019, 2024), st.sampled_from(SUBJECTS), st.sampled_from(["331100", "330500"]))
amounts = st.builds(Amounts, *[st.integers(0, 3000)] * 4)
moves = st.lists(st.tuples(keys, amounts).map(lambda pair: (*pair[0], *pair[1])), max_size=12)


@given(st.dictionaries(keys, amounts))
def test_a_text_is_read_as_what_was_written(totals):
    rows = totals_rows(totals_text(totals))
    assert rows == sorted((*key, *sums) for key, sums in totals.items() if any(sums))
    assert orjson.dumps(rows).decode() == totals_text(totals)


@given(moves, st.randoms())
def test_the_order_of_facts_and_how_they_are_parted_make_no_difference(rows, some):
    at_once = moved(NO_TOTALS, rows)
    shuffled = some.sample(rows, len(rows))
    cut = some.randint(0, len(rows))
    assert moved(moved(NO_TOTALS, shuffled[:cut]), shuffled[cut:]) == at_once
    assert totals_rows(at_once) == summed(rows)


@given(moves, moves)
def test_what_is_taken_back_is_as_if_it_had_never_been(rows, more):
    taken_back = [(*row[:3], *(-each for each in row[3:])) for row in more]
    assert moved(moved(NO_TOTALS, [*rows, *more]), taken_back) == moved(NO_TOTALS, rows)
