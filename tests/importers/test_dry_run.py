"""For any roster, on any ledger: a dry run says what the real run then does."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from importers.intake import import_roster
from service.operations.clients import create_client
from tests.importers.sheets import ID_NUMBER, OTHER_ID_NUMBER, cells, roster_csv

PEOPLE = [
    {"证件号码": ID_NUMBER, "姓名": "测试人"},
    {"证件号码": OTHER_ID_NUMBER, "姓名": "测试丙"},
    {"证件号码": ID_NUMBER, "姓名": "测试错"},
    {"证件号码": "330500199001010012", "姓名": "测试人"},
]

rows = st.builds(
    lambda number, person, changes: cells(number, **person, **changes),
    st.integers(1, 4),
    st.sampled_from(PEOPLE),
    st.fixed_dictionaries(
        {},
        optional={
            "学时": st.sampled_from(["72", "40", "0", "x"]),
            "证书编号": st.sampled_from(["", "ZJ-1", "ZJ-2"]),
            "课程编号": st.sampled_from(["", "JG-1"]),
            "科目类别": st.sampled_from(["专业", "公需", "选修"]),
            "学习年度": st.sampled_from(["2022", "2023", "2021"]),
            "备注": st.sampled_from(["", "示例"]),
        },
    ),
)
rosters = st.lists(rows, max_size=7).map(lambda lines: roster_csv(*lines))


def facts(context):
    with context.database.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM ledger")).scalar_one()


@pytest.fixture
def names():
    return iter(range(10_000))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uploads=st.lists(st.tuples(rosters, st.booleans()), min_size=1, max_size=4))
def test_a_dry_run_and_the_real_run_report_the_same(sqlite_context, names, uploads):
    context = sqlite_context
    # A provider of its own for each example; people stay from one to the next, as they do in a ledger.
    client = create_client(context, "provider", f"培训基地{next(names)}")[0]
    for upload, partial in uploads:
        before = facts(context)
        trial = import_roster(context, client, upload, file_name="r.csv", partial=partial, dry_run=True)
        assert facts(context) == before
        real = import_roster(context, client, upload, file_name="r.csv", partial=partial)
        assert replace(real, import_id=None) == trial
        assert facts(context) == before + real.created
        assert real.rows == real.created + real.replayed + real.refused
        if not partial:
            assert (real.created + real.replayed == 0) if real.faults else (real.refused == 0)
        again = import_roster(context, client, upload, file_name="r.csv", partial=partial)
        assert (again.created, again.replayed) == (0, real.created + real.replayed)
