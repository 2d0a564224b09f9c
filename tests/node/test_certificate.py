"""Expiry and owner of a certificate, from real PEM files."""

import ssl
from pathlib import Path

import msgspec
import pytest

from edge.errors import ConfigError
from edge.node.certificate import check, end_of
from tests.self_signed import issue

NOW, DAY_S = 1_790_000_000.0, 86_400.0


def test_when_it_ends(tmp_path: Path) -> None:
    tls = issue(tmp_path, "north", ends_at=NOW + 9.5 * DAY_S)
    assert end_of(tls) == NOW + 9.5 * DAY_S
    assert end_of(None) is None
    check(tls, "north", NOW)
    check(None, "north", NOW)


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    mine, other = (issue(tmp_path, name, ends_at=NOW + DAY_S, begins_at=NOW - DAY_S) for name in ("north", "south"))
    with pytest.raises(ConfigError, match=r"expected the certificate of west, found north; provision"):
        check(mine, "west", NOW)
    with pytest.raises(ConfigError, match=r"south.key: does not fit .*north.pem"):
        check(msgspec.structs.replace(mine, key=other.key), "north", NOW)
    for at in (NOW - 2 * DAY_S, NOW + 2 * DAY_S):
        with pytest.raises(ConfigError, match="set the clock, or provision"):
            check(mine, "north", at)
    Path(mine.certificate).write_bytes(b"-----BEGIN CERTIFICATE-----\nnonsense")
    with pytest.raises(ConfigError, match=r"north.pem: expected a PEM certificate"):
        end_of(mine)


def test_what_is_read_late_is_no_certificate_either(tmp_path: Path) -> None:
    """The library parses version and names only on access, so errors come late."""
    tls = issue(tmp_path, "north", ends_at=NOW + DAY_S)
    path = Path(tls.certificate)
    der = ssl.PEM_cert_to_DER_cert(path.read_text())
    assert b"\xa0\x03\x02\x01\x02" in der, "version 3"
    path.write_text(ssl.DER_cert_to_PEM_cert(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)))
    with pytest.raises(ConfigError, match="expected a PEM certificate"):
        check(tls, "north", NOW)
