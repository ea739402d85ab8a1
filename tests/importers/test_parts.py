"""However a roster is cut into parts, and whenever what is remembered of people is settled: one report, one ledger."""

import random
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import text

import importers.roster
from importers.intake import import_roster
from service.operations import acquaintance
from service.operations.verify_ledger import verify_ledger
from tests.importers.sheets import cells, id_numbers, roster_csv

PEOPLE = list(zip(id_numbers(12), "甲乙丙丁戊己庚辛壬癸子丑", strict=True))
PLACED = text(
    "SELECT place, external_ref FROM import_entry JOIN ledger USING (person_id, seq)"
    " WHERE import_id = :import_id ORDER BY place"
)


def rows_of(some: random.Random, first: int) -> list[list[str]]:
    """Rows of a few people, some under another name, some with faults, some there before or twice."""
    rows = []
    for number in range(first, first + some.randint(1, 60)):
        id_number, name = some.choice(PEOPLE)
        changes = {"证件号码": id_number, "姓名": f"测试{name}"}
        for share, header, values in (
            (0.1, "姓名", ("测试别",)),
            (0.1, "学时", ("0", "x", "")),
            (0.1, "区划代码", ("999999", "110000")),
            (0.3, "课程编号", [f"C-{n}" for n in range(40)]),
        ):
            if some.random() < share:
                changes[header] = some.choice(values)
        rows.append(cells(number if some.random() < 0.7 else some.randint(0, number), **changes))
    return rows


@pytest.mark.parametrize("correct", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_parts_make_no_difference(context, provider, monkeypatch, seed, correct):
    some = random.Random(seed)
    for step in range(5):
        rows = rows_of(some, step * 30)
        reports = []
        for rows_max, (people_max, moves_max) in product((10_000, 3), ((10_000, 10_000), (4, 2))):
            monkeypatch.setattr(importers.roster, "CHUNK_ROWS", rows_max)
            monkeypatch.setattr(acquaintance, "PEOPLE_MAX", people_max)
            monkeypatch.setattr(acquaintance, "MOVES_MAX", moves_max)
            reports.append(
                import_roster(
                    context,
                    provider,
                    roster_csv(*rows),
                    file_name="名册.csv",
                    partial=step != 3,
                    correct=correct,
                    dry_run=len(reports) < 3,
                )
            )
        assert [replace(report, import_id=None) for report in reports[1:]] == reports[:1] * 3
        with context.database.reading() as connection:
            placed = connection.execute(PLACED, {"import_id": reports[3].import_id}).all()
        assert [row.place for row in placed] == [
            n + 1 for n in range(reports[3].created + reports[3].corrected)
        ]
        made = [row.external_ref.partition("#")[0] for row in placed]
        in_file = [row[11] for row in rows]
        once = [reference for reference in in_file if in_file.count(reference) == 1]
        assert [each for each in made if each in once] == [each for each in once if each in made]
        assert verify_ledger(context) is None
