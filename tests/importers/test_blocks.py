"""Rows are looked at many at a time, column by column: that comes to what looking at each of them by itself does."""

import random

import pytest

import importers.roster
from importers.asides import Asides
from importers.repeats import Repeats
from importers.rows import RowReader
from tests.importers.sheets import HEADERS, cells, id_numbers, roster_csv

ODD = (
    ("证件类型", ("护照", " 居民身份证 ", "")),
    ("证件号码", ("", "3.3E+17", "１１０１０１１９９００１０１１２３４", "123")),
    ("姓名", ("", "测试\u3000甲", "示例", "'测试乙")),
    ("区划代码", ("999999", "")),
    ("学习年度", ("2031", "二零二四", "2023")),
    ("科目类别", ("别的", "")),
    ("学时", ("0", "x", "8.25", "8学时")),
    ("课程编号", ("", "K-1", "k-1")),
    ("课程名称", ("", '="课程"', "施工\u200b安全")),
    ("完成日期", ("", "2024/5/6", "45000", "2031-01-01")),
    ("证书编号", ("", "ZJ-1", "a" * 101, "ZJ 2", "110101199001011234", "-")),
    ("备注", ("示例", "好")),
)


def messy_csv(some: random.Random, share: float) -> bytes:
    """A roster with so great a share of rows in which something is odd."""
    numbers = id_numbers(9)
    rows: list[list[str]] = []
    for number in range(some.randint(1, 90)):
        changes = {"证件号码": some.choice(numbers), "姓名": "测试人"}
        if some.random() < share:
            header, texts = some.choice(ODD)
            changes[header] = some.choice(texts)
        row = cells(number, **changes)
        if some.random() < share / 5:
            row = some.choice(
                (row[:-4], [*row, ""], [*row, "多"], [""] * len(row), [*HEADERS], ["合计", "12"])
            )
        rows.append(row)
    return roster_csv(*rows)


def told(roster):
    counts = (roster.rows, roster.lines, roster.skipped_total, roster.faults.total)
    return counts, roster.sound, roster.faults.in_order(), roster.skipped, roster.notes


@pytest.mark.parametrize("seed", range(60))
def test_blocks_of_any_size_come_to_what_rows_come_to(read, monkeypatch, seed):
    some = random.Random(seed)
    roster = messy_csv(some, some.choice((0.0, 0.05, 0.4)))
    by_blocks = []
    for size in (1, 7, 1_000):
        monkeypatch.setattr(importers.roster, "_BLOCK_ROWS", size)
        by_blocks.append(told(read(roster)))
    monkeypatch.setattr(Asides, "are_entries", lambda *_: False)
    monkeypatch.setattr(RowReader, "read_many", lambda _, rows: [None] * len(rows))
    monkeypatch.setattr(Repeats, "are_new", lambda *_: False)
    by_rows = told(read(roster))
    assert by_rows[0][0] > 0
    assert by_blocks == [by_rows] * 3
