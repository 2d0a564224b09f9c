"""The page in a real browser: by tap and by key, with and without JavaScript."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from edge.booth.page.login_throttle import MOST_EACH
from edge.booth.page.snapshot import AlertState
from edge.booth.roster import NodeHealth
from edge.phrase.table import LANGUAGES
from edge.site.site import Site
from tests.axe import axe_script, violations
from tests.booth.page.pages import (
    BUDGET,
    OUTCOMES,
    PASSWORD,
    TRENDS,
    Browser,
    ServedPage,
    locked,
    make_snapshot,
    make_view,
    serve_page,
)
from tests.booth.page.test_trends_view import REPORT
from tests.brokers import wait_for

pytestmark = pytest.mark.requires_browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_script()


class Window:
    """One tab, and every complaint of the browser about it."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda err: self.complaints.append(str(err)))
        self.page.on("request", self._note_request)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _note_request(self, request: Request) -> None:
        self.asked.append(request.url)


@pytest.fixture
def window(chromium: Chromium) -> Iterator[Window]:
    context = chromium.new_context(**DESKTOP)
    yield Window(context)
    context.close()


@pytest.fixture
def phone(chromium: Chromium) -> Iterator[Window]:
    context = chromium.new_context(**PHONE)
    yield Window(context)
    context.close()


def test_claimed_and_greeted_by_tap(served: ServedPage, phone: Window) -> None:
    served.plays_booth = True
    served.page.show(make_snapshot(alerts=[]))
    phone.page.goto(served.page.url)
    expect(phone.page.get_by_text("Nobody exceptional")).to_be_visible()
    served.page.show(make_snapshot())
    expect(phone.page.locator(".card .rare b")).to_have_text("1 in 500")
    expect(phone.page.get_by_role("status")).to_have_text(
        "New alert: Orange top, dark grey checked trousers. camera-1, left third of its view. 1 in 500."
    )
    phone.page.get_by_role("button", name="Claim").tap()
    expect(phone.page.locator(".card")).to_contain_text("claimed by you")
    phone.page.get_by_role("button", name="Greeted").tap()
    expect(phone.page.locator(".past")).to_contain_text("greeted by you")
    expect(phone.page.locator(".card")).to_have_count(0)
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", "greeted"]
    assert phone.complaints == []


@pytest.mark.parametrize(
    ("key", "end"), [("g", "greeted"), ("n", "not_found"), ("u", "not_unusual"), ("d", "declined")]
)
def test_by_key(served: ServedPage, window: Window, key: str, end: AlertState) -> None:
    served.plays_booth = True
    window.page.goto(served.page.url)
    window.page.keyboard.press("c")
    window.page.wait_for_timeout(200)
    assert served.reported == [], "nothing is chosen yet"
    window.page.keyboard.press("j")
    expect(window.page.locator(".card")).to_be_focused()
    expect(window.page.locator(".mark.chosen")).to_have_count(1)
    window.page.keyboard.press("c")
    expect(window.page.locator(".card")).to_contain_text("claimed by you")
    expect(window.page.locator(".card")).to_be_focused()
    window.page.keyboard.press(key)
    expect(window.page.locator(".past .undo button")).to_be_visible()
    window.page.keyboard.press("z")
    expect(window.page.locator(".card")).to_contain_text("claimed by you")
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", end, "reopened"]


def test_a_claim_is_undone_and_only_for_ten_seconds(served: ServedPage, window: Window) -> None:
    served.plays_booth = True
    window.page.goto(served.page.url)
    window.page.get_by_role("button", name="Claim").click()
    window.page.get_by_role("button", name="Undo").click()
    expect(window.page.get_by_role("button", name="Claim")).to_be_visible()
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", "unclaimed"]
    served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "booth", changed_s=9.0)]))
    expect(window.page.get_by_role("button", name="Undo")).to_be_visible()
    expect(window.page.get_by_role("button", name="Undo")).to_be_hidden(timeout=5_000)


