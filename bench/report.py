"""What a run found: ratios with their bounds, figures, the machine; as a table and as var/bench/latest.json."""

import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

ROOT: Final = Path(__file__).resolve().parents[1]
RESULT: Final = ROOT / "var" / "bench" / "latest.json"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a number must be: at least or at most ``limit``."""

    limit: float
    at_least: bool
    what: str

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


BOUNDS: Final[Mapping[str, Bound]] = {
    "eligibility_vs_flask": Bound(0.40, True, "one question : a bare Flask route"),
    "eligibility_vs_select": Bound(0.55, True, "one question : a bare route with one SELECT"),
    "batch_people_vs_single": Bound(12, True, "people a second in batches of 500 : one by one"),
    "entry_vs_insert": Bound(0.40, True, "one entry : a bare route with one INSERT"),
    "batch_entries_vs_copy": Bound(0.20, True, "entries in batches of 1,000 : COPY unchecked"),
    "import_csv_vs_copy": Bound(0.30, True, "roster of 100k rows : COPY unchecked"),
    "import_csv_vs_executemany": Bound(0.30, True, "the same on SQLite : executemany"),
    "million_rows_vs_hundred_thousand": Bound(0.85, True, "rows a second of a million : of 100k"),
    "xlsx_vs_csv_and_reader": Bound(0.85, True, "CSV and XLSX reader : XLSX"),
    "eligibility_p50_growth": Bound(1.25, False, "median answer time, largest ledger : smallest"),
    "import_growth": Bound(1.25, False, "100k rows into the largest ledger : into the smallest"),
    "entry_growth": Bound(1.25, False, "one entry into the largest ledger : into the smallest"),
    "memory_growth": Bound(1.05, False, "a worker after 100,000 requests : after 1,000"),
    "vs_openfisca": Bound(5, True, "one question : OpenFisca's /calculate"),
    "vs_openfisca_500": Bound(40, True, "500 people a second : OpenFisca's /calculate"),
    "decide_us": Bound(40, False, "one decision with its explanation, µs"),
}


@dataclass
class Report:
    """Gathers what the parts find, tells how far the run has come."""

    parts: int
    ratios: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    _done: int = 0
    _began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """A line of progress: the bar of parts, the time since the start."""
        full = round(20 * self._done / max(1, self.parts))
        elapsed = time.strftime("%M:%S", time.gmtime(time.monotonic() - self._began))
        print(f"[{'#' * full}{'.' * (20 - full)}] {elapsed} {text}", file=sys.stderr, flush=True)  # noqa: T201

    def add(self, ratios: Mapping[str, float], figures: Mapping[str, Any]) -> None:
        """Takes in what one part found; kept at once, so that a broken-off run leaves what it had."""
        self._done += 1
        self.ratios |= ratios
        self.figures |= figures
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": machine(), "ratios": self.ratios, "figures": self.figures}
        RESULT.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))

    def table(self) -> str:
        """The ratios beside their bounds, as Markdown."""
        lines = ["| name | what | measured | bound | |", "| --- | --- | ---: | ---: | --- |"]
        numbers = {**self.ratios, **{k: v for k, v in self.figures.items() if k in BOUNDS}}
        for name, bound in BOUNDS.items():
            if name in numbers:
                verdict = "holds" if bound.holds(numbers[name]) else "**missed**"
                lines.append(f"| `{name}` | {bound.what} | {numbers[name]:.2f} | {bound} | {verdict} |")
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
