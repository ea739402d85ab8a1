"""Signs what leaves on paper: JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037), checked by anyone who has the
public keys, with any JOSE library or with these few lines."""

import base64
import binascii
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.domain.errors import Refusal
from service.key_file import make_key_file
from service.settings import Settings
from service.store.database import sqlite_file
from service.vault import VaultError

log = logging.getLogger(__name__)

SEED_BYTES: Final = 32
_KEY_ID_MAX: Final = 32
_ALGORITHM: Final = "EdDSA"
_JWS_MAX: Final = 100_000


class BadSignature(Exception):
    """A text that none of the keys signed as it stands. ``code``: ``form`` (no signed text of this type),
    ``unknown_key`` (``key_id`` says which), ``signature``."""

    def __init__(self, code: str, key_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, and by which key."""

    payload: bytes
    key_id: str


class KeyRing:
    """Public keys by id."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def jwks(self) -> dict[str, Any]:
        """A JWK set (RFC 7517), of public keys only."""
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "kid": key_id,
                    "use": "sig",
                    "alg": _ALGORITHM,
                    "x": _encode(key.public_bytes_raw()),
                }
                for key_id, key in self._keys.items()
            ]
        }

    def verify(self, text: str, kind: str) -> Signed:
        """What a compact JWS of this ``typ`` says. Raises BadSignature unless every character of it is as signed."""
        header_text, separator, rest = text.partition(".")
        payload_text, dot, signature_text = rest.partition(".")
        header = _header(header_text) if separator and dot and len(text) <= _JWS_MAX else None
        if header is None or header_text != _header_text(header["kid"], kind):
            raise BadSignature("form")
        payload, signature = _decode(payload_text), _decode(signature_text)
        if payload is None or signature is None:
            raise BadSignature("form")
        key_id = header["kid"]
        key = self._keys.get(key_id)
        if key is None:
            raise BadSignature("unknown_key", key_id)
        try:
            key.verify(signature, f"{header_text}.{payload_text}".encode())
        except InvalidSignature:
            raise BadSignature("signature", key_id) from None
        return Signed(payload, key_id)


class Signer:
    """Signs with the first of its keys; what any of them signed verifies."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """``keys``: seeds of 32 bytes by id; none at all: nothing can be signed. Raises VaultError."""
        if any(not key_id or len(key_id.encode()) > _KEY_ID_MAX for key_id in keys):
            raise VaultError(f"SIGNING_KEYS: a key id has 1 to {_KEY_ID_MAX} bytes")
        if any(len(seed) != SEED_BYTES for seed in keys.values()):
            raise VaultError(f"SIGNING_KEYS: every key has {SEED_BYTES} bytes")
        self._keys = {key_id: Ed25519PrivateKey.from_private_bytes(seed) for key_id, seed in keys.items()}
        self.ring = KeyRing({key_id: key.public_key() for key_id, key in self._keys.items()})

    @property
    def key_id(self) -> str:
        """The key that signs now. Refusal ``no_signing_key``."""
        for key_id in self._keys:
            return key_id
        raise Refusal("no_signing_key")

    def sign(self, payload: bytes, kind: str, key_id: str | None = None) -> str:
        """A compact JWS of this ``typ``; the same text for the same payload and key. ``key_id``: of the key that
        signed before, as long as it is there. Refusal ``no_signing_key``."""
        key_id = key_id if key_id in self._keys else self.key_id
        signed = f"{_header_text(key_id, kind)}.{_encode(payload)}"
        return f"{signed}.{_encode(self._keys[key_id].sign(signed.encode()))}"


def make_signer(settings: Settings) -> Signer:
    """The signer of the settings. With SQLite and no key given, one is made beside the database file; on any other
    database there is none then, and certificates are refused. Raises VaultError for malformed keys."""
    given = settings.signing_keys
    if given is not None:
        return Signer(_parse_keys(given.get_secret_value()))
    file = sqlite_file(settings.database_url)
    return Signer({}) if file is None else _signer_beside(file)


def kept_signer(settings: Settings) -> Signer | None:
    """The signer of the settings where it has keys already; makes none. Raises VaultError for malformed keys."""
    file = sqlite_file(settings.database_url)
    if settings.signing_keys is None and (file is None or not _beside(file).exists()):
        return None
    return make_signer(settings)


def read_key_ring(text: str) -> KeyRing:
    """The keys of a JWK set. Raises ValueError when it is none, or holds no Ed25519 key."""
    try:
        listed = json.loads(text)["keys"]
        ours = [each for each in listed if (each["kty"], each.get("crv")) == ("OKP", "Ed25519")]
        keys = {
            str(each["kid"]): Ed25519PublicKey.from_public_bytes(_decode(each["x"]) or b"") for each in ours
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("no JWK set") from None
    if not keys:
        raise ValueError("no Ed25519 key")
    return KeyRing(keys)


def _header_text(key_id: str, kind: str) -> str:
    header = {"alg": _ALGORITHM, "kid": key_id, "typ": kind}
    return _encode(json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode())


def _header(text: str) -> dict[str, str] | None:
    decoded = _decode(text)
    try:
        header = json.loads(decoded or b"")
    except ValueError:
        return None
    return header if isinstance(header, dict) and isinstance(header.get("kid"), str) else None


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    """None unless it is written exactly as ``_encode`` writes it: base64 has several texts for the same bytes."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return content if _encode(content) == text else None


def _parse_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, separator, encoded = part.strip().partition(":")
        if not separator or key_id in keys:
            raise VaultError("SIGNING_KEYS has the form ID:BASE64[,ID:BASE64…], each ID once")
        keys[key_id] = _seed("SIGNING_KEYS", encoded)
    return keys


def _seed(place: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise VaultError(f"{place}: not base64") from None


def _beside(database: Path) -> Path:
    return database.with_name(database.name + ".signing-keys.json")


def _signer_beside(database: Path) -> Signer:
    path = _beside(database)
    if not path.exists():
        fresh = base64.b64encode(secrets.token_bytes(SEED_BYTES)).decode()
        if make_key_file(path, {"signing_keys": {f"s{secrets.token_hex(3)}": fresh}}):
            log.warning(
                "a signing key was made in %s: certificates signed with it need it; keep it safe", path
            )
    try:
        stored = json.loads(path.read_text("utf-8"))["signing_keys"]
        return Signer({key_id: _seed(path.name, encoded) for key_id, encoded in stored.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultError(f"{path} is no key file") from None
