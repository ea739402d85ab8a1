"""Rosters of made-up people for the benchmarks: the standard layout, ten rows a person, in no order."""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

HEADERS: Final = ("证件类型", "证件号码", "姓名", "区划代码", "学习年度", "科目类别", "学时")
HEADERS_OPTIONAL: Final = ("系列", "课程编号", "课程名称", "完成日期", "证书编号", "备注")
ROWS_OF_A_PERSON: Final = 10
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUBJECTS: Final = ("专业", "一般公需", "行业公需", "公需")
_DIVISIONS: Final = ("331100", "330500", "330400")


def id_number(person: int) -> str:
    """A made-up number with the right check digit, another one for each of half a million people."""
    day, serial = divmod(person, 999)
    body = f"330102{1950 + day // 336 % 50}{day // 28 % 12 + 1:02}{day % 28 + 1:02}{serial:03}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def roster_rows(count: int, people: Sequence[int] | None = None, mark: str = "") -> Iterator[list[str]]:
    """The same rows each time it is called: of these people, else of the first there are; ``mark``: what tells their
    courses and certificates from those of another roster."""
    order = list(range(count))
    random.Random(count).shuffle(order)  # noqa: S311  # spreads people over the file, hides nothing
    for number in order:
        person, turn = divmod(number, ROWS_OF_A_PERSON)
        year = 2014 + turn
        who = person if people is None else people[person]
        yield [
            "居民身份证",
            id_number(who),
            f"测试{who}",
            _DIVISIONS[person % 3],
            str(year),
            _SUBJECTS[number % 4],
            str(1 + number % 72),
            "建设工程",
            f"K-{mark}{number % 500}",
            f"课程{number % 500}",
            f"{year}-05-{1 + number % 28:02}",
            f"ZJ-{mark}{number:08}",
            "",
        ]


def write_csv(path: Path, count: int, people: Sequence[int] | None = None, mark: str = "") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*HEADERS, *HEADERS_OPTIONAL))
        writer.writerows(roster_rows(count, people, mark))
    return path


def write_xlsx(path: Path, count: int) -> Path:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate([(*HEADERS, *HEADERS_OPTIONAL), *roster_rows(count)]):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(line, column, text)
    book.close()
    return path
