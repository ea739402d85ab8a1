"""Rosters that correct what was sent before, and imports that are undone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from importers.intake import import_roster
from service.domain.errors import Refusal
from service.domain.identifiers import decode_entry_id
from service.operations.clients import create_client
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.reverse_entry import reverse_entry
from service.operations.reverse_import import reverse_import
from service.operations.verify_ledger import verify_ledger
from tests.importers.sheets import OTHER_ID_NUMBER, cells, roster_csv
from tests.operations.ledger import kept_totals, watched_statements


@pytest.fixture
def take(context, provider):
    def take(*rows, correct=True, **options):
        return import_roster(
            context, provider, roster_csv(*rows), file_name="名册.csv", correct=correct, **options
        )

    return take


@pytest.fixture
def entries(context):
    def entries():
        statement = (
            "SELECT external_ref, entry_state.hours, status FROM ledger JOIN entry_state"
            " ON entry_state.person_id = ledger.person_id AND entry_state.entry_seq = ledger.seq"
        )
        with context.database.reading() as connection:
            return {tuple(row) for row in connection.execute(text(statement))}

    return entries


def counts(report):
    return (report.created, report.corrected, report.replayed, report.refused)


def codes(report):
    return [fault.code for fault in report.faults]


def total(context):
    return sum(row[4] for row in kept_totals(context.database))


def test_other_content_is_a_fault_that_names_the_fields_unless_asked_to_correct(context, take, entries):
    take(cells(1), cells(2))
    refused = take(cells(1, 学时="40", 系列="会计"), cells(2), correct=False)
    assert codes(refused) == ["reference_conflict"]
    assert refused.faults[0].params["fields"] == "学时、系列"
    assert counts(take(cells(1, 学时="40"), cells(2))) == (0, 1, 1, 0)
    assert entries() == {
        ("ZJ-1", 720, "reversed"),
        ("ZJ-1#2", 400, "registered"),
        ("ZJ-2", 720, "registered"),
    }
    assert total(context) == 1120
    assert verify_ledger(context) is None


def test_the_corrected_file_sent_again_is_a_replay_either_way(take, entries):
    take(cells(1))
    take(cells(1, 学时="40"))
    before = entries()
    assert counts(take(cells(1, 学时="40"))) == (0, 0, 1, 0)
    assert counts(take(cells(1, 学时="40"), correct=False)) == (0, 0, 1, 0)
    assert counts(take(cells(1), correct=False)) == (0, 0, 1, 0)
    assert codes(take(cells(1, 学时="50"), correct=False)) == ["reference_conflict"]
    assert entries() == before
    assert counts(take(cells(1))) == (0, 1, 0, 0)
    assert ("ZJ-1#3", 720, "registered") in entries()


def test_hours_of_the_wrong_person_move_to_the_right_one(context, take):
    take(cells(1))
    report = take(cells(1, 证件号码=OTHER_ID_NUMBER, 姓名="测试丙"))
    assert counts(report) == (0, 1, 0, 0)
    with context.database.reading() as connection:
        reasons = connection.execute(text("SELECT reason, note FROM ledger WHERE kind = 'reversal'")).all()
    assert [reason for reason, _ in reasons] == ["wrong_person"]
    assert reasons[0].note.startswith("import ")
    assert [row[4:] for row in kept_totals(context.database)] == [(720, 0, 0, 0)]
    assert codes(take(cells(1, 姓名="别名"))) == ["name_mismatch"]
    assert verify_ledger(context) is None


def test_a_correction_meets_the_duplicate_rule(take):
    take(cells(1), cells(2))
    assert codes(take(cells(2, 课程编号="JG-1"))) == ["duplicate_entry"]
    assert counts(take(cells(2, 课程编号="JG-3"))) == (0, 1, 0, 0)
    assert counts(take(cells(3, 课程编号="JG-2"))) == (1, 0, 0, 0)


def test_a_reference_of_the_providers_own_that_looks_like_a_correction(take, entries):
    take(cells(1), cells(2, 证书编号="ZJ-1#2"))
    assert counts(take(cells(1, 学时="40"), cells(2, 证书编号="ZJ-1#2"))) == (0, 1, 1, 0)
    assert ("ZJ-1#3", 400, "registered") in entries()


def test_what_an_authority_took_back_no_file_brings_back(context, provider, take, entries):
    take(cells(1), cells(2))
    with context.database.reading() as connection:
        keys = connection.execute(text("SELECT person_id, seq FROM ledger ORDER BY seq")).all()
    reverse_entry(context, provider, tuple(keys[0]), "falsified")
    reverse_entry(context, provider, tuple(keys[1]), "wrong_hours")
    report = take(cells(1, 学时="40"), cells(2), partial=True)
    assert codes(report) == ["taken_back"]
    assert counts(report) == (0, 1, 0, 1)
    assert ("ZJ-2#2", 720, "registered") in entries()


def test_a_fault_leaves_no_correction(take, entries):
    take(cells(1))
    before = entries()
    assert counts(take(cells(1, 学时="40"), cells(2, 学时="x"))) == (0, 0, 0, 2)
    trial = take(cells(1, 学时="40"), dry_run=True)
    assert counts(trial) == (0, 1, 0, 0)
    assert entries() == before


def test_an_import_is_undone_once(context, provider, take, entries):
    take(cells(9))
    report = take(cells(1), cells(2), cells(9))
    assert reverse_import(context, provider, report.import_id) == 2
    assert {(ref, status) for ref, _, status in entries()} == {
        ("ZJ-9", "registered"),
        ("ZJ-1", "reversed"),
        ("ZJ-2", "reversed"),
    }
    with pytest.raises(Refusal, match="already_reversed"):
        reverse_import(context, provider, report.import_id)
    assert counts(take(cells(1), cells(2), cells(9), correct=False)) == (0, 0, 3, 0)
    assert counts(take(cells(1), cells(2), cells(9))) == (0, 2, 1, 0)
    assert verify_ledger(context) is None
    other = create_client(context, "provider", "别家")[0]
    for client, import_id in ((other, report.import_id), (provider, 5)):
        with pytest.raises(Refusal, match="not_found"):
            reverse_import(context, client, import_id)


def test_an_import_something_stands_on_is_not_undone(context, provider, take, entries):
    authority = create_client(context, "authority", "省厅")[0]
    report = take(*[cells(number) for number in range(1, 131)])
    with context.database.reading() as connection:
        keys = connection.execute(text("SELECT person_id, seq FROM ledger ORDER BY seq LIMIT 120")).all()
    recognise_entries(context, authority, [RecognitionDraft(*key, "recognised", None, None) for key in keys])
    before = entries()
    with pytest.raises(Refusal, match="import_built_on") as refused:
        reverse_import(context, provider, report.import_id)
    assert refused.value.extra["entries_total"] == 120
    named = [decode_entry_id(entry) for entry in refused.value.extra["entries"]]
    assert named == [tuple(key) for key in keys[:100]]
    assert entries() == before


def test_undoing_takes_as_many_statements_for_a_thousand_as_for_thirty(context, provider, take):
    sent = set()
    for size, prefix in ((30, 0), (1000, 5000)):
        report = take(*[cells(prefix + number) for number in range(size)])
        seen = []
        with watched_statements(context.database, seen.append):
            reverse_import(context, provider, report.import_id)
        sent.add(len(seen))
    assert len(sent) == 1


rows = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["72", "40"]), st.sampled_from(["JG-1", "JG-2", "JG-3"])),
    max_size=3,
    unique_by=lambda row: row[0],
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(rows, st.booleans()), min_size=1, max_size=5))
def test_however_files_correct_each_other_a_dry_run_says_the_same_and_again_adds_nothing(
    sqlite_context, names, files
):
    client = create_client(sqlite_context, "provider", f"培训基地{next(names)}")[0]
    for lines, partial in files:
        upload = roster_csv(*[cells(number, 学时=hours, 课程编号=course) for number, hours, course in lines])

        def run(upload=upload, partial=partial, **options):
            return import_roster(
                sqlite_context, client, upload, file_name="r.csv", partial=partial, correct=True, **options
            )

        trial, real, again = run(dry_run=True), run(), run()
        assert counts(trial) == counts(real)
        assert trial.faults == real.faults
        assert again.created + again.corrected == 0 or real.faults_total != 0
    assert verify_ledger(sqlite_context) is None


@pytest.fixture
def names():
    return iter(range(10_000))
