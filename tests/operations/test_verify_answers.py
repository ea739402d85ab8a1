"""What was given out, looked up and is known of people agrees with the chains; the first row that does not is named."""

import pytest
from sqlalchemy import text

from service.context import Context
from service.domain.client import Client
from service.domain.fact import GENESIS
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.determine import determine
from service.operations.issue_certificate import issue_certificate
from service.operations.link_persons import link_persons
from service.operations.register_entries import register_entries
from service.operations.verify_ledger import BadRow, verify_ledger
from tests.operations.ledger import ASKER, created, draft, id_number
from tests.operations.test_verify_ledger import tamper

GUARDED = ("certificate", "determination", "determination_member", "policy_text")
CHAIN = ("ledger", "entry_reference", "entry_state", "chain_head")


@pytest.fixture
def people(context: Context, provider: Client, authority: Client) -> list[int]:
    """Three people, the first two of them linked; the chains have 3, 2 and 1 facts."""
    batch = [draft("A-1"), draft("A-2", course_code="C"), draft("B-1", 2), draft("C-1", 3)]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    first, second, third = (entries[place].person_id for place in (0, 2, 3))
    admin = create_client(context, "admin", "管理员")[0]
    link_persons(context, admin, first, second, "同一人")
    return [first, second, third]


@pytest.fixture
def given(context: Context, people: list[int]) -> list[int]:
    """Determinations of the linked people, of the third, and of somebody the ledger does not know."""
    platform = create_client(context, "platform", "申报平台")[0]
    question = Question("331100", 2023, "intermediate", tenure_start=2018)
    made = [
        determine(
            context,
            platform,
            EligibilityAsk(Identity("resident_id", id_number(person)), question),
            "zh-CN",
            asker=ASKER,
        )
        for person in (1, 3, 9)
    ]
    assert [each.answer["ledger"]["position"] for each in made] == [5, 1, 0]
    assert verify_ledger(context) is None
    return [each.record.determination_id for each in made]


