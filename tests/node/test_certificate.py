"""How long a certificate lasts, and whose it is, from real PEM files."""

from pathlib import Path

import msgspec
import pytest

from edge.errors import ConfigError
from edge.node.certificate import DAY_S, check, days_left
from tests.certificates import issue

NOW = 1_790_000_000.0


def test_days_left(tmp_path: Path) -> None:
    tls = issue(tmp_path, "north", ends_at=NOW + 9.5 * DAY_S)
    assert days_left(tls, NOW) == pytest.approx(9.5)
    assert days_left(tls, NOW + 12 * DAY_S) == pytest.approx(-2.5)
    assert days_left(None, NOW) is None
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
        days_left(mine, NOW)
