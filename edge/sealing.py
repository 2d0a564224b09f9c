"""Seal scores to the booth's key: who seals cannot open again, so a stolen card tells nothing. X25519 keys, PEM files.

A sealed box is a fresh public key followed by the encrypted content. The key of ChaCha20-Poly1305 comes by HKDF-SHA256
from the Diffie-Hellman secret of the fresh and the booth's key, as in ECIES (Shoup 2001, "A Proposal for an ISO
Standard for Public Key Encryption") and RFC 9180, base mode. Each content has its own key, so the nonce is constant.
"""

import hashlib
from pathlib import Path

from cryptography.exceptions import InternalError, InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from edge.errors import ConfigError
from edge.signing import UNREADABLE

PURPOSE = b"exception-spotter sealed score 1"
NONCE = bytes(12)
PUBLIC_BYTES, TAG_BYTES = 32, 16
KEY_ID_BYTES = 4


class NotOpenedError(Exception):
    """A box was sealed to another key, for another place, or was changed."""


def make_pair() -> tuple[bytes, bytes]:
    """Return a new private and public key, PEM."""
    key = X25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


class Sealer:
    """Seals to one booth."""

    def __init__(self, public_pem: bytes, name: str | Path = "the booth's outbox key") -> None:
        """`name` says where the key is from; raises ConfigError if it is no X25519 public key, PEM."""
        try:
            key = load_pem_public_key(public_pem)
        except UNREADABLE as err:
            raise _unreadable(name, err) from err
        if not isinstance(key, X25519PublicKey):
            raise _unreadable(name, TypeError(type(key).__name__))
        self._key, self._raw = key, key.public_bytes_raw()
        self.key_id = hashlib.sha256(self._raw).digest()[:KEY_ID_BYTES]
        """First bytes of the key's hash, by which a box names its key."""

    def seal(self, content: bytes, about: bytes) -> bytes:
        """Return the sealed content; `open` needs the same `about`, which stays readable."""
        fresh = X25519PrivateKey.generate()
        public = fresh.public_key().public_bytes_raw()
        return public + _cipher(fresh.exchange(self._key), public, self._raw).encrypt(NONCE, content, about)


class Opener:
    """Opens what was sealed to this key."""

    def __init__(self, private: Path) -> None:
        """Read the key; raises ConfigError if the file holds no X25519 private key, PEM."""
        try:
            key = load_pem_private_key(private.read_bytes(), password=None)
        except UNREADABLE as err:
            raise _unreadable(private, err) from err
        if not isinstance(key, X25519PrivateKey):
            raise _unreadable(private, TypeError(type(key).__name__))
        self._key, self._raw = key, key.public_key().public_bytes_raw()

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Return the content; raises NotOpenedError."""
        public, content = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
        try:
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(public))
            return _cipher(secret, public, self._raw).decrypt(NONCE, content, about)
        except (ValueError, InvalidTag) as err:
            raise NotOpenedError from err


def read_sealer(path: str) -> Sealer | None:
    """Return the sealer for the public key in a file; None without a path. Raises ConfigError."""
    if not path:
        return None
    try:
        return Sealer(Path(path).read_bytes(), path)
    except OSError as err:
        raise _unreadable(path, err) from err


def _cipher(secret: bytes, public: bytes, booth: bytes) -> ChaCha20Poly1305:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE + public + booth).derive(secret)
    return ChaCha20Poly1305(derived)


def _unreadable(path: str | Path, err: Exception) -> ConfigError:
    found = "damaged" if isinstance(err, InternalError) else err
    return ConfigError(f"{path}: expected the booth's outbox key, X25519 as PEM ({found}); provision this node again")
