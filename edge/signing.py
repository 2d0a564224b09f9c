"""The site's key pair: the booth signs the baseline it freezes, nodes verify it. Ed25519, PEM files."""

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
"""Exceptions of the cryptography package for a file without a key; InternalError if it only looked like one."""


def make_keys(private: Path, public: Path) -> None:
    """Write a new key pair, the private key readable by its owner alone; raises ConfigError if either file exists."""
    key = Ed25519PrivateKey.generate()
    _write(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    try:
        _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644)
    except ConfigError:
        private.unlink()
        raise


def sign(private: Path, content: bytes) -> bytes:
    """Return the signature, 64 bytes; raises ConfigError if the file holds no Ed25519 private key."""
    try:
        key = load_pem_private_key(private.read_bytes(), password=None)
    except UNREADABLE as err:
        raise _unreadable(private, "private", err) from err
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(private, "private", TypeError(type(key).__name__))
    return key.sign(content)


def is_signed(public: Path, content: bytes, signature: bytes) -> bool:
    """Return whether the key's owner signed exactly `content`; raises ConfigError if the file holds no public key."""
    try:
        read_public(public).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def read_public(public: Path) -> Ed25519PublicKey:
    """Return the Ed25519 public key in the file; raises ConfigError if it holds none."""
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
    """Write a new file, never over an existing one: nodes would refuse everything a replaced key had signed."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as err:
        raise ConfigError(
            f"{path}: cannot be written ({err}); keys are never overwritten, choose another file name"
        ) from err