def unguard(context: Context) -> None:
    with context.database.writing() as connection:
        for table in GUARDED:
            if context.database.dialect_name == "sqlite":
                connection.execute(text(f"DROP TRIGGER {table}_no_update"))
                connection.execute(text(f"DROP TRIGGER {table}_no_delete"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


ANSWER_CASES = {
    "another position": (
        1,
        "UPDATE determination SET answer = replace(answer, '\"position\"\\:1', '\"position\"\\:2')",
    ),
    "another head": (1, "UPDATE determination SET answer = replace(answer, 'sha256\\:', 'sha256\\:0')"),
    "no JSON": (1, "UPDATE determination SET answer = 'x'"),
    "no ledger": (1, "UPDATE determination SET answer = replace(answer, '\"ledger\"', '\"other\"')"),
    "a list": (1, "UPDATE determination SET answer = '[]'"),
    "of linked people": (
        0,
        "UPDATE determination SET answer = replace(answer, '\"position\"\\:5', '\"position\"\\:3')",
    ),
    "of nobody": (2, "UPDATE determination SET answer = replace(answer, 'sha256\\:', 'sha256\\:0')"),
}


@pytest.mark.parametrize("case", ANSWER_CASES)
def test_a_stored_answer_that_says_another_ledger(context: Context, given: list[int], case: str) -> None:
    place, statement = ANSWER_CASES[case]
    unguard(context)
    tamper(context, f"{statement} WHERE determination_id = :d", d=given[place])
    assert verify_ledger(context) == BadRow(
        "determination", None, None, "answer", determination_id=given[place]
    )


def test_members_that_are_gone(context: Context, people: list[int], given: list[int]) -> None:
    unguard(context)
    tamper(
        context,
        "DELETE FROM determination_member WHERE determination_id = :d AND person_id = :p",
        d=given[0],
        p=people[1],
    )
    assert verify_ledger(context) == BadRow("determination", None, None, "answer", determination_id=given[0])
    tamper_again = "DELETE FROM determination_member WHERE determination_id = :d"
    with context.database.writing() as connection:
        connection.execute(text(tamper_again), {"d": given[0]})
    assert verify_ledger(context) == BadRow(
        "determination", None, None, "no_members", determination_id=given[0]
    )


def test_members_that_fit_a_chain_but_not_the_answer(
    context: Context, people: list[int], given: list[int]
) -> None:
    unguard(context)
    tamper(
        context,
        "UPDATE determination_member SET position = 0, head = :genesis WHERE determination_id = :d",
        genesis=GENESIS,
        d=given[1],
    )
    assert verify_ledger(context) == BadRow("determination", None, None, "answer", determination_id=given[1])


def test_a_policy_text_that_was_changed(context: Context, given: list[int]) -> None:
    with context.database.reading() as connection:
        digests = connection.execute(text("SELECT digest FROM policy_text ORDER BY digest")).scalars().all()
    unguard(context)
    tamper(context, "UPDATE policy_text SET text = text || ' ' WHERE digest = :d", d=digests[-1])
    assert verify_ledger(context) == BadRow("policy_text", None, None, "text", key=digests[-1])


def test_an_access_record_of_a_place_the_chain_has_not(
    context: Context, people: list[int], given: list[int]
) -> None:
    is_sqlite = context.database.dialect_name == "sqlite"
    lift = (
        "DROP TRIGGER access_record_no_update"
        if is_sqlite
        else "ALTER TABLE access_record DISABLE TRIGGER USER"
    )
    with context.database.writing() as connection:
        connection.execute(text(lift))
        access_id = connection.execute(
            text("SELECT access_id FROM access_record WHERE person_id = :p"), {"p": people[2]}
        ).scalar_one()
    tamper(context, "UPDATE access_record SET position = 2 WHERE access_id = :a", a=access_id)
    assert verify_ledger(context) == BadRow("access_record", people[2], None, "position", key=str(access_id))


def test_a_chain_that_is_gone_whole(context: Context, people: list[int]) -> None:
    """Nobody was told anything of this person: that there is one shows it."""
    tamper(context, *(f"DELETE FROM {table} WHERE person_id = :p" for table in CHAIN), p=people[2])
    assert verify_ledger(context) == BadRow("person", people[2], None, "no_chain")


def remove_person(context: Context, person_id: int) -> None:
    """The row of the person only, as whoever may do anything to the database can."""
    with context.database.writing() as connection:
        connection.execute(text("DELETE FROM person WHERE person_id = :p"), {"p": person_id})


def test_a_chain_of_nobody(context: Context, people: list[int]) -> None:
    remove_person(context, people[2])
    assert verify_ledger(context) == BadRow("chain_head", people[2], None, "no_person")


def test_a_document_of_nobody(context: Context, people: list[int]) -> None:
    remove_person(context, people[2])
    tamper(context, *(f"DELETE FROM {table} WHERE person_id = :p" for table in CHAIN), p=people[2])
    assert verify_ledger(context) == BadRow("identity", people[2], None, "no_chain")


def test_a_person_without_name_and_documents_is_sound(context: Context, people: list[int]) -> None:
    """As erasure leaves them."""
    tamper(
        context,
        "DELETE FROM identity WHERE person_id = :p",
        "UPDATE person SET name_sealed = NULL, name_hash = NULL WHERE person_id = :p",
        p=people[2],
    )
    assert verify_ledger(context) is None


def test_what_was_given_out_is_gone(context: Context, given: list[int], people: list[int]) -> None:
    """No foreign key keeps a determination or a certificate that chains are kept with."""
    unguard(context)
    code = issue_certificate(
        context, people[2], ask=None, year=None, language="zh-CN", lacking=lambda _: (), asker=ASKER
    ).code

    def delete(column: str, value: object, *tables: str) -> BadRow | None:
        with context.database.writing() as connection:
            for table in tables:
                connection.execute(text(f"DELETE FROM {table} WHERE {column} = :value"), {"value": value})
        return verify_ledger(context)

    gone = BadRow("determination_member", people[2], None, "given_gone", determination_id=given[1])
    assert delete("determination_id", given[1], "determination_mask", "determination") == gone
    assert delete("determination_id", given[1], "determination_member") is None
    gone = BadRow("certificate_member", people[2], None, "given_gone", key=code)
    assert delete("code", code, "certificate_claim", "certificate") == gone
