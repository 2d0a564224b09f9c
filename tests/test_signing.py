"""Only what the owner of the key signed counts as signed."""

import ssl
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import ConfigError, ProvisionError
from edge.signing import is_signed, make_keys, sign
from edge.site.authority import read_key


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    make_keys(tmp_path / "site.key", tmp_path / "site.pub")
    return tmp_path / "site.key", tmp_path / "site.pub"


@given(content=st.binary(max_size=300), other=st.binary(max_size=300), signature=st.binary(max_size=70))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_else_is_signed(keys: tuple[Path, Path], content: bytes, other: bytes, signature: bytes) -> None:
    private, public = keys
    assert is_signed(public, content, sign(private, content))
    assert is_signed(public, other, sign(private, content)) == (other == content)
    assert not is_signed(public, content, signature)


def test_another_sites_key_is_another(keys: tuple[Path, Path], tmp_path: Path) -> None:
    make_keys(tmp_path / "other.key", tmp_path / "other.pub")
    assert not is_signed(keys[1], b"x", sign(tmp_path / "other.key", b"x"))


def test_the_private_key_is_for_its_owner_and_never_overwritten(keys: tuple[Path, Path], tmp_path: Path) -> None:
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    before = keys[0].read_bytes()
    with pytest.raises(ConfigError, match="never overwritten"):
        make_keys(*keys)
    with pytest.raises(ConfigError, match="never overwritten"):
        make_keys(tmp_path / "new.key", keys[1])
    assert keys[0].read_bytes() == before
    assert not (tmp_path / "new.key").exists(), "half a pair"


@pytest.mark.parametrize(
    "content", [None, b"", b"no PEM", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_key_is_said(tmp_path: Path, keys: tuple[Path, Path], content: bytes | None) -> None:
    path = tmp_path / "wrong"
    if content is not None:
        path.write_bytes(content)
    for use in (lambda: sign(path, b"x"), lambda: is_signed(path, b"x", b""), lambda: sign(keys[1], b"x")):
        with pytest.raises(ConfigError, match="spotter baseline keygen"):
            use()


def test_a_damaged_key_is_told_in_one_line(keys: tuple[Path, Path]) -> None:
    """The key of one curve under the name of another makes OpenSSL fail in a way of its own."""
    der = ssl.PEM_cert_to_DER_cert(keys[0].read_text().replace("PRIVATE KEY", "CERTIFICATE"))
    other = ssl.DER_cert_to_PEM_cert(der.replace(bytes.fromhex("2b6570"), bytes.fromhex("2b6571")))
    keys[0].write_text(other.replace("CERTIFICATE", "PRIVATE KEY"))
    with pytest.raises(ConfigError, match=r"as PEM \(damaged\)") as found:
        sign(keys[0], b"x")
    assert "\n" not in str(found.value)
    with pytest.raises(ProvisionError, match="expected a private key in PEM"):
        read_key(keys[0].read_bytes(), name="ca.key")
