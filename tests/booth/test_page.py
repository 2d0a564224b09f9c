"""The page: local, read-only, escaped, and true."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from edge import wire
from edge.booth.alert import make_alert
from edge.booth.health import Verdict
from edge.booth.page import Page, Snapshot, render
from edge.config import BoothConfig
from edge.errors import ConfigError
from tests.messages import NOW, make_score

COUNTS = {"scores": 1234, "repeats": 5, "late": 6, "alerts": 7, "lapsed": 8, "overflow": 9}


def make_snapshot(**changes: Any) -> Snapshot:
    fields: dict[str, Any] = {
        "site": "booth",
        "at": wire.to_time(NOW + 13),
        "is_connected": True,
        "refusals": 0,
        "trouble": "",
        "alerts": [make_alert(make_score(), BoothConfig(), NOW)],
        "nodes": [Verdict("camera-1", "degraded", ["too dark: clean the lens"], "spot", 12.5, 42)],
        "lost": {"camera-1": 3},
        "counts": COUNTS,
        "refused": {"schema": 11},
    }
    return Snapshot(**(fields | changes))


@pytest.fixture
def page() -> Iterator[Page]:
    with closing(Page("127.0.0.1", 0)) as opened:
        yield opened


def get(page: Page, path: str, method: str = "GET") -> tuple[int, str, http.client.HTTPMessage]:
    with closing(http.client.HTTPConnection(urlsplit(page.url).netloc, timeout=5)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def test_everything_is_shown() -> None:
    text = render(make_snapshot())
    for words in (
        "1 in 430 (300-620)",
        "camera-1, left, heading right",
        "orange upper, checked lower",
        "47 s left",
        "too dark: clean the lens",
        "1,234 sightings stored since the booth started, 6 too late",
        "Refused 11 messages: schema.",
        "camera-1 lost 3 sightings",
    ):
        assert words in text
    assert "<img" not in text
    assert "<script" not in text


def test_troubles_come_first() -> None:
    text = render(make_snapshot(is_connected=False, trouble="the disk is full", refusals=2, alerts=[], nodes=[]))
    assert text.index("broker is away") < text.index("Nothing is stored: the disk is full") < text.index("Alerts")
    assert "Nobody exceptional" in text
    assert "No camera has reported yet" in text


def test_everything_is_escaped() -> None:
    bad = "<script>alert(1)</script>\"'"
    text = render(make_snapshot(nodes=[Verdict("camera-1", "ok", [bad])], trouble=bad, refused={bad: 1}))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_served_with_strict_headers(page: Page) -> None:
    assert get(page, "/")[0] == 503
    snapshot = make_snapshot()
    page.show(snapshot)
    status, text, headers = get(page, "/")
    assert (status, text) == (200, render(snapshot))
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert msgspec.convert(json.loads(get(page, "/state.json")[1]), Snapshot) == snapshot


def test_read_only_and_nothing_else(page: Page) -> None:
    page.show(make_snapshot())
    assert get(page, "/../etc/passwd")[0] == 404
    assert get(page, "/", "POST")[0] == 501


def test_a_taken_port_is_said(page: Page) -> None:
    port = urlsplit(page.url).port
    assert port
    with pytest.raises(ConfigError, match=f"page_port {port}: cannot listen there .* try --port 0"):
        Page("127.0.0.1", port)
