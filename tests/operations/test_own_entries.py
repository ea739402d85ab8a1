"""What people register alone: kept apart until recognised, taken back until decided on, sent twice registered once."""

from pathlib import Path

import pytest

from service.context import Context
from service.domain.client import OWN_CLIENT_ID, Client
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.evidence import Upload
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import create_client, find_client, issue_key, list_clients, revoke_client
from service.operations.read_entries import find_entry
from service.operations.read_recognition_queue import QueueChoice, read_recognition_queue
from service.operations.recognise_entries import RecognitionDraft, recognise_entry
from service.operations.register_entries import register_entry
from service.operations.register_own_entry import register_own_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.reverse_own_entry import reverse_own_entry
from service.operations.verify_ledger import rebuild_totals, verify_ledger
from tests.operations.ledger import ASKER, contents, created, draft, id_number, kept_totals
from tests.operations.own import files, own_draft, signed_in


def own_entry(context: Context, form: str = "form-1", person: int = 1, **changes: object) -> Entry:
    return created(register_own_entry(context, signed_in(person), own_draft(form, **changes), files()))


def stored_files(context: Context) -> list[Path]:
    return [path for path in context.evidence_files.directory.rglob("*") if path.is_file()]


def key_of(entry: Entry) -> tuple[int, int]:
    return entry.person_id, entry.seq


def test_hours_registered_alone_are_kept_apart(context: Context, authority: Client) -> None:
    entry = own_entry(context)
    assert (entry.provider_id, entry.self_registered, entry.status) == (OWN_CLIENT_ID, True, "registered")
    assert (entry.external_ref, entry.evidence) == ("form-1", 1)
    assert find_entry(context, authority, key_of(entry)) == entry
    stored = contents(context.database)
    assert kept_totals(context.database) == [(entry.person_id, 2023, "specialty", "331100", 0, 240, 0, 0)]
    assert verify_ledger(context) is None
    rebuild_totals(context)
    assert contents(context.database) == stored


def test_they_count_once_recognised(context: Context, authority: Client) -> None:
    entry = own_entry(context, hours=900)
    ask = EligibilityAsk(
        Identity("resident_id", id_number(1)), Question("331100", 2023, "intermediate", tenure_start=2023)
    )

    def total() -> float:
        (answer,) = check_eligibility(context, [ask], "zh-CN", ASKER)
        (year,) = [each for each in answer["years"] if each["year"] == 2023]
        return float(year["hours"]["total"])

    assert total() == 0
    (waiting,) = read_recognition_queue(context, authority, asker=ASKER).entries
    assert waiting.entry == entry
    assert read_recognition_queue(context, authority, QueueChoice(provider_id=0), asker=ASKER).entries == [
        waiting
    ]
    recognised, now = recognise_entry(
        context, authority, RecognitionDraft(*key_of(entry), "recognised", 800, "部分")
    )
    assert (recognised.recognised_hours, now.self_registered) == (800, True)
    assert total() == 80
    assert kept_totals(context.database)[0][4:] == (0, 0, 800, 100)
    assert verify_ledger(context) is None


def test_the_same_form_sent_twice_registers_once(context: Context) -> None:
    first = register_own_entry(context, signed_in(), own_draft(), files(2))
    before = contents(context.database)
    again = register_own_entry(context, signed_in(), own_draft(), files(2))
    assert (again.result, again.entry) == ("replayed", first.entry)
    assert contents(context.database) == before
    assert len(stored_files(context)) == 2


def refusal_of(context: Context, person: int = 1, name: str | None = None, **changes: object) -> Refusal:
    before, kept = contents(context.database), stored_files(context)
    with pytest.raises(Refusal) as caught:
        register_own_entry(context, signed_in(person, name), own_draft(**changes), files())
    assert contents(context.database) == before
    assert stored_files(context) == kept
    return caught.value


