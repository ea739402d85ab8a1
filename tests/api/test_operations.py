"""Health, readiness, metrics, version: for whoever runs the service."""

from sqlalchemy import text

from service.context import Context
from tests.api.calls import Caller, refused
from tests.api.people import entry


def test_alive_and_ready(anyone: Caller, context: Context) -> None:
    assert anyone.get("/healthz?probe=7").json == {"status": "ok"}
    answer = anyone.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (200, context.database.dialect_name)
    assert answer.json["policies"] >= 4
    assert "standby" not in answer.json
    assert anyone.send("HEAD", "/readyz").status_code == 200


def test_not_ready_before_the_newest_migration(anyone: Caller, context: Context) -> None:
    with context.database.writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    refused(anyone.get("/readyz"), 503, "unavailable")
    assert anyone.get("/healthz").status_code == 200


def test_version(anyone: Caller) -> None:
    body = anyone.get("/version").json
    assert body["name"] == "hours-ledger"
    assert body["policies"]["lishui-2023"].startswith("sha256:")


def test_metrics_count_by_route_and_status(anyone: Caller, provider: Caller) -> None:
    provider.post("/v1/entries", entry())
    provider.post("/v1/entries", {})
    anyone.get("/somewhere/else")
    answer = anyone.get("/metrics")
    assert answer.mimetype == "text/plain"
    assert 'hours_ledger_requests_total{method="POST",route="/v1/entries",status="201"} 1.0' in answer.text
    assert 'hours_ledger_requests_total{method="POST",route="/v1/entries",status="422"} 1.0' in answer.text
    assert 'hours_ledger_requests_total{method="GET",route="(none)",status="404"} 1.0' in answer.text
    assert 'hours_ledger_request_seconds_count{method="POST",route="/v1/entries"} 2.0' in answer.text
    assert "somewhere" not in answer.text


def test_the_start_page(anyone: Caller) -> None:
    chinese, english = anyone.get("/"), anyone.speaking("en").get("/")
    assert (chinese.status_code, chinese.mimetype) == (200, "text/html")
    assert '<html lang="zh-CN">' in chinese.text
    assert '<html lang="en">' in english.text
    assert "/docs" in chinese.text