def test_a_claim_is_seen_on_another_laptop(served: ServedPage, window: Window, chromium: Chromium) -> None:
    served.plays_booth = True
    context = chromium.new_context(locale="de")
    other = Window(context)
    other.page.goto(f"{served.page.url}settings")
    other.page.get_by_label("Name dieses Laptops").fill("south")
    other.page.get_by_role("button", name="Umbenennen").click()
    other.page.get_by_role("link", name="Alarme").click()
    window.page.goto(served.page.url)
    window.page.get_by_role("button", name="Claim").click()
    expect(other.page.locator(".card")).to_contain_text("übernommen von booth")
    expect(other.page.get_by_role("status")).to_have_text(
        "booth hat übernommen: Orangefarbenes Oberteil, dunkelgraue karierte Hose."
    )
    expect(other.page.get_by_role("button", name="Rückgängig")).to_have_count(0)
    context.close()


def test_words_are_said_once(served: ServedPage, window: Window) -> None:
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.page.url)
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    said = window.page.get_by_role("status")
    expect(said).to_contain_text("New alert")
    window.page.reload()
    served.page.show(make_snapshot(alerts=[make_view(1, left_s=40), make_view(2, "lapsed")]))
    expect(window.page.locator(".past")).to_have_count(1)
    expect(said).to_be_empty()
    served.page.show(make_snapshot(alerts=[make_view(1, "withdrawn", ended="withdrawn")]))
    expect(said).to_contain_text("Withdrawn: Orange top")


def test_choosing_survives_what_comes_and_goes(served: ServedPage, window: Window) -> None:
    served.page.show(make_snapshot(alerts=[make_view(1), make_view(2), make_view(3)]))
    window.page.goto(served.page.url)
    for key in ("j", "ArrowDown", "j", "k", "ArrowDown", "k"):
        window.page.keyboard.press(key)
    middle = make_view(2).alert.id
    expect(window.page.locator(f"#alert-{middle}")).to_be_focused()
    outline = window.page.locator(f"#alert-{middle}").evaluate("card => getComputedStyle(card).outlineWidth")
    assert outline == "4px"
    served.page.show(make_snapshot(alerts=[make_view(4), make_view(2)]))
    expect(window.page.locator(".card")).to_have_count(2)
    expect(window.page.locator(f"#alert-{middle}")).to_be_focused()


def test_keys_do_nothing_while_somebody_types(served: ServedPage, window: Window) -> None:
    window.page.goto(f"{served.page.url}settings")
    field = window.page.get_by_label("Name of this laptop")
    field.fill("")
    field.press_sequentially("jcg")
    assert field.input_value() == "jcg"
    window.page.get_by_role("button", name="Rename").click()
    expect(field).to_have_value("jcg")
    assert served.reported == []


