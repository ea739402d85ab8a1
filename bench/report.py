"""What a run found: ratios with their bounds, figures, the machine; as a table and as var/bench/latest.json."""

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from bench.progress import Progress
from bench.wording import FIGURES, Language, Words

ROOT: Final = Path(__file__).resolve().parents[1]
RESULT: Final = ROOT / "var" / "bench" / "latest.json"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a number must be: at least or at most ``limit``."""

    limit: float
    at_least: bool
    what: Words

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:.2f}"


def least(limit: float, en: str, zh: str) -> Bound:
    return Bound(limit, True, Words(en, zh))


def most(limit: float, en: str, zh: str) -> Bound:
    return Bound(limit, False, Words(en, zh))


BOUNDS: Final[Mapping[str, Bound]] = {
    "eligibility_vs_flask": least(0.40, "one question : bare Flask route", "单人查询 : 空的 Flask 路由"),
    "eligibility_vs_select": least(
        0.55, "one question : bare route with one SELECT", "单人查询 : 带一条 SELECT 的空路由"
    ),
    "batch_people_vs_single": least(12, "people in batches of 500 : one by one", "每批 500 人 : 逐人"),
    "entry_vs_insert": least(
        0.40, "one entry : bare route with one INSERT", "单条登记 : 带一条 INSERT 的空路由"
    ),
    "batch_entries_vs_copy": least(
        0.20, "entries in batches of 1,000 : COPY unchecked", "每批 1,000 条登记 : 不作校验的 COPY"
    ),
    "import_csv_vs_copy": least(0.30, "CSV roster : COPY unchecked", "CSV 名册 : 不作校验的 COPY"),
    "import_csv_vs_executemany": least(
        0.30, "CSV roster on SQLite : executemany", "SQLite 上的 CSV 名册 : executemany"
    ),
    "million_rows_vs_hundred_thousand": least(
        0.85, "rows a second of a million : of 100,000", "百万行的每秒行数 : 十万行的"
    ),
    "xlsx_vs_csv_and_reader": least(
        0.85, "CSV and reading the XLSX : XLSX", "CSV 加读取 XLSX 的时间 : XLSX 导入"
    ),
    "eligibility_p50_growth": most(
        1.25, "median answer, largest ledger : smallest", "应答中位数，最大账本 : 最小"
    ),
    "entry_growth": most(1.25, "one entry into the largest ledger : smallest", "单条登记，最大账本 : 最小"),
    "import_growth": most(
        1.25, "100,000 rows into the largest ledger : smallest", "导入十万行，最大账本 : 最小"
    ),
    "memory_growth": most(
        1.05,
        "a worker's memory after 100,000 requests (quick: 10,000) : after 1,000",
        "进程内存，10 万次请求后（quick 为 1 万次） : 1,000 次后",
    ),
    "vs_openfisca": least(5, "one question : OpenFisca's /calculate", "单人查询 : OpenFisca 的 /calculate"),
    "vs_openfisca_500": least(
        40, "500 people, a second : OpenFisca's /calculate", "500 人每秒 : OpenFisca 的 /calculate"
    ),
    "decide_us": most(40, "one decision of five years, µs", "一次决定（五个年度），微秒"),
}
PEAK_MB_MAX: Final = 400
"""What an import of a million rows may hold in memory."""


@dataclass
class Report:
    """Gathers what the parts find, keeps it at once, tells how far the run has come."""

    progress: Progress = field(default_factory=lambda: Progress({}))
    ratios: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    path: Path = RESULT

    def say(self, text: str) -> None:
        """A word on what is being done, beside the bar."""
        self.progress.say(text)

    def add(self, ratios: Mapping[str, float], figures: Mapping[str, Any]) -> None:
        """Takes in what was found and writes the file, so that a broken-off run leaves what it had."""
        self.ratios |= ratios
        self.figures |= figures
        document = {"machine": machine(), "ratios": self.ratios, "figures": self.figures}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = self.path.with_suffix(".new")
        kept.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        kept.replace(self.path)


def bounded(ratios: Mapping[str, float], figures: Mapping[str, Any]) -> dict[str, float]:
    """The numbers that have a bound, in the order of BOUNDS."""
    numbers = {**figures, **ratios}
    return {name: numbers[name] for name in BOUNDS if name in numbers}


def table(ratios: Mapping[str, float], figures: Mapping[str, Any], language: Language = "en") -> str:
    """The numbers beside their bounds, then the figures, as Markdown."""
    heads = {
        "en": "| what | measured | bound | |\n| --- | ---: | ---: | --- |",
        "zh-CN": "| 项目 | 实测 | 要求 | |\n| --- | ---: | ---: | --- |",
    }
    verdicts = {"en": ("holds", "**missed**"), "zh-CN": ("达到", "**未达到**")}[language]
    lines = [heads[language]]
    for name, value in bounded(ratios, figures).items():
        bound = BOUNDS[name]
        verdict = verdicts[0] if bound.holds(value) else verdicts[1]
        lines.append(f"| {bound.what.of(language)} (`{name}`) | {value:.2f} | {bound} | {verdict} |")
    shown = [
        f"| {figure.what.of(language)} | {figure.shown(figures[name], language)} |"
        for name, figure in FIGURES.items()
        if name in figures
    ]
    if shown:
        lines += ["", {"en": "| figure | |", "zh-CN": "| 数值 | |"}[language], "| --- | ---: |", *shown]
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpus": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gib": round(memory / 2**30, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
