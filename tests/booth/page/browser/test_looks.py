"""Every page on a phone, a laptop and a desktop, light and dark: nothing cut off, nothing tiny, enough contrast."""

import re
from pathlib import Path
from typing import Literal

import pytest

from tests.booth.page.browser.windows import SHAPES, Devices
from tests.booth.page.pages import BUDGET, OUTCOMES, TRENDS, ServedPage, make_snapshot, make_view
from tests.booth.page.test_trends_view import REPORT

pytestmark = pytest.mark.requires_browser

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = ("", "cameras", "figures", "trends", "week", "help", "settings")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_it_can_be_looked_at(served: ServedPage, devices: Devices, tmp_path: Path, shape: str, scheme: Scheme) -> None:
    """Nothing is cut off sideways, no text is tiny, nothing loads from elsewhere, the browser has no complaint."""
    alerts = [make_view(1), make_view(2, "claimed", "north", node="camera-2"), make_view(3, "greeted", "north")]
    served.page.show(
        make_snapshot(alerts=alerts, budget=BUDGET, outcomes=OUTCOMES, trends=TRENDS, report=REPORT, is_connected=False)
    )
    window = devices.open(color_scheme=scheme, **SHAPES[shape])
    for path in PAGES:
        window.page.goto(f"{served.url}{path}")
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        sizes = "[...document.querySelectorAll('main *:not(svg *)')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        assert min(window.page.evaluate(sizes)) >= 16
        picture = tmp_path / "page.png"
        window.page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 9_000
    assert all(url.startswith(served.url) for url in window.asked)
    assert window.complaints == []


def test_one_alert_is_whole_on_every_screen(served: ServedPage, devices: Devices) -> None:
    """Who, where and the button are in view without scrolling; on a phone the button is where a thumb is."""
    served.page.show(make_snapshot(alerts=[make_view(1)]))
    for shape in SHAPES.values():
        tab = devices.open(**shape).page
        tab.goto(served.url)
        for part in (".card .who", ".card .where", ".card .figure", ".card .actions button"):
            box = tab.locator(part).bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= shape["viewport"]["height"]


def test_text_in_the_map_has_contrast(served: ServedPage, devices: Devices) -> None:
    """Axe leaves out text in SVG, so its contrast against the panel and the cones is computed here."""
    for scheme in SCHEMES:
        tab = devices.open(color_scheme=scheme).page
        tab.goto(served.url)
        colours = tab.evaluate(
            "[...document.querySelectorAll('.map text')].map(e => [getComputedStyle(e).fill,"
            "getComputedStyle(document.getElementById('compass')).backgroundColor,"
            "getComputedStyle(document.querySelector('.cone')).fill])"
        )
        assert len(colours) > 5
        for ink, panel, cone in colours:
            over = mixed(numbers(cone), numbers(panel), 0.12)
            assert min(contrast(numbers(ink), numbers(panel)), contrast(numbers(ink), over)) >= 4.5


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
