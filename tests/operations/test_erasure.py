"""Erasure and export: who the person is goes, the chain stays whole."""

import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.identity import Identity
from service.domain.question import Question
from service.domain.retention import erasable_on
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import create_client
from service.operations.determine import determine, read_determination
from service.operations.dispute_entry import open_dispute
from service.operations.erase_person import erase_person
from service.operations.export_person import PersonExport, export_person
from service.operations.link_persons import link_persons
from service.operations.look_up_person import look_up_person
from service.operations.read_transcript import read_transcript
from service.operations.register_entries import Registration, register_entries
from service.operations.replay_determination import replay_determinations
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.store.tables import metadata
from tests.operations.ledger import (
    ASKER,
    contents,
    created,
    draft,
    id_number,
    open_ledger,
    watched_statements,
)

PERSON = Identity("resident_id", id_number(1))
QUESTION = Question("331100", 2023, "intermediate", tenure_start=2018)


def at(context: Context, moment: datetime) -> Context:
    return replace(context, clock=lambda: moment)


@pytest.fixture
def person_id(context: Context, provider: Client, authority: Client, admin: Client) -> int:
    """Asked about by document first, then registered, reversed in part, disputed and determined."""
    determine(context, admin, EligibilityAsk(PERSON, QUESTION), "zh-CN", asker=ASKER)
    batch = [draft(f"R-{n}", course_code=f"C-{n}") for n in range(3)]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    person_id = entries[0].person_id
    reverse_entry(context, provider, (person_id, 2), "wrong_hours", "录入有误")
    open_dispute(context, authority, (person_id, 1), "少了")
    for who in (PERSON, person_id):
        determine(context, admin, EligibilityAsk(who, QUESTION), "zh-CN", asker=ASKER)
    register_entries(context, provider, [draft("X", 2)])
    return person_id


def later(context: Context) -> Context:
    return at(context, context.clock() + timedelta(days=31 * 366))


def test_retention_first(context: Context, admin: Client, person_id: int) -> None:
    with pytest.raises(Refusal, match="retention_not_over") as caught:
        erase_person(context, admin, person_id, "本人申请")
    day = date.fromisoformat(caught.value.extra["erasable_on"])
    assert day.year == context.clock().year + context.settings.retention_years
    eve = datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC) - timedelta(days=1)
    with pytest.raises(Refusal, match="retention_not_over"):
        erase_person(at(context, eve), admin, person_id, "本人申请")
    on_the_day = at(context, eve + timedelta(seconds=1))
    assert erase_person(on_the_day, admin, person_id, "本人申请").person_id == person_id
    with pytest.raises(Refusal, match="already_erased"):
        erase_person(on_the_day, admin, person_id, "再次")
    with pytest.raises(Refusal, match="not_found"):
        erase_person(on_the_day, admin, 1, "无此人")


def test_hours_that_waited_for_an_erasure_are_a_newcomers(postgres_url: str) -> None:
    """They had found the person already, and were waiting for the lock: nothing is appended to who was erased."""
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider, admin = (create_client(context, role, role)[0] for role in ("provider", "admin"))
    (erased,) = (created(each) for each in register_entries(context, provider, [draft("before")]))
    came: list[Registration] = []
    coming = threading.Thread(target=lambda: came.extend(register_entries(other, provider, [draft("after")])))

    def seen(statement: str) -> None:
        if statement.startswith("DELETE FROM identity"):
            coming.start()
            while not is_waiting(other):
                time.sleep(0.01)

    with watched_statements(context.database, seen):
        erase_person(later(context), admin, erased.person_id, "本人申请")
    coming.join()
    assert created(came[0]).person_id != erased.person_id
    assert verify_ledger(context) is None
    context.database.close()
    other.database.close()


