"""What a place needs follows from what was measured, in both languages, and has its place in the documents."""

from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from bench.growth_chart import chart
from bench.scale import DOCS, between, in_bytes, measured_table, needed_table, read_measured

GROWTH = {"eligibility_p50_growth": 1.05, "entry_growth": 1.1, "import_growth": 1.2}
SIZES: list[dict[str, Any]] = [
    {"entries": 100_000},
    {
        "entries": 50_000_000,
        "bytes_per_entry": 1000.0,
        "asked_bytes_per_person": 3000.0,
        "import_rows_per_s": 20_000.0,
        **GROWTH,
    },
]
RUN: dict[str, Any] = {
    "machine": {"cpus": 2, "memory_gib": 23.5, "at": "2026-11-21T20:00:00Z"},
    "figures": {
        "growth": {"sizes": SIZES},
        "eligibility_per_s": 1000.0,
        "batch_people_per_s": 9000.0,
        "entries_per_s": 500.0,
    },
}


@pytest.mark.parametrize("language", DOCS)
def test_the_needs_of_a_province(language: str) -> None:
    found = read_measured(RUN)
    rows = needed_table(found, language).splitlines()[2:]
    province = [row.split(" | ")[3].strip() for row in rows]
    assert province == [
        "6,000,000",
        "60,000,000",
        "60 GB",
        "600 GB",
        "18 GB",
        "100,000",
        "417",
        "1",
        "62",
        "0.3%",
    ]
    assert "1.05, 1.10, 1.20" in measured_table(found, language)


@pytest.mark.parametrize("name", ["measured", "needed"])
def test_both_documents_have_a_place_for_each_table(name: str) -> None:
    for path in DOCS.values():
        text = path.read_text("utf-8")
        assert f"<!-- {name} -->\nX\n<!-- /{name} -->" in between(text, name, "X")


def test_the_chart_shows_every_size_and_every_line() -> None:
    drawn = fromstring(chart(SIZES))  # noqa: S314  # made here
    texts = {each.text for each in drawn.iter() if each.text}
    assert {"0.1", "50", "question 提问 1.05", "entry 登记 1.10", "roster 名册 1.20"} <= texts


def test_bytes_are_told_by_two_digits() -> None:
    assert [in_bytes(each) for each in (999, 3.04e9, 6.07e11, 8.1e12)] == [
        "999 B",
        "3 GB",
        "607 GB",
        "8.1 TB",
    ]
