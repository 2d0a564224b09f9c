"""A phone: by tap, without a connection, with notifications."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from edge.aim import Aim
from edge.booth.roster import NodeHealth
from tests.booth.page.browser.windows import PHONE, Devices, Window
from tests.booth.page.pages import PASSWORD, ServedPage, make_snapshot

pytestmark = pytest.mark.requires_browser


def test_claimed_and_greeted_by_tap(served: ServedPage, phone: Window) -> None:
    served.plays_booth = True
    served.page.show(make_snapshot(alerts=[]))
    phone.page.goto(served.url)
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


def test_a_shift_on_two_phones(served: ServedPage, devices: Devices) -> None:
    """Two phones log in: claimed on one, seen on the other, undone, greeted, and without a connection."""
    served.plays_booth = True
    tabs = []
    for who in ("north", "south"):
        tab = devices.stranger(**PHONE).page
        tab.goto(served.url)
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
    north.goto(f"{served.url}help")
    expect(north.get_by_role("alert")).to_contain_text("cannot reach the booth")
    outcomes = [(outcome, who) for _, outcome, who in served.reported]
    assert outcomes == [("claimed", "north"), ("unclaimed", "north"), ("claimed", "south"), ("greeted", "south")]


def test_the_offline_page_says_so(served: ServedPage, devices: Devices) -> None:
    tab = devices.open(locale="sv").page
    tab.goto(served.url)
    tab.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    tab.wait_for_function("caches.match('/offline').then((kept) => Boolean(kept))")
    assert tab.evaluate("caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).length)") == 3
    tab.context.set_offline(offline=True)
    tab.goto(f"{served.url}cameras")
    expect(tab.get_by_role("alert")).to_contain_text("Enheten når inte båset")
    tab.context.set_offline(offline=False)
    tab.get_by_role("link", name="Försök igen").click()
    expect(tab.locator(".card")).to_have_count(1)


def test_a_booth_that_is_gone_is_said(served: ServedPage, phone: Window) -> None:
    phone.page.clock.install()
    phone.page.goto(served.url)
    expect(phone.page.locator("#away")).to_be_hidden()
    phone.page.route("**/*", lambda route: route.abort())
    phone.page.clock.run_for(15_000)
    expect(phone.page.locator("#away")).to_contain_text("No answer from the booth")


@pytest.mark.parametrize("has_script", [True, False])
def test_the_cameras_can_be_read_on_a_phone(served: ServedPage, devices: Devices, *, has_script: bool) -> None:
    advice = "is offline: check power, network and, on the node, `systemctl status spotter-node`"
    nodes = [NodeHealth(f"camera-{n}", "ok", [], "spot", 12.5, 42, 0) for n in range(1, 9)]
    aim = Aim(minutes=3, people=45, good=25, bottom=20)
    aimed = NodeHealth("camera-9", "ok", [], "spot", 12.5, 42, 0, aimed=aim)
    lost = NodeHealth("a-very-long-name-of-a-camera-xyz", "failing", [advice])
    served.page.show(make_snapshot(nodes=[*nodes, aimed, lost]))
    tab = devices.open(java_script_enabled=has_script, **PHONE).page
    tab.goto(f"{served.url}health")
    first = tab.locator(".node").first
    expect(first).to_contain_text(advice)
    expect(tab.locator(".node")).to_have_count(10)
    expect(tab.locator("#camera-9 .aim")).to_contain_text("Tilt the camera down")
    for one in tab.locator(".node p, .node li, .node h2").all():
        box = one.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["viewport"]["width"]


def test_a_notification_is_shown_and_closed_when_it_is_over(served: ServedPage, devices: Devices) -> None:
    """The browser's debugger plays the push service."""
    tab = devices.open().page
    tab.context.grant_permissions(["notifications"], origin=served.url.rstrip("/"))
    session = tab.context.new_cdp_session(tab)
    known: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    tab.goto(served.url)
    tab.wait_for_function("navigator.serviceWorker.ready.then((ready) => Boolean(ready.active))")
    for _ in range(100):
        if known:
            break
        tab.wait_for_timeout(50)
    words = {"title": "Orange top", "body": "by the lamp", "tag": "a1", "for_s": 2, "is_alert": True}
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": served.url.rstrip("/"),
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
