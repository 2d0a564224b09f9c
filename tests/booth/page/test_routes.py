"""The page over HTTP: what it shows, and how outcomes get to the booth."""

import json
import re
import threading

import msgspec
import pytest

from edge.booth.page.guard import HEADERS
from edge.booth.page.snapshot import AlertState, Snapshot
from edge.booth.roster import NodeHealth
from edge.errors import StoreError
from edge.phrase.table import LANGUAGES
from tests.booth.page.pages import (
    ALERT,
    BUDGET,
    COUNTS,
    OUTCOMES,
    READABLE,
    TRENDS,
    Browser,
    ServedPage,
    make_snapshot,
    make_view,
)

PAGES = ("/", "/cameras", "/figures", "/trends", "/help", "/settings")


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_health_shows_the_cameras_worst_first(served: ServedPage, browser: Browser) -> None:
    nodes = [NodeHealth("camera-1", "ok", [], "spot", 12.5, 42, 17), NodeHealth("camera-2", "failing", ["<b>offline"])]
    served.page.show(make_snapshot(nodes=nodes))
    answer = browser.get("/health")
    assert answer.status_code == 200
    listed = answer.text
    assert listed.index('id="camera-2"') < listed.index('id="camera-1"')
    assert "&lt;b&gt;offline" in listed


def test_everything_is_shown(served: ServedPage, browser: Browser) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS, people={"camera-1": 6120}))
    for path, parts in {
        "/": ("1 in 500", "of 6,120 people", "to the north-west", "Orange top, dark grey checked trousers", "Claim"),
        "/cameras": ("needs care", "too dark: clean the lens", "looks north-west"),
        "/figures": ("1,180", "1 in 210", "82 % (52\N{EN DASH}95)"),
        "/trends": ("orange top or coat", "more than usual"),
        "/help": ("Greeted", "we spoke", "nobody there"),
        "/settings": ("Name of this laptop", "Swedish"),
    }.items():
        page = browser.get(path).text
        for part in (*parts, "camera-1 lost 3 sightings", "Refused 11"):
            assert part in text_of(page), path
        assert not re.search(r"<(img|picture|video|canvas|object|iframe)\b", page)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline(served: ServedPage, browser: Browser, path: str) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    text = browser.get(path).text
    assert all(tag.startswith('<script type="module" src="/static/') for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_every_language(served: ServedPage, browser: Browser, path: str, language: str) -> None:
    served.page.show(make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS))
    english, answer = browser.get(path), browser.get(path, **{"Accept-Language": f"{language}-XX,en;q=0.5"})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    assert f'<html lang="{language}">' in answer.text
    assert (text_of(answer.text) == text_of(english.text)) == (language == "en")


def test_a_chosen_language_is_kept(browser: Browser) -> None:
    for name, expected in (("it", "it"), ("<b>", "en"), ("de", "de"), ("", "en")):
        assert browser.post("/language", token=browser.token(), language=name).status_code == 303
        assert browser.get("/", **{"Accept-Language": "en"}).headers["content-language"] == expected
    browser.client.cookies.set("spotter-language", "../../etc")
    assert browser.get("/", **{"Accept-Language": "fr"}).headers["content-language"] == "fr"


@pytest.mark.parametrize("accepted", ["", ",;q=", "sv;q=nan", "x" * 5000, "de;q=-1"])
def test_a_strange_wish_for_a_language_is_english(browser: Browser, accepted: str) -> None:
    assert browser.get("/", **{"Accept-Language": accepted}).headers["content-language"] == "en"


def test_a_page_waits_for_news(served: ServedPage, browser: Browser) -> None:
    seen = re.search(r'data-version="([0-9a-f-]+)"', browser.get("/").text)
    assert seen is not None
    served.page.show(make_snapshot(counts={**COUNTS, "scores": 1235}))
    assert browser.get("/", **{"X-Seen": seen[1]}).status_code == 204, "a figure is no news"
    timer = threading.Timer(0.3, served.page.show, [make_snapshot(alerts=[])])
    timer.start()
    answer = browser.get("/", **{"X-Seen": seen[1]})
    assert (answer.status_code, "Nobody exceptional" in answer.text) == (200, True)
    timer.join()
    assert browser.get("/", **{"X-Seen": "of another booth"}).status_code == 200


