"""axe-core on every page: no obstacle to people who see or use a page otherwise."""

import pytest
from playwright.sync_api import expect

from edge.booth.page.snapshot import Snapshot
from edge.booth.roster import NodeHealth
from edge.phrase.table import LANGUAGES
from tests.axe import violations
from tests.booth.page.browser.windows import LAPTOP, PHONE, Devices, Window
from tests.booth.page.pages import BUDGET, OUTCOMES, TRENDS, ServedPage, make_snapshot, make_view
from tests.booth.page.test_trends_view import REPORT

pytestmark = pytest.mark.requires_browser

PAGES = ("", "cameras", "figures", "trends", "week", "help", "settings", "offline")
LOOKS = [("en", "dark"), *((language, "light") for language in LANGUAGES)]
"""Colours do not depend on the language, so the dark ones are looked at in one."""


def full() -> Snapshot:
    """Return a snapshot with something on every page."""
    alerts = [make_view(1), make_view(2, "claimed", "booth", node="camera-2"), make_view(3, "greeted", "north")]
    held = NodeHealth("camera-2", "failing", ["is offline"], is_held=True)
    nodes = [NodeHealth("camera-1", "degraded", ["too dark: clean the lens"], "spot", 12.5, 42, 17), held]
    figures = {"budget": BUDGET, "outcomes": OUTCOMES, "trends": TRENDS, "report": REPORT}
    return make_snapshot(alerts=alerts, nodes=nodes, is_connected=False, **figures)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing(served: ServedPage, devices: Devices, axe: str, language: str, scheme: str) -> None:
    tab = devices.open(locale=language, color_scheme=scheme, reduced_motion="reduce", **PHONE).page
    for snapshot, pages in ((full(), PAGES), (make_snapshot(alerts=[], nodes=[]), ("", "cameras", "week"))):
        served.page.show(snapshot)
        for path in pages:
            tab.goto(f"{served.url}{path}")
            assert tab.evaluate("document.documentElement.lang") == language
            assert violations(tab, axe) == [], path


@pytest.mark.parametrize("path", ["", "week"])
def test_axe_finds_nothing_on_a_laptop_with_everything_opened(
    served: ServedPage, devices: Devices, axe: str, path: str
) -> None:
    served.page.show(full())
    tab = devices.open(**LAPTOP).page
    tab.goto(f"{served.url}{path}")
    for summary in tab.locator("summary").all():
        summary.click()
    assert violations(tab, axe) == []


def test_axe_finds_nothing_at_the_door(served: ServedPage, devices: Devices, axe: str) -> None:
    tab = devices.stranger().page
    tab.goto(served.url)
    assert violations(tab, axe) == []
    tab.get_by_label("Password").fill("wrong")
    tab.get_by_role("button", name="Log in").click()
    expect(tab.get_by_role("alert")).to_be_visible()
    assert violations(tab, axe) == []


def test_axe_would_find_something(served: ServedPage, window: Window, axe: str) -> None:
    window.page.goto(served.url)
    window.page.evaluate("document.querySelector('nav').innerHTML = '<a href=\"/\"></a>'")
    assert "link-name" in violations(window.page, axe)[0]
