"""Registering: what is new, what is a replay, what is refused, one by one and in batches."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal
from service.domain.identifiers import encode_entry_id
from service.domain.identity import Identity
from service.operations.clients import create_client
from service.operations.look_up_person import look_up_person
from service.operations.read_entries import read_entry
from service.operations.register_entries import Registration, register_batch, register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.store.keysets import KEYS_MAX
from service.store.standing import read_standings
from tests.operations.ledger import (
    ASKER,
    contents,
    created,
    draft,
    drafts,
    id_number,
    open_ledger,
    refusal_code,
)


def totals_of(context: Context, person_id: int) -> list[tuple[Any, ...]]:
    with context.database.reading() as connection:
        (standing,) = read_standings(connection, person_ids=[person_id])
    return sorted(standing.totals)


def test_an_entry_is_stored_as_it_was_sent(context: Context, provider: Client) -> None:
    sent = draft(
        course_code="JG-101", course_title="装配式建筑", certificate_no="证-1", credit_year=2022, hours=125
    )
    entry = created(register_entry(context, provider, sent))
    assert read_entry(context, provider, (entry.person_id, entry.seq), asker=ASKER) == entry
    assert (entry.status, entry.recognised_hours, entry.self_registered) == ("registered", 0, False)
    for field in ("external_ref", "division_code", "credit_year", "subject", "hours", "series"):
        assert getattr(entry, field) == getattr(sent, field)
    assert (entry.course_code, entry.course_title) == ("JG-101", "装配式建筑")
    assert (entry.completed_on, entry.certificate_no) == (date(2023, 5, 4), "证-1")
    assert look_up_person(context, sent.identity, asker=ASKER) == entry.person_id
    assert totals_of(context, entry.person_id) == [(2022, "specialty", "331100", 125, 0, 0, 0)]


def test_what_is_told_of_a_batch_is_what_came_of_it(context: Context, provider: Client) -> None:
    def results(registrations: list[Registration]) -> list[str]:
        return [each.result for each in registrations]

    def told(external_refs: list[str]) -> list[str]:
        sent = [draft(external_ref) for external_ref in external_refs]
        return register_batch(context, provider, sent, results)

    assert told([]) == []
    assert told(["R-1", "R-2"]) == ["created"] * 2
    assert told(["R-1", "R-2"]) == ["replayed"] * 2
    conflict = [draft("R-1", hours=7), draft("R-3")]
    assert register_batch(context, provider, conflict, results, atomic=True) == ["refused"] * 2
    many = [f"M-{number}" for number in range(KEYS_MAX + 1)]
    assert told(many) == ["created"] * len(many)


def test_the_same_again_is_a_replay_and_stores_nothing(context: Context, provider: Client) -> None:
    first = created(register_entry(context, provider, draft()))
    before = contents(context.database)
    again = register_entry(context, provider, draft())
    assert (again.result, again.entry) == ("replayed", first)
    assert contents(context.database) == before


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"division_code": "331181"}, ["division_code"]),
        ({"credit_year": 2022}, ["credit_year"]),
        ({"subject": "public"}, ["subject"]),
        ({"hours": 721}, ["hours"]),
        ({"series": None}, ["series"]),
        ({"course_code": "X"}, ["course.code"]),
        ({"course_title": "另一课"}, ["course.title"]),
        ({"completed_on": date(2023, 5, 5)}, ["completed_on"]),
        ({"certificate_no": "Z"}, ["certificate_no"]),
        ({"identity": Identity("resident_id", id_number(2)), "name": "测试2"}, ["person.id_number"]),
        ({"hours": 1, "subject": "public", "name": "别人"}, ["person.name", "subject", "hours"]),
    ],
)
def test_a_reference_with_other_content_is_a_conflict_that_names_the_fields(
    context: Context, provider: Client, changes: dict[str, Any], fields: list[str]
) -> None:
    created(register_entry(context, provider, draft()))
    before = contents(context.database)
    with pytest.raises(Refusal) as refused:
        register_entry(context, provider, draft(**changes))
    assert (refused.value.code, refused.value.extra["fields"]) == ("reference_conflict", fields)
    assert contents(context.database) == before


def test_another_providers_same_reference_is_another_entry(context: Context, provider: Client) -> None:
    other = create_client(context, "provider", "另一中心")[0]
    first = created(register_entry(context, provider, draft()))
    second = created(register_entry(context, other, draft(hours=10)))
    assert (second.person_id, second.seq) == (first.person_id, 2)


def test_a_name_that_differs_from_the_one_on_file_is_refused(context: Context, provider: Client) -> None:
    created(register_entry(context, provider, draft()))
    for ref in ("R-1", "R-2"):
        with pytest.raises(Refusal, match="name_mismatch"):
            register_entry(context, provider, draft(ref, name="测试壹"))


def test_a_course_is_credited_once_until_it_is_reversed(context: Context, provider: Client) -> None:
    first = created(register_entry(context, provider, draft(course_code="JG-1")))
    again = draft("R-2", course_code="JG-1", hours=10)
    with pytest.raises(Refusal) as refused:
        register_entry(context, provider, again)
    assert refused.value.code == "duplicate_entry"
    assert refused.value.extra == {"existing_entry_id": encode_entry_id(first.person_id, first.seq)}
    reverse_entry(context, provider, (first.person_id, first.seq), "wrong_hours")
    assert created(register_entry(context, provider, again)).hours == 10
    # The reversed entry's reference stays taken, and is still a replay.
    replayed = register_entry(context, provider, draft(course_code="JG-1"))
    assert replayed.result == "replayed"
    assert replayed.entry is not None
    assert replayed.entry.status == "reversed"


@pytest.mark.parametrize(
    "changes",
    [{"credit_year": 2022}, {"course_code": "JG-2"}, {"person": 2}, {"course_code": None}],
    ids=["year", "course", "person", "no course"],
)
def test_what_is_no_duplicate(context: Context, provider: Client, changes: dict[str, Any]) -> None:
    created(register_entry(context, provider, draft(course_code="JG-1")))
    created(register_entry(context, provider, draft("R-2", **{"course_code": "JG-1", **changes})))


def test_another_provider_s_course_is_another_course(context: Context, provider: Client) -> None:
    other = create_client(context, "provider", "另一中心")[0]
    created(register_entry(context, provider, draft(course_code="JG-1")))
    created(register_entry(context, other, draft(course_code="JG-1")))


def test_a_title_stands_for_a_course_without_code(context: Context, provider: Client) -> None:
    batch = [draft("R-1", course_title="测量"), draft("R-2", course_title="测量"), draft("R-3"), draft("R-4")]
    results = register_entries(context, provider, batch)
    assert [each.result for each in results] == ["created", "refused", "created", "created"]


def test_a_division_outside_the_clients_is_refused(context: Context) -> None:
    client = create_client(context, "provider", "湖州中心", ["330500"])[0]
    results = register_entries(
        context,
        client,
        [draft("R-1"), draft("R-2", division_code="330521"), draft("R-3", division_code="330500")],
    )
    assert refusal_code(results[0]) == "forbidden_division"
    assert [each.result for each in results[1:]] == ["created", "created"]


def test_a_feed_s_general_public_hours_are_recognised_on_arrival(context: Context) -> None:
    feed = create_client(context, "provider", "湖州市人力资源教育培训网", ["330500"], feed_id="hzhret")[0]
    general = draft("R-1", subject="general_public", division_code="330500")
    entries = [
        created(each)
        for each in register_entries(
            context, feed, [general, general._replace(external_ref="R-2", subject="specialty")]
        )
    ]
    assert [(entry.status, entry.recognised_hours) for entry in entries] == [
        ("recognised", 720),
        ("registered", 0),
    ]
    assert totals_of(context, entries[0].person_id) == [
        (2023, "general_public", "330500", 0, 0, 720, 0),
        (2023, "specialty", "330500", 720, 0, 0, 0),
    ]
    assert verify_ledger(context) is None


def test_drafts_of_a_batch_meet_each_other_as_if_sent_one_by_one(context: Context, provider: Client) -> None:
    batch = [
        draft("R-1", course_code="A"),
        draft("R-1", course_code="A"),
        draft("R-1", course_code="A", hours=1),
        draft("R-2", course_code="A"),
        draft("R-3", name="别人"),
        draft("R-3"),
        draft("R-4", person=2, name="别名"),
        draft("R-5", person=2),
        draft("R-6", division_code="320500"),
        draft("R-6"),
    ]
    results = register_entries(context, provider, batch)
    one_by_one = open_second_ledger(context, provider, batch)
    assert [outcome(each) for each in results] == one_by_one
    assert one_by_one == [
        "created",
        "replayed",
        "reference_conflict",
        "duplicate_entry",
        "name_mismatch",
        "created",
        "created",
        "name_mismatch",
        "forbidden_division",
        "created",
    ]
    assert results[1].entry == results[0].entry
    assert verify_ledger(context) is None


def test_a_course_that_is_credited_already_spoils_nothing_else_of_a_batch(
    context: Context, provider: Client
) -> None:
    """A batch is decided while courses are still looked up, and once more where one is found."""
    known = [draft(f"K-{person}", person, course_code="A") for person in (1, 2)]
    credited = [created(each) for each in register_entries(context, provider, known)]
    batch = [
        draft("R-1", person=1, course_code="B"),
        draft("R-2", person=2, course_code="A"),
        draft("R-3", person=3, course_code="A"),
        draft("R-4", person=3, course_code="A"),
        draft("R-5", person=1, course_code="C"),
    ]
    results = register_entries(context, provider, batch)
    expected = ["created", "duplicate_entry", "created", "duplicate_entry", "created"]
    assert [outcome(each) for each in results] == expected
    assert [each.entry and each.entry.seq for each in results] == [2, None, 1, None, 3]
    existing = encode_entry_id(credited[1].person_id, 1)
    assert results[1].refusal is not None
    assert results[1].refusal.extra == {"existing_entry_id": existing}
    assert totals_of(context, credited[0].person_id) == [(2023, "specialty", "331100", 3 * 720, 0, 0, 0)]
    assert totals_of(context, credited[1].person_id) == [(2023, "specialty", "331100", 720, 0, 0, 0)]
    assert [outcome(each) for each in register_entries(context, provider, batch)] == [
        "replayed" if each == "created" else each for each in expected
    ]
    assert verify_ledger(context) is None


def outcome(registration: Any) -> str:
    return registration.refusal.code if registration.refusal else registration.result


def open_second_ledger(context: Context, provider: Client, batch: list[EntryDraft]) -> list[str]:
    """The outcomes when the drafts come one by one, by another provider so that nothing is in the way."""
    other = create_client(context, "provider", "逐条")[0]
    moved = [
        each._replace(identity=Identity("resident_id", id_number(int(each.identity.id_number[-4:-1]) + 500)))
        for each in batch
    ]
    return [outcome(register_entries(context, other, [each])[0]) for each in moved]


def test_atomic_stores_all_or_nothing(context: Context, provider: Client) -> None:
    created(register_entry(context, provider, draft("R-0")))
    before = contents(context.database)
    batch = [draft("R-0"), draft("R-1", 2), draft("R-2", 2, name="别人"), draft("R-3", 3)]
    results = register_entries(context, provider, batch, atomic=True)
    assert [outcome(each) for each in results] == [
        "replayed",
        "atomic_batch_refused",
        "name_mismatch",
        "atomic_batch_refused",
    ]
    assert contents(context.database) == before
    del batch[2]
    assert [each.result for each in register_entries(context, provider, batch, atomic=True)] == [
        "replayed",
        "created",
        "created",
    ]


def test_a_dry_run_says_the_same_and_stores_nothing(context: Context, provider: Client) -> None:
    batch = [*drafts(30), draft("R-3"), draft("X", 1, name="别人")]
    before = contents(context.database)
    dry = register_entries(context, provider, batch, dry_run=True)
    assert contents(context.database) == before
    assert [outcome(each) for each in dry] == [
        outcome(each) for each in register_entries(context, provider, batch)
    ]


def test_more_than_a_chunk_meets_its_earlier_chunks(context: Context, provider: Client) -> None:
    batch = drafts(KEYS_MAX + 5, people=500)
    batch[-1] = batch[0]
    batch[-2] = batch[1]._replace(external_ref="again")
    results = register_entries(context, provider, batch)
    assert [outcome(each) for each in results[-3:]] == ["created", "duplicate_entry", "replayed"]
    assert sum(each.result == "created" for each in results) == KEYS_MAX + 3
    assert verify_ledger(context) is None


def test_nothing_to_register_is_nothing_done(context: Context, provider: Client) -> None:
    assert register_entries(context, provider, []) == []


def test_a_clock_that_steps_back_does_not_turn_a_chain_back(database_url: str) -> None:
    moments = [datetime(2026, 11, 21, 3, tzinfo=UTC)]
    context = open_ledger(database_url, clock=lambda: moments[0])
    provider = create_client(context, "provider", "某中心")[0]
    first = created(register_entry(context, provider, draft("R-1")))
    moments[0] -= timedelta(hours=1)
    second = created(register_entry(context, provider, draft("R-2")))
    stranger = created(register_entry(context, provider, draft("R-3", 2)))
    moments[0] += timedelta(hours=3)
    third = created(register_entry(context, provider, draft("R-4")))
    assert first.recorded_at == second.recorded_at == datetime(2026, 11, 21, 3, tzinfo=UTC)
    assert stranger.recorded_at == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert third.recorded_at == datetime(2026, 11, 21, 5, tzinfo=UTC)
    assert verify_ledger(context) is None
    context.database.close()


def test_no_identity_number_or_name_is_stored_in_clear(
    context: Context, provider: Client, tmp_path: Any
) -> None:
    number, name = id_number(1), "诸葛测试"
    register_entry(context, provider, draft(name=name, course_title="可见课程"))
    stored = repr(contents(context.database)).encode() + b"".join(
        value
        for rows in contents(context.database).values()
        for row in rows
        for value in row
        if isinstance(value, bytes)
    )
    if context.database.dialect_name == "sqlite":
        stored += b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite3*"))
    assert "可见课程".encode() in stored  # so that the search can find
    assert number.encode() not in stored
    assert number[6:14].encode() not in stored
    assert name.encode() not in stored


def test_random_order_and_batching_come_to_the_same_totals(context: Context, provider: Client) -> None:
    batch = drafts(60)
    for part in (batch[40:], batch[:50][::-1], batch):
        register_entries(context, provider, part)
    with context.database.reading() as connection:
        hashes = [context.vault.lookup_hash(each.identity) for each in batch]
        sums = {s.id_hash: s.totals for s in read_standings(connection, id_hashes=hashes)}
    assert {key: rows[0][3] for key, rows in sums.items()} == {
        each: hashes.count(each) * 720 for each in set(hashes)
    }
