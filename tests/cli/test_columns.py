"""Text on a terminal of 80 columns."""

import re

from hypothesis import given
from hypothesis import strategies as st

from api.cli.columns import COLUMNS, padded, paragraph, table, width, wrapped

TEXTS = st.text(st.sampled_from("学时，。（）“”ab 12.-年"), max_size=200)


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("学时90") == 6
    assert padded("学时", 6) + "|" == "学时  |"
    assert padded("学时", 6, "right") == "  学时"


@given(TEXTS, st.integers(12, 80))
def test_wrapped_text_loses_nothing_and_stays_within_its_columns(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    unbroken = max((width(word) for word in re.split("[^ab12.,-]", text)), default=0) + 2 * closings(text)
    assert all(width(line) <= max(columns, unbroken) for line in lines)


def closings(text: str) -> int:
    """The longest run of what must not begin a line: it stays with what it closes."""
    return max(map(len, re.findall("[，。）”.]+", text)), default=0) + 1


def test_a_line_does_not_begin_with_a_full_stop() -> None:
    assert wrapped("学时不足。", 8) == ["学时不", "足。"]


def test_a_table_lines_up_and_breaks_its_last_column() -> None:
    rows = [("7", "证件号码", "证件号码被存成了数字：表格软件只保留15位，后几位已丢失，无法还原。" * 2)]
    lines = list(table(("行", "列", "说明"), rows, ("right", "left", "left")))
    assert lines[0] == "行  列        说明"
    assert lines[2].startswith(" 7  证件号码  证件号码被")
    assert all(width(line) <= COLUMNS for line in lines)
    assert len(lines) > 3
    assert all(line.startswith(" " * 14) for line in lines[3:])


def test_a_paragraph_keeps_its_indent() -> None:
    lines = list(paragraph("词" * 60, indent="    ", first="  * "))
    assert lines[0].startswith("  * 词")
    assert all(line.startswith("    词") for line in lines[1:])
