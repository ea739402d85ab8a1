"""With a real streaming standby: what it carries, and that nobody can tell from an answer whether it did."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from api.app import create_app
from service.context import Context
from service.domain.identifiers import decode_person_id
from service.operations.clients import create_client, revoke_client
from service.operations.link_persons import link_persons
from service.operations.replay_determination import replay_determinations
from service.operations.verify_ledger import verify_ledger
from service.policy_book import PolicyBook
from service.store import prepared
from service.store import replica as standby_module
from service.store.database import Database
from service.store.erasures import erase_people
from service.store.schema import migrate
from service.store.tables import access_record
from tests.api.calls import Caller, Clock, refused
from tests.api.conftest import make_context
from tests.api.people import document, entry, integrity_record, question
from tests.postgres_server import PostgresServer, StandbyServer, connected, fresh_database

TEMPLATE = "ledger_template"


@pytest.fixture(scope="module")
def primary() -> Iterator[PostgresServer]:
    server = PostgresServer(
        synchronous_commit="on",  # what is acknowledged is on its way to the standby
        wal_keep_size="1GB",  # each database dropped is a checkpoint, and a slow standby has yet to fetch the log
    )
    try:
        with connected(server.url) as connection:
            connection.execute(f"create database {TEMPLATE}")
        migrate(on(server, TEMPLATE))
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def standby(primary: PostgresServer) -> Iterator[StandbyServer]:
    server = StandbyServer(primary)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def url(primary: PostgresServer) -> Iterator[str]:
    with fresh_database(primary.url, TEMPLATE) as made:
        yield made


@pytest.fixture
def context(
    url: str, standby: StandbyServer, policy_book: PolicyBook, clock: Clock, tmp_path: Path
) -> Iterator[Context]:
    standby.catch_up()
    with reading_from(standby, url, make_context(url, policy_book, clock, tmp_path)) as made:
        yield made


@pytest.fixture
def outcomes(context: Context, app: Flask) -> list[str]:
    """What came of each reading on the standby."""
    return listen(context)


def on(server: PostgresServer, name: str | None) -> str:
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def reading_from(server: PostgresServer, url: str, context: Context) -> Iterator[Context]:
    """The same context with questions read from that server's copy of the database."""
    context.database.close()
    database = Database(url, read_url=on(server, make_url(url).database))
    try:
        yield replace(context, database=database)
    finally:
        database.close()


def listen(context: Context) -> list[str]:
    heard: list[str] = []
    assert context.database.replica is not None
    context.database.replica.tell = heard.append
    return heard