def test_what_is_refused_leaves_nothing(context: Context) -> None:
    entry = own_entry(context)
    duplicate = refusal_of(context, token="form-2", course_title="课程form-1")
    assert duplicate.code == "duplicate_entry"
    conflict = refusal_of(context, hours=10)
    assert (conflict.code, conflict.extra["fields"]) == ("reference_conflict", ["hours"])
    mismatch = refusal_of(context, name="别人", token="form-3")
    assert (mismatch.code, mismatch.params, mismatch.extra) == ("name_mismatch", {}, {})
    somebody_elses = refusal_of(context, person=2, token="form-1")
    assert somebody_elses.code == "reference_conflict"
    assert refusal_of(context, token="form-4", division_code="110000").code == "forbidden_division"
    assert reverse_own_entry(context, signed_in(), key_of(entry)).status == "reversed"
    assert created(
        register_own_entry(context, signed_in(), own_draft("form-2", course_title="课程form-1"), files())
    )


def test_a_provider_and_the_person_share_no_references(context: Context, provider: Client) -> None:
    register_entry(context, provider, draft("form-1"))
    entry = own_entry(context)
    with pytest.raises(Refusal, match="not_found"):
        find_entry(context, provider, key_of(entry))
    with pytest.raises(Refusal, match="not_found"):
        reverse_entry(context, provider, key_of(entry), "other")
    assert verify_ledger(context) is None


def test_taking_back_ends_with_the_decision(context: Context, provider: Client, authority: Client) -> None:
    mine, decided, rejected = (own_entry(context, f"form-{n}") for n in range(3))
    theirs = created(register_entry(context, provider, draft("R-1")))
    recognise_entry(context, authority, RecognitionDraft(*key_of(decided), "recognised"))
    recognise_entry(context, authority, RecognitionDraft(*key_of(rejected), "rejected", reason="不符"))
    for entry, code in ((decided, "already_decided"), (rejected, "already_decided"), (theirs, "not_found")):
        with pytest.raises(Refusal, match=code):
            reverse_own_entry(context, signed_in(), key_of(entry))
    with pytest.raises(Refusal, match="name_mismatch"):
        reverse_own_entry(context, signed_in(1, "别人"), key_of(mine))
    for somebody in (2, 3):  # known by another entry, and unknown
        if somebody == 2:
            own_entry(context, "other", person=2)
        with pytest.raises(Refusal, match="not_found"):
            reverse_own_entry(context, signed_in(somebody), key_of(mine))
    taken_back = reverse_own_entry(context, signed_in(), key_of(mine), "wrong_hours", "写错了")
    assert (taken_back.status, taken_back.evidence) == ("reversed", 1)
    with pytest.raises(Refusal, match="already_reversed"):
        reverse_own_entry(context, signed_in(), key_of(mine))
    assert reverse_entry(context, authority, key_of(decided), "falsified").status == "reversed"
    assert verify_ledger(context) is None


def test_nobody_calls_as_the_person(context: Context) -> None:
    own_entry(context)
    (listed,) = [each for each in list_clients(context) if each.client.client_id == OWN_CLIENT_ID]
    assert (listed.client.name, listed.client.role) == ("个人登记", "provider")
    assert listed.revoked_at is not None
    with pytest.raises(Refusal, match="not_found"):
        issue_key(context, "个人登记")
    with pytest.raises(Refusal, match="not_found"):
        revoke_client(context, "个人登记")
    with pytest.raises(Refusal, match="client_exists"):
        create_client(context, "provider", "个人登记")
    assert contents(context.database)["client_key"] == []
    assert own_entry(context, "form-2").status == "registered"


def test_a_client_that_has_the_name_keeps_it(context: Context) -> None:
    create_client(context, "provider", "个人登记")
    assert own_entry(context).provider_id == OWN_CLIENT_ID
    named = find_client(context, "个人登记 2")
    assert named is not None
    assert named.is_own


def test_faulty_files_are_all_told(context: Context) -> None:
    before = contents(context.database)
    bad = [Upload("a.pdf", b""), *files(), Upload("b.png", b"GIF89a")]
    with pytest.raises(Refusal, match="invalid_request") as caught:
        register_own_entry(context, signed_in(), own_draft(), bad)
    told = [(fault.pointer, fault.code) for fault in caught.value.faults]
    assert told == [("/evidence/0", "evidence_empty"), ("/evidence/2", "evidence_type")]
    for uploads, code in (([], "evidence_required"), (files(6), "too_many")):
        with pytest.raises(Refusal) as caught:
            register_own_entry(context, signed_in(), own_draft(), uploads)
        assert [fault.code for fault in caught.value.faults] == [code]
    assert contents(context.database) == before
    assert stored_files(context) == []
