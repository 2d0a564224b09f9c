"""A sealed file: only its passphrase opens it, and no change of it goes unnoticed."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.appliance import sealed_file
from edge.appliance.sealed_file import CHUNK, MAGIC, SALT, TAG, SealedReader, SealedWriter
from edge.errors import ProvisionError

SECRET = b"correct horse"


def sealed(content: bytes, step: int = 70_001) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, SECRET)
    for at in range(0, len(content), step):
        writer.write(content[at : at + step])
    writer.close()
    return file.getvalue()


def opened(content: bytes, secret: bytes = SECRET) -> bytes:
    reader = SealedReader(io.BytesIO(content), secret, Path("x.backup"))
    found = bytearray()
    while part := reader.read(99_991):
        found += part
    return bytes(found)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
def test_what_was_written_is_read(size: int) -> None:
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    made = sealed(content)
    assert opened(made) == content
    assert content[:64] not in made or size < 16


def test_equal_contents_look_different() -> None:
    assert sealed(b"x" * 100) != sealed(b"x" * 100)


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(ProvisionError, match="wrong passphrase"):
        opened(sealed(b"x" * 100), b"correct house")


def test_another_file_is_refused() -> None:
    for content in (b"", MAGIC, b"PK\x03\x04" * 100):
        with pytest.raises(ProvisionError, match="found another file"):
            opened(content)


HEAD, PIECE = len(MAGIC) + SALT, CHUNK + TAG
THREE = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c" * 100)
"""A file of three chunks."""


@pytest.mark.parametrize(
    "changed",
    [
        THREE[: HEAD + 2 * PIECE],
        THREE[: HEAD + PIECE],
        THREE[:-1],
        THREE[:HEAD] + THREE[HEAD + PIECE :],
        THREE[:HEAD] + THREE[HEAD + PIECE : HEAD + 2 * PIECE] + THREE[HEAD : HEAD + PIECE] + THREE[HEAD + 2 * PIECE :],
        THREE + THREE[HEAD + 2 * PIECE :],
    ],
    ids=["last cut off", "two cut off", "a byte cut off", "first missing", "two exchanged", "last twice"],
)
def test_chunks_cannot_be_moved(changed: bytes) -> None:
    with pytest.raises(ProvisionError, match="wrong passphrase or damaged"):
        opened(changed)


@settings(max_examples=8)
@given(st.integers(0, HEAD + 116 - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(at: int, by: int) -> None:
    made = bytearray(sealed(b"x" * 100))
    made[at] ^= by
    with pytest.raises(ProvisionError):
        opened(bytes(made))


def test_guessing_is_expensive() -> None:
    assert 128 * sealed_file.R * 2**sealed_file.LOG2_N >= 128 * 2**20, "bytes of memory for each guess"
