"""``hours-ledger certificate verify``: without the database."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.paper.font import lacking
from api.paper.print_certificate import print_certificate
from service.context import open_context
from service.domain.question import Question
from service.operations.check_eligibility import EligibilityAsk
from service.operations.clients import create_client
from service.operations.issue_certificate import Certificate, issue_certificate
from service.operations.register_entries import register_entries
from service.settings import Settings
from tests.cli.conftest import KEY, Cli
from tests.operations.ledger import ASKER, created, draft

OTHER = base64.b64encode(bytes(32)).decode()


@pytest.fixture
def certificate(sqlite_url: str, tmp_path: Path) -> Certificate:
    """With its file and the public keys beside it."""
    settings = Settings(
        database_url=sqlite_url, identity_keys=f"k1:{KEY}", lookup_key=KEY, signing_keys=f"s1:{KEY}"
    )
    context = replace(open_context(settings), clock=lambda: datetime(2026, 11, 20, 4, tzinfo=UTC))
    provider = create_client(context, "provider", "某培训中心")[0]
    person_id = created(register_entries(context, provider, [draft()])[0]).person_id
    ask = EligibilityAsk(person_id, Question("331100", 2023, "intermediate"))
    made = issue_certificate(
        context, person_id, year=2023, ask=ask, language="zh-CN", lacking=lacking, asker=ASKER
    )
    (tmp_path / "c.pdf").write_bytes(print_certificate(context, made, "zh-CN"))
    (tmp_path / "keys.json").write_text(json.dumps(context.signer.ring.jwks()))
    context.database.close()
    (tmp_path / "ledger.sqlite3").unlink()
    return made


def test_a_file_with_public_keys(cli: Cli, certificate: Certificate) -> None:
    result = cli("certificate", "verify", "c.pdf", "--keys", "keys.json", "--language", "en")
    assert result.status == 0
    hours = "specialty 0 recognised, 72 registered"
    for told in (certificate.code, "测**", "2026-11-20", hours, "not eligible", "key s1"):
        assert told in result.out
    assert "测试1" not in result.out
    assert "仅登记 72" in cli("certificate", "verify", "c.pdf", "--keys", "keys.json").out


def test_a_claim_with_the_keys_of_the_settings(
    cli: Cli, certificate: Certificate, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    environment.setenv("SIGNING_KEYS", f"s2:{OTHER},s1:{KEY}")
    for text in (certificate.claim, f"http://127.0.0.1:8000/verify/{certificate.code}#{certificate.claim}\n"):
        assert cli("certificate", "verify", "--claim", text).status == 0
    assert cli("certificate", "verify", "--claim", certificate.claim[:-4] + "AAAA").status == 1


def test_what_is_not_sound(
    cli: Cli, certificate: Certificate, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    good = (tmp_path / "c.pdf").read_bytes()
    (tmp_path / "changed.pdf").write_bytes(good.replace(b"%PDF-1.7", b"%PDF-1.6"))
    (tmp_path / "bare.pdf").write_bytes(good[: good.index(b"%HLS")] + good[good.rindex(b"startxref") :])
    for name, words in (("changed.pdf", "the file was changed"), ("bare.pdf", "no intact signature")):
        result = cli("certificate", "verify", name, "--keys", "keys.json", "--language", "en")
        assert (result.status, words in result.out) == (1, True)
    environment.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    environment.setenv("SIGNING_KEYS", f"s1:{OTHER}")
    assert "the signature is wrong" in cli("certificate", "verify", "c.pdf", "--language", "en").out
    environment.setenv("SIGNING_KEYS", f"s2:{KEY}")
    result = cli("certificate", "verify", "c.pdf", "--language", "en")
    assert (result.status, "key s1" in result.out) == (1, True)


def test_wrong_usage(cli: Cli, certificate: Certificate, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}")
    for arguments in (
        [],
        ["c.pdf", "--claim", "x", "--keys", "keys.json"],
        ["c.pdf"],
        ["none.pdf", "--keys", "keys.json"],
        ["c.pdf", "--keys", "no.json"],
    ):
        assert cli("certificate", "verify", *arguments).status == 2
    assert not list(tmp_path.glob("*.signing-keys.json"))
