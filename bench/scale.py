"""Writes what was measured, and what follows for a city, a province and the country, into docs/scale.md, its Chinese
twin and docs/growth.svg: ``python -m bench.scale [FILE …]`` after ``make bench``.

Reads var/bench/latest.json, or these files, the figures of a later one in the place of an earlier one's. Replaces what
stands between the marks ``<!-- NAME -->`` and ``<!-- /NAME -->``.
"""

import argparse
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from bench.growth_chart import chart
from bench.report import RESULT, ROOT

DOCS: Final = {"en": ROOT / "docs" / "scale.md", "zh": ROOT / "docs" / "scale.zh-CN.md"}
CHART: Final = ROOT / "docs" / "growth.svg"

ENTRIES_A_YEAR: Final = 10
"""Of a professional: ninety hours in courses of about nine."""

YEARS_KEPT: Final = 10
ASKING_SHARE: Final = 1 / 60
"""Of all professionals, in the busiest hour: 100,000 of a province's six million."""

QUESTIONS_EACH: Final = 5
PEAK: Final = 3
"""The busiest minutes of that hour, against its mean."""

RUSH_SHARE: Final = 0.6
RUSH_HOURS: Final = 20 * 8
"""That part of a year's entries comes within so many hours: the last twenty working days."""

HALF_LOAD: Final = 0.5
"""A machine is counted on for half of what it can do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere with so many professionals."""

    en: str
    zh: str
    people: int