def test_an_alert_expires(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    left = window.page.locator(".card .left")
    expect(left).to_have_text(re.compile(r"4[0-7] s"))
    before = left.text_content()
    expect(left).not_to_have_text(before or "", timeout=5_000)
    served.page.show(make_snapshot(alerts=[make_view(1, "lapsed", ended="lapsed")]))
    expect(window.page.locator(".past")).to_contain_text("nobody went in time")
    expect(window.page.locator(".card, .mark")).to_have_count(0)
    served.page.show(make_snapshot(alerts=[]))
    expect(window.page.locator("#over")).to_have_count(0)


def test_health_turns_red(served: ServedPage, window: Window) -> None:
    served.page.show(make_snapshot(nodes=[NodeHealth("camera-1", "ok", [], "spot", 12.5, 42, 0)]))
    window.page.goto(served.page.url)
    node = window.page.locator("#node-camera-1")
    expect(node.locator(".state")).to_have_text("ok")
    served.page.show(make_snapshot(nodes=[NodeHealth("camera-1", "failing", ["is offline: check power"])]))
    expect(node).to_contain_text("is offline: check power")
    red, green, blue = re.findall(r"\d+", node.locator(".problem").evaluate("p => getComputedStyle(p).color"))[:3]
    assert int(red) > 2 * max(int(green), int(blue))
    node.get_by_role("link").click()
    expect(window.page.locator("#camera-1")).to_contain_text("failing")


def test_a_booth_that_is_gone_is_said(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    expect(window.page.locator("#away")).to_be_hidden()
    window.page.route("**/*", lambda route: route.abort())
    expect(window.page.locator("#away")).to_contain_text("No answer from the booth", timeout=20_000)


def test_the_offline_page_says_so(served: ServedPage, chromium: Chromium) -> None:
    context = chromium.new_context(locale="sv")
    tab = context.new_page()
    tab.goto(served.page.url)
    tab.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    tab.wait_for_function("caches.match('/offline').then((kept) => Boolean(kept))")
    assert tab.evaluate("caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).length)") == 3
    context.set_offline(True)
    tab.goto(f"{served.page.url}cameras")
    expect(tab.get_by_role("alert")).to_contain_text("Enheten når inte båset")
    context.set_offline(False)
    tab.get_by_role("link", name="Försök igen").click()
    expect(tab.locator(".card")).to_have_count(1)
    context.close()


COUNT_TONES = (
    "window.tones = []; const start = OscillatorNode.prototype.start;"
    "OscillatorNode.prototype.start = function (...at) { window.tones.push(this.frequency.value);"
    "return start.apply(this, at); }; window.buzzed = []; navigator.vibrate = (pattern) => window.buzzed.push(pattern);"
)


def test_sound_and_its_volume_are_remembered(served: ServedPage, window: Window) -> None:
    window.page.add_init_script(COUNT_TONES)
    window.page.goto(f"{served.page.url}settings")
    window.page.get_by_label("Volume").fill("30")
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.page.url)
    window.page.get_by_role("button", name="Turn sound on").click()
    expect(window.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    window.page.reload()
    expect(window.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    window.page.locator("h2").first.click()
    expect(window.page.locator("#sound")).to_have_text("Turn sound off")
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(1)
    alert = window.page.evaluate("tones")
    assert len(alert) > 1
    served.page.show(make_snapshot(alerts=[make_view(1, "withdrawn", ended="withdrawn")]))
    expect(window.page.locator(".past")).to_have_count(1)
    withdrawn = window.page.evaluate("tones")[len(alert) :]
    assert withdrawn != alert
    assert withdrawn == sorted(withdrawn, reverse=True) != []
    assert len(window.page.evaluate("buzzed")) == 2
    window.page.goto(f"{served.page.url}settings")
    assert window.page.get_by_label("Volume").input_value() == "30"


def test_the_screen_stays_on_unless_told_otherwise(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    window.page.wait_for_function("document.body.dataset.awake === 'yes'")
    window.page.goto(f"{served.page.url}settings")
    window.page.get_by_label("Keep the screen on").uncheck()
    window.page.goto(served.page.url)
    window.page.wait_for_timeout(500)
    assert window.page.evaluate("document.body.dataset.awake") is None


def test_sound_is_off_until_asked_for(served: ServedPage, window: Window) -> None:
    window.page.add_init_script(COUNT_TONES)
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.page.url)
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(1)
    assert window.page.evaluate("tones.length") == 0
    window.page.get_by_role("button", name="Turn sound on").click()
    expect(window.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    sample = window.page.evaluate("tones.length")
    assert sample > 0, "so that people hear what it is like"
    served.page.show(make_snapshot(alerts=[make_view(2), make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(2)
    assert window.page.evaluate("tones.length") == 2 * sample
    window.page.get_by_role("button", name="Turn sound off").click()
    served.page.show(make_snapshot(alerts=[make_view(3), make_view(2), make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(3)
    assert window.page.evaluate("tones.length") == 2 * sample


def test_logging_in(locked_page: ServedPage, stranger: Browser, window: Window) -> None:
    window.page.goto(stranger.url)
    expect(window.page.get_by_label("Password")).to_be_focused()
    window.page.get_by_label("Password").fill("wrong")
    window.page.get_by_label("Name of this laptop").fill("north")
    window.page.get_by_role("button", name="Log in").click()
    expect(window.page.get_by_role("alert")).to_have_text("Wrong password.")
    window.page.get_by_label("Password").fill(PASSWORD)
    window.page.get_by_label("Name of this laptop").fill("north")
    window.page.get_by_role("button", name="Log in").click()
    window.page.get_by_role("button", name="Claim").click()
    wait_for(lambda: [who for _, _, who in locked_page.reported] == ["north"])
    window.page.get_by_role("link", name="Settings").click()
    window.page.get_by_role("button", name="Log out").click()
    expect(window.page.get_by_label("Password")).to_be_visible()


def test_logging_in_too_often(locked_page: ServedPage, stranger: Browser, window: Window) -> None:
    window.page.goto(stranger.url)
    for _ in range(MOST_EACH + 1):
        window.page.get_by_label("Password").fill("wrong")
        window.page.get_by_role("button", name="Log in").click()
        expect(window.page.get_by_role("alert")).to_be_visible()
    expect(window.page.get_by_role("alert")).to_contain_text("Too many wrong passwords; try again in")


def test_without_javascript(served: ServedPage, chromium: Chromium) -> None:
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    served.plays_booth = True
    tab.goto(served.page.url)
    for label in ("Claim", "Not found"):
        tab.get_by_role("button", name=label).click()
    expect(tab.locator(".past")).to_contain_text("not found by you")
    expect(tab.locator("#sound")).to_be_hidden()
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator(".card")).to_contain_text("claimed by you")
    tab.get_by_role("link", name="Settings").click()
    tab.get_by_label("Name of this laptop").fill("south")
    tab.get_by_role("button", name="Rename").click()
    expect(tab.get_by_label("Name of this laptop")).to_have_value("south")
    tab.get_by_role("link", name="Alerts").click()
    served.page.show(make_snapshot(alerts=[]))
    expect(tab.get_by_text("Nobody exceptional")).to_be_visible(timeout=20_000)
    context.close()


def test_what_is_inline_does_not_run_and_is_complained_about(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    window.page.evaluate(
        "for (const [tag, text] of [['script', 'window.ran = 1'], ['style', 'h2 { display: none }']])"
        "document.body.append(Object.assign(document.createElement(tag), { textContent: text }))"
    )
    assert window.page.evaluate("window.ran") is None
    expect(window.page.locator("h2").first).to_be_visible()
    assert len([text for text in window.complaints if "Content Security Policy" in text]) == 2


def test_a_hostile_page_can_say_nothing(served: ServedPage, window: Window) -> None:
    """Another page, open in the same browser and session, sends the forms of the booth's page."""
    window.page.goto(served.page.url)
    token = window.page.locator("#live").get_attribute("data-token")
    html = f"""<form method="post" action="{served.page.url}outcome"><input name="token" value="{token}">
    <input name="alert" value="{make_view().alert.id}"><button name="outcome" value="claimed">Win</button></form>"""
    window.page.route("http://evil.example/", lambda route: route.fulfill(body=html, content_type="text/html"))
    window.page.goto("http://evil.example/")
    window.page.get_by_role("button", name="Win").click()
    window.page.wait_for_url("**/outcome")
    assert "did not come from the booth" in window.page.content()
    assert served.reported == []


SHAPES = {"phone": PHONE, "laptop": LAPTOP, "desktop": DESKTOP}
PAGES = ("", "cameras", "figures", "trends", "help", "settings")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_can_be_looked_at(
    served: ServedPage, chromium: Chromium, tmp_path: Path, shape: str, scheme: Literal["light", "dark"]
) -> None:
    """Nothing is cut off sideways, no text is tiny, nothing loads from elsewhere, the browser has no complaint."""
    alerts = [make_view(1), make_view(2, "claimed", "north", node="camera-2"), make_view(3, "greeted", "north")]
    served.page.show(make_snapshot(alerts=alerts, budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS, is_connected=False))
    context = chromium.new_context(color_scheme=scheme, **SHAPES[shape])
    window = Window(context)
    for path in PAGES:
        window.page.goto(f"{served.page.url}{path}")
        window.page.wait_for_timeout(300)
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        sizes = "[...document.querySelectorAll('main *:not(svg *)')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        assert min(window.page.evaluate(sizes)) >= 16
        picture = tmp_path / "page.png"
        window.page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 9_000
    assert all(url.startswith(served.page.url) for url in window.asked)
    assert window.complaints == []
    context.close()


def test_one_alert_is_whole_on_every_screen(served: ServedPage, chromium: Chromium) -> None:
    """Who, where and the button are in view without scrolling; on a phone the button is where a thumb is."""
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    for shape in SHAPES.values():
        context = chromium.new_context(**shape)
        tab = context.new_page()
        tab.goto(served.page.url)
        for part in (".card .who", ".card .where", ".card .figure", ".card .actions button"):
            box = tab.locator(part).bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= shape["viewport"]["height"]
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(
    served: ServedPage, chromium: Chromium, axe: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    alerts = [make_view(1), make_view(2, "claimed", "booth", node="camera-2"), make_view(3, "greeted", "north")]
    held = NodeHealth("camera-2", "failing", ["is offline"], is_held=True)
    nodes = [NodeHealth("camera-1", "degraded", ["too dark: clean the lens"], "spot", 12.5, 42, 17), held]
    full = make_snapshot(
        alerts=alerts, nodes=nodes, budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS, is_connected=False
    )
    context = chromium.new_context(locale=language, color_scheme=scheme, reduced_motion="reduce", **PHONE)
    tab = context.new_page()
    for snapshot, pages in ((full, (*PAGES, "offline")), (make_snapshot(alerts=[], nodes=[]), ("", "cameras"))):
        served.page.show(snapshot)
        for path in pages:
            tab.goto(f"{served.page.url}{path}")
            assert tab.evaluate("document.documentElement.lang") == language
            assert violations(tab, axe) == [], path
    tab.set_viewport_size({"width": 1366, "height": 768})
    served.page.show(full)
    tab.goto(served.page.url)
    for summary in tab.locator("summary").all():
        summary.click()
    assert violations(tab, axe) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_of_the_week(
    served: ServedPage, chromium: Chromium, axe: str, scheme: Literal["light", "dark"]
) -> None:
    served.page.show(make_snapshot(report=REPORT))
    context = chromium.new_context(color_scheme=scheme, **PHONE)
    tab = context.new_page()
    tab.goto(f"{served.page.url}week")
    expect(tab.locator(".sheet svg")).to_be_visible()
    assert violations(tab, axe) == []
    context.close()


def test_axe_finds_nothing_at_the_door(
    locked_page: ServedPage, stranger: Browser, chromium: Chromium, axe: str
) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(stranger.url)
    assert violations(tab, axe) == []
    tab.get_by_label("Password").fill("wrong")
    tab.get_by_role("button", name="Log in").click()
    assert violations(tab, axe) == []
    context.close()


def test_axe_would_find_something(served: ServedPage, window: Window, axe: str) -> None:
    window.page.goto(served.page.url)
    window.page.evaluate("document.querySelector('nav').innerHTML = '<a href=\"/\"></a>'")
    assert "link-name" in violations(window.page, axe)[0]


def test_text_in_the_map_has_contrast(served: ServedPage, chromium: Chromium) -> None:
    """Axe leaves out text in SVG, so its contrast against the panel and the cones is computed here."""
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme)
        tab = context.new_page()
        tab.goto(served.page.url)
        colours = tab.evaluate(
            "[...document.querySelectorAll('.map text')].map(e => [getComputedStyle(e).fill,"
            "getComputedStyle(document.getElementById('compass')).backgroundColor,"
            "getComputedStyle(document.querySelector('.cone')).fill])"
        )
        assert len(colours) > 5
        for ink, panel, cone in colours:
            over = mixed(numbers(cone), numbers(panel), 0.12)
            assert min(contrast(numbers(ink), numbers(panel)), contrast(numbers(ink), over)) >= 4.5
        context.close()


def numbers(colour: str) -> list[float]:
    return [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]


def mixed(top: list[float], under: list[float], share: float) -> list[float]:
    return [share * a + (1 - share) * b for a, b in zip(top, under, strict=True)]


def contrast(one: list[float], other: list[float]) -> float:
    """Contrast ratio of WCAG 2.2."""

    def luminance(colour: list[float]) -> float:
        parts = [part / 255 for part in colour]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_keyboard_reaches_everything_and_can_skip(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    window.page.keyboard.press("Tab")
    skip = window.page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#live")).to_be_focused()
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".card")).to_be_focused()
    window.page.keyboard.press("Tab")
    expect(window.page.get_by_role("button", name="Claim")).to_be_focused()


def test_a_notification_is_shown_and_closed_when_it_is_over(served: ServedPage, chromium: Chromium) -> None:
    """The browser's debugger plays the push service."""
    context = chromium.new_context()
    context.grant_permissions(["notifications"], origin=served.page.url.rstrip("/"))
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    known: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    tab.goto(served.page.url)
    tab.wait_for_function("navigator.serviceWorker.ready.then((ready) => Boolean(ready.active))")
    for _ in range(100):
        if known:
            break
        tab.wait_for_timeout(50)
    words = {"title": "Orange top", "body": "by the lamp", "tag": "a1", "for_s": 2, "is_alert": True}
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": served.page.url.rstrip("/"),
            "registrationId": known[0]["registrationId"],
            "data": json.dumps(words),
        },
    )
    titles = (
        "navigator.serviceWorker.ready.then((ready) => ready.getNotifications())"
        ".then((shown) => shown.map((one) => `${one.title}: ${one.body}`).join())"
    )
    tab.wait_for_function(f"{titles}.then((said) => said === 'Orange top: by the lamp')")
    tab.wait_for_function(f"{titles}.then((said) => said === '')", timeout=10_000)
    context.close()


def test_a_shift_over_tls(site: Site, chromium: Chromium, tmp_path: Path) -> None:
    """Two phones at a booth with a site's own certificate: claimed on one, seen on the other, undone, greeted."""
    booth = site.folder / "booth"
    settings = locked(tmp_path, tls_cert=str(booth / "page.pem"), tls_key=str(booth / "page.key"))
    with serve_page(**settings) as served:
        args = ["--no-sandbox", "--ignore-certificate-errors"]  # a real device trusts the site's authority
        launched = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=args)
        served.plays_booth = True
        url = served.page.url.replace("0.0.0.0", "127.0.0.1")
        assert url.startswith("https://")
        tabs = []
        for who in ("north", "south"):
            tab = launched.new_context(ignore_https_errors=True, **PHONE).new_page()
            tab.goto(url)
            tab.get_by_label("Password").fill(PASSWORD)
            tab.get_by_label("Name of this laptop").fill(who)
            tab.get_by_role("button", name="Log in").click()
            expect(tab.locator(".card")).to_have_count(1)
            tabs.append(tab)
        north, south = tabs
        north.get_by_role("button", name="Turn sound on").tap()
        north.get_by_role("button", name="Claim").tap()
        expect(south.locator(".card .status")).to_have_text("claimed by north")
        north.get_by_role("button", name="Undo").tap()
        south.get_by_role("button", name="Claim").tap()
        expect(north.locator(".card .status")).to_have_text("claimed by south")
        south.get_by_role("button", name="Greeted").tap()
        expect(north.locator(".past")).to_contain_text("greeted by south")
        north.reload()
        expect(north.locator("#sound")).to_have_attribute("aria-pressed", "true")
        north.wait_for_function("caches.match('/offline').then((kept) => Boolean(kept))")
        north.context.set_offline(offline=True)
        north.goto(f"{url}help")
        expect(north.get_by_role("alert")).to_contain_text("cannot reach the booth")
        launched.close()
    outcomes = [(outcome, who) for _, outcome, who in served.reported]
    assert outcomes == [("claimed", "north"), ("unclaimed", "north"), ("claimed", "south"), ("greeted", "south")]


@pytest.mark.parametrize("has_script", [True, False])
def test_the_cameras_can_be_read_on_a_phone(served: ServedPage, chromium: Chromium, *, has_script: bool) -> None:
    advice = "is offline: check power, network and, on the node, `systemctl status spotter-node`"
    nodes = [NodeHealth(f"camera-{n}", "ok", [], "spot", 12.5, 42, 0) for n in range(1, 9)]
    aimed = NodeHealth(
        "camera-9", "ok", [], "spot", 12.5, 42, 0, aim="45 people in 3 min", advice=["Tilt the camera down"], update="x"
    )
    lost = NodeHealth("a-very-long-name-of-a-camera-xyz", "failing", [advice])
    served.page.show(make_snapshot(nodes=[*nodes, aimed, lost]))
    context = chromium.new_context(java_script_enabled=has_script, **PHONE)
    tab = context.new_page()
    tab.goto(f"{served.page.url}health")
    first = tab.locator(".node").first
    expect(first).to_contain_text(advice)
    expect(tab.locator(".node")).to_have_count(10)
    expect(tab.locator("#camera-9 .aim")).to_contain_text("Tilt the camera down")
    for one in tab.locator(".node p, .node li, .node h2").all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    context.close()
