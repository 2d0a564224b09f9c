"""A file that only a passphrase opens: scrypt makes the key, ChaCha20-Poly1305 seals it chunk by chunk.

The chunks follow the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár 2015, "Online Authenticated-Encryption
and its Nonce-Reuse Misuse-Resistance"): each nonce holds the chunk's number and whether it is the last, so that chunks
cannot be dropped, repeated, reordered or cut off.
"""

import secrets
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from edge.errors import ProvisionError

MAGIC = b"EXCEPTION-SPOTTER BACKUP 1\n"
CHUNK, TAG, SALT = 2**20, 16, 16
"""Bytes of a chunk, of its tag and of the salt."""
LOG2_N, R, P = 17, 8, 1
"""scrypt's cost parameters (128 MiB a guess): the first choice of the OWASP password storage cheat sheet."""


class SealedWriter:
    """Write-only file object: what is written goes sealed to `file`; call `close` at the end."""

    def __init__(self, file: BinaryIO, passphrase: bytes) -> None:
        salt = secrets.token_bytes(SALT)
        file.write(MAGIC + salt)
        self._file, self._box, self._number, self._waiting = file, _box(passphrase, salt), 0, bytearray()

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > CHUNK:  # the last chunk stays until it is known to be the last
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, content: bytes, *, is_last: bool) -> None:
        self._file.write(self._box.encrypt(_nonce(self._number, is_last=is_last), content, MAGIC))
        self._number += 1


class SealedReader:
    """Read-only file object over a sealed file; raises ProvisionError for another passphrase or a changed file."""

    def __init__(self, file: BinaryIO, passphrase: bytes, name: Path) -> None:
        self._file, self._name, self._number = file, name, 0
        head = file.read(len(MAGIC) + SALT)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + SALT:
            raise ProvisionError(f"{name}: expected a backup made by spotter booth backup, found another file")
        self._box = _box(passphrase, head[len(MAGIC) :])
        self._ready, self._ahead = bytearray(), file.read(CHUNK + TAG)

    def read(self, size: int) -> bytes:
        while len(self._ready) < size and self._ahead:
            self._open()
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def _open(self) -> None:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        try:
            self._ready += self._box.decrypt(_nonce(self._number, is_last=not self._ahead), sealed, MAGIC)
        except InvalidTag as err:
            raise ProvisionError(f"{self._name}: wrong passphrase or damaged file; nothing was restored") from err
        self._number += 1


def _box(passphrase: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=2**LOG2_N, r=R, p=P).derive(passphrase))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