def test_the_page_can_be_installed(browser: Browser) -> None:
    manifest = browser.get("/manifest.webmanifest", **{"Accept-Language": "fr"})
    assert manifest.headers["content-type"] == "application/manifest+json"
    found = manifest.json()
    assert (found["display"], found["start_url"], found["lang"]) == ("standalone", "/", "fr")
    for icon in found["icons"]:
        picture = browser.get(icon["src"])
        size = int(icon["sizes"].split("x")[0])
        assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(picture.content[16:20]) == int.from_bytes(picture.content[20:24]) == size
    assert {size["sizes"] for size in found["icons"]} >= {"192x192", "512x512"}
    assert browser.get("/icon-9999999.png").status_code == 404
    assert "javascript" in browser.get("/sw.js").headers["content-type"]


def test_everything_is_escaped(served: ServedPage, browser: Browser) -> None:
    bad = "<script>alert(1)</script>\"'"
    nodes = [NodeHealth(bad, "ok", [bad])]
    served.page.show(make_snapshot(nodes=nodes, trouble=bad, refused={bad: 1}, alerts=[make_view(1, "claimed", bad)]))
    for path, least in (("/", 5), ("/cameras", 4)):
        text = browser.get(path).text
        assert "<script>" not in text
        assert text.count("&lt;script&gt;") >= least


def test_the_state_as_json(served: ServedPage, browser: Browser) -> None:
    snapshot = make_snapshot(budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS)
    served.page.show(snapshot)
    assert msgspec.convert(json.loads(browser.get("/state.json").text), Snapshot) == snapshot


def test_a_silent_booth_is_said(served: ServedPage, browser: Browser) -> None:
    assert "nothing new" not in browser.get("/").text
    served.clock.sleep(30)
    assert "not been updated for 30 s" in browser.get("/").text


@pytest.mark.parametrize(
    "path", ["/", "/state.json", "/metrics", "/nowhere", "/static/page.css", "/static/../app.py", "/sw.js", "/offline"]
)
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


def test_undoing_goes_to_the_booth(served: ServedPage, browser: Browser) -> None:
    token = browser.token()
    browser.post("/who", token=token, who="north")
    found: tuple[tuple[AlertState, str], ...] = (("claimed", "unclaimed"), ("greeted", "reopened"))
    for state, expected in found:
        served.page.show(make_snapshot(alerts=[make_view(1, state, "north")]))
        assert browser.post("/outcome", token=token, alert=ALERT, outcome="undo").status_code == 303
        assert served.reported.pop() == (ALERT, expected, "north")
    for view in (make_view(), make_view(1, "claimed", "south"), make_view(1, "claimed", "north", changed_s=60)):
        served.page.show(make_snapshot(alerts=[view]))
        answer = browser.post("/outcome", token=token, alert=ALERT, outcome="undo")
        assert (answer.status_code, "too late" in answer.text) == (409, True)
    assert served.reported == []


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
    broken = msgspec.structs.replace(TRENDS[0], n=None)
    served.page.show(make_snapshot(trends=[broken], outcomes=OUTCOMES, missing={"an alert": "failed 2 times"}))
    answer = browser.get("/trends")
    assert answer.status_code == 200
    for part in ("Not available: trends (it failed)", "Not available: an alert (failed 2 times)"):
        assert part in answer.text
    assert "82 %" in browser.get("/figures").text
    served.page.show(make_snapshot(budget="none", outcomes=OUTCOMES))
    metrics = browser.get("/metrics").text
    assert 'spotter_outcomes_total{outcome="greeted"} 9.0' in metrics
    assert "spotter_missing 1.0" in metrics


def test_staff_allow_a_held_camera(served: ServedPage, browser: Browser) -> None:
    held = NodeHealth("camera-1", "degraded", ["claims more rare people"], is_held=True)
    served.page.show(make_snapshot(nodes=[held, NodeHealth("camera-2", "ok", [])]))
    assert browser.get("/cameras").text.count("Allow alerts by") == 1
    token = browser.token()
    assert browser.post("/allow", token=token, node="camera-2").status_code == 404
    assert browser.post("/allow", {"Origin": "http://elsewhere"}, token=token, node="camera-1").status_code == 403
    assert served.allowed == []
    assert browser.post("/allow", token=token, node="camera-1").status_code == 303
    assert served.allowed == ["camera-1"]
