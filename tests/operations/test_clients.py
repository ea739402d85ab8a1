"""Clients: keys shown once, kept as hashes, expiring and revoked."""

from datetime import UTC, datetime, timedelta

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations.clients import (
    authenticate,
    create_client,
    find_client,
    issue_key,
    list_clients,
    list_keys,
    read_client,
    revoke_client,
    revoke_key,
)
from tests.operations.ledger import contents, open_ledger


def test_a_client_is_found_by_its_key(context: Context) -> None:
    made, key = create_client(context, "authority", "湖州住建局", ["330500"], ["建设工程", "水利"], "feed")
    assert made == Client(
        made.client_id, "湖州住建局", "authority", ("330500",), ("建设工程", "水利"), "feed"
    )
    assert authenticate(context, key) == made == find_client(context, "湖州住建局")
    assert len(key) == 46
    assert key.startswith("hl_")
    assert key.encode() not in repr(contents(context.database)).encode()
    assert key[3:20] not in repr(contents(context.database))


@pytest.mark.parametrize(
    "key", ["", "hl_", "hl_" + "a" * 43, "HL_" + "a" * 43, "hl_" + "é" * 43, "hl_" + "a" * 44, "\0"]
)
def test_what_is_no_key(context: Context, key: str) -> None:
    create_client(context, "platform", "平台")
    assert authenticate(context, key) is None


def test_no_divisions_is_the_province(context: Context) -> None:
    assert create_client(context, "provider", "省中心")[0].divisions == ("330000",)


def test_unknown_divisions_and_taken_names_are_refused(context: Context) -> None:
    with pytest.raises(Refusal, match="unknown_division") as refused:
        create_client(context, "provider", "甲", ["330500", "999999", "110000"])
    assert [fault.params["code"] for fault in refused.value.faults] == ["999999", "110000"]
    create_client(context, "provider", "甲")
    with pytest.raises(Refusal, match="client_exists"):
        create_client(context, "platform", "甲")
    assert [each.client.name for each in list_clients(context)] == ["甲"]


def test_several_keys_an_expiry_and_a_revocation(database_url: str) -> None:
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    context = open_ledger(database_url, clock=lambda: now[0])
    client, first = create_client(context, "provider", "甲")
    second = issue_key(context, "甲", now[0] + timedelta(hours=1))
    other, kept = create_client(context, "provider", "乙")
    assert authenticate(context, first) == authenticate(context, second) == client
    now[0] += timedelta(hours=1)
    assert authenticate(context, second) is None
    assert authenticate(context, first) == client
    assert revoke_client(context, "甲") == client
    assert authenticate(context, first) is None
    assert authenticate(context, kept) == other
    listed = {each.client.name: each.revoked_at for each in list_clients(context)}
    assert listed == {"甲": now[0], "乙": None}
    for name in ("甲", "丙"):
        with pytest.raises(Refusal, match="not_found"):
            revoke_client(context, name)
    with pytest.raises(Refusal, match="not_found"):
        issue_key(context, "丙")
    with pytest.raises(Refusal, match="not_found"):
        issue_key(context, "甲")
    context.database.close()


def test_a_key_is_rotated_and_the_others_end_when_told(database_url: str) -> None:
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    context = open_ledger(database_url, clock=lambda: now[0])
    soon, later = now[0] + timedelta(hours=1), now[0] + timedelta(days=7)
    client, first = create_client(context, "provider", "甲")
    short = issue_key(context, "甲", soon)
    _, others = create_client(context, "provider", "乙", expires_at=later)
    fresh = issue_key(context, "甲", others_end_at=later)
    listed, keys = read_client(context, client.client_id)
    assert (listed.client, listed.revoked_at) == (client, None)
    assert sorted((key.expires_at for key in keys), key=str) == [soon, later, None]
    assert not any(key.key_id in text for key in keys for text in (first, short, fresh))
    now[0] = later
    assert [authenticate(context, key) for key in (first, short, others)] == [None] * 3
    assert authenticate(context, fresh) == client
    assert [key.opens(now[0]) for key in list_keys(context)[client.client_id]].count(True) == 1
    context.database.close()


def test_one_key_is_revoked_and_the_others_stay(context: Context) -> None:
    client, first = create_client(context, "provider", "甲")
    (only,) = read_client(context, client.client_id)[1]
    second = issue_key(context, "甲")
    other, kept = create_client(context, "provider", "乙")
    with pytest.raises(Refusal, match="not_found"):
        revoke_key(context, other.client_id, only.key_id)
    revoke_key(context, client.client_id, only.key_id)
    assert [authenticate(context, key) for key in (first, second, kept)] == [None, client, other]
    for client_id, key_id in (
        (client.client_id, only.key_id),
        (client.client_id, "0" * 16),
        (999, only.key_id),
    ):
        with pytest.raises(Refusal, match="not_found"):
            revoke_key(context, client_id, key_id)
    with pytest.raises(Refusal, match="not_found"):
        read_client(context, 999)
