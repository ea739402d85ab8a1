"""What the sample rosters say. A row is a mapping of header to cell; a header left out is an empty cell."""

from collections.abc import Iterator
from datetime import date
from typing import Final

SampleCell = str | float | date
SampleRow = dict[str, SampleCell]

HEADERS: Final = (
    "序号",
    "证件类型",
    "证件号码",
    "姓名",
    "工作单位",
    "区划代码",
    "学习年度",
    "科目类别",
    "学时",
    "系列",
    "课程编号",
    "课程名称",
    "完成日期",
    "证书编号",
    "备注",
)

TITLE: Final = "浙江省专业技术人员继续教育学时登记名册"
UNIT: Final = "填报单位：样例继续教育基地（虚构）        填报日期：2026年1月6日"
NOTES: Final = (
    "填表说明：1.证件号码请设为文本格式；2.科目类别填一般公需、行业公需、公需或专业；"
    "3.学时最多一位小数；4.示例行不用删除，不会登记。"
)
FOOTER: Final = "制表人：测试员        审核人：测试长        联系电话：0000-0000000"

_SERIES: Final = "建设工程"
_COURSES: Final = {
    "一般公需": ("GX", "专业技术人员职业道德与创新能力建设"),
    "行业公需": ("HY", "住房城乡建设行业法规与标准"),
    "公需": ("GX", "公需科目综合培训"),
    "专业": ("ZY", "装配式建筑设计与施工"),
}
_LETTERS: Final = {"一般公需": "A", "行业公需": "B", "公需": "P", "专业": "S"}

EXAMPLE: Final[SampleRow] = {
    "序号": "示例",
    "证件类型": "居民身份证",
    "证件号码": "110101202311012176",
    "姓名": "张三（示例）",
    "工作单位": "某某设计院",
    "区划代码": "331100",
    "学习年度": "2023",
    "科目类别": "专业",
    "学时": "60",
    "系列": _SERIES,
    "课程编号": "JG-101",
    "课程名称": "装配式建筑",
    "完成日期": "2023-05-04",
    "证书编号": "SL-0000",
    "备注": "示例，请勿删除",
}

# id number, name, employer, division, [(year, [(subject, hours), …]), …]
_Years = list[tuple[int, list[tuple[str, float]]]]
_FULL: Final[list[tuple[str, float]]] = [("一般公需", 12), ("行业公需", 6), ("专业", 72)]

_PEOPLE: Final[list[tuple[str, str, str, str, _Years]]] = [
    (
        "330500199001010011",
        "测试人",
        "丽水样例建筑设计院",
        "331100",
        [
            *((year, _FULL) for year in (2020, 2021, 2022)),
            (2023, [("一般公需", 12), ("行业公需", 6), ("专业", 60)]),
        ],
    ),
    (
        "330500198808080024",
        "测试甲",
        "湖州样例建工集团",
        "330500",
        [(year, [("一般公需", 18), ("行业公需", 12), ("专业", 60)]) for year in (2020, 2021)],
    ),
    (
        "330400198707070040",
        "测试乙",
        "嘉兴样例市政公司",
        "330400",
        [
            (2023, [("公需", 18), ("专业", 72)]),
            (2024, [("公需", 18), ("专业", 72)]),
            (2025, [("公需", 36), ("专业", 144)]),
        ],
    ),
    (
        "33060419791115004X",
        "测试丙",
        "上虞样例监理公司",
        "330604",
        [(year, _FULL) for year in (2020, 2021, 2022, 2023)],
    ),
    ("331181199505050065", "测试丁", "龙泉样例规划所", "331181", [(2022, [("专业", 40.5)])]),
    ("330522199303030083", "测试戊", "长兴样例勘察院", "330522", [(2021, [("一般公需", 18)])]),
    ("330482199109090016", "测试己", "平湖样例园林所", "330482", [(2024, [("专业", 72.5)])]),
    ("810000199001010019", "测试庚", "上虞样例设计院", "330604", [(2023, [("专业", 30)])]),
    (
        "933840198507040012",
        "TESTA SYNTHETIC",
        "丽水样例研究院",
        "331100",
        [(2023, [("公需", 18), ("专业", 60)])],
    ),
]
_ID_TYPES: Final = {"810000199001010019": "港澳台居民居住证", "933840198507040012": "外国人永久居留身份证"}


def clean_rows() -> Iterator[SampleRow]:
    """About forty sound rows: full-width digits, mixed forms of days and hours, as offices send them."""
    number = 0
    for id_number, name, employer, division, years in _PEOPLE:
        for year, amounts in years:
            for subject, hours in amounts:
                number += 1
                yield _row(number, id_number, name, employer, division, year, subject, hours)


def _row(
    number: int,
    id_number: str,
    name: str,
    employer: str,
    division: str,
    year: int,
    subject: str,
    hours: float,
) -> SampleRow:
    prefix, title = _COURSES[subject]
    row: SampleRow = {
        "序号": number,
        "证件类型": _ID_TYPES.get(id_number, "居民身份证"),
        "证件号码": _written_number(number, id_number),
        "姓名": name,
        "工作单位": employer,
        "区划代码": division,
        "学习年度": f"{year}年" if number % 7 == 0 else year,
        "科目类别": f"{subject}科目" if number % 6 == 0 else subject,
        "学时": str(hours) if number % 5 == 0 else hours,
        "系列": _SERIES,
        "课程编号": f"{prefix}-{year}-{_LETTERS[subject]}",
        "课程名称": f"{title}（{year}）",
        "完成日期": _written_day(number, _completed_on(number, year)),
    }
    if number % 4:  # some providers issue no certificates: such a row is known by its course
        row["证书编号"] = f"SL-{year}-{number:04d}"
    return row


def _completed_on(number: int, year: int) -> date:
    """A day of the year; now and then of the next one, for hours completed late."""
    if number % 11 == 0 and year < 2025:
        return date(year + 1, 1, 15)
    return date(year, 3 + number % 9, 1 + number * 5 % 27)


def _written_day(number: int, day: date) -> SampleCell:
    forms: tuple[SampleCell, ...] = (
        day,
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    )
    return forms[number % len(forms)]


def _written_number(number: int, id_number: str) -> str:
    if number == 8:
        return "".join(chr(ord(character) + 0xFEE0) for character in id_number)  # full-width digits
    if number == 9:
        return f" {id_number} "
    return id_number.lower()
