"""Certificates: the same for the same request, verified by code, and honest about what changed since."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.domain.access import own_asker
from service.domain.amounts import Amounts
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.erase_person import erase_person
from service.operations.issue_certificate import CLAIM, Certificate, issue_certificate
from service.operations.link_persons import link_persons
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.record_access import list_access_records
from service.operations.register_entries import register_entries
from service.operations.resolve_committee import CommitteeAsk
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_certificate import Verification, verify_certificate
from service.operations.verify_ledger import verify_ledger
from service.signing import Signer
from tests.operations.ledger import ASKER, contents, created, draft, watched_statements

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
QUESTION = Question("331100", 2023, "intermediate", tenure_start=2018)


@pytest.fixture
def context(context: Context) -> Context:
    return replace(context, clock=lambda: NOON)


@pytest.fixture
def person_id(context: Context, provider: Client) -> int:
    batch = [
        draft(f"R-{n}", course_code=f"C-{n}", credit_year=2022 + n % 2, completed_on=None) for n in range(4)
    ]
    return created(register_entries(context, provider, batch)[0]).person_id


def issued(
    context: Context, person_id: int, *, question: Question | None = None, **options: Any
) -> Certificate:
    ask = None if question is None else EligibilityAsk(person_id, question, pointer="/question")
    given: dict[str, Any] = {"year": None, "language": "zh-CN", "lacking": lambda _: (), "asker": ASKER}
    return issue_certificate(context, person_id, ask=ask, **{**given, **options})


def recognise(
    context: Context, authority: Client, person_id: int, seq: int, hours: int | None = None
) -> None:
    reason = None if hours is None else "核减"
    recognise_entries(context, authority, [RecognitionDraft(person_id, seq, "recognised", hours, reason)])


def claim_of(context: Context, certificate: Certificate) -> dict[str, Any]:
    claim: dict[str, Any] = orjson.loads(context.signer.ring.verify(certificate.claim, CLAIM).payload)
    return claim


def test_what_it_says(context: Context, authority: Client, person_id: int) -> None:
    recognise(context, authority, person_id, 1)
    certificate = issued(context, person_id)
    claim = claim_of(context, certificate)
    assert (claim["name"], claim["no"], claim["on"], claim["pos"]) == (
        "测**",
        "3305**********0011",
        "2026-11-20",
        5,
    )
    assert claim["hours"] == {"2022": {"s": [72, 72]}, "2023": {"s": [0, 144]}}
    assert "测试1" not in certificate.claim
    assert certificate.providers == {certificate.transcript.entries[0].provider_id: "某培训中心"}
    found = verify_certificate(context, certificate.code.lower().replace("-", ""))
    assert (found.holds, found.changes, found.entries_added, found.entries_total) == (True, [], 0, 4)
    assert found.attested == claim
    assert found.sums == found.sums_now
    assert found.sums[2022] == {"specialty": Amounts(registered=720, recognised=720)}


def test_the_same_for_the_same_request(context: Context, provider: Client, person_id: int) -> None:
    first = issued(context, person_id)
    assert first.is_new
    rows = contents(context.database, "access_record")
    again = issued(replace(context, clock=lambda: NOON + timedelta(hours=5)), person_id, language="en")
    assert (again.code, again.claim, again.is_new) == (first.code, first.claim, False)
    assert contents(context.database, "access_record") == rows
    rotated = replace(context, signer=Signer({"s2": bytes(32), "s1": b"tests-only-tests-only-tests-only"}))
    assert issued(rotated, person_id).claim == first.claim
    tomorrow = issued(replace(context, clock=lambda: NOON + timedelta(days=1)), person_id)
    others = [issued(context, person_id, year=2022), issued(context, person_id, question=QUESTION), tomorrow]
    register_entries(context, provider, [draft("later", course_code="L")])
    others.append(issued(context, person_id))
    assert len({each.code for each in [first, *others]}) == 5
    assert all(each.is_new for each in others)
    for each in [first, *others]:
        assert verify_certificate(context, each.code).holds


def test_a_day_in_zhejiang(context: Context, person_id: int) -> None:
    late = replace(context, clock=lambda: datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    assert claim_of(context, issued(late, person_id))["on"] == "2026-11-21"


def changed(found: Verification) -> list[tuple[str, int, int, int]]:
    return [
        (change.code, change.line, change.then.registered + change.then.recognised, change.now.recognised)
        for change in found.changes
    ]


def test_a_reversal_shows(context: Context, provider: Client, person_id: int) -> None:
    certificate = issued(context, person_id)
    tomorrow = replace(context, clock=lambda: NOON + timedelta(days=1))
    reverse_entry(tomorrow, provider, (person_id, 2), "duplicate")
    found = verify_certificate(context, certificate.code)
    assert (found.holds, found.objections) == (False, ["hours_lost"])
    assert changed(found) == [("entry_reversed", 3, 720, 0)]  # two entries of 2022 stand before it
    assert found.changes[0].changed_on.isoformat() == "2026-11-21"
    assert found.sums[2023]["specialty"].registered == 1440
    assert found.sums_now[2023]["specialty"].registered == 720
    # What was reversed before it was issued is no change, and other years are not asked about.
    assert verify_certificate(context, issued(tomorrow, person_id).code).changes == []
    assert verify_certificate(context, issued(context, person_id, year=2022).code).holds


def test_recognised_since_and_entries_since_take_nothing_from_it(
    context: Context, provider: Client, authority: Client, person_id: int
) -> None:
    certificate = issued(context, person_id)
    recognise(context, authority, person_id, 1)
    register_entries(context, provider, [draft("X", course_code="X"), draft("Y", course_code="Y")])
    reverse_entry(context, provider, (person_id, 7), "other")
    found = verify_certificate(context, certificate.code)
    assert (found.holds, found.entries_added, found.position_now) == (True, 1, 8)
    assert changed(found) == [("decided_since", 1, 720, 720)]


@pytest.mark.parametrize("before", [None, 600])
def test_fewer_hours_than_it_shows(
    context: Context, authority: Client, person_id: int, before: int | None
) -> None:
    recognise(context, authority, person_id, 1, before)
    certificate = issued(context, person_id)
    recognise(context, authority, person_id, 1, 540)
    found = verify_certificate(context, certificate.code)
    assert (found.holds, changed(found)) == (False, [("recognition_replaced", 1, before or 720, 540)])
    recognise(context, authority, person_id, 1, 700 if before else None)
    found = verify_certificate(context, certificate.code)
    assert found.holds


def test_rejected_since(context: Context, authority: Client, person_id: int) -> None:
    certificate = issued(context, person_id)
    recognise_entries(context, authority, [RecognitionDraft(person_id, 1, "rejected", None, "不实")])
    assert verify_certificate(context, certificate.code).objections == ["hours_lost"]


def test_the_outcome_it_states(context: Context, provider: Client, authority: Client, person_id: int) -> None:
    batch = [
        draft(
            f"E-{year}-{n}",
            course_code=f"E{n}",
            credit_year=year,
            subject=subject,
            hours=900,
            completed_on=None,
        )
        for year in range(2018, 2024)
        for n, subject in enumerate(("specialty", "general_public"))
    ]
    register_entries(context, provider, batch)
    certificate = issued(context, person_id, question=QUESTION)
    assert certificate.answer is not None
    assert certificate.answer["outcome"] == "eligible"
    told = claim_of(context, certificate)["out"]
    assert (told["is"], told["at"], told["in"], told["policy"]) == ("eligible", "331100", 2023, "lishui-2023")
    found = verify_certificate(context, certificate.code)
    assert found.holds
    assert found.outcome is not None
    assert (found.outcome.then, found.outcome.now, found.outcome.policy_changed) == (
        "eligible",
        "eligible",
        False,
    )
    assert found.outcome.question == QUESTION
    for entry in certificate.transcript.entries:
        if entry.credit_year == 2023:
            reverse_entry(context, provider, (person_id, entry.seq), "other")
    found = verify_certificate(context, certificate.code)
    assert found.objections == ["hours_lost", "outcome_changed"]
    assert verify_ledger(context) is None


def test_what_is_refused(context: Context, person_id: int) -> None:
    def refusal(code: str, **options: Any) -> Refusal:
        before = contents(context.database)
        with pytest.raises(Refusal, match=code) as caught:
            issued(**{"context": context, "person_id": person_id, **options})
        assert contents(context.database) == before
        return caught.value

    refusal("no_signing_key", context=replace(context, signer=Signer({})))
    refusal("not_found", person_id=1)

    def lacking(name: str) -> Sequence[str]:
        return [each for each in name if each == "试"]

    assert refusal("unprintable_name", lacking=lacking).extra == {"characters": ["U+8BD5"]}
    ask = EligibilityAsk(person_id, QUESTION, committee=CommitteeAsk("999"), pointer="/question")
    with pytest.raises(Refusal, match="invalid_request") as caught:
        issue_certificate(
            context, person_id, year=None, ask=ask, language="en", lacking=lambda _: (), asker=ASKER
        )
    assert caught.value.faults[0].pointer == "/question/committee"
    for wrong in ("", "x" * 1000, "0000-0000-0000-0001"):
        with pytest.raises(Refusal, match="mistyped_code"):
            verify_certificate(context, wrong)
    with pytest.raises(Refusal, match="not_found"):
        verify_certificate(context, "0000-0000-0000-0000")


def test_it_leaves_an_access_record_each_time(context: Context, person_id: int) -> None:
    asker = replace(ASKER, purpose="transcript")
    for _ in range(2):
        issued(context, person_id, asker=asker)
    records = list_access_records(context, person_id=person_id).records
    assert [record.purpose for record in records] == ["transcript"] * 2


def test_people_who_ask_for_their_own(context: Context, person_id: int) -> None:
    certificate = issued(context, person_id, asker=own_asker("test", "transcript"))
    (row,) = contents(context.database)["certificate"]
    assert row[:3] == (certificate.code, person_id, None)


def test_many_at_once_are_one(context: Context, person_id: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: issued(context, person_id), range(16)))
    assert len({(each.code, each.claim) for each in made}) == 1
    assert sum(each.is_new for each in made) == 1


def test_nobody_changes_one(context: Context, person_id: int) -> None:
    issued(context, person_id)
    before = contents(context.database)
    for statement in (
        "UPDATE certificate SET kid = 'x'",
        "DELETE FROM certificate",
        "UPDATE certificate_member SET position = 1",
        "DELETE FROM certificate_member",
    ):
        with pytest.raises(DBAPIError), context.database.writing() as connection:
            connection.execute(text(statement))
    assert contents(context.database) == before


def test_linked_people(context: Context, provider: Client, person_id: int) -> None:
    admin = create_client(context, "admin", "管理员")[0]
    before = issued(context, person_id)
    other = created(register_entries(context, provider, [draft("other", 2)])[0]).person_id
    link_persons(context, admin, person_id, other, "换过证件")
    found = verify_certificate(context, before.code)
    assert (found.holds, found.entries_added, found.entries_total) == (True, 1, 4)
    both = issued(context, person_id)
    assert len(both.transcript.entries) == 5
    assert both.code != issued(context, other).code
    reverse_entry(context, provider, (other, 1), "wrong_person")
    assert changed(verify_certificate(context, both.code)) == [("entry_reversed", 5, 720, 0)]
    assert verify_certificate(context, before.code).holds


def test_erased(context: Context, person_id: int) -> None:
    admin = create_client(context, "admin", "管理员")[0]
    certificate = issued(context, person_id)
    claims = contents(context.database)["certificate_claim"]
    assert len(claims) == 1
    later = replace(context, clock=lambda: NOON + timedelta(days=31 * 366))
    erase_person(later, admin, person_id, "期满")
    found = verify_certificate(later, certificate.code)
    assert (found.is_erased, found.claim, found.attested) == (True, None, None)
    assert (found.holds, found.sums[2022]["specialty"].registered) == (True, 1440)
    assert contents(context.database)["certificate_claim"] == []
    with pytest.raises(Refusal, match="person_erased"):
        issued(later, person_id)
    with pytest.raises(Refusal, match="person_erased"):
        issued(context, person_id)


def test_no_name_and_no_number_in_clear_is_stored(context: Context, person_id: int) -> None:
    certificate = issued(context, person_id, question=QUESTION)
    for name in ("certificate", "certificate_member", "certificate_claim"):
        told = repr(contents(context.database)[name])
        assert certificate.code in told
        for secret in ("测", "3305**", certificate.claim[:40]):
            assert secret not in told


def test_a_rewritten_chain_is_told(context: Context, person_id: int) -> None:
    certificate = issued(context, person_id)
    with context.database.writing() as connection:
        if context.database.dialect_name == "sqlite":
            connection.execute(text("DROP TRIGGER ledger_no_update"))
        else:
            connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE ledger SET course_title = '别的' WHERE seq = 2"))
    assert verify_certificate(context, certificate.code).objections == ["ledger_changed"]


def test_a_key_that_is_gone(context: Context, person_id: int) -> None:
    certificate = issued(context, person_id)
    without = replace(context, signer=Signer({"s9": bytes(32)}))
    assert verify_certificate(without, certificate.code).objections == ["claim_unsound"]


def test_a_head_that_was_written_anew_is_named(context: Context, person_id: int) -> None:
    issued(context, person_id)
    with context.database.writing() as connection:
        if context.database.dialect_name == "sqlite":
            connection.execute(text("DROP TRIGGER certificate_member_no_update"))
        else:
            connection.execute(text("ALTER TABLE certificate_member DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE certificate_member SET position = 3"))
    bad = verify_ledger(context)
    assert bad is not None
    assert (bad.person_id, bad.seq, bad.code) == (person_id, 3, "stored_head")


def test_as_many_statements_however_many_entries(context: Context, provider: Client) -> None:
    first = created(register_entries(context, provider, [draft("first", 9)])[0])
    issued(context, first.person_id, question=QUESTION)  # keeps the policy's text
    counts = []
    for person, size in ((1, 3), (2, 3000)):
        batch = [draft(f"{person}-{n}", person, course_code=f"C{n}", hours=5) for n in range(size)]
        entry = created(register_entries(context, provider, batch)[0])
        seen: list[str] = []
        with watched_statements(context.database, seen.append):
            certificate = issued(context, entry.person_id, question=QUESTION)
            issuing = len(seen)
            verify_certificate(context, certificate.code)
        counts.append((issuing, len(seen) - issuing))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 14
    assert counts[0][1] <= 5
