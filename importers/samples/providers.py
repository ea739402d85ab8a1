"""A sample of each provider's export. All people are made up; what the real exports look like is not public (see the
``guessed`` of each layout)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

Cell = str | int | float | None
Table = list[list[Cell]]

_PEOPLE: Final = {
    "测试甲": "330500198808080024",
    "测试人": "330500199001010011",
    "测试乙": "330400198707070040",
    "测试丁": "331181199505050065",
    "测试戊": "330522199303030083",
    "测试己": "330482199109090016",
    "测试辛": "330602199406060023",
}

HUZHOU_HEADERS: Final = (
    "序号,姓名,身份证号,所在单位,学时年度,课程编号,课程名称,获得学时,完成时间,考试成绩,学时证明编号"
)
_HUZHOU_COURSES: Final = (
    ("GX-{year}-01", "专业技术人员科学素养与创新能力", 6),
    ("GX-{year}-02", "数字经济与数字化改革", 8),
    ("GX-{year}-03", "知识产权保护与运用", 4.5),
)


def huzhou_rows() -> Table:
    """One row a course, one decimal, the moment of completion."""
    rows: Table = []
    for place, name in enumerate(("测试甲", "测试戊", "测试辛")):
        for year in (2020, 2021):
            for number, (code, title, hours) in enumerate(_HUZHOU_COURSES):
                done = datetime(year, 4 + number * 2, 3 + place * 7, 20, 15, 30 + number)  # noqa: DTZ001
                serial = len(rows) + 1
                rows.append(
                    [
                        serial,
                        name,
                        _PEOPLE[name],
                        "湖州样例建工集团",
                        year,
                        code.format(year=year),
                        title,
                        hours,
                        f"{done:%Y-%m-%d %H:%M:%S}",
                        88 + number,
                        f"HZRC{year}{serial:05d}",
                    ]
                )
    return rows


JIAXING_HEADERS: Final = (
    "序号,姓名,身份证号码,工作单位,所属地区,专业系列,学时年度,课程类型,课程编码,课程名称,学时,完成时间"
)
_JIAXING_PLACES: Final = {"测试乙": "市本级", "测试己": "平湖市", "测试丁": "嘉兴港区"}


def jiaxing_rows() -> Table:
    """Hours as text, with and without their unit; every fifth row is there twice, as such exports are."""
    rows: Table = []
    for name, place in _JIAXING_PLACES.items():
        for year in (2023, 2024):
            for number, (kind, code, title, hours) in enumerate(_jiaxing_courses(year)):
                done = datetime(year, 3 + number, 11, 9, 5, 7)  # noqa: DTZ001
                row: list[Cell] = [
                    len(rows) + 1,
                    name,
                    _PEOPLE[name],
                    "嘉兴样例市政公司",
                    place,
                    "建设工程",
                    str(year),
                    kind,
                    code,
                    title,
                    hours,
                    f"{done:%Y/%m/%d %H:%M}",
                ]
                rows.append(row)
                if len(rows) % 5 == 0:
                    rows.append([len(rows) + 1, *row[1:]])
    return rows


def _jiaxing_courses(year: int) -> Iterator[tuple[str, str, str, str]]:
    yield "公需课", f"JXG{year}01", "公需科目：人工智能与产业发展", "18学时"
    yield "专业课", f"JXZ{year}01", "绿色建筑评价标准解读", "24.0"
    yield "专业课", f"JXZ{year}02", "市政工程施工质量控制", "36"


LISHUI_HEADERS: Final = (
    [
        "序号",
        "登记编号",
        "姓名",
        "身份证号",
        "工作单位",
        "属地",
        "职称系列",
        "年度",
        "学时",
        "",
        "",
        "",
        "备注",
    ],
    ["", "", "", "", "", "", "", "", "一般公需", "行业公需", "专业", "合计", ""],
)
"""Two rows: 学时 is merged over the columns of the subjects."""

_LISHUI: Final[tuple[tuple[str, str, int, Cell, Cell, Cell], ...]] = (
    ("测试人", "市直", 2021, 12, 6, 72),
    ("测试人", "市直", 2022, 12, 6, 72),
    ("测试丁", "龙泉市", 2021, 18, "—", 72),
    ("测试丁", "龙泉市", 2022, 12.5, 6, 80.5),
    ("测试辛", "莲都区", 2022, 0, None, 60),
    ("测试甲", "云和县", 2022, 18, None, 0),
)


def lishui_rows() -> Table:
    """One row a person and year; nothing, 0 and a dash all say that there are no such hours."""
    rows: Table = []
    for serial, (name, place, year, *hours) in enumerate(_LISHUI, start=1):
        total = sum(amount for amount in hours if isinstance(amount, int | float))
        who: list[Cell] = [serial, f"LS{year}{serial:04d}", name, _PEOPLE[name], "丽水样例建筑设计院", place]
        rows.append([*who, "建设工程", year, *hours, total, None])
    return rows


_VERB: Final = "http://adlnet.gov/expapi/verbs/"
_EXTENSION: Final = "urn:hours-ledger:xapi:"
_ID: Final = "6f1c2b9e-0000-4000-8000-{number:012d}"


def xapi_statements() -> Iterator[dict[str, Any]]:
    """Completions and passes, one learner's beginning, a failure, and a statement that is voided later."""
    number = 0
    for name, division, course, hours, subject in (
        ("测试人", "331100", "bim-101", 12.5, "specialty"),
        ("测试乙", "330400", "bim-101", 12.5, "specialty"),
        ("测试丁", "331181", "ethics", 6, "general_public"),
    ):
        for verb in ("initialized", "completed", "passed"):
            number += 1
            yield _statement(number, verb, name, division, course, hours, subject)
    yield {
        **_statement(10, "completed", "测试己", "330482", "bim-101", 12.5, "specialty"),
        "result": {"success": False},
    }
    yield _statement(11, "completed", "测试戊", "330522", "ethics", 8, "general_public")
    yield {
        "id": _ID.format(number=12),
        "actor": {"name": "管理员", "account": {"homePage": "urn:example:lms", "name": "admin"}},
        "verb": {"id": f"{_VERB}voided", "display": {"en-US": "voided"}},
        "object": {"objectType": "StatementRef", "id": _ID.format(number=11)},
        "timestamp": "2023-09-20T08:00:00Z",
    }


def _statement(
    number: int, verb: str, name: str, division: str, course: str, hours: float, subject: str
) -> dict[str, Any]:
    day = date(2023, 9, 1) + timedelta(days=number)
    return {
        "id": _ID.format(number=number),
        "actor": {
            "objectType": "Agent",
            "name": name,
            "account": {"homePage": "urn:hours-ledger:resident-id", "name": _PEOPLE[name]},
        },
        "verb": {"id": f"{_VERB}{verb}", "display": {"en-US": verb}},
        "object": {
            "id": f"https://lms.example/courses/{course}",
            "definition": {"name": {"zh-CN": {"ethics": "职业道德", "bim-101": "建筑信息模型"}[course]}},
        },
        "result": {"completion": True, "duration": "PT9H12M"},
        "context": {
            "extensions": {
                f"{_EXTENSION}credit-hours": hours,
                f"{_EXTENSION}credit-year": 2023,
                f"{_EXTENSION}subject": subject,
                f"{_EXTENSION}division-code": division,
            }
        },
        "timestamp": f"{day.isoformat()}T23:30:00Z",
    }
