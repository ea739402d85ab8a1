"""Names and identity numbers: sealed at rest, found by a keyed hash.

The one place that knows the algorithms (AES-256-GCM, HMAC-SHA256): where 密评 asks for SM4 and SM3, they are
set here.
"""

import base64
import binascii
import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.domain.identity import Identity
from service.key_file import make_key_file
from service.settings import Settings
from service.store.database import sqlite_file

log = logging.getLogger(__name__)

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_KEY_ID_MAX: Final = 32


class VaultError(Exception):
    """Keys are missing, malformed or not the ones the data was sealed with. The message holds no key."""


class Vault:
    """Seals, opens and hashes. A sealed text is: length of the key id, key id, nonce, ciphertext with tag."""

    def __init__(self, keys: Mapping[str, bytes], lookup_key: bytes) -> None:
        """``keys`` by id, the first one seals; all of 32 bytes."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()) or len(lookup_key) != KEY_BYTES:
            raise VaultError(f"every key has {KEY_BYTES} bytes")
        if any(not key_id or len(key_id.encode()) > _KEY_ID_MAX for key_id in keys):
            raise VaultError(f"a key id has 1 to {_KEY_ID_MAX} bytes")
        self._ciphers = {key_id.encode(): AESGCM(key) for key_id, key in keys.items()}
        self._sealing_id = next(iter(self._ciphers))
        # A copy of what the key has been put into is sooner there than the key put in anew.
        self._keyed = hmac.new(lookup_key, digestmod="sha256")

    def lookup_hash(self, identity: Identity) -> bytes:
        """32 bytes by which a document is found; the number must be normalised."""
        return self._hash(f"{identity.id_type}\0{identity.id_number}".encode())

    def name_hash(self, name: str) -> bytes:
        """32 bytes that are equal for equal names."""
        return self._hash(b"name\0" + name.encode())

    def certificate_digest(self, scope: str) -> bytes:
        """32 bytes that are the same for the same certificate and that nobody without the key can guess."""
        return self._hash(b"certificate\0" + scope.encode())

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for another purpose, from which the keys here can't be told."""
        return self._hash(f"key\0{purpose}".encode())

    def _hash(self, said: bytes) -> bytes:
        keyed = self._keyed.copy()
        keyed.update(said)
        return keyed.digest()

    def seal(self, text: str) -> bytes:
        """The text encrypted under the current key; never the same bytes twice."""
        return self.seal_bytes(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text again. Raises VaultError when the key is not loaded or the bytes were changed."""
        return self.open_bytes(sealed).decode()

    def seal_bytes(self, content: bytes) -> bytes:
        """As ``seal``, of a file's content."""
        header = bytes([len(self._sealing_id)]) + self._sealing_id
        nonce = os.urandom(_NONCE_BYTES)
        return header + nonce + self._ciphers[self._sealing_id].encrypt(nonce, content, header)

    def open_bytes(self, sealed: bytes) -> bytes:
        """As ``open``, of what ``seal_bytes`` gave."""
        nonce_at = 1 + sealed[0] if sealed else 1
        header, nonce = sealed[:nonce_at], sealed[nonce_at : nonce_at + _NONCE_BYTES]
        cipher = self._ciphers.get(header[1:])
        if cipher is None or len(nonce) != _NONCE_BYTES:
            raise VaultError("sealed with a key that is not loaded")
        try:
            return cipher.decrypt(nonce, sealed[nonce_at + _NONCE_BYTES :], header)
        except InvalidTag:
            raise VaultError("sealed bytes were changed") from None


def make_vault(settings: Settings) -> Vault:
    """The vault of the settings.

    With SQLite and no key given, keys are made once beside the database file (mode 0600). Raises VaultError
    when keys are missing on any other database, when only one setting is given, or when one is malformed.
    """
    keys, lookup_key = settings.identity_keys, settings.lookup_key
    if keys is not None and lookup_key is not None:
        return Vault(
            _parse_keys(keys.get_secret_value()), _decode("LOOKUP_KEY", lookup_key.get_secret_value())
        )
    if keys is not None or lookup_key is not None:
        raise VaultError("IDENTITY_KEYS and LOOKUP_KEY are given together or not at all")
    file = sqlite_file(settings.database_url)
    if file is None:
        raise VaultError(
            "IDENTITY_KEYS and LOOKUP_KEY are required: only with an SQLite file they are made by themselves"
        )
    return _vault_beside(file)


def _parse_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, separator, encoded = part.strip().partition(":")
        if not separator or key_id in keys:
            raise VaultError("IDENTITY_KEYS has the form ID:BASE64[,ID:BASE64…], each ID once")
        keys[key_id] = _decode("IDENTITY_KEYS", encoded)
    return keys


def _decode(setting: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise VaultError(f"{setting}: not base64") from None


def _vault_beside(database: Path) -> Vault:
    path = database.with_name(database.name + ".keys.json")
    if not path.exists():
        _make_key_file(path)
    try:
        stored = json.loads(path.read_text("utf-8"))
        keys = {key_id: _decode(path.name, key) for key_id, key in stored["identity_keys"].items()}
        return Vault(keys, _decode(path.name, stored["lookup_key"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultError(f"{path} is no key file") from None


def _make_key_file(path: Path) -> None:
    content = {
        "identity_keys": {"k1": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()},
        "lookup_key": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    }
    if make_key_file(path, content):
        log.warning(
            "identity keys were made in %s: without this file names and numbers cannot be read; keep it safe",
            path,
        )
