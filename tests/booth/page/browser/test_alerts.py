"""Alerts on a laptop: claimed, undone and reported by key and by click, seen on others, said once, gone when over."""

import re

import pytest
from playwright.sync_api import expect

from edge.booth.page.snapshot import AlertState
from edge.booth.roster import NodeHealth
from tests.booth.page.browser.windows import Devices, Window
from tests.booth.page.pages import ServedPage, make_snapshot, make_view

pytestmark = pytest.mark.requires_browser


@pytest.mark.parametrize(
    ("key", "end"), [("g", "greeted"), ("n", "not_found"), ("u", "not_unusual"), ("d", "declined")]
)
def test_by_key(served: ServedPage, window: Window, key: str, end: AlertState) -> None:
    served.plays_booth = True
    window.page.goto(served.url)
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
    window.page.goto(served.url)
    window.page.get_by_role("button", name="Claim").click()
    window.page.get_by_role("button", name="Undo").click()
    expect(window.page.get_by_role("button", name="Claim")).to_be_visible()
    assert [outcome for _, outcome, _ in served.reported] == ["claimed", "unclaimed"]
    served.page.show(make_snapshot(alerts=[make_view(1, "claimed", "booth", changed_s=9.0)]))
    expect(window.page.get_by_role("button", name="Undo")).to_be_visible()
    expect(window.page.get_by_role("button", name="Undo")).to_be_hidden(timeout=5_000)


def test_a_claim_is_seen_on_another_laptop(served: ServedPage, window: Window, devices: Devices) -> None:
    served.plays_booth = True
    other = devices.open(locale="de")
    other.page.goto(f"{served.url}settings")
    other.page.get_by_label("Name dieses Laptops").fill("south")
    other.page.get_by_role("button", name="Umbenennen").click()
    other.page.get_by_role("link", name="Alarme").click()
    window.page.goto(served.url)
    window.page.get_by_role("button", name="Claim").click()
    expect(other.page.locator(".card")).to_contain_text("übernommen von booth")
    expect(other.page.get_by_role("status")).to_have_text(
        "booth hat übernommen: Orangefarbenes Oberteil, dunkelgraue karierte Hose."
    )
    expect(other.page.get_by_role("button", name="Rückgängig")).to_have_count(0)


def test_words_are_said_once(served: ServedPage, window: Window) -> None:
    served.page.show(make_snapshot(alerts=[]))
    window.page.goto(served.url)
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
    window.page.goto(served.url)
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
    window.page.goto(f"{served.url}settings")
    field = window.page.get_by_label("Name of this laptop")
    field.fill("")
    field.press_sequentially("jcg")
    assert field.input_value() == "jcg"
    window.page.get_by_role("button", name="Rename").click()
    expect(field).to_have_value("jcg")
    assert served.reported == []


def test_an_alert_expires(served: ServedPage, window: Window) -> None:
    window.page.goto(served.url)
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
    window.page.goto(served.url)
    node = window.page.locator("#node-camera-1")
    expect(node.locator(".state")).to_have_text("ok")
    served.page.show(make_snapshot(nodes=[NodeHealth("camera-1", "failing", ["is offline: check power"])]))
    expect(node).to_contain_text("is offline: check power")
    red, green, blue = re.findall(r"\d+", node.locator(".problem").evaluate("p => getComputedStyle(p).color"))[:3]
    assert int(red) > 2 * max(int(green), int(blue))
    node.get_by_role("link").click()
    expect(window.page.locator("#camera-1")).to_contain_text("failing")


def test_the_keyboard_reaches_everything_and_can_skip(served: ServedPage, window: Window) -> None:
    window.page.goto(served.url)
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
