"""The site's key pair: the booth signs the baseline it freezes, nodes check that it was theirs. Ed25519, PEM files."""

import os
from pathlib import Path

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from edge.errors import ConfigError

UNREADABLE = (OSError, ValueError, TypeError, UnsupportedAlgorithm, InternalError)
"""What cryptography raises for a file without a key; the last where OpenSSL fails at what looked like one."""


def make_keys(private: Path, public: Path) -> None:
    """A new pair in two files, the private one for its owner alone; raises ConfigError if either is there already."""
    key = Ed25519PrivateKey.generate()
    _write(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    try:
        _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    except ConfigError:
        private.unlink()
        raise


def sign(private: Path, content: bytes) -> bytes:
    """64 bytes; raises ConfigError if the file holds no such key."""
    try:
        key = load_pem_private_key(private.read_bytes(), password=None)
    except UNREADABLE as err:
        raise _unreadable(private, "private", err) from err
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(private, "private", TypeError(type(key).__name__))
    return key.sign(content)


def is_signed(public: Path, content: bytes, signature: bytes) -> bool:
    """Whether the owner of the key signed exactly this; raises ConfigError if the file holds no such key."""
    try:
        read_public(public).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def read_public(public: Path) -> Ed25519PublicKey:
    """Raises ConfigError if the file holds no such key."""
    try:
        key = load_pem_public_key(public.read_bytes())
    except UNREADABLE as err:
        raise _unreadable(public, "public", err) from err
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(public, "public", TypeError(type(key).__name__))
    return key


def _unreadable(path: Path, kind: str, err: Exception) -> ConfigError:
    found = "damaged" if isinstance(err, InternalError) else err
    return ConfigError(
        f"{path}: expected the site's {kind} key, Ed25519 as PEM ({found}); spotter baseline keygen makes a pair"
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Never over another: what was signed with a lost key is refused by every node."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as err:
        raise ConfigError(f"{path}: cannot be made ({err}); keys are never overwritten, name other files") from err
