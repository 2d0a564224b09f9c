"""The page in a real browser, over TLS: by tap and by key, with and without JavaScript."""

import base64
import hashlib
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from edge.booth.page.login_throttle import MOST_EACH
from edge.booth.page.snapshot import AlertState
from edge.booth.roster import NodeHealth
from edge.site.site import Site
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
from tests.brokers import wait_for

pytestmark = pytest.mark.requires_browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}


Cookies = list[Any]


@pytest.fixture(scope="module")
def chromium(first_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """The browser; it trusts the site's authority as edge/booth/README.md says, or without certutil the page's key."""
    home, told = tmp_path_factory.mktemp("home"), ["--no-sandbox"]
    if shutil.which("certutil"):
        database = home / ".pki/nssdb"
        database.mkdir(parents=True)
        for words in (
            ["-N", "--empty-password"],
            ["-A", "-t", "C,,", "-n", "soho", "-i", first_site.folder / "ca.pem"],
        ):
            subprocess.run(["certutil", "-d", f"sql:{database}", *words], check=True)
    else:
        key = x509.load_pem_x509_certificate((first_site.folder / "booth/page.pem").read_bytes()).public_key()
        digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        told.append(f"--ignore-certificate-errors-spki-list={base64.b64encode(digest).decode()}")
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        environment: dict[str, str | float | bool] = {**os.environ, "HOME": str(home)}
        made = playwright.chromium.launch(executable_path=path, args=told, env=environment)
        yield made
        made.close()


@contextmanager
def sealed(site: Site, folder: Path) -> Iterator[ServedPage]:
    """Serve the page to the network, with the certificate of the site."""
    booth = site.folder / "booth"
    with serve_page(**locked(folder, tls_cert=str(booth / "page.pem"), tls_key=str(booth / "page.key"))) as opened:
        opened.page.url = opened.page.url.replace("0.0.0.0", "127.0.0.1")
        assert opened.page.url.startswith("https://127.0.0.1:")
        yield opened


@pytest.fixture
def served(first_site: Site, tmp_path: Path) -> Iterator[ServedPage]:
    """The page of somebody who logged in (`cookies`)."""
    with sealed(first_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def locked_page(first_site: Site, tmp_path: Path) -> Iterator[ServedPage]:
    with sealed(first_site, tmp_path) as opened:
        yield opened


@pytest.fixture
def cookies(first_site: Site, request: pytest.FixtureRequest) -> Cookies:
    """Return those of somebody who logged in to `served`; none if a test has not asked for it."""
    if "served" not in request.fixturenames:
        return []
    url = request.getfixturevalue("served").page.url
    browser = Browser(url, verify=ssl.create_default_context(cafile=first_site.folder / "ca.pem"))
    assert browser.log_in().status_code == 303
    found = [{"name": one.name, "value": one.value or "", "url": url} for one in browser.client.cookies.jar]
    browser.client.close()
    return found


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
def window(chromium: Chromium, cookies: Cookies) -> Iterator[Window]:
    context = chromium.new_context(**DESKTOP)
    context.add_cookies(cookies)
    yield Window(context)
    context.close()


@pytest.fixture
def phone(chromium: Chromium, cookies: Cookies) -> Iterator[Window]:
    context = chromium.new_context(**PHONE)
    context.add_cookies(cookies)
    yield Window(context)
    context.close()


def test_claimed_and_greeted_by_tap(served: ServedPage, phone: Window) -> None:
    served.plays_booth = True
    served.page.show(make_snapshot(alerts=[]))
    phone.page.goto(served.page.url)
    expect(phone.page.get_by_text("Nobody exceptional")).to_be_visible()
    served.page.show(make_snapshot())
    expect(phone.page.locator(".card")).to_contain_text("1 in 500 (200-1,000)")
    expect(phone.page.get_by_role("status")).to_have_text(
        "New alert: orange top, dark grey checked trousers. Look north-west. 1 in 500 (200-1,000)."
    )
    phone.page.get_by_role("button", name="Claim").tap()
    expect(phone.page.locator(".card")).to_contain_text("claimed by booth")
    phone.page.get_by_role("button", name="Greeted").tap()
    expect(phone.page.locator(".card")).to_contain_text("greeted by booth")
    expect(phone.page.locator(".card button")).to_have_count(0)
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", "greeted"]
    assert phone.complaints == []


def test_on_loopback_nobody_logs_in(phone: Window) -> None:
    with serve_page() as local:
        phone.page.goto(local.page.url)
        phone.page.get_by_role("button", name="Claim").tap()
        wait_for(lambda: [outcome for _, outcome, _ in local.reported] == ["claimed"])
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
    expect(window.page.locator(".card")).to_contain_text("claimed by booth")
    expect(window.page.locator(".card")).to_be_focused()
    window.page.keyboard.press(key)
    expect(window.page.locator(".card button")).to_have_count(0)
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", end]


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
    window.page.goto(served.page.url)
    field = window.page.get_by_label("This laptop")
    field.fill("")
    field.press_sequentially("jcg")
    assert field.input_value() == "jcg"
    window.page.get_by_role("button", name="Name it").click()
    expect(field).to_have_value("jcg")
    assert served.reported == []


def test_an_alert_expires(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    expect(window.page.locator(".card")).to_contain_text("47 s left")
    served.page.show(make_snapshot(alerts=[make_view(left_s=10)]))
    expect(window.page.locator(".card")).to_contain_text("10 s left")
    served.page.show(make_snapshot(alerts=[make_view(left_s=0)]))
    expect(window.page.locator(".card")).to_have_count(0)
    expect(window.page.locator(".mark")).to_have_count(0)


def test_health_turns_red(served: ServedPage, window: Window) -> None:
    served.page.show(make_snapshot(nodes=[NodeHealth("camera-1", "ok", [], "spot", 12.5, 42, 0)]))
    window.page.goto(served.page.url)
    node = window.page.locator("#node-camera-1")
    expect(node).to_contain_text("12.5 frames a second")
    before = node.evaluate("node => getComputedStyle(node).backgroundColor")
    served.page.show(make_snapshot(nodes=[NodeHealth("camera-1", "failing", ["is offline: check power"])]))
    expect(node).to_contain_text("is offline: check power")
    assert node.evaluate("node => getComputedStyle(node).backgroundColor") != before
    red, green, blue = re.findall(r"\d+", node.locator(".problem").evaluate("p => getComputedStyle(p).color"))[:3]
    assert int(red) > 2 * max(int(green), int(blue))


def test_a_booth_that_is_gone_is_said(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    expect(window.page.locator("#away")).to_be_hidden()
    window.page.route("**/*", lambda route: route.abort())
    expect(window.page.locator("#away")).to_contain_text("No answer from the booth", timeout=20_000)


def test_sound_is_off_until_asked_for(served: ServedPage, window: Window) -> None:
    window.page.add_init_script(
        "window.tones = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };"
    )
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.page.url)
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(1)
    assert window.page.evaluate("tones") == 0
    window.page.get_by_role("button", name="Sound on").click()
    expect(window.page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    sample = window.page.evaluate("tones")
    assert sample > 0, "so that people hear what it is like"
    served.page.show(make_snapshot(alerts=[make_view(2), make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(2)
    assert window.page.evaluate("tones") == 2 * sample
    window.page.get_by_role("button", name="Sound is on").click()
    served.page.show(make_snapshot(alerts=[make_view(3), make_view(2), make_view(1)]))
    expect(window.page.locator(".card")).to_have_count(3)
    assert window.page.evaluate("tones") == 2 * sample


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
    window.page.get_by_role("button", name="Log out").click()
    expect(window.page.get_by_label("Password")).to_be_visible()


def test_logging_in_too_often(locked_page: ServedPage, stranger: Browser, window: Window) -> None:
    window.page.goto(stranger.url)
    for _ in range(MOST_EACH + 1):
        window.page.get_by_label("Password").fill("wrong")
        window.page.get_by_role("button", name="Log in").click()
        expect(window.page.get_by_role("alert")).to_be_visible()
    expect(window.page.get_by_role("alert")).to_contain_text("Too many wrong passwords; try again in")


def test_without_javascript(served: ServedPage, chromium: Chromium, cookies: Cookies) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    tab = context.new_page()
    served.plays_booth = True
    tab.goto(served.page.url)
    for label in ("Claim", "Not found"):
        tab.get_by_role("button", name=label).click()
    expect(tab.locator(".card")).to_contain_text("not found by booth")
    expect(tab.locator("#sound")).to_be_hidden()
    tab.get_by_label("This laptop").fill("south")
    tab.get_by_role("button", name="Name it").click()
    expect(tab.get_by_label("This laptop")).to_have_value("south")
    served.page.show(make_snapshot(alerts=[]))
    expect(tab.get_by_text("Nobody exceptional")).to_be_visible(timeout=20_000)
    context.close()


def test_what_is_inline_does_not_run_and_is_complained_about(served: ServedPage, window: Window) -> None:
    window.page.goto(served.page.url)
    window.page.evaluate(
        "for (const [tag, text] of [['script', 'window.ran = 1'], ['style', 'h1 { display: none }']])"
        "document.body.append(Object.assign(document.createElement(tag), { textContent: text }))"
    )
    assert window.page.evaluate("window.ran") is None
    expect(window.page.locator("h1")).to_be_visible()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shape", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_can_be_looked_at(
    served: ServedPage, chromium: Chromium, cookies: Cookies, tmp_path: Path, shape: dict[str, Any], scheme: Any
) -> None:
    """Nothing is cut off sideways, no text is tiny, nothing loads from elsewhere, the browser has no complaint."""
    alerts = [make_view(1), make_view(2, "claimed", "north", node="camera-2"), make_view(3, "greeted", "north")]
    served.page.show(make_snapshot(alerts=alerts, budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS, is_connected=False))
    context = chromium.new_context(color_scheme=scheme, **shape)
    context.add_cookies(cookies)
    window = Window(context)
    window.page.goto(served.page.url)
    window.page.wait_for_timeout(1500)
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = "[...document.querySelectorAll('main *:not(svg *)')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    assert min(window.page.evaluate(sizes)) >= 16
    assert all(url.startswith(served.page.url) for url in window.asked)
    assert window.complaints == []
    picture = tmp_path / "page.png"
    window.page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 20_000
    context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_cameras_can_be_read_on_a_phone(served: ServedPage, chromium: Chromium, *, has_script: bool) -> None:
    advice = "is offline: check power, network and, on the node, `systemctl status spotter-node`"
    nodes = [NodeHealth(f"camera-{n}", "ok", [], "spot", 12.5, 42, 0) for n in range(1, 9)]
    served.page.show(make_snapshot(nodes=[*nodes, NodeHealth("a-very-long-name-of-a-camera-xyz", "failing", [advice])]))
    context = chromium.new_context(java_script_enabled=has_script, **PHONE)
    window = Window(context)
    window.page.goto(f"{served.page.url}health")
    first = window.page.locator("#nodes li").first
    expect(first).to_contain_text(advice)
    expect(window.page.locator("#nodes li")).to_have_count(9)
    width = window.page.locator("html").bounding_box()
    assert width is not None
    assert width["width"] <= PHONE["viewport"]["width"]
    for one in window.page.locator("#nodes p, #nodes small, #nodes b").all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
    assert window.complaints == []
    context.close()