@contextmanager
def replay_paused(server: StandbyServer) -> Iterator[None]:
    """Nothing new is to be seen on the standby while the block runs; all of it afterwards."""
    with connected(server.url) as connection:
        connection.execute("select pg_wal_replay_pause()")
        try:
            # Asked for at once, done at the next record: when it says so, nothing more is replayed.
            while connection.execute("select pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                pass
            yield
        finally:
            connection.execute("select pg_wal_replay_resume()")
    server.catch_up()


@contextmanager
def ports_asked() -> Iterator[list[int]]:
    """The server's port for every statement of the question path that is sent while the block runs."""
    ports: list[int] = []
    send = prepared.execute

    def watched(raw: Any, *args: Any) -> Any:
        ports.append(raw.info.port)
        return send(raw, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "execute", watched)
        yield ports


def port(server: PostgresServer) -> int:
    return make_url(server.url).port or 0


def ask_all(platform: Caller, asks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = platform.post("/v1/eligibility/batch", {"questions": asks}).json[
        "answers"
    ]
    return answers


def sound(context: Context) -> bool:
    """Whether the ledger proves itself and every determination comes out the same again."""
    return verify_ledger(context) is None and all(each.same for each in replay_determinations(context))


def test_the_standby_answers(
    context: Context, outcomes: list[str], primary: PostgresServer, standby: StandbyServer,
    provider: Caller, platform: Caller,
) -> None:  # fmt: skip
    provider.post("/v1/entries", entry())
    standby.catch_up()
    with ports_asked() as ports:
        answer = platform.post("/v1/eligibility", question())
    assert answer.json["ledger"]["position"] == 1
    assert answer.json["person"]["name_masked"] == "测**"
    assert outcomes == ["answered"]
    # Who asks; the answer; that it is still so, recorded.
    assert ports == [port(primary), port(standby), port(primary)]
    with context.database.reading() as connection:
        (record,) = connection.execute(access_record.select().where(access_record.c.settles)).all()
    assert (record.position, record.as_of.isoformat()) == (
        1,
        answer.json["as_of"].replace("+08:00", "+00:00").replace("T10:", "T02:"),
    )


def test_what_has_not_reached_the_standby_is_read_from_the_primary(
    context: Context, outcomes: list[str], primary: PostgresServer, standby: StandbyServer,
    provider: Caller, platform: Caller,
) -> None:  # fmt: skip
    for number in (1, 2):
        provider.post("/v1/entries", entry(f"R-{number}", number))
    first = platform.post("/v1/eligibility", question()).json
    standby.catch_up()
    outcomes.clear()
    with replay_paused(standby):
        provider.post("/v1/entries", entry("R-3", subject="public", hours=5))
        new = platform.post("/v1/eligibility", question()).json
        assert new["ledger"]["position"] == 2
        assert new["years"][-1]["hours"] == first["years"][-1]["hours"] | {"total": 77, "public": 5}
        determined = platform.post("/v1/determinations", question())
        assert determined.json["ledger"] == new["ledger"]
        assert outcomes == ["passed_on", "passed_on"]
        # What was given before, and who has nothing new: the standby has come so far.
        assert platform.post("/v1/eligibility", question(as_of=first["as_of"])).json == first
        assert platform.post("/v1/eligibility", question(2)).json["ledger"]["position"] == 1
        assert outcomes[2:] == ["answered", "answered"]
        # Of many, those alone go to the primary that the standby does not have: the positions, all, then them.
        with ports_asked() as ports:
            many = ask_all(platform, [question(1), question(2)])
        assert [answer["ledger"]["position"] for answer in many] == [2, 1]
        assert ports == [port(primary), port(standby), port(primary)]
        assert outcomes[4:] == ["passed_on"]
    again = platform.post("/v1/eligibility", question(as_of=new["as_of"])).json
    assert again == new
    assert outcomes[5:] == ["answered"]
    assert sound(context)


def test_all_that_is_recorded_is_on_the_primary(
    context: Context, outcomes: list[str], standby: StandbyServer, provider: Caller, platform: Caller
) -> None:
    provider.post("/v1/entries", entry())
    standby.catch_up()
    with replay_paused(standby):
        answers = [platform.post("/v1/eligibility", question(number)) for number in (1, 2, 1)]
        counted = select(func.count()).select_from(access_record).where(access_record.c.settles)
        with context.database.reading() as connection:
            assert connection.execute(counted).scalar_one() == 3
        assert context.database.replica is not None
        with context.database.replica.engine.connect() as connection:
            assert connection.execute(counted).scalar_one() == 0
    assert outcomes == ["answered", "passed_on", "answered"]
    assert [answer.json["person"]["known"] for answer in answers] == [True, False, True]
    assert sound(context)


def test_answers_are_the_same_as_without_a_standby(
    context: Context, outcomes: list[str], standby: StandbyServer,
    provider: Caller, authority: Caller, platform: Caller,
) -> None:  # fmt: skip
    """Many people at once: known, unknown, linked, with marks; for now, then, before anything, and all of it again."""
    sent = [entry(f"R-{n}", n % 30, credit_year=2019 + n % 5) for n in range(120)]
    results = provider.post("/v1/entries/batch", {"entries": sent}).json["results"]
    before = platform.post("/v1/eligibility", question(1)).json["as_of"]
    authority.post("/v1/integrity-records", integrity_record(3))
    provider.post(f"/v1/entries/{results[4]['entry_id']}/reversal", {"reason": "falsified"})
    one, other = (platform.post("/v1/people/lookup", document(n)).json["person_id"] for n in (1, 2))
    admin = create_client(context, "admin", "管理")[0]
    link_persons(context, admin, decode_person_id(one), decode_person_id(other), "同一人")
    standby.catch_up()
    outcomes.clear()
    moments: list[dict[str, str]] = [{}, {"as_of": before}, {"as_of": "2020-01-01T00:00:00+08:00"}]
    asks = [question(n % 40, **moments[n % 3]) for n in range(90)]
    carried = ask_all(platform, asks)
    assert outcomes == ["answered"]
    assert {answer["ledger"]["position"] for answer in carried} == {0, 4, 5, 10}
    again = [{**ask, "as_of": answer["as_of"]} for ask, answer in zip(asks, carried, strict=True)]
    assert ask_all(platform, again) == carried
    assert [ask_all(platform, [ask])[0] for ask in again[:12]] == carried[:12]
    alone = Database(context.settings.database_url)
    assert ask_all(Caller(create_app(replace(context, database=alone)), platform.key), again) == carried
    alone.close()
    assert outcomes[:2] == ["answered"] * 2


def test_a_wrong_standby_changes_no_answer(
    context: Context, outcomes: list[str], primary: PostgresServer, url: str,
    provider: Caller, platform: Caller,
) -> None:  # fmt: skip
    """Another ledger's database, where nobody is known."""
    provider.post("/v1/entries", entry())
    with fresh_database(primary.url, TEMPLATE) as strange:
        database = Database(url, read_url=strange)
        misled = replace(context, database=database)
        app = create_app(misled)
        heard = listen(misled)
        answer = Caller(app, platform.key).post("/v1/eligibility", question())
        database.close()
    assert answer.json["ledger"]["position"] == 1
    assert answer.json["years"][-1]["hours"]["total"] == 72
    assert heard == ["passed_on"]


def test_what_is_taken_away_is_gone_at_once(
    context: Context, outcomes: list[str], standby: StandbyServer, provider: Caller, platform: Caller
) -> None:
    """An erased name and a revoked key, neither of which a position shows."""
    for number in (1, 2):
        provider.post("/v1/entries", entry(f"R-{number}", number))
    erased = platform.post("/v1/people/lookup", document()).json["person_id"]
    standby.catch_up()
    by_id = question(person={"person_id": erased})
    with replay_paused(standby):
        with context.database.writing() as connection:
            erase_people(connection, [decode_person_id(erased)], context.clock(), 1, "本人申请")
        for answers in (
            [platform.post("/v1/eligibility", asked).json for asked in (question(), by_id)],
            ask_all(platform, [question(), by_id]),
        ):
            assert [answer["person"]["known"] for answer in answers] == [False, True]
            assert [answer["person"]["name_masked"] for answer in answers] == [None, None]
            assert answers[1]["person"]["id_number_masked"] is None
        assert outcomes == ["passed_on", "passed_on", "answered"]
        revoke_client(context, "platform 2")
        for asked in (question(2), question(2, as_of="2026-01-01T00:00:00+08:00")):
            refused(platform.post("/v1/eligibility", asked), 401, "unauthenticated")
    assert outcomes[3:] == ["passed_on"]


def test_a_standby_that_is_gone(
    context: Context, primary: PostgresServer, url: str, provider: Caller, platform: Caller,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    provider.post("/v1/entries", entry())
    going = StandbyServer(primary)
    try:
        going.catch_up()
        with reading_from(going, url, context) as served:
            app = create_app(served)
            asking = Caller(app, platform.key)
            first = asking.post("/v1/eligibility", question()).json
            assert asking.get("/readyz").json["standby"] == "answers"
            going.stop()
            assert asking.post("/v1/eligibility", question()).json["ledger"] == first["ledger"]
            answers = [asking.post("/v1/eligibility", question(as_of=first["as_of"])) for _ in range(5)]
            with ports_asked() as ports:
                answers.append(asking.post("/v1/eligibility", question(as_of=first["as_of"])))
            assert [answer.json for answer in answers] == [first] * 6
            assert ports == [port(primary)]  # as without a standby
            ready = asking.get("/readyz")
            assert (ready.status_code, ready.json["standby"]) == (200, "silent")
            metrics = asking.get("/metrics").text
            assert 'hours_ledger_standby_questions_total{outcome="answered"} 1.0' in metrics
            assert 'hours_ledger_standby_questions_total{outcome="failed"} 1.0' in metrics
            assert sound(served)
    finally:
        going.stop()
    assert len([record for record in caplog.records if "standby" in record.message]) == 1


def test_everyone_finds_what_they_wrote_while_the_standby_dies(
    context: Context, primary: PostgresServer, provider: Caller, platform: Caller
) -> None:
    """Several at once, each of whom writes and asks in turn; half-way through there is no standby any more."""
    dying = StandbyServer(primary)
    half_way = Barrier(5)
    try:
        dying.catch_up()
        with reading_from(dying, context.settings.database_url, context) as served:
            app = create_app(served)
            heard = listen(served)
            writing, asking = Caller(app, provider.key), Caller(app, platform.key)

            def write_and_ask(number: int) -> list[int]:
                positions = []
                for turn in range(20):
                    if turn == 10:
                        half_way.wait(60)
                    writing.post("/v1/entries", entry(f"{number}-{turn}", number))
                    for answer in (
                        asking.post("/v1/eligibility", question(number)).json,
                        *ask_all(asking, [question(number), question(number + 10)])[:1],
                    ):
                        positions.append(answer["ledger"]["position"])
                return positions

            with ThreadPoolExecutor(4) as pool:
                found = [pool.submit(write_and_ask, number) for number in range(4)]
                half_way.wait(60)
                dying.stop()
                assert [each.result(60) for each in found] == [[n // 2 + 1 for n in range(40)]] * 4
            assert asking.post("/v1/eligibility", question()).json["ledger"]["position"] == 20
            assert "failed" in heard
            assert sound(served)
    finally:
        dying.stop()


def test_a_standby_that_comes_back(
    context: Context, outcomes: list[str], standby: StandbyServer, provider: Caller, platform: Caller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(standby_module, "REST_SECONDS", 0.5)
    provider.post("/v1/entries", entry())
    standby.catch_up()
    platform.post("/v1/eligibility", question())
    with connected(standby.url) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
            [make_url(context.settings.database_url).database],
        )
    assert platform.post("/v1/eligibility", question()).status_code == 200
    assert outcomes == ["answered", "failed"]
    deadline = monotonic() + 30
    while outcomes[-1] == "failed":
        assert monotonic() < deadline
        assert platform.post("/v1/eligibility", question()).status_code == 200
    assert outcomes == ["answered", "failed", "answered"]


def test_a_standby_that_is_held_up(
    url: str, standby: StandbyServer, policy_book: PolicyBook, clock: Clock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Replay stopped while a table was locked: the statement waits there until its time is over."""
    monkeypatch.setattr(
        standby_module, "_OPTIONS", standby_module._OPTIONS.replace("timeout=3s", "timeout=200ms")
    )
    with reading_from(standby, url, make_context(url, policy_book, clock, tmp_path)) as held:
        app = create_app(held)
        heard = listen(held)
        keys = [create_client(held, role, role)[1] for role in ("provider", "platform")]
        provider, platform = (Caller(app, key) for key in keys)
        provider.post("/v1/entries", entry())
        with connected(url) as locking:
            locking.execute("begin")
            locking.execute("lock table chain_head in access exclusive mode")
            locking.execute("select pg_switch_wal()")
            standby.catch_up()
            with replay_paused(standby):
                locking.execute("rollback")
                answer = platform.post("/v1/eligibility", question())
        assert answer.json["ledger"]["position"] == 1
        assert heard == ["failed"]
        assert sound(held)