def is_waiting(context: Context) -> bool:
    """Whether somebody waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with context.database.reading() as connection:
        return connection.exec_driver_sql(waiting).scalar_one() > 0


def test_a_leap_day_is_not_short_changed() -> None:
    assert erasable_on(date(2024, 2, 29), 30) == date(2054, 3, 1)
    assert erasable_on(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert erasable_on(date(2024, 3, 1), 30) == date(2054, 3, 1)


def test_who_goes_and_what_stays(context: Context, admin: Client, person_id: int) -> None:
    vault = context.vault
    hashes = (vault.lookup_hash(PERSON), vault.name_hash("测试1"))
    before = contents(context.database)
    erase_person(later(context), admin, person_id, "期满")
    after = contents(context.database)
    for name in (
        "ledger",
        "entry_state",
        "chain_head",
        "entry_reference",
        "determination",
        "dispute_event",
    ):
        assert after[name] == before[name]
    assert not any(id_hash in row for id_hash in hashes for row in after["person"] + after["identity"])
    assert not any(row[1] == hashes[0] for row in after["determination_mask"])
    assert len(after["identity"]) == 1  # the other person's
    assert len(after["determination_mask"]) == 0
    assert verify_ledger(context) is None

    assert look_up_person(context, PERSON, asker=ASKER) is None
    (by_number, by_id) = check_eligibility(
        context, [EligibilityAsk(PERSON, QUESTION), EligibilityAsk(person_id, QUESTION)], "zh-CN", ASKER
    )
    assert by_number["person"]["known"] is False
    assert by_id["person"] == {
        **by_id["person"],
        "known": True,
        "id_number_masked": None,
        "name_masked": None,
    }
    assert by_id["ledger"]["position"] == 4
    transcript = read_transcript(context, person_id, asker=ASKER)
    assert (transcript.name, transcript.id_number, len(transcript.entries)) == (None, None, 3)


def test_determinations_lose_the_masks_and_replay_the_same(
    context: Context, admin: Client, person_id: int
) -> None:
    before = [replay.now for replay in replay_determinations(context)]
    assert {answer["person"]["name_masked"] for answer in before if answer} == {None, "测**"}
    erase_person(later(context), admin, person_id, "期满")
    replays = list(replay_determinations(context))
    assert all(replay.same and not replay.ledger for replay in replays)
    for replay, answer in zip(replays, before, strict=True):
        assert answer is not None
        read = read_determination(context, admin, replay.determination_id, asker=None).answer
        masks = {"id_number_masked": None, "name_masked": None}
        assert read == {**answer, "person": {**answer["person"], **masks}}


def test_the_number_may_be_registered_again_as_somebody_new(
    context: Context, provider: Client, admin: Client, person_id: int
) -> None:
    erase_person(later(context), admin, person_id, "期满")
    again = created(register_entries(context, provider, [draft("R-again", name="改名")])[0])
    assert again.person_id != person_id
    assert verify_ledger(context) is None


def exported(context: Context, client: Client, person_id: int) -> PersonExport:
    return export_person(context, client, person_id, asker=replace(ASKER, purpose="export"))


def test_everything_held_is_exported(
    context: Context, admin: Client, authority: Client, person_id: int
) -> None:
    exported(context, admin, person_id)
    export = exported(context, authority, person_id)
    (person,) = export.people
    assert (person.name, person.documents, person.erased_at) == (
        "测试1",
        [("resident_id", id_number(1))],
        None,
    )
    assert len(person.entries) == 3
    assert [fact.kind for fact, _ in person.facts] == ["registration"] * 3 + ["reversal"]
    assert person.totals == [(2023, "specialty", "331100", 1440, 0, 0, 0)]
    assert [answer["person"]["known"] for answer in export.determinations] == [False, True, True]
    assert [dispute.status for dispute in export.disputes] == ["open"]
    purposes = [access.purpose for access in export.accesses]
    assert purposes.count("export") == 1
    assert export.accesses[0].person_id is None  # asked by document before the ledger knew whose it was
    elsewhere = create_client(context, "authority", "嘉兴", ["330400"])[0]
    with pytest.raises(Refusal, match="forbidden_division"):
        exported(context, elsewhere, person_id)
    with pytest.raises(Refusal, match="not_found"):
        exported(context, admin, 1)


def test_nothing_that_names_a_person_is_left_out_of_the_export() -> None:
    """Every table that holds something by person is one the export knows of."""
    by_person = {table.name for table in metadata.tables.values() if "person_id" in table.columns}
    assert by_person == {
        "ledger",
        "person",
        "identity",
        "determination_member",
        "certificate",
        "certificate_member",
        "dispute",
        "erasure",
        "access_record",
        "evidence",
        # said by the facts already
        "entry_reference",
        "entry_state",
        "chain_head",
        "entry_correction",
        "import_entry",
    }


def test_an_erased_person_is_exported_without_a_name(context: Context, admin: Client, person_id: int) -> None:
    much_later = later(context)
    erase_person(much_later, admin, person_id, "期满")
    (person,) = exported(much_later, admin, person_id).people
    assert (person.name, person.documents) == (None, [])
    assert person.erased_at == much_later.clock()
    with context.database.reading() as connection:
        (row,) = connection.execute(select(metadata.tables["erasure"]))
    assert (row.person_id, row.erased_by, row.reason) == (person_id, admin.client_id, "期满")


def test_linked_people_are_exported_and_erased_together(
    context: Context, provider: Client, admin: Client, person_id: int
) -> None:
    other = created(register_entries(context, provider, [draft("Y", 3)])[0]).person_id
    link_persons(context, admin, person_id, other, "换过证件")
    export = exported(context, admin, other)
    assert {person.person_id for person in export.people} == {person_id, other}
    assert len(export.determinations) == 3
    erase_person(later(context), admin, other, "期满")
    for number in (1, 3):
        assert look_up_person(context, Identity("resident_id", id_number(number)), asker=ASKER) is None
    with pytest.raises(Refusal, match="already_erased"):
        erase_person(later(context), admin, person_id, "再次")
    assert verify_ledger(context) is None
