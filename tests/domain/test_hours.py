from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.hours import HOURS_MAX, InvalidHours, hours_number, hours_text, parse_hours


@pytest.mark.parametrize(
    ("value", "tenths"),
    [(72, 720), ("72", 720), ("12.5", 125), (Decimal("0.1"), 1), ("12.50", 125), (8784, 87840)],
)
def test_hours_become_tenths(value, tenths):
    assert parse_hours(value) == tenths


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "out_of_range"),
        (-1, "out_of_range"),
        ("-1", "invalid_hours"),
        ("0.05", "too_many_decimals"),
        (Decimal("0.05"), "too_many_decimals"),
        (10**9, "out_of_range"),
        ("1e9", "invalid_hours"),
        ("NaN", "invalid_hours"),
        (Decimal("NaN"), "invalid_hours"),
        ("１２", "invalid_hours"),
        ("", "invalid_hours"),
        (" 12", "invalid_hours"),
        ("+12", "invalid_hours"),
        ("12.", "invalid_hours"),
        (True, "invalid_hours"),
        (None, "invalid_hours"),
        ([], "invalid_hours"),
    ],
)
def test_anything_else_is_refused(value, code):
    with pytest.raises(InvalidHours) as caught:
        parse_hours(value)
    assert caught.value.code == code


def test_a_float_is_a_mistake_of_the_program():
    with pytest.raises(TypeError):
        parse_hours(12.5)


def test_nothing_is_rounded_up():
    assert parse_hours("89.9") < parse_hours(90)
    with pytest.raises(InvalidHours):
        parse_hours("89.99")


@given(st.integers(1, HOURS_MAX * 10))
def test_what_is_written_is_read_back(tenths):
    assert parse_hours(hours_text(tenths)) == tenths
    number = hours_number(tenths)
    assert parse_hours(Decimal(repr(number))) == tenths
