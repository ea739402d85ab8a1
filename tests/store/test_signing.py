"""Signatures: made once, checked by anyone, refused when a character differs."""

import base64
import json
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from service.domain.errors import Refusal
from service.settings import Settings
from service.signing import BadSignature, Signer, make_signer, read_key_ring
from service.vault import VaultError

SEED = base64.b64encode(bytes(range(32))).decode()
KIND = "hours-claim"
GOLDEN = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIiwidHlwIjoiaG91cnMtY2xhaW0ifQ.eyJ2IjoxfQ."
    "Xq30d4Weo-J9ERy1HBGxCJL6nZth4pyLZB4kNumnwsBUS4C601AHdUjOYxYGqviJy0e9rPEYyX_suSNXWmSbDA"
)


def signer() -> Signer:
    return Signer({"k1": bytes(range(32)), "k0": bytes(32)})


def test_golden() -> None:
    assert signer().sign(b'{"v":1}', KIND) == GOLDEN
    signed = signer().ring.verify(GOLDEN, KIND)
    assert (signed.payload, signed.key_id) == (b'{"v":1}', "k1")


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_any_jose_library_agrees() -> None:
    keys = KeySet.import_key_set(signer().ring.jwks())
    assert jws.deserialize_compact(GOLDEN, keys, algorithms=["EdDSA"]).payload == b'{"v":1}'


def test_every_character_counts() -> None:
    ring = signer().ring
    for place, character in enumerate(GOLDEN):
        for other in ("A", "_", ".", "=", "\n", "é"):
            if other != character:
                with pytest.raises(BadSignature):
                    ring.verify(GOLDEN[:place] + other + GOLDEN[place + 1 :], KIND)
    for wrong in (
        "",
        ".",
        "..",
        GOLDEN[:-1],
        GOLDEN + "=",
        GOLDEN + "A",
        GOLDEN + "." + GOLDEN,
        "A" * 200_000,
    ):
        with pytest.raises(BadSignature, match=r"form|signature"):
            ring.verify(wrong, KIND)


def test_another_key_and_another_kind() -> None:
    with pytest.raises(BadSignature, match="unknown_key") as caught:
        Signer({"k2": bytes(range(32))}).ring.verify(GOLDEN, KIND)
    assert caught.value.key_id == "k1"
    with pytest.raises(BadSignature, match="signature"):
        Signer({"k1": bytes(32)}).ring.verify(GOLDEN, KIND)
    with pytest.raises(BadSignature, match="form"):
        signer().ring.verify(GOLDEN, "hours-file")


def test_the_first_key_signs_and_an_old_one_when_asked() -> None:
    for wanted, key_id in ((None, "k1"), ("k0", "k0"), ("gone", "k1")):
        assert signer().ring.verify(signer().sign(b"x", KIND, wanted), KIND).key_id == key_id


def test_public_keys_are_read_back() -> None:
    text = json.dumps(signer().ring.jwks())
    assert '"d"' not in text
    assert read_key_ring(text).verify(GOLDEN, KIND).key_id == "k1"
    for wrong in (
        "",
        "[]",
        "{}",
        '{"keys":[]}',
        '{"keys":[{"kty":"RSA","kid":"x"}]}',
        '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"x","x":"AA"}]}',
    ):
        with pytest.raises(ValueError, match="no "):
            read_key_ring(wrong)


def settings(**changes: str) -> Settings:
    return Settings(database_url="postgresql+psycopg://x/y", **changes)


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(Refusal, match="no_signing_key"):
        make_signer(settings()).sign(b"x", KIND)


@pytest.mark.parametrize(
    "keys", ["x", f"a:{SEED},a:{SEED}", "a:QUJD", "a:?", f":{SEED}", f"{'k' * 33}:{SEED}"]
)
def test_malformed_keys(keys: str) -> None:
    with pytest.raises(VaultError, match="SIGNING_KEYS"):
        make_signer(settings(signing_keys=keys))


def test_a_key_is_made_beside_an_sqlite_file_once(tmp_path: Path) -> None:
    beside = Settings(database_url=f"sqlite:///{tmp_path}/l.sqlite3")
    first, second = make_signer(beside), make_signer(beside)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert first.ring.jwks() == second.ring.jwks()
    path.write_text("{}")
    with pytest.raises(VaultError, match="key file"):
        make_signer(beside)
