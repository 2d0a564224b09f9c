"""The page over HTTP: what it shows, and how outcomes get to the booth."""

import json
import re

import msgspec
import pytest

from edge.booth.page.routes import HEADERS
from edge.booth.page.snapshot import Snapshot
from edge.booth.roster import NodeHealth
from edge.errors import StoreError
from tests.booth.page.pages import (
    ALERT,
    BUDGET,
    OUTCOMES,
    READABLE,
    TRENDS,
    Browser,
    ServedPage,
    make_snapshot,
    make_view,
)


def test_everything_is_shown(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    text = re.sub(r"<[^>]+>", "", browser.get("/").text)
    for part in (
        "1 in 500 (200-1,000)",
        "Look north-west",
        "orange top, dark grey checked trousers",
        "47 s left",
        "too dark: clean",
    ):
        assert part in text
    for part in ("1,180", "1 in 210", "82 % (52-95)", "more than usual", "camera-1 lost 3 sightings", "Refused 11"):
        assert part in text
    assert not re.search(r"<(img|picture|video|canvas|object|iframe)\b", browser.get("/").text)


def test_nothing_is_inline(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    text = browser.get("/").text
    assert re.findall(r"<script[^>]*>", text) == ['<script src="/static/page.js" defer>']
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)


def test_everything_is_escaped(served: ServedPage, browser: Browser) -> None:
    bad = "<script>alert(1)</script>\"'"
    nodes = [NodeHealth(bad, "ok", [bad])]
    served.page.show(make_snapshot(nodes=nodes, trouble=bad, refused={bad: 1}, alerts=[make_view(1, "claimed", bad)]))
    text = browser.get("/").text
    assert "<script>" not in text
    assert text.count("&lt;script&gt;") >= 5


def test_the_state_as_json(served: ServedPage, browser: Browser) -> None:
    snapshot = make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS)
    served.page.show(snapshot)
    assert msgspec.convert(json.loads(browser.get("/state.json").text), Snapshot) == snapshot


def test_a_silent_booth_is_said(served: ServedPage, browser: Browser) -> None:
    assert "nothing new" not in browser.get("/").text
    served.clock.sleep(30)
    assert "not been updated for 30 s" in browser.get("/").text


@pytest.mark.parametrize("path", ["/", "/state.json", "/metrics", "/nowhere", "/static/page.css", "/static/../app.py"])
def test_strict_headers_on_everything(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "server" not in answer.headers
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_only_what_is_shipped_is_served(browser: Browser) -> None:
    assert {path: browser.get(path).status_code for path in ("/static/page.js", "/static/icon.svg")} == {
        "/static/page.js": 200,
        "/static/icon.svg": 200,
    }
    for path in ("/static/", "/static/%2e%2e/app.py", "/docs", "/app.py"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["claimed", "greeted", "not_found", "not_unusual", "declined"])
def test_outcomes_go_to_the_booth(served: ServedPage, browser: Browser, kind: str) -> None:
    if kind != "claimed":
        served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "north")]))
    token = browser.token()
    assert browser.post("/who", token=token, who="north").status_code == 303
    answer = browser.post("/outcome", token=token, alert=ALERT, outcome=kind)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert served.reported == [(ALERT, kind, "north")]


def test_outcomes_that_make_no_sense(served: ServedPage, browser: Browser) -> None:
    token = browser.token()
    for fields, status, say in (
        ({"alert": ALERT, "outcome": "adored"}, 400, "Expected one of these outcomes: claimed"),
        ({"alert": ALERT}, 400, "Expected one of these outcomes"),
        ({"alert": "0123456789abcdef", "outcome": "claimed"}, 404, "alert is over"),
        ({"outcome": "claimed"}, 404, "alert is over"),
        ({"alert": ALERT, "outcome": "greeted"}, 409, "This alert is open already"),
    ):
        answer = browser.post("/outcome", token=token, **fields)
        assert answer.status_code == status
        assert say in answer.text
    served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "south")]))
    assert "claimed by south" in browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").text
    served.page.show(make_snapshot(alerts=[make_view(left_s=0)]))
    assert browser.post("/outcome", token=token, alert=ALERT, outcome="claimed").status_code == 404
    assert served.reported == []


def test_an_outcome_that_the_booth_cannot_pass_on(served: ServedPage, browser: Browser) -> None:
    served.breaks = StoreError("the disk is full")
    answer = browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert (answer.status_code, answer.text) == (503, "The outcome was not sent: the disk is full\n")


@pytest.mark.parametrize("who", ["", "ab", "Capitals", "a b c", "x" * 33, "north\n", "<b>bold</b>"])
def test_a_laptop_has_a_plain_name(browser: Browser, who: str) -> None:
    answer = browser.post("/who", token=browser.token(), who=who)
    assert answer.status_code == 400
    assert "small letters" in answer.text


def test_a_name_that_was_slipped_in_is_not_believed(served: ServedPage, browser: Browser) -> None:
    browser.client.cookies.set("spotter-who", "<b>")
    browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert served.reported == [(ALERT, "claimed", "booth")]


def test_an_error_of_ours_says_nothing(served: ServedPage, browser: Browser) -> None:
    served.breaks = RuntimeError("camera-1")
    answer = browser.post("/outcome", token=browser.token(), alert=ALERT, outcome="claimed")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_read_only_but_for_its_forms(browser: Browser) -> None:
    for path in ("/", *READABLE, "/static/page.js"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert browser.client.request(method, path, headers={"Origin": browser.url}).status_code == 405
    assert browser.get("/outcome").status_code == 405


def test_a_figure_that_fails_is_said_and_the_rest_is_shown(served: ServedPage, browser: Browser) -> None:
    """Numbers that no check let through: the page shows everything else."""
    broken = msgspec.structs.replace(TRENDS[0], low=None)
    served.page.show(make_snapshot(trends=[broken], outcomes=OUTCOMES, missing={"an alert": "failed 2 times"}))
    answer = browser.get("/")
    assert answer.status_code == 200
    for part in ("Not available: trends (it failed)", "Not available: an alert (failed 2 times)", "1 in 500", "82 %"):
        assert part in answer.text
    served.page.show(make_snapshot(budget="none", outcomes=OUTCOMES))
    metrics = browser.get("/metrics").text
    assert 'spotter_outcomes_total{outcome="greeted"} 9.0' in metrics
    assert "spotter_missing 1.0" in metrics


def test_staff_allow_a_held_camera(served: ServedPage, browser: Browser) -> None:
    held = NodeHealth("camera-1", "degraded", ["claims more rare people"], is_held=True)
    served.page.show(make_snapshot(nodes=[held, NodeHealth("camera-2", "ok", [])]))
    assert browser.get("/").text.count("Allow alerts by") == 1
    token = browser.token()
    assert browser.post("/allow", token=token, node="camera-2").status_code == 404
    assert browser.post("/allow", {"Origin": "http://elsewhere"}, token=token, node="camera-1").status_code == 403
    assert served.allowed == []
    assert browser.post("/allow", token=token, node="camera-1").status_code == 303
    assert served.allowed == ["camera-1"]
