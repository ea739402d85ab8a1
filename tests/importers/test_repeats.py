"""What a file says twice is found without keeping what it says."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from importers.line_table import LineTable


@given(st.lists(st.tuples(st.text(), st.integers()), unique=True, max_size=300))
def test_each_thing_has_the_line_that_said_it_first(things):
    table = LineTable()
    for line, thing in enumerate(things, start=1):
        assert table.first_line(thing) is None
        table.remember(thing, line)
    assert [table.first_line(thing) for thing in things] == list(range(1, len(things) + 1))


def test_a_hundred_thousand_lines_in_few_megabytes():
    table = LineTable()
    for number in range(100_000):
        table.remember(("ref", number), number + 1)
    assert all(table.first_line(("ref", number)) == number + 1 for number in range(0, 100_000, 997))
    assert table.first_line(("ref", 100_000)) is None
    assert sys.getsizeof(table._digests) + sys.getsizeof(table._lines) < 4_000_000
