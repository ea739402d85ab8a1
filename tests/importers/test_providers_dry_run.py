"""For any file of any layout, on any ledger: a dry run says what the real run then does, and again adds nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from importers.intake import import_roster
from service.operations.clients import create_client
from tests.importers.sheets import ID_NUMBER, OTHER_ID_NUMBER, csv_bytes

people = st.sampled_from(
    [
        ("测试人", ID_NUMBER),
        ("测试丙", OTHER_ID_NUMBER),
        ("测试错", ID_NUMBER),
        ("测试人", "330500199001010012"),
    ]
)
hours = st.sampled_from(["8", "8学时", "40", "0", "", "—", "x"])
years = st.sampled_from(["2022", "2023", "1979"])
courses = st.sampled_from(["甲", "乙"])
LINES_MAX = 6

HUZHOU = ["姓名", "身份证号", "学时年度", "课程名称", "获得学时", "完成时间", "学时证明编号"]
huzhou = st.tuples(
    people,
    years,
    courses,
    hours,
    st.sampled_from(["2022-05-04 09:30:00", ""]),
    st.sampled_from(["", "Z1", "Z2"]),
).map(lambda it: [*it[0], *it[1:]])

JIAXING = ["姓名", "身份证号码", "属地", "年度", "课程类型", "课程名称", "学时"]
jiaxing = st.tuples(
    people,
    st.sampled_from(["平湖", "市直", "杭州"]),
    years,
    st.sampled_from(["公需课", "专业课"]),
    courses,
    hours,
).map(lambda it: [*it[0], *it[1:]])

LISHUI = ["姓名", "身份证号", "登记编号", "属地", "年度", "一般公需", "行业公需", "专业"]
lishui = st.tuples(
    people, st.sampled_from(["", "L1", "L2", "L3"]), st.just("龙泉"), years, hours, hours, hours
).map(lambda it: [*it[0], *it[1:]])


def statement(number, verb, person, amount, course, target):
    """One line; voiding ones name ``target``."""
    extension = "urn:hours-ledger:xapi:"
    return {
        "id": f"s-{number}",
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "actor": {
            "name": person[0],
            "account": {"homePage": "urn:hours-ledger:resident-id", "name": person[1]},
        },
        "object": {"id": f"s-{target}" if verb == "voided" else f"urn:course:{course}"},
        "context": {
            "extensions": {
                f"{extension}credit-hours": amount,
                f"{extension}credit-year": 2023,
                f"{extension}subject": "specialty",
                f"{extension}division-code": "331100",
            }
        },
        "timestamp": "2023-05-04T23:30:00Z",
    }


statements = st.builds(
    statement,
    st.integers(1, 6),
    st.sampled_from(["completed", "passed", "voided", "initialized"]),
    people,
    st.sampled_from([8, 12.5, 0, None]),
    courses,
    st.integers(1, 6),
)


def sheet(headers, rows):
    return st.lists(rows, min_size=1, max_size=LINES_MAX).map(lambda lines: csv_bytes([headers, *lines]))


files = st.one_of(
    st.tuples(st.just("huzhou-training-site"), sheet(HUZHOU, huzhou)),
    st.tuples(st.just("jiaxing-platform"), sheet(JIAXING, jiaxing)),
    st.tuples(st.just("lishui-register"), sheet(LISHUI, lishui)),
    st.tuples(
        st.just("xapi-statements"),
        st.lists(statements, min_size=1, max_size=LINES_MAX).map(
            lambda lines: "\n".join(map(json.dumps, lines)).encode()
        ),
    ),
)


def facts(context, kind):
    with context.database.reading() as connection:
        return connection.execute(
            text("SELECT count(*) FROM ledger WHERE kind = :kind"), {"kind": kind}
        ).scalar_one()


@pytest.fixture
def names():
    return iter(range(10_000))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sent=st.lists(st.tuples(files, st.booleans()), min_size=1, max_size=4))
def test_a_dry_run_and_the_real_run_report_the_same(sqlite_context, names, sent):
    context = sqlite_context
    client = create_client(context, "provider", f"培训基地{next(names)}")[0]
    for (layout, upload), partial in sent:

        def take(upload=upload, layout=layout, partial=partial, **options):
            return import_roster(
                context, client, upload, file_name="r", layout=layout, partial=partial, **options
            )

        before = facts(context, "registration"), facts(context, "reversal")
        trial = take(dry_run=True)
        assert (facts(context, "registration"), facts(context, "reversal")) == before
        real = take()
        assert replace(real, import_id=None) == trial
        assert facts(context, "registration") == before[0] + real.created
        assert facts(context, "reversal") == before[1] + real.reversed
        assert real.rows == real.created + real.replayed + real.refused
        if real.reversed and any(fault.code == "duplicate_entry" for fault in real.faults):
            settled(take, real.rows)
            continue
        again = take()
        assert (again.created, again.reversed) == (0, 0)
        assert again.replayed == real.created + real.replayed


def settled(take, rows):
    """What was refused for a course that a later line took back can be taken when the file is sent again; what is taken
    may be what another line takes back. Each line comes to something once, and then nothing does."""
    reports = [take() for _ in range(rows + LINES_MAX + 1)]
    assert (reports[-1].created, reports[-1].reversed) == (0, 0)
    assert sum(report.created for report in reports) <= rows


def test_what_was_refused_for_a_course_taken_back_later_is_taken_the_next_time(sqlite_context):
    client = create_client(sqlite_context, "provider", "培训基地")[0]

    def take(*lines, **options):
        upload = "\n".join(map(json.dumps, lines)).encode()
        return import_roster(
            sqlite_context, client, upload, file_name="r", layout="xapi-statements", partial=True, **options
        )

    credited, another = (
        statement(number, "completed", ("测试人", ID_NUMBER), 8, "甲", 1) for number in (1, 2)
    )
    voided = statement(3, "voided", ("测试人", ID_NUMBER), 8, "甲", 1)
    assert take(credited).created == 1
    reports = [take(another, voided) for _ in range(3)]
    assert [(each.created, each.reversed, each.refused) for each in reports] == [
        (0, 1, 1),
        (1, 0, 0),
        (0, 0, 0),
    ]
