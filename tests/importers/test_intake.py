"""Rosters into the ledger: all or nothing, in part, on trial, and sent again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from importers.intake import import_roster
from importers.report import FAULTS_LISTED_MAX, faults_csv, report_document, stored_report
from service.domain.errors import Refusal
from service.domain.identifiers import encode_person_id
from service.domain.identity import Identity
from service.operations.clients import create_client
from service.operations.record_import import read_import
from service.operations.reverse_entry import reverse_entry
from tests.importers.sheets import ID_NUMBER, OTHER_ID_NUMBER, cells, id_numbers, roster_csv, roster_xlsx

TABLES = ("ledger", "entry_reference", "entry_state", "chain_head", "person", "identity")


@pytest.fixture
def take(context, provider):
    def take(upload, **options):
        return import_roster(
            context, options.pop("client", provider), upload, file_name="名册.csv", **options
        )

    return take


def counts(report):
    return (report.rows, report.created, report.replayed, report.refused)


def codes(report):
    return [(fault.line, fault.column, fault.code) for fault in report.faults]


def stored(context):
    with context.database.reading() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES
        }


def test_a_clean_roster_is_registered(context, take):
    report = take(roster_xlsx(cells(1), cells(2), cells(3, 证件号码=OTHER_ID_NUMBER, 姓名="测试丙")))
    assert (counts(report), report.faults) == ((3, 3, 0, 0), ())
    assert stored(context)["ledger"] == 3
    assert stored(context)["person"] == 2


def test_sent_again_it_creates_nothing(context, take):
    upload = roster_csv(cells(1), cells(2), cells(3, 证书编号=""))
    take(upload)
    before = stored(context)
    assert counts(take(upload)) == (3, 0, 3, 0)
    assert counts(take(upload, partial=True)) == (3, 0, 3, 0)
    assert counts(take(upload.decode().encode("gb18030"))) == (3, 0, 3, 0)
    assert stored(context) == before


def test_one_fault_refuses_all_by_default(context, take):
    report = take(roster_csv(cells(1), cells(2, 学时="0"), cells(3)))
    assert counts(report) == (3, 0, 0, 3)
    assert codes(report) == [(3, "学时", "hours_out_of_range")]
    assert stored(context) == dict.fromkeys(TABLES, 0)


def test_partial_takes_the_good_rows(context, take):
    report = take(roster_csv(cells(1), cells(2, 学时="0"), cells(3)), partial=True)
    assert counts(report) == (3, 2, 0, 1)
    assert codes(report) == [(3, "学时", "hours_out_of_range")]
    assert stored(context)["ledger"] == 2


def test_a_doubtful_header_takes_nothing_even_in_part(context, take):
    upload = roster_csv(cells(1)).replace("完成日期".encode(), "完成日其".encode())
    report = take(upload, partial=True)
    assert counts(report) == (1, 0, 0, 1)
    assert stored(context)["ledger"] == 0


@pytest.mark.parametrize("partial", [False, True])
def test_what_the_ledger_refuses_is_told_by_line_with_the_other_faults(context, take, partial):
    take(roster_csv(cells(1), cells(2), cells(9)))
    report = take(
        roster_csv(
            cells(1),
            cells(2, 学时="40", 系列="会计"),
            cells(3, 课程编号="JG-9"),
            cells(4, 姓名="测试错"),
            cells(5, 学时="x"),
            cells(6, 证件号码=OTHER_ID_NUMBER, 姓名="测试丙"),
            cells(7, 证件号码=OTHER_ID_NUMBER, 姓名="测试丁"),
        ),
        partial=partial,
    )
    assert codes(report) == [
        (3, "证书编号", "reference_conflict"),
        (4, "课程编号", "duplicate_entry"),
        (5, "姓名", "name_mismatch"),
        (6, "学时", "invalid_hours"),
        (8, "姓名", "name_mismatch"),
    ]
    assert report.faults[0].params["fields"] == "学时、系列"
    assert counts(report) == ((7, 1, 1, 5) if partial else (7, 0, 0, 7))
    assert stored(context)["ledger"] == (4 if partial else 3)


def test_divisions_of_the_provider(context, take):
    local = create_client(context, "provider", "丽水基地", ["331100"])[0]
    report = take(roster_csv(cells(1, 区划代码="331181"), cells(2, 区划代码="330500")), client=local)
    assert codes(report) == [(3, "区划代码", "forbidden_division")]
    with pytest.raises(Refusal) as refused:
        take(roster_csv(cells()), client=local, division_code="330500")
    assert refused.value.code == "forbidden_division"


@pytest.mark.parametrize(
    ("upload", "options", "code", "faults"),
    [
        (b"", {}, "invalid_request", [("/file", "file_empty")]),
        (b"%PDF-1.7", {}, "invalid_request", [("/file", "file_is_other")]),
        (b"a,b,c\n1,2,3", {}, "invalid_request", [("/file", "no_header")]),
        (b"x" * (17 << 20), {}, "payload_too_large", []),
        (b"", {"layout": "standrad"}, "invalid_request", [("/layout", "unknown_layout")]),
        (b"", {"division_code": "999999"}, "unknown_division", [("/division_code", "unknown_division")]),
        (
            b"",
            {"layout": "x", "division_code": "1"},
            "invalid_request",
            [("/layout", "unknown_layout"), ("/division_code", "unknown_division")],
        ),
    ],
)
def test_what_cannot_be_read_at_all(context, take, upload, options, code, faults):
    with pytest.raises(Refusal) as refused:
        take(upload, **options)
    assert refused.value.code == code
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults
    assert stored(context)["ledger"] == 0


def test_a_shell_file_may_be_larger_than_a_request(context, provider, tmp_path):
    small = replace(context, settings=context.settings.model_copy(update={"import_size_max": 100}))
    path = tmp_path / "名册.csv"
    path.write_bytes(roster_csv(cells(1)))
    with pytest.raises(Refusal, match="payload_too_large"):
        import_roster(small, provider, path.read_bytes(), file_name=path.name)
    assert counts(import_roster(small, provider, path, file_name=path.name)) == (1, 1, 0, 0)


def test_a_dry_run_leaves_nothing_and_says_the_same(context, take):
    upload = roster_csv(cells(1), cells(2))
    trial = take(upload, dry_run=True)
    with context.database.reading() as connection:
        assert connection.execute(text('SELECT count(*) FROM "import"')).scalar_one() == 0
    assert stored(context) == dict.fromkeys(TABLES, 0)
    assert trial.import_id is None
    assert trial == replace(take(upload), import_id=None)


def test_the_report_is_kept_for_its_sender(context, provider, take):
    report = take(roster_csv(cells(1, 学时="0"), cells(2, 备注="示例")))
    record = read_import(context, provider, report.import_id)
    assert stored_report(record) == report
    assert record.file_name == "名册.csv"
    admin = create_client(context, "admin", "管理员")[0]
    assert read_import(context, admin, report.import_id) == record
    other = create_client(context, "provider", "别家")[0]
    for client, import_id in [(other, report.import_id), (provider, 1)]:
        with pytest.raises(Refusal, match="not_found"):
            read_import(context, client, import_id)


def test_the_report_in_the_contracts_form_and_two_languages(take):
    report = take(roster_csv(cells(1, 科目类别="专业课目")))
    document = report_document(report, "zh-CN")
    assert document["import_id"] == encode_person_id(report.import_id)
    assert document["faults"] == [
        {
            "line": 2,
            "column": "科目类别",
            "code": "unknown_subject",
            "detail": "不认识科目“专业课目”，可填：一般公需、行业公需、公需、专业。是“专业”吗？",
            "value": "专业课目",
            "expected": "一般公需、行业公需、公需、专业",
            "suggestion": "专业",
        }
    ]
    assert "Did you mean “专业”?" in report_document(report, "en")["faults"][0]["detail"]


def test_the_faults_as_csv_run_no_formula(take):
    headers = "证件号码,姓名,区划代码,学习年度,科目类别,学时,=HYPERLINK(1),@x,+1,-1"
    lines = faults_csv(take(f"{headers}\n".encode() + b"1\n"), "zh-CN").split("\r\n")
    assert lines[0] == "\ufeff行号,列名,代码,说明,填写的内容,应填,是否应为"
    assert [line.split(",")[1] for line in lines[1:5]] == ["'=HYPERLINK(1)", "'@x", "'+1", "'-1"]


def test_a_fault_in_the_last_of_ten_thousand_rows_stores_nothing(context, take):
    numbers = id_numbers(500)
    rows = [cells(n, 证件号码=numbers[n % 500], 姓名=f"测试{n % 500}") for n in range(9_999)]
    report = take(roster_csv(*rows, cells(10_000, 学时="0")))
    assert counts(report) == (10_000, 0, 0, 10_000)
    assert codes(report) == [(10_001, "学时", "hours_out_of_range")]
    assert stored(context) == dict.fromkeys(TABLES, 0)
    ledgers_own = take(roster_csv(*rows, cells(10_000, 证件号码=numbers[0], 姓名="别名")))
    assert codes(ledgers_own) == [(10_001, "姓名", "name_mismatch")]
    assert stored(context) == dict.fromkeys(TABLES, 0)
    assert counts(take(roster_csv(*rows))) == (9_999, 9_999, 0, 0)


def test_more_faults_than_anyone_reads_are_counted(take):
    report = take(roster_csv(*[cells(n, 学时="0", 姓名="") for n in range(6_000)]))
    assert (report.faults_total, len(report.faults)) == (12_000, FAULTS_LISTED_MAX)
    assert report.faults[-1].line == 5_001


def test_no_identity_number_is_stored_in_the_open(context, provider, take):
    report = take(roster_csv(cells(1, 证书编号=""), cells(2, 科目类别=ID_NUMBER)))
    take(roster_csv(cells(1, 证书编号="")))
    everything = repr(read_import(context, provider, report.import_id))
    with context.database.reading() as connection:
        for table in TABLES:
            everything += repr(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert ID_NUMBER not in everything
    assert (
        context.vault.lookup_hash(Identity("resident_id", ID_NUMBER)).hex() not in everything.split("row-")[0]
    )


def test_two_of_the_same_file_at_once_make_one_set_of_entries(context, provider, take):
    upload = roster_csv(*[cells(n) for n in range(50)])
    with ThreadPoolExecutor(4) as threads:
        reports = list(threads.map(lambda _: take(upload), range(4)))
    assert sorted(report.created for report in reports) == [0, 0, 0, 50]
    assert all(report.created + report.replayed == 50 for report in reports)
    assert stored(context)["ledger"] == 50


def test_a_reversed_entry_is_not_revived_by_the_same_file(context, provider, take):
    upload = roster_csv(cells(1))
    take(upload)
    with context.database.reading() as connection:
        person_id = connection.execute(text("SELECT person_id FROM ledger")).scalar_one()
    reverse_entry(context, provider, (person_id, 1), "wrong_hours", None)
    assert counts(take(upload)) == (1, 0, 1, 0)
    assert counts(take(roster_csv(cells(1, 证书编号="ZJ-1B")))) == (1, 1, 0, 0)
