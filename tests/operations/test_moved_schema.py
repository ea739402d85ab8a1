"""What is in a ledger stays in it, to the byte, when its schema goes back a version and forth again."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.domain.client import Client
from service.domain.identity import Identity
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk, check_eligibility
from service.operations.clients import authenticate, create_client
from service.operations.determine import determine
from service.operations.issue_certificate import issue_certificate
from service.operations.register_entries import register_entries, register_entry
from service.operations.verify_ledger import verify_ledger
from service.store.certificate_tables import certificate_member
from service.store.determination_tables import determination_member
from service.store.schema import migrate
from tests.operations.ledger import ASKER, contents, created, draft, id_number, open_ledger

MEMBERS = (certificate_member, determination_member)


@pytest.fixture
def told(context: Context, provider: Client) -> Context:
    """A ledger with a certificate and a determination of one of two people."""
    entry = created(register_entries(context, provider, [draft("R-1"), draft("R-2", 2)])[0])
    issue_certificate(
        context, entry.person_id, ask=None, year=None, language="zh-CN", lacking=lambda _: (), asker=ASKER
    )
    platform = create_client(context, "platform", "申报平台")[0]
    ask = EligibilityAsk(
        Identity("resident_id", id_number(1)), Question("331100", 2023, "intermediate", tenure_start=2018)
    )
    determine(context, platform, ask, "zh-CN", asker=ASKER)
    return context


def test_back_and_forth_again(told: Context, database_url: str) -> None:
    before = contents(told.database)
    assert all(before[table.name] for table in MEMBERS)
    migrate(database_url, "0008")  # 0009 makes tables anew on SQLite, 0011 moves the totals
    assert contents(told.database, "chain_head").items() <= before.items()
    migrate(database_url)
    assert contents(told.database) == before
    assert verify_ledger(told) is None
    for table in MEMBERS:
        for statement in (delete(table), update(table).values(position=0)):
            with pytest.raises(DBAPIError, match="append-only"), told.database.writing() as connection:
                connection.execute(statement)


def test_a_column_gets_another_type_while_the_service_runs(postgres_url: str) -> None:
    """Statements that a connection has prepared return what the column was: they are prepared again."""
    context = open_ledger(postgres_url)
    made, key = create_client(context, "provider", "培训机构")
    register_entries(context, made, [draft("R-0", course_code="0")])
    ask = EligibilityAsk(Identity("resident_id", id_number(1)), Question("331100", 2023, "intermediate"))

    def use(number: int) -> None:
        assert authenticate(context, key) == made
        (answer,) = check_eligibility(context, [ask], "zh-CN", ASKER)
        assert answer["ledger"]["position"] == number
        created(register_entry(context, made, draft(f"R-{number}", course_code=str(number))))

    use(1)
    for number, change in enumerate(
        ("client ALTER name TYPE varchar(300)", "chain_head ALTER seq TYPE bigint", "ledger ADD more text"), 2
    ):
        with context.database.writing() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {change}")
        use(number)
    context.database.close()
