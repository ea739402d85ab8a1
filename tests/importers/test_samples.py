"""The samples are what the script writes, and they do what the README says of them."""

import zipfile

import pytest

from importers.intake import import_roster
from importers.report import report_document
from importers.samples import CLEAN, CLEAN_GB18030, DEMO_PEOPLE, FAULTY, PROVIDERS
from importers.samples.make import make_samples
from service.domain.access import Asker
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.wording.faults import FAULTS
from service.wording.roster import CELLS, ROSTER, SKIPPED
from service.wording.roster_notes import EXPECTED, MARKED, NOTES, TEMPLATE

# Faults a row cannot have beside the others of the sample, or that are of a whole file.
NOT_OF_A_ROW = {
    "did_you_mean",
    "no_rows",
    "no_sheet",
    "not_a_sheet",
    "too_many_rows",
    "duplicate_column",
    "missing_column",
    "entry_refused",
}
OF_STATEMENTS = {"line_not_json", "cell_is_nested", "withdraws_nothing"}
OF_AMOUNTS = {"no_hours"}
NEEDS_A_LEDGER = {"reference_conflict", "duplicate_entry", "forbidden_division", "taken_back"}


def contents(path):
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_are_what_the_script_writes(tmp_path):
    make_samples(tmp_path)
    for path in (CLEAN, CLEAN_GB18030, FAULTY, *PROVIDERS):
        assert contents(tmp_path / path.name) == contents(path)


def test_the_clean_one_is_clean_in_both_forms(context, provider):
    report = import_roster(context, provider, CLEAN, file_name=CLEAN.name)
    assert (report.rows, report.created, report.faults) == (42, 42, ())
    assert [row.code for row in report.skipped] == ["example_row", "total_row", "note_row"]
    again = import_roster(context, provider, CLEAN_GB18030, file_name=CLEAN_GB18030.name)
    assert (again.rows, again.replayed, again.faults) == (42, 42, ())


def test_the_four_people_tell_four_stories(context, provider):
    import_roster(context, provider, CLEAN, file_name=CLEAN.name)
    asks = [
        EligibilityAsk(
            Identity("resident_id", person.id_number),
            Question(person.division_code, person.declaration_year, person.level),
        )
        for person in DEMO_PEOPLE
    ]
    answers = check_eligibility(context, asks, "zh-CN", Asker(None, "test", "eligibility"))
    assert [answer["outcome"] for answer in answers] == [person.outcome for person in DEMO_PEOPLE]
    lishui, huzhou, jiaxing, shangyu = answers
    assert lishui["outcome"] == "not_eligible"
    assert lishui["remedy"]["hours"] == [
        {"year": 2023, "general_public": 0, "public": 0, "specialty": 0, "any": 12}
    ]
    assert (huzhou["outcome"], huzhou["pending_would_satisfy"]) == ("not_eligible", True)
    assert (jiaxing["outcome"], jiaxing["route"]) == ("eligible", "cumulative")
    assert shangyu["outcome"] == "undetermined"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_faulty_one_has_a_fault_of_each_kind(context, provider, language):
    report = import_roster(context, provider, FAULTY, file_name=FAULTY.name)
    assert report.created == 0
    of_files = {code for code in ROSTER if code.startswith(("file_", "zip_", "sheet_", "workbook_"))} | {
        "formulas_without_values",
        "encoding_unknown",
        "nul_in_text",
        "row_unreadable",
        "no_header",
        "several_rosters",
        "too_many_columns",
    }
    expected = set(ROSTER) | set(CELLS) | {"too_long", "too_many_decimals", "hours_out_of_range"}
    expected |= {code for code in FAULTS if code.startswith(("id_number_", "credit_year_", "completed_"))}
    expected -= of_files | NOT_OF_A_ROW | NEEDS_A_LEDGER | OF_STATEMENTS | OF_AMOUNTS
    found = {fault.code for fault in report.faults}
    assert expected - found == {"formula_without_value", "cell_is_boolean", "id_number_in_text"}
    for fault in report_document(report, language)["faults"]:
        assert "{" not in fault["detail"]


def test_words_for_every_code_in_both_languages():
    assert not set(ROSTER) & set(FAULTS)
    assert set(CELLS) <= set(FAULTS)
    for texts in (ROSTER, CELLS, SKIPPED, NOTES, EXPECTED, MARKED, TEMPLATE):
        assert all(chinese and english for chinese, english in texts.values())
