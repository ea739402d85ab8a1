"""A chain written anew whole, by someone who may do anything to the database, is found through a determination."""

import pytest
from sqlalchemy import Connection, select, text, update

from service.context import Context
from service.domain.client import Client
from service.domain.fact import GENESIS, Fact, fact_digest
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.determine import Determination, determine
from service.operations.register_entries import register_entries
from service.operations.replay_determination import replay_determinations
from service.operations.verify_ledger import BadRow, rebuild_totals, verify_ledger
from service.store.tables import chain_head, ledger
from tests.operations.ledger import ASKER, created, draft, id_number
from tests.operations.test_verify_ledger import tamper


@pytest.fixture
def person_id(context: Context, provider: Client) -> int:
    batch = [draft(f"R-{n}", course_code=f"C-{n}") for n in range(5)]
    return created(register_entries(context, provider, batch)[0]).person_id


@pytest.fixture
def given(context: Context, person_id: int) -> Determination:
    platform = create_client(context, "platform", "申报平台")[0]
    question = Question("331100", 2023, "intermediate", tenure_start=2018)
    ask = EligibilityAsk(Identity("resident_id", id_number(1)), question)
    return determine(context, platform, ask, "zh-CN", asker=ASKER)


def write_anew(context: Context, person_id: int, changed_seq: int) -> None:
    """Gives a fact other hours and hashes the whole chain again, head, totals and states with it."""
    with context.database.reading() as connection:
        rows = connection.execute(
            select(ledger).where(ledger.c.person_id == person_id).order_by(ledger.c.seq)
        )
        facts = [Fact(*row[:-2]) for row in rows]
    facts[changed_seq - 1] = facts[changed_seq - 1]._replace(hours=800, registered=800)
    previous, forged = GENESIS, []
    for fact in facts:
        digest = fact_digest(fact, previous)
        forged.append({**fact._asdict(), "prev_hash": previous, "hash": digest})
        previous = digest
    tamper(context, "DELETE FROM ledger WHERE person_id = :p", p=person_id)
    with context.database.writing() as connection:
        connection.execute(ledger.insert(), forged)
        connection.execute(
            update(chain_head).where(chain_head.c.person_id == person_id).values(hash=previous)
        )
    rebuild_totals(context)


def test_a_chain_written_anew_whole(context: Context, person_id: int, given: Determination) -> None:
    assert verify_ledger(context) is None
    write_anew(context, person_id, 3)
    assert verify_ledger(context) == BadRow("ledger", person_id, 5, "stored_head")
    (replay,) = replay_determinations(context)
    assert (replay.same, replay.ledger, replay.engine, replay.policy_file) == (False, True, False, False)
    assert {"/ledger/head"} < {difference.path for difference in replay.differences}


def test_what_came_after_the_determination_is_not_vouched_for(
    context: Context, provider: Client, person_id: int, given: Determination
) -> None:
    register_entries(context, provider, [draft("R-9", course_code="C-9")])
    write_anew(context, person_id, 6)
    assert verify_ledger(context) is None
    (replay,) = replay_determinations(context)
    assert replay.same


def test_a_person_removed_without_a_trace(context: Context, person_id: int, given: Determination) -> None:
    tables = ("ledger", "entry_reference", "entry_state", "chain_head")
    tamper(context, *(f"DELETE FROM {table} WHERE person_id = :p" for table in tables), p=person_id)
    assert verify_ledger(context) == BadRow("ledger", person_id, 5, "stored_head")
    (replay,) = replay_determinations(context)
    assert (replay.same, replay.ledger) == (False, True)


def test_hours_changed_in_place(context: Context, person_id: int, given: Determination) -> None:
    tamper(
        context,
        "UPDATE ledger SET hours = 800, registered = 800 WHERE person_id = :p AND seq = 2",
        p=person_id,
    )
    (replay,) = replay_determinations(context)
    assert (replay.same, replay.ledger) == (False, True)


def test_a_stored_text_that_was_changed_is_told(context: Context, given: Determination) -> None:
    def work(connection: Connection) -> None:
        if context.database.dialect_name == "sqlite":
            connection.execute(text("DROP TRIGGER policy_text_no_update"))
        else:
            connection.execute(text("ALTER TABLE policy_text DISABLE TRIGGER USER"))
        changed = (
            "UPDATE policy_text SET text = replace(text, '每年参加继续教育累计不少于90学时', '不少于80学时')"
        )
        connection.execute(text(changed))

    context.database.write(work)
    (replay,) = replay_determinations(context)
    assert (replay.same, replay.policy_file, replay.ledger) == (False, True, False)
    context.database.write(
        lambda connection: connection.execute(text("UPDATE policy_text SET text = 'x = '"))
    )
    (replay,) = replay_determinations(context)
    assert (replay.same, replay.now, replay.policy_file) == (False, None, True)
