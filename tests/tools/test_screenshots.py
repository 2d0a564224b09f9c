"""Pictures of the page: light and dark, small enough to commit, taken only while an alert is open."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.booth.page.pages import make_snapshot, make_view, serve_page
from tools.screenshots_of_page import COLOURS, MOST_BYTES, SIZE, compressed, take, wait_for_alert

ROOT = Path(__file__).parents[2]


def png(pixels: np.ndarray) -> bytes:
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG")
    return made.getvalue()


def test_a_picture_keeps_its_size_and_main_colours() -> None:
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:, 45:] = (200, 30, 40)
    found = np.asarray(Image.open(io.BytesIO(compressed(png(pixels)))).convert("RGB"))
    assert (found == pixels).all()


def test_a_busy_picture_is_made_small_or_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)
    with pytest.raises(ValueError, match=f"with {COLOURS[-1]} colours"):
        compressed(png(noise))
    assert len(compressed(png(noise[:300, :300]))) <= MOST_BYTES


def test_it_waits_for_an_open_alert() -> None:
    with serve_page() as served:
        url = f"{served.page.url.rstrip('/')}/"
        served.page.show(make_snapshot(alerts=[make_view(1, "greeted"), make_view(2, left_s=3.0)]))
        assert not wait_for_alert(url, 1.2)
        served.page.show(make_snapshot(alerts=[make_view(1)]))
        assert wait_for_alert(url, 5.0)
    assert not wait_for_alert(url, 0.1), "no booth answers"
    assert not wait_for_alert(url, goes_on=lambda: False), "the demo has ended"


@pytest.mark.requires_browser
def test_light_and_dark_are_pictures_of_the_page(tmp_path: Path) -> None:
    with serve_page() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        light, dark = take(browser, served.page.url, tmp_path)
        browser.close()
    bright, dim = (np.asarray(Image.open(path).convert("L")) for path in (light, dark))
    assert bright.shape == dim.shape == SIZE[::-1]
    assert bright.mean() > 150
    assert dim.mean() < 100
    assert bright.std() > 20


@pytest.mark.parametrize("readme", ["README.md", "edge/booth/README.md"])
def test_both_readmes_show_small_pictures_that_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for name in ("page-light.png", "page-dark.png"):
        path = "edge/booth/" + name
        assert (path if readme == "README.md" else name) in text
        assert 0 < (ROOT / path).stat().st_size <= MOST_BYTES
