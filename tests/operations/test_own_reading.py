"""What a signed-in person reads and says of their own; what was filed under a wrong number is told to nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from service.context import Context
from service.domain.access import Asker, own_asker
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.question import Question
from service.domain.session import SignedInPerson
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.determine import determine
from service.operations.dispute_entry import (
    answer_dispute,
    close_dispute,
    find_disputes,
    list_own_disputes,
    open_own_dispute,
)
from service.operations.export_person import export_own
from service.operations.issue_certificate import issue_certificate
from service.operations.link_persons import link_persons
from service.operations.look_up_person import look_up_person
from service.operations.read_entry_history import read_own_history
from service.operations.read_own import (
    check_own_eligibility,
    list_own_determinations,
    own_person_id,
    read_own_accesses,
    read_own_transcript,
)
from service.operations.read_own_entries import read_own_entries
from service.operations.read_transcript import read_transcript
from service.operations.recognise_entries import RecognitionDraft, recognise_entry
from service.operations.register_entries import register_entry
from service.operations.register_own_entry import register_own_entry
from service.operations.verify_certificate import verify_certificate
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import ASKER, contents, created, draft
from tests.operations.own import OWN, files, own_draft, signed_in

QUESTION = Question("331100", 2023, "intermediate", tenure_start=2018)


@pytest.fixture
def person_id(context: Context, provider: Client) -> int:
    """Person 1 with an entry of a provider's and one of their own; person 2 with one of a provider's."""
    created(register_own_entry(context, signed_in(2), own_draft("theirs"), files()))
    entry = created(register_entry(context, provider, draft("R-1")))
    created(register_own_entry(context, signed_in(), own_draft(), files()))
    return entry.person_id


def test_transcript_history_and_answer(context: Context, authority: Client, person_id: int) -> None:
    recognise_entry(context, authority, RecognitionDraft(person_id, 2, "recognised", 100, "部分"))
    transcript = read_own_transcript(context, signed_in(), asker=OWN)
    assert transcript is not None
    assert (transcript.person_id, transcript.name) == (person_id, "测试1")
    assert [entry.self_registered for entry in transcript.entries] == [False, True]
    own = read_own_entries(context, signed_in(), asker=OWN)
    assert own.entries == transcript.entries
    assert set(own.providers) == {entry.provider_id for entry in own.entries}
    assert own.providers[0] == "个人登记"
    history = read_own_history(context, signed_in(), (person_id, 2), asker=OWN)
    assert [fact.recorded_by for fact in history.facts] == ["个人登记", "某市人社局"]
    assert len(read_own_history(context, signed_in(), (person_id, 1), asker=OWN).facts) == 1
    with pytest.raises(Refusal, match="not_found"):
        read_own_history(context, signed_in(2), (person_id, 1), asker=OWN)
    answer = check_own_eligibility(context, signed_in(), QUESTION, "zh-CN", asker=OWN)
    assert answer["person"]["known"] is True


def test_somebody_new_reads_nothing_and_may_ask(context: Context, admin: Client) -> None:
    somebody = signed_in(9)
    determine(context, admin, EligibilityAsk(somebody.identity, QUESTION), "zh-CN", asker=ASKER)
    assert read_own_transcript(context, somebody, asker=OWN) is None
    assert read_own_entries(context, somebody, asker=OWN).entries == []
    assert own_person_id(context, somebody) is None
    answer = check_own_eligibility(context, somebody, QUESTION, "zh-CN", asker=OWN)
    assert (answer["outcome"], answer["person"]["known"]) == ("not_eligible", False)
    assert len(list_own_determinations(context, somebody, asker=OWN)) == 1
    assert list_own_disputes(context, somebody, asker=OWN) == []
    with pytest.raises(Refusal, match="not_found"):
        export_own(context, somebody, asker=OWN)
    looks = read_own_accesses(context, somebody, asker=OWN).accesses
    assert [(look.by, look.person_id) for look in looks] == [("oneself", None)] * 4 + [("command_line", None)]


OPERATIONS: list[Callable[[Context, SignedInPerson], Any]] = [
    lambda context, person: own_person_id(context, person),
    lambda context, person: read_own_transcript(context, person, asker=OWN),
    lambda context, person: check_own_eligibility(context, person, QUESTION, "en", asker=OWN),
    lambda context, person: read_own_entries(context, person, asker=OWN),
    lambda context, person: list_own_determinations(context, person, asker=OWN),
    lambda context, person: list_own_disputes(context, person, asker=OWN),
    lambda context, person: export_own(context, person, asker=OWN),
    lambda context, person: read_own_accesses(context, person, asker=OWN),
    lambda context, person: read_own_history(context, person, (1, 1), asker=OWN),
    lambda context, person: open_own_dispute(context, person, (1, 1), "不是我的"),
    lambda context, person: register_own_entry(context, person, own_draft("x"), files()),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_name_is_shown_nothing(
    context: Context, person_id: int, operation: Callable[[Context, SignedInPerson], Any]
) -> None:
    before = contents(context.database)
    with pytest.raises(Refusal, match="name_mismatch") as caught:
        operation(context, signed_in(1, "别人"))
    assert (caught.value.params, caught.value.extra, caught.value.faults) == ({}, {}, ())
    assert contents(context.database) == before


def test_who_looked(context: Context, provider: Client, admin: Client, person_id: int) -> None:
    platform = create_client(context, "platform", "申报平台")[0]
    asker = own_asker("test", "transcript")
    read_own_transcript(context, signed_in(), asker=asker)
    look_up_person(context, signed_in().identity, asker=ASKER)
    determine(
        context,
        platform,
        EligibilityAsk(person_id, QUESTION),
        "zh-CN",
        asker=Asker(platform.client_id, "test", "determination"),
    )
    first = read_own_accesses(context, signed_in(), asker=own_asker("t", "access_records"), limit=2)
    told = [(look.by, look.client_name, look.purpose) for look in first.accesses]
    assert told == [("client", "申报平台", "determination"), ("command_line", None, "entries")]
    assert first.next_cursor is not None
    rest = read_own_accesses(context, signed_in(), asker=OWN, cursor=first.next_cursor)
    assert [(look.by, look.client_name, look.purpose) for look in rest.accesses] == [
        ("oneself", None, "transcript")
    ]
    assert rest.next_cursor is None
    newest = read_own_accesses(context, signed_in(), asker=OWN).accesses[1]
    assert (newest.by, newest.purpose) == ("oneself", "access_records")
    with pytest.raises(Refusal, match="invalid_request"):
        read_own_accesses(context, signed_in(), asker=OWN, cursor="x")
    assert read_own_accesses(context, signed_in(2), asker=OWN).accesses == []


def test_a_dispute_of_hours_registered_alone_is_answered_by_the_authority(
    context: Context, provider: Client, authority: Client, person_id: int
) -> None:
    dispute = open_own_dispute(context, signed_in(), (person_id, 2), "应为30学时")
    assert dispute.statements[0].recorded_by == 0
    with pytest.raises(Refusal, match="dispute_open"):
        open_own_dispute(context, signed_in(), (person_id, 2), "再次")
    with pytest.raises(Refusal, match="not_found"):
        open_own_dispute(context, signed_in(2), (person_id, 1), "别人的")
    with pytest.raises(Refusal, match="not_found"):
        answer_dispute(context, provider, dispute.dispute_id, "不是我登记的")
    assert find_disputes(context, provider, asker=ASKER).disputes == []
    answer_dispute(context, authority, dispute.dispute_id, "请提供材料")
    close_dispute(context, authority, dispute.dispute_id, "维持", "rejected")
    theirs = open_own_dispute(context, signed_in(), (person_id, 1), "少了")
    assert answer_dispute(context, provider, theirs.dispute_id, "已核对").status == "answered"
    mine = list_own_disputes(context, signed_in(), asker=OWN)
    assert [each.status for each in mine] == ["closed", "answered"]
    assert list_own_disputes(context, signed_in(2), asker=OWN) == []


def test_a_dispute_may_be_the_first_thing_anybody_says(context: Context, provider: Client) -> None:
    entry = created(register_entry(context, provider, draft("R-1")))
    dispute = open_own_dispute(context, signed_in(), (entry.person_id, 1), "少了")
    export = export_own(context, signed_in(), asker=OWN)
    assert export.clients[dispute.statements[0].recorded_by] == "个人登记"


def test_the_export_is_the_admins_and_lists_files(context: Context, admin: Client, person_id: int) -> None:
    export = export_own(context, signed_in(), asker=own_asker("test", "export"))
    (person,) = export.people
    assert [each.file_name for each in person.evidence] == ["证书0.pdf"]
    assert person.name == "测试1"
    again = export_own(context, signed_in(), asker=OWN)
    assert [(look.by, look.purpose) for look in again.accesses] == [("oneself", "export")]


def test_linked_people_are_one(context: Context, admin: Client, person_id: int) -> None:
    other = own_person_id(context, signed_in(2))
    assert other is not None
    link_persons(context, admin, person_id, other, "换过证件")
    transcript = read_own_transcript(context, signed_in(2), asker=OWN)
    assert transcript is not None
    assert len(transcript.entries) == 3
    assert read_own_history(context, signed_in(2), (person_id, 1), asker=OWN).entry.seq == 1
    assert len(export_own(context, signed_in(2), asker=OWN).people) == 2
    assert read_transcript(context, person_id, asker=ASKER).entries
    looks = read_own_accesses(context, signed_in(2), asker=OWN).accesses
    assert {look.person_id for look in looks} == {person_id, other}
    assert verify_ledger(context) is None


def test_a_certificate_of_ones_own(context: Context) -> None:
    mine = created(register_own_entry(context, signed_in(), own_draft(), files(2)))
    code = issue_certificate(
        context,
        mine.person_id,
        year=None,
        ask=None,
        language="zh-CN",
        lacking=lambda _: (),
        asker=own_asker("test", "transcript"),
    ).code
    verified = verify_certificate(context, code)
    assert (verified.holds, verified.entries_total, verified.changes) == (True, 1, [])
    (record,) = export_own(context, signed_in(), asker=OWN).certificates
    assert (record.code, record.client_id) == (code, None)
