"""Disputes: opened, answered, closed; one at a time; nothing of what was said is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.dispute_entry import (
    answer_dispute,
    close_dispute,
    find_disputes,
    open_dispute,
    read_dispute,
)
from service.operations.register_entries import register_entries
from service.operations.verify_ledger import verify_ledger
from tests.operations.ledger import ASKER, created, draft


@pytest.fixture
def entry_id(context: Context, provider: Client) -> tuple[int, int]:
    entry = created(register_entries(context, provider, [draft()])[0])
    return entry.person_id, entry.seq


def test_a_dispute_from_beginning_to_end(
    context: Context, provider: Client, authority: Client, entry_id: tuple[int, int]
) -> None:
    opened = open_dispute(context, authority, entry_id, "少了 12 学时")
    assert (opened.status, opened.provider_id) == ("open", provider.client_id)
    with pytest.raises(Refusal, match="dispute_open"):
        open_dispute(context, authority, entry_id, "又")
    answer_dispute(context, provider, opened.dispute_id, "已核对")
    with pytest.raises(Refusal, match="dispute_answered"):
        answer_dispute(context, authority, opened.dispute_id, "再答")
    closed = close_dispute(context, authority, opened.dispute_id, "属实", "upheld")
    for refused in (
        lambda: answer_dispute(context, provider, opened.dispute_id, "晚了"),
        lambda: close_dispute(context, authority, opened.dispute_id, "再", "rejected"),
    ):
        with pytest.raises(Refusal, match="dispute_closed"):
            refused()
    read = read_dispute(context, provider, opened.dispute_id, asker=ASKER)
    assert read == closed
    assert [(said.kind, said.text, said.outcome) for said in read.statements] == [
        ("opened", "少了 12 学时", None),
        ("answered", "已核对", None),
        ("closed", "属实", "upheld"),
    ]
    assert [said.recorded_by for said in read.statements] == [
        authority.client_id,
        provider.client_id,
        authority.client_id,
    ]
    again = open_dispute(context, authority, entry_id, "还有")
    assert again.dispute_id != opened.dispute_id
    assert close_dispute(context, authority, again.dispute_id, "无据", "rejected").status == "closed"
    assert verify_ledger(context) is None


def test_who_may_see_and_do_what(
    context: Context, provider: Client, authority: Client, entry_id: tuple[int, int]
) -> None:
    elsewhere = create_client(context, "authority", "嘉兴", ["330400"])[0]
    other = create_client(context, "provider", "别的机构")[0]
    with pytest.raises(Refusal, match="forbidden_division"):
        open_dispute(context, elsewhere, entry_id, "x")
    with pytest.raises(Refusal, match="not_found"):
        open_dispute(context, authority, (entry_id[0], 9), "x")
    opened = open_dispute(context, authority, entry_id, "少了").dispute_id
    for client, code in ((elsewhere, "forbidden_division"), (other, "not_found")):
        with pytest.raises(Refusal, match=code):
            read_dispute(context, client, opened, asker=ASKER)
        with pytest.raises(Refusal, match=code):
            answer_dispute(context, client, opened, "x")
        assert find_disputes(context, client, asker=ASKER).disputes == []
    with pytest.raises(Refusal, match="not_found"):
        read_dispute(context, authority, 99, asker=ASKER)
    for client in (provider, authority):
        assert [each.dispute_id for each in find_disputes(context, client, asker=ASKER).disputes] == [opened]


def test_lists_by_entry_and_status_page_by_page(
    context: Context, provider: Client, authority: Client
) -> None:
    batch = [draft(f"R-{n}", course_code=f"C-{n}") for n in range(5)]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    opened = [
        open_dispute(context, authority, (entry.person_id, entry.seq), "少了").dispute_id for entry in entries
    ]
    close_dispute(context, authority, opened[1], "无据", "rejected")
    still = find_disputes(context, provider, status="open", asker=ASKER).disputes
    assert [each.dispute_id for each in still] == [opened[0], *opened[2:]]
    one = find_disputes(context, provider, entry_id=(entries[2].person_id, entries[2].seq), asker=ASKER)
    assert [each.dispute_id for each in one.disputes] == [opened[2]]
    seen, cursor = [], None
    while True:
        page = find_disputes(context, authority, cursor=cursor, limit=2, asker=ASKER)
        seen += [each.dispute_id for each in page.disputes]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == opened
    with pytest.raises(Refusal, match="invalid_request"):
        find_disputes(context, authority, cursor="x", asker=ASKER)


def test_many_open_at_once_and_one_is_opened(
    context: Context, authority: Client, entry_id: tuple[int, int]
) -> None:
    gate = Barrier(8)

    def attempt(number: int) -> str:
        gate.wait()
        try:
            return open_dispute(context, authority, entry_id, f"第 {number} 次").status
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["dispute_open"] * 7 + ["open"]


@pytest.mark.parametrize("statement", ["UPDATE dispute_event SET text = '改'", "DELETE FROM dispute_event"])
def test_what_was_said_stays(
    context: Context, authority: Client, entry_id: tuple[int, int], statement: str
) -> None:
    open_dispute(context, authority, entry_id, "少了")
    with pytest.raises(DBAPIError, match="append-only"), context.database.writing() as connection:
        connection.execute(text(statement))
