"""The providers' layouts, each on its sample: what is registered, what is passed over, what is taken back."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from importers.intake import import_roster
from importers.layout import load_layout
from importers.report import report_document
from importers.samples import HUZHOU, JIAXING, LISHUI, PROVIDERS, XAPI
from importers.samples.providers import xapi_statements
from service.operations.clients import create_client
from tests.importers.sheets import ID_NUMBER, csv_bytes
from tests.operations.ledger import kept_totals


def take(context, client, upload, layout, **options):
    return import_roster(context, client, upload, file_name="r", layout=layout, **options)


def counts(report):
    return (report.rows, report.created, report.replayed, report.refused)


def told(rows):
    return [(row.line, row.code) for row in rows]


def stored(context):
    statement = (
        "SELECT division_code, credit_year, subject, hours, completed_on, external_ref, kind, course_title"
        " FROM ledger ORDER BY recorded_at, person_id, seq"
    )
    with context.database.reading() as connection:
        return [row._asdict() for row in connection.execute(text(statement))]


@pytest.mark.parametrize("path", PROVIDERS, ids=lambda path: path.stem)
def test_each_sample_goes_in_once_and_as_its_dry_run_said(context, provider, path):
    trial = take(context, provider, path, path.stem, dry_run=True)
    assert stored(context) == []
    real = take(context, provider, path, path.stem)
    assert replace(real, import_id=None) == trial
    assert (real.faults, real.refused, real.created) == ((), 0, real.rows)
    again = take(context, provider, path, path.stem)
    assert (again.created, again.replayed, again.reversed) == (0, real.rows, 0)
    for language in ("zh-CN", "en"):
        document = report_document(real, language)
        assert all("{" not in each["detail"] for each in document["notes"] + document["skipped"])


def test_huzhou_is_general_public_and_recognised_on_arrival(context):
    feed = create_client(context, "provider", "培训网", ("330500",), feed_id="hzhret")[0]
    report = take(context, feed, HUZHOU, "huzhou-training-site")
    assert counts(report) == (18, 18, 0, 0)
    assert {(row["division_code"], row["subject"]) for row in stored(context)} == {
        ("330500", "general_public")
    }
    totals = kept_totals(context.database)
    assert [sum(amounts) for amounts in zip(*(row[4:] for row in totals), strict=True)] == [0, 0, 1110, 0]


def test_jiaxing_counts_a_repeated_row_once(context, provider):
    report = take(context, provider, JIAXING, "jiaxing-platform")
    assert counts(report) == (18, 18, 0, 0)
    assert [(row.line, row.code, row.params.get("first")) for row in report.skipped] == [
        (None, "sheet_not_wanted", None),
        (7, "repeated_row", 6),
        (12, "repeated_row", 11),
        (17, "repeated_row", 16),
        (22, "repeated_row", 21),
    ]
    assert {row["hours"] for row in stored(context)} == {180, 240, 360}
    assert {row["subject"] for row in stored(context)} == {"public", "specialty"}
    assert {row["division_code"] for row in stored(context)} == {"330400", "330482"}


def test_jiaxing_a_repeat_with_other_hours_is_a_fault(context, provider):
    headers = ["姓名", "身份证号码", "属地", "年度", "课程类型", "课程名称", "学时"]
    row = ["测试人", ID_NUMBER, "海宁", "2024", "专业课", "甲", "8学时"]
    other = [*row[:-1], "9学时"]
    report = take(context, provider, csv_bytes([headers, row, row, other]), "jiaxing-platform")
    assert [(fault.line, fault.column, fault.code) for fault in report.faults] == [
        (4, "身份证号码", "duplicate_row")
    ]
    assert told(report.skipped) == [(3, "repeated_row")]


def test_lishui_one_row_becomes_several_entries(context, provider):
    report = take(context, provider, LISHUI, "lishui-register")
    assert counts(report) == (13, 13, 0, 0)
    assert told(report.skipped) == [(10, "total_row")]
    notes = {note.code: note.params for note in report.notes}
    assert notes["two_header_rows"] == {"first": 2, "line": 3}
    assert notes["several_entries"] == {"lines": 6, "entries": 13}
    first = {
        row["external_ref"]: row["hours"]
        for row in stored(context)
        if row["external_ref"][:10] == "LS20210001"
    }
    assert first == {
        "LS20210001/general_public": 120,
        "LS20210001/industry_public": 60,
        "LS20210001/specialty": 720,
    }


LISHUI_HEADERS = ["登记编号", "姓名", "身份证号", "属地", "年度", "一般公需", "行业公需", "专业"]


def lishui_row(*hours, number="LS1"):
    return [number, "测试人", ID_NUMBER, "龙泉", "2022", *hours]


def test_lishui_faults_stand_in_the_column_of_their_subject(context, provider):
    rows = [
        lishui_row("12", "x", "-1"),
        lishui_row("", "—", "0", number="LS2"),
        lishui_row("12", "", "", number="LS3"),
        lishui_row("12", "", "60", number="LS3"),
    ]
    report = take(context, provider, csv_bytes([LISHUI_HEADERS, *rows]), "lishui-register")
    assert [(fault.line, fault.column, fault.code) for fault in report.faults] == [
        (2, "行业公需", "invalid_hours"),
        (2, "专业", "invalid_hours"),
        (3, "一般公需", "no_hours"),
        (5, "登记编号", "duplicate_row"),
    ]
    assert counts(report) == (7, 0, 0, 7)
    partly = take(context, provider, csv_bytes([LISHUI_HEADERS, *rows]), "lishui-register", partial=True)
    assert counts(partly) == (7, 1, 0, 6)


def test_lishui_without_a_column_of_hours(context, provider):
    report = take(
        context, provider, csv_bytes([LISHUI_HEADERS[:-1], lishui_row("1", "2")]), "lishui-register"
    )
    assert [(fault.line, fault.column, fault.code) for fault in report.faults] == [
        (1, "专业", "missing_column")
    ]


def lines(*statements):
    return "\n".join(
        each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in statements
    ).encode()


STATEMENTS = list(xapi_statements())


def test_xapi_statements(context, provider):
    report = take(context, provider, XAPI, "xapi-statements")
    assert counts(report) == (4, 4, 0, 0)
    assert report.reversed == 1
    assert told(report.skipped) == [
        (1, "other_statement"),
        (3, "repeated_row"),
        (4, "other_statement"),
        (6, "repeated_row"),
        (7, "other_statement"),
        (9, "repeated_row"),
        (10, "not_passed"),
    ]
    rows = stored(context)
    assert [row["kind"] for row in rows].count("reversal") == 1
    registered = {row["external_ref"]: row for row in rows if row["kind"] == "registration"}
    entry = registered[STATEMENTS[1]["id"]]
    assert (entry["hours"], entry["subject"], entry["division_code"]) == (125, "specialty", "331100")
    assert str(entry["completed_on"]) == "2023-09-04"  # 23:30 UTC on the third is the fourth in China


def test_xapi_a_void_takes_back_what_an_earlier_file_registered(context, provider):
    register, void = STATEMENTS[-2:]
    assert counts(take(context, provider, lines(register), "xapi-statements")) == (1, 1, 0, 0)
    trial = take(context, provider, lines(void), "xapi-statements", dry_run=True)
    report = take(context, provider, lines(void), "xapi-statements")
    assert (report.reversed, report.faults) == (1, ())
    assert replace(report, import_id=None) == trial
    again = take(context, provider, lines(void), "xapi-statements")
    assert (again.reversed, again.faults) == (0, ())
    assert counts(take(context, provider, lines(void, register), "xapi-statements")) == (1, 0, 1, 0)
    assert kept_totals(context.database) == []


def test_xapi_nobody_takes_back_anothers_entry(context, provider):
    register, void = STATEMENTS[-2:]
    take(context, provider, lines(register), "xapi-statements")
    other = create_client(context, "provider", "别家")[0]
    report = take(context, other, lines(void), "xapi-statements")
    assert (report.reversed, told(report.skipped)) == (0, [(1, "nothing_to_withdraw")])


def voiding(reference):
    void = json.loads(json.dumps(STATEMENTS[-1]))
    void["object"]["id"] = reference
    return void


@pytest.mark.parametrize("reference", ["a\x00b", "a\nb", "", None, 7, "\ufeff"])
def test_xapi_a_void_of_what_no_entry_can_be(context, provider, reference):
    report = take(context, provider, lines(STATEMENTS[1], voiding(reference)), "xapi-statements")
    assert [(fault.line, fault.code) for fault in report.faults] == [(2, "withdraws_nothing")]


def test_xapi_a_void_names_an_entry_as_its_statement_did(context, provider):
    register = {**STATEMENTS[-2], "id": "\ufeffcafe\u0301 "}
    report = take(context, provider, lines(register, voiding(register["id"])), "xapi-statements")
    assert (counts(report), report.reversed) == ((1, 1, 0, 0), 1)


def test_xapi_a_fault_takes_nothing_back(context, provider):
    register, void = STATEMENTS[-2:]
    take(context, provider, lines(register), "xapi-statements")
    report = take(context, provider, lines(void, "{"), "xapi-statements")
    assert (report.reversed, [(f.line, f.code) for f in report.faults]) == (0, [(2, "line_not_json")])
    assert [row["kind"] for row in stored(context)] == ["registration"]


def changed(path, value):
    statement = json.loads(json.dumps(STATEMENTS[1]))
    place = statement
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return statement


EXTENSIONS = ("context", "extensions")
HOURS = "urn:hours-ledger:xapi:credit-hours"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ((*EXTENSIONS, HOURS), None, "required"),
        ((*EXTENSIONS, HOURS), "PT9H", "invalid_hours"),
        ((*EXTENSIONS, HOURS), [8], "cell_is_nested"),
        ((*EXTENSIONS, HOURS), True, "cell_is_boolean"),
        (("actor", "account", "name"), 330500199001010011, "id_number_numeric"),
        (("actor", "account", "homePage"), "urn:other", "unknown_id_type"),
        (("actor", "account"), "x", "required"),
        (("timestamp",), "2023-09-03", "invalid_day"),
        (("timestamp",), "2023-13-03T00:00:00Z", "invalid_day"),
        (("id",), None, "required"),
    ],
)
def test_xapi_faults(context, provider, path, value, code):
    report = take(context, provider, lines(changed(path, value)), "xapi-statements", dry_run=True)
    assert code in [fault.code for fault in report.faults]
    assert ID_NUMBER not in repr(report)


def test_xapi_hours_are_never_the_duration(context, provider):
    statement = changed((*EXTENSIONS, HOURS), None)
    assert statement["result"]["duration"]
    assert take(context, provider, lines(statement), "xapi-statements").created == 0


@pytest.mark.parametrize(
    "upload", [b"[{}]", b"", "姓名,学时".encode(), HUZHOU.read_bytes(), LISHUI.read_bytes()]
)
def test_what_is_no_json_lines(context, provider, upload):
    with pytest.raises(Exception, match="invalid_request") as refused:
        take(context, provider, upload, "xapi-statements")
    assert [fault.code for fault in refused.value.faults] == ["file_not_json_lines"]


def test_a_provider_is_one_file(tmp_path, context, provider, monkeypatch):
    """A layout that is dropped in is imported with, without a line of code."""
    (tmp_path / "school.toml").write_text(
        """
name = "某校"
extends = "standard"
reference = "external_ref"
[header]
row = 2
[constants]
division_code = "331100"
subject = "specialty"
series = "会计"
[columns.external_ref]
headers = ["流水号"]
required = true
[columns.id_number]
headers = ["ID"]
[columns.name]
[columns.credit_year]
[columns.hours]
headers = ["H"]
""",
        "utf-8",
    )
    layout = load_layout("school", tmp_path)
    monkeypatch.setattr("importers.intake.layout_named", lambda _: layout)
    upload = csv_bytes(
        [["某校名册"], ["流水号", "ID", "姓名", "年度", "H"], ["S-1", ID_NUMBER, "测试人", "2023", 8]]
    )
    assert counts(take(context, provider, upload, "school")) == (1, 1, 0, 0)
    [row] = stored(context)
    assert (row["external_ref"], row["division_code"], row["subject"]) == ("S-1", "331100", "specialty")
