"""Logging in, without JavaScript, and what hostile pages and scripts can do."""

import pytest
from playwright.sync_api import expect

from edge.booth.page.login_throttle import MOST_EACH
from tests.booth.page.browser.windows import PHONE, Devices, Window
from tests.booth.page.pages import PASSWORD, ServedPage, make_snapshot, make_view, serve_page
from tests.brokers import wait_for

pytestmark = pytest.mark.requires_browser


def test_logging_in(served: ServedPage, devices: Devices) -> None:
    window = devices.stranger()
    window.page.goto(served.url)
    expect(window.page.get_by_label("Password")).to_be_focused()
    window.page.get_by_label("Password").fill("wrong")
    window.page.get_by_label("Name of this laptop").fill("north")
    window.page.get_by_role("button", name="Log in").click()
    expect(window.page.get_by_role("alert")).to_have_text("Wrong password.")
    window.page.get_by_label("Password").fill(PASSWORD)
    window.page.get_by_label("Name of this laptop").fill("north")
    window.page.get_by_role("button", name="Log in").click()
    window.page.get_by_role("button", name="Claim").click()
    wait_for(lambda: [who for _, _, who in served.reported] == ["north"])
    window.page.get_by_role("link", name="Settings").click()
    window.page.get_by_role("button", name="Log out").click()
    expect(window.page.get_by_label("Password")).to_be_visible()


def test_logging_in_too_often(served: ServedPage, devices: Devices) -> None:
    window = devices.stranger()
    window.page.goto(served.url)
    for _ in range(MOST_EACH + 1):
        window.page.get_by_label("Password").fill("wrong")
        window.page.get_by_role("button", name="Log in").click()
        expect(window.page.get_by_role("alert")).to_be_visible()
    expect(window.page.get_by_role("alert")).to_contain_text("Too many wrong passwords; try again in")


def test_without_javascript(served: ServedPage, devices: Devices) -> None:
    tab = devices.open(java_script_enabled=False).page
    served.plays_booth = True
    tab.goto(served.url)
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


def test_what_is_inline_does_not_run_and_is_complained_about(served: ServedPage, window: Window) -> None:
    window.page.goto(served.url)
    window.page.evaluate(
        "for (const [tag, text] of [['script', 'window.ran = 1'], ['style', 'h2 { display: none }']])"
        "document.body.append(Object.assign(document.createElement(tag), { textContent: text }))"
    )
    assert window.page.evaluate("window.ran") is None
    expect(window.page.locator("h2").first).to_be_visible()
    assert len([text for text in window.complaints if "Content Security Policy" in text]) == 2


def test_a_hostile_page_can_say_nothing(served: ServedPage, window: Window) -> None:
    """Another page, open in the same browser and session, sends the forms of the booth's page."""
    window.page.goto(served.url)
    token = window.page.locator("#live").get_attribute("data-token")
    html = f"""<form method="post" action="{served.url}outcome"><input name="token" value="{token}">
    <input name="alert" value="{make_view().alert.id}"><button name="outcome" value="claimed">Win</button></form>"""
    window.page.route("http://evil.example/", lambda route: route.fulfill(body=html, content_type="text/html"))
    window.page.goto("http://evil.example/")
    window.page.get_by_role("button", name="Win").click()
    window.page.wait_for_url("**/outcome")
    assert "did not come from the booth" in window.page.content()
    assert served.reported == []


def test_on_the_booth_itself_no_password_is_asked(devices: Devices) -> None:
    """On loopback the page has no TLS and no log-in."""
    with serve_page() as plain:
        plain.plays_booth = True
        window = devices.stranger(**PHONE)
        window.page.goto(plain.url)
        assert plain.url.startswith("http://127.0.0.1:")
        window.page.get_by_role("button", name="Claim").tap()
        expect(window.page.locator(".card")).to_contain_text("claimed by you")
        assert window.complaints == []
