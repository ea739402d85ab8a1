"""Names and numbers sealed, found by hash, and the keys beside a SQLite file."""

import base64
import json
import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from service.domain.identity import Identity
from service.settings import Settings
from service.vault import Vault, VaultError, make_vault

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
TEXT = "330500199001010011"


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def settings(**given: Any) -> Settings:
    return Settings(**{"database_url": "postgresql+psycopg://localhost/none", **given})


def test_what_is_sealed_opens_and_never_looks_the_same() -> None:
    vault = Vault({"k1": KEY}, OTHER)
    assert vault.open(vault.seal("诸葛𠮷")) == "诸葛𠮷"
    assert vault.seal(TEXT) != vault.seal(TEXT)
    assert TEXT.encode() not in vault.seal(TEXT)


def test_keys_are_rotated_by_putting_a_new_one_first() -> None:
    old = Vault({"k1": KEY}, OTHER)
    new = Vault({"k2": OTHER, "k1": KEY}, OTHER)
    assert new.open(old.seal(TEXT)) == TEXT
    with pytest.raises(VaultError, match="not loaded"):
        old.open(new.seal(TEXT))


@pytest.mark.parametrize("place", range(0, 49, 4))
def test_changed_bytes_do_not_open(place: int) -> None:
    vault = Vault({"k1": KEY, "k2": OTHER}, OTHER)
    sealed = bytearray(vault.seal(TEXT))
    sealed[place] ^= 3
    with pytest.raises(VaultError):
        vault.open(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x02k1", b"\x02k1short", b"\xff" * 40])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        Vault({"k1": KEY}, OTHER).open(sealed)


def test_hashes_are_keyed_and_kept_apart() -> None:
    vault, other = Vault({"k1": KEY}, KEY), Vault({"k1": KEY}, OTHER)
    identity = Identity("resident_id", TEXT)
    assert vault.lookup_hash(identity) == vault.lookup_hash(Identity("resident_id", TEXT))
    assert len(vault.lookup_hash(identity)) == len(vault.name_hash("测试")) == 32
    assert vault.lookup_hash(identity) != other.lookup_hash(identity)
    assert vault.lookup_hash(identity) != vault.lookup_hash(Identity("passport", TEXT))
    assert vault.name_hash("测试一") != vault.name_hash("测试二")
    # Golden: everybody would be lost if this ever changed.
    assert (
        vault.lookup_hash(identity).hex()
        == "12c17c8a0dd0823e3af6aeb831ec25200ea77729f4d9a383db029a26607cb8a9"
    )
    assert (
        vault.name_hash("测试人").hex() == "bad98ff518973dd023d88f9d6affa7b62751a368251d750d4c8cb03814005bbd"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "required"),
        ({"identity_keys": f"k1:{encoded(KEY)}"}, "together"),
        ({"lookup_key": encoded(KEY)}, "together"),
        ({"identity_keys": encoded(KEY), "lookup_key": encoded(KEY)}, "form ID:BASE64"),
        ({"identity_keys": "k1:***", "lookup_key": encoded(KEY)}, "not base64"),
        ({"identity_keys": f"k1:{encoded(KEY[:31])}", "lookup_key": encoded(KEY)}, "32 bytes"),
        ({"identity_keys": f"k1:{encoded(KEY)}", "lookup_key": encoded(KEY[:16])}, "32 bytes"),
        ({"identity_keys": f":{encoded(KEY)}", "lookup_key": encoded(KEY)}, "key id"),
        ({"identity_keys": f"a:{encoded(KEY)},a:{encoded(OTHER)}", "lookup_key": encoded(KEY)}, "once"),
    ],
)
def test_keys_that_will_not_do(given: dict[str, str], message: str) -> None:
    with pytest.raises(VaultError, match=message) as raised:
        make_vault(settings(**given))
    assert encoded(KEY)[:20] not in str(raised.value)


def test_keys_from_the_settings() -> None:
    vault = make_vault(
        settings(identity_keys=f"b:{encoded(OTHER)}, a:{encoded(KEY)}", lookup_key=encoded(KEY))
    )
    assert vault.open(Vault({"a": KEY}, KEY).seal(TEXT)) == TEXT
    assert Vault({"b": OTHER}, KEY).open(vault.seal(TEXT)) == TEXT


def test_sqlite_makes_its_keys_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = f"sqlite:///{tmp_path}/var/ledger.sqlite3"
    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: make_vault(settings(database_url=database)), range(8)))
    path = tmp_path / "var" / "ledger.sqlite3.keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    sealed = vaults[0].seal(TEXT)
    assert {each.open(sealed) for each in (*vaults, make_vault(settings(database_url=database)))} == {TEXT}
    assert len({each.name_hash("x") for each in vaults}) == 1
    warnings = [each for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 1
    stored = json.loads(path.read_text())
    assert stored["lookup_key"] not in caplog.text


def test_a_damaged_key_file_is_no_reason_to_make_new_keys(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/ledger.sqlite3"
    path = tmp_path / "ledger.sqlite3.keys.json"
    for content in (
        "",
        "{}",
        "[]",
        '{"identity_keys": {}, "lookup_key": ""}',
        '{"identity_keys": "a", "lookup_key": 1}',
    ):
        path.write_text(content)
        with pytest.raises(VaultError):
            make_vault(settings(database_url=database))
        assert path.read_text() == content


def test_secrets_are_in_no_repr() -> None:
    given = settings(
        database_url="postgresql+psycopg://u:hidden@h/d",
        identity_keys=f"k:{encoded(KEY)}",
        lookup_key=encoded(OTHER),
    )
    for text in (repr(given), str(given), repr(make_vault(given)), repr(Identity("resident_id", TEXT))):
        assert "hidden" not in text
        assert encoded(KEY)[:12] not in text
        assert encoded(OTHER)[:12] not in text
        assert TEXT not in text
