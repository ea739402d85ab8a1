"""The rows of the faulty sample: each breaks one rule (one breaks three), and three are sound."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from importers.samples.content import HEADERS, SampleCell, SampleRow

FAULTY_HEADERS: Final = (*("课程名稱" if header == "课程名称" else header for header in HEADERS), "")
"""A column nobody knows, close to one that is; and one without a name."""

MERGED_UP: Final = "↑"
"""A cell with this text is merged with the one above it."""

FORMULA_ERROR: Final = "=NA()"
"""A cell with this text is written as a formula whose result is #N/A."""

_SOUND: Final[SampleRow] = {
    "证件类型": "居民身份证",
    "证件号码": "330602199406060023",
    "姓名": "测试辛",
    "工作单位": "越城样例检测站",
    "区划代码": "330602",
    "学习年度": 2023,
    "科目类别": "专业",
    "学时": 24,
    "系列": "建设工程",
    "课程名稱": "工程质量检测",
    "完成日期": date(2023, 5, 4),
}

_BROKEN: Final[tuple[dict[str, SampleCell], ...]] = (
    {"备注": "这一行是对的"},
    {"证件号码": 330602199406060023.0},  # typed as a number: Excel kept 15 digits
    {"证件号码": "330602199406060024"},  # check digit
    {"证件号码": "33060219940606002"},  # 17 characters
    {"证件号码": "331100199102290031"},  # 29 February 1991
    {"证件类型": "护照"},
    {"姓名": ""},
    {"姓名": "测试\n辛"},
    {"姓名": 12345.0},
    {"区划代码": "丽水市"},
    {"区划代码": "320500"},
    {"学习年度": "二〇二三"},
    {"学习年度": 1899},
    {"学习年度": 2021},  # completed in 2023
    {"科目类别": "专业课目"},
    {"学时": 0},
    {"学时": 12.25},
    {"学时": "１２"},
    {"学时": "24学时"},
    {"学时": 1e9},
    {"学时": FORMULA_ERROR},
    {"完成日期": "2023-02-30"},
    {"完成日期": "二零二三年五月"},
    {"完成日期": date(2099, 1, 1)},
    {"系列": "长" * 101},
    {"课程编号": date(2023, 3, 5)},  # "3-5", turned into a day
    {"证书编号": 1234567890123456.0},
    {"": "没有列名的一格"},
    {"科目类别": "选修", "学时": -8, "完成日期": "昨天"},
    {"备注": "姓名与下一行合并"},
    {"姓名": MERGED_UP},
    {"姓名": "测试错", "课程编号": "OTHER-NAME"},  # the number is on file under another name
)


def faulty_rows() -> Iterator[SampleRow]:
    """Each row has its own course, so that it repeats no other; the last one repeats the first."""
    rows = [_row(number, change) for number, change in enumerate(_BROKEN, start=1)]
    yield from rows
    yield rows[0] | {"序号": len(rows) + 1, "备注": "与第一行重复"}


def _row(number: int, change: dict[str, SampleCell]) -> SampleRow:
    own: SampleRow = {"序号": number, "课程编号": f"JC-{number:02d}", "证书编号": f"JC-2023-{number:03d}"}
    return _SOUND | own | change
