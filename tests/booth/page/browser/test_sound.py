"""Sound, vibration and the screen, as each device remembers them."""

import pytest
from playwright.sync_api import expect

from tests.booth.page.browser.windows import Window
from tests.booth.page.pages import ServedPage, make_snapshot, make_view

pytestmark = pytest.mark.requires_browser

COUNT_TONES = (
    "window.tones = []; const start = OscillatorNode.prototype.start;"
    "OscillatorNode.prototype.start = function (...at) { window.tones.push(this.frequency.value);"
    "return start.apply(this, at); }; window.buzzed = []; navigator.vibrate = (pattern) => window.buzzed.push(pattern);"
)


def test_sound_and_its_volume_are_remembered(served: ServedPage, window: Window) -> None:
    window.page.add_init_script(COUNT_TONES)
    window.page.goto(f"{served.url}settings")
    window.page.get_by_label("Volume").fill("30")
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.url)
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
    window.page.goto(f"{served.url}settings")
    assert window.page.get_by_label("Volume").input_value() == "30"


def test_sound_is_off_until_asked_for(served: ServedPage, window: Window) -> None:
    window.page.add_init_script(COUNT_TONES)
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.url)
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


def test_the_screen_stays_on_unless_told_otherwise(served: ServedPage, window: Window) -> None:
    window.page.goto(served.url)
    window.page.wait_for_function("document.body.dataset.awake === 'yes'")
    window.page.goto(f"{served.url}settings")
    window.page.get_by_label("Keep the screen on").uncheck()
    window.page.goto(served.url)
    window.page.wait_for_timeout(500)
    assert window.page.evaluate("document.body.dataset.awake") is None