PLACES: Final = (
    Place("a city", "一个市", 300_000),
    Place("a province", "一个省", 6_000_000),
    Place("the country", "全国", 80_000_000),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the last run found, on one machine."""

    entries: int
    bytes_per_entry: float
    asked_bytes_per_person: float
    questions_per_s: float
    people_in_batches_per_s: float
    entries_per_s: float
    rows_per_s: float
    machine: dict[str, Any]
    growth: dict[str, float]


def read_measured(document: dict[str, Any]) -> Measured:
    """Raises KeyError for a run that left out growth or traffic."""
    figures = document["figures"]
    largest = figures["growth"]["sizes"][-1]
    return Measured(
        entries=largest["entries"],
        bytes_per_entry=largest["bytes_per_entry"],
        asked_bytes_per_person=largest["asked_bytes_per_person"],
        questions_per_s=figures["eligibility_per_s"],
        people_in_batches_per_s=figures["batch_people_per_s"],
        entries_per_s=figures["entries_per_s"],
        rows_per_s=largest["import_rows_per_s"],
        machine=document["machine"],
        growth={name: largest[name] for name in ("eligibility_p50_growth", "entry_growth", "import_growth")},
    )


def measured_table(found: Measured, language: str) -> str:
    """The numbers everything below is worked out from."""
    million = f"{found.entries / 1e6:g}"
    growth = [f"{value:.2f}" for value in found.growth.values()]
    rows: list[tuple[str, str, str, str]] = [
        (
            "B",
            "bytes per entry, all tables and indexes",
            "每条学时的字节数（全部表和索引）",
            f"{found.bytes_per_entry:,.0f}",
        ),
        (
            "H",
            "bytes per person that questions read, indexes included",
            "提问所读的每人字节数（含索引）",
            f"{found.asked_bytes_per_person:,.0f}",
        ),
        ("Q", "questions a second, one by one", "每秒提问数（逐个）", f"{found.questions_per_s:,.0f}"),
        (
            "G",
            "people a second, 500 in a batch",
            "每秒人数（每批 500 人）",
            f"{found.people_in_batches_per_s:,.0f}",
        ),
        ("E", "entries a second, one by one", "每秒登记数（逐条）", f"{found.entries_per_s:,.0f}"),
        ("R", "roster rows a second, one import", "每秒名册行数（一个导入）", f"{found.rows_per_s:,.0f}"),
        (
            "",
            f"{million} million entries : 0.1 million – question, entry, roster",
            f"{million} 百万条 : 0.1 百万条——提问、登记、名册",
            ", ".join(growth),
        ),
    ]
    cpus, memory, day = (found.machine[name] for name in ("cpus", "memory_gib", "at"))
    if language == "zh":
        head = ["| | 实测 | |", "| --- | --- | ---: |"]
        tail = f"{day[:10]}，{cpus} 核，{memory:g} GiB 内存，服务、数据库与压测程序同在一台机器。"
    else:
        head = ["| | measured | |", "| --- | --- | ---: |"]
        tail = f"{day[:10]}, {cpus} cores, {memory:g} GiB; service, database and load on the same machine."
    return "\n".join(
        [
            *head,
            *(f"| {sign} | {zh if language == 'zh' else en} | {value} |" for sign, en, zh, value in rows),
            "",
            tail,
        ]
    )


def needed_table(found: Measured, language: str) -> str:
    """What each place needs, formula by formula."""

    def row(en: str, zh: str, formula: str, value: Any) -> str:
        cells = " | ".join(str(value(place.people)) for place in PLACES)
        return f"| {zh if language == 'zh' else en} | {formula} | {cells} |"

    def a_year(people: int) -> int:
        return people * ENTRIES_A_YEAR

    def asking(people: int) -> float:
        return people * ASKING_SHARE * QUESTIONS_EACH * PEAK / 3600

    def coming(people: int) -> float:
        return a_year(people) * RUSH_SHARE / RUSH_HOURS / 3600

    names = [place.zh if language == "zh" else place.en for place in PLACES]
    head = "| | | " if language == "zh" else "| | formula | "
    return "\n".join(
        [
            f"{head}{' | '.join(names)} |",
            f"| --- | --- |{' ---: |' * len(PLACES)}",
            row("professionals", "专业技术人员", "P", lambda people: f"{people:,}"),
            row(
                "entries a year", "每年学时条数", f"P·{ENTRIES_A_YEAR}", lambda people: f"{a_year(people):,}"
            ),
            row(
                "disk a year",
                "每年磁盘",
                f"P·{ENTRIES_A_YEAR}·B",
                lambda people: in_bytes(a_year(people) * found.bytes_per_entry),
            ),
            row(
                "disk, ten years",
                "十年磁盘",
                f"P·{ENTRIES_A_YEAR}·B·{YEARS_KEPT}",
                lambda people: in_bytes(a_year(people) * found.bytes_per_entry * YEARS_KEPT),
            ),
            row(
                "memory so that questions wait for no disk",
                "提问不等磁盘所需内存",
                "P·H",
                lambda people: in_bytes(people * found.asked_bytes_per_person),
            ),
            row(
                "people asking in the busiest hour",
                "最忙一小时的提问人数",
                "P/60",
                lambda people: f"{people * ASKING_SHARE:,.0f}",
            ),
            row(
                "questions a second in its busiest minutes",
                "其中最忙几分钟每秒提问数",
                f"P/60·{QUESTIONS_EACH}·{PEAK}/3600",
                lambda people: f"{asking(people):,.0f}",
            ),
            row(
                "machines like the measured one for that, at half load",
                "按半载计，需与被测机器相当的台数",
                f"P/60·{QUESTIONS_EACH}·{PEAK}/3600/(Q/2)",
                lambda people: math.ceil(asking(people) / (found.questions_per_s * HALF_LOAD)),
            ),
            row(
                "entries a second in the last twenty days",
                "最后二十天每秒学时条数",
                f"P·{ENTRIES_A_YEAR}·0.6/{RUSH_HOURS}/3600",
                lambda people: f"{coming(people):,.0f}",
            ),
            row(
                "that, as a share of one import's rows",
                "占一个导入能力的比例",
                "…/R",
                lambda people: f"{coming(people) / found.rows_per_s:.1%}",
            ),
        ]
    )


def in_bytes(count: float) -> str:
    """Two digits that count, in decimal units."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.2g} {unit}" if count < 100 * size else f"{count / size:,.0f} {unit}"
    return f"{count:,.0f} B"


def between(text: str, name: str, content: str) -> str:
    """The text with other content between two marks. AssertionError when there are none."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert pattern.search(text), name  # noqa: S101  # the documents have them
    return pattern.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[RESULT])
    document: dict[str, Any] = {"figures": {}}
    for file in parser.parse_args().files:
        told = orjson.loads(file.read_bytes())
        document = told | {"figures": document["figures"] | told["figures"]}
    found = read_measured(document)
    for language, path in DOCS.items():
        text = between(path.read_text("utf-8"), "measured", measured_table(found, language))
        path.write_text(between(text, "needed", needed_table(found, language)), "utf-8")
    CHART.write_text(chart(document["figures"]["growth"]["sizes"]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
