"""Rows by COPY: whatever they hold is read back as it went in."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    select,
)

from service.store.append import _ROWS_AT_ONCE, COPY_ROWS_MIN, append_rows
from service.store.columns import Instant

THINGS = Table(
    "things",
    MetaData(),
    Column("thing_id", BigInteger, primary_key=True),
    Column("said", Text),
    Column("sealed", LargeBinary),
    Column("is_so", Boolean),
    Column("on", Date),
    Column("at", Instant),
    prefixes=["TEMPORARY"],
)
NAMES = tuple(THINGS.columns.keys())
TEXTS = (
    *("", " ", "\\", "\\\\", "\\N", "\\.", "\\n", "\\x41", "a\\", "\\\n", "NULL", "t"),
    *(
        "a\tb",
        "a\nb",
        "a\r\nb",
        "\x08\x0b\x0c\x1b\x7f\x85\u2028",
        "'\"",
        "{a,b}",
        "%s %(x)s :x",
        "😀\U0010ffff",
        "课程",
    ),
)
OTHERS = (b"\\\n\t\x00\xff", True, date(1980, 2, 29), datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=UTC))
EMPTY = (b"", False, date(2099, 12, 31), datetime(1980, 1, 1, tzinfo=UTC))


def mixed(of: int) -> list[tuple[object, ...]]:
    """Rows of all texts; every ``of``-th row has nothing but its number."""
    return [
        (number, None, None, None, None, None)
        if number % of == 1
        else (number, text, *(EMPTY if number % 3 else OTHERS))
        for number, text in enumerate(TEXTS * 2)
    ]


def one_between(first: object, between: object, count: int) -> list[tuple[object, ...]]:
    """Rows whose text is the same but for one of them, neither the first nor the last."""
    return [(number, between if number == count // 2 else first, *OTHERS) for number in range(count)]


@pytest.mark.parametrize(
    "rows",
    [
        one_between(None, "said", COPY_ROWS_MIN),
        one_between("said", None, COPY_ROWS_MIN),
        one_between("said", "other", COPY_ROWS_MIN),
        one_between("said", "other", 2 * _ROWS_AT_ONCE + 2),
        [
            (number, "one" if number < _ROWS_AT_ONCE else "two", *OTHERS)
            for number in range(2 * _ROWS_AT_ONCE)
        ],
        mixed(4),
        mixed(1000),
        *([(number, text, *OTHERS) for number in range(COPY_ROWS_MIN)] for text in TEXTS),
        [(number, None, None, None, None, None) for number in range(COPY_ROWS_MIN)],
    ],
)
def test_rows_come_back(postgres_url: str, rows: list[tuple[object, ...]]) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        THINGS.create(connection)
        append_rows(connection, THINGS, NAMES, rows)
        found = connection.execute(select(THINGS).order_by(THINGS.c.thing_id)).all()
    engine.dispose()
    assert [tuple(row) for row in found] == rows
