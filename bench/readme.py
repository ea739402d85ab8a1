"""The README's table of a run."""

from pathlib import Path
from typing import Any

import orjson

from bench.report import table
from bench.wording import Language


def readme_table(result: Path, language: Language) -> str:
    """What was measured, when, on what and by which command, as Markdown. SystemExit when there was no run."""
    if not result.exists():
        raise SystemExit("nothing measured yet: make bench")
    found: dict[str, Any] = orjson.loads(result.read_bytes())
    machine, figures = found["machine"], found["figures"]
    on = {
        "en": "Measured {day} by `{command}`: {cpus} × {cpu}, {memory} GiB, Python {python}, PostgreSQL {postgresql}.",
        "zh-CN": "{day} 由 `{command}` 测得：{cpus} × {cpu}，{memory} GiB，Python {python}，PostgreSQL {postgresql}。",
    }[language].format(
        day=machine["at"][:10],
        command=figures["command"],
        cpus=machine["cpus"],
        cpu=machine["cpu"],
        memory=f"{machine['memory_gib']:.0f}",
        python=machine["python"],
        postgresql=figures["postgresql"],
    )
    return f"{on}\n\n{table(found['ratios'], figures, language)}"
