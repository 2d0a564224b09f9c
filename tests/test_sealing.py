"""What is sealed opens with the booth's key alone, in its own place, and in no other way."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.sealing import NotOpenedError, Opener, Sealer, make_pair, read_sealer


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opener, Sealer]:
    private, public = make_pair()
    path = tmp_path_factory.mktemp("keys") / "outbox.key"
    path.write_bytes(private)
    return Opener(path), Sealer(public)


@given(content=st.binary(max_size=2000), about=st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_opens_with_the_key(pair: tuple[Opener, Sealer], content: bytes, about: bytes) -> None:
    opener, sealer = pair
    assert opener.open(sealer.seal(content, about), about) == content


def test_nothing_else_opens_it(pair: tuple[Opener, Sealer], tmp_path: Path) -> None:
    opener, sealer = pair
    sealed = sealer.seal(b"orange upper", b"north/1")
    private, _ = make_pair()
    (tmp_path / "other.key").write_bytes(private)
    for one, box, about in (
        (opener, sealed, b"north/2"),
        (opener, sealed[:-1], b"north/1"),
        (opener, sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:], b"north/1"),
        (opener, bytes(32) + sealed[32:], b"north/1"),
        (opener, b"", b"north/1"),
        (Opener(tmp_path / "other.key"), sealed, b"north/1"),
    ):
        with pytest.raises(NotOpenedError):
            one.open(box, about)


def test_two_boxes_of_one_content_have_nothing_in_common(pair: tuple[Opener, Sealer]) -> None:
    one, other = (pair[1].seal(b"the same", b"") for _ in range(2))
    assert not set(zip(one[::8], one[1::8], strict=False)) >= set(zip(other[::8], other[1::8], strict=False))
    assert one[:32] != other[:32]


@pytest.mark.parametrize("content", [b"", b"none", make_pair()[0]])
def test_a_file_without_a_public_key_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "outbox.pub").write_bytes(content)
    with pytest.raises(ConfigError, match=r"outbox\.pub: expected the booth's outbox key"):
        read_sealer(str(tmp_path / "outbox.pub"))
    assert read_sealer("") is None
    with pytest.raises(ConfigError, match="provision this node again"):
        Opener(tmp_path / "nowhere.key")
