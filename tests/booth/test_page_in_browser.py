"""The page as a real browser shows it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.booth.health import Verdict
from edge.booth.page import Page
from tests.booth.test_page import make_snapshot

pytestmark = pytest.mark.requires_browser
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@pytest.fixture
def page() -> Iterator[Page]:
    made = Page("127.0.0.1", 0)
    problem = "No frame for 12 s: check the camera and its cable."
    made.show(
        make_snapshot(nodes=[Verdict("camera-1", "ok", [], "spot", 9.5, 41), Verdict("camera-2", "failing", [problem])])
    )
    yield made
    made.close()


def chromium(*words: str | Path, folder: Path) -> str:
    program = shutil.which("chromium")
    assert program is not None
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", *QUIET, f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=90, check=True)
    return done.stdout


def test_alert_health_and_refusals_are_there(page: Page, tmp_path: Path) -> None:
    shown = chromium("--dump-dom", page.url, folder=tmp_path)
    for text in ("1 in 430", "orange upper", "camera-2", "No frame for 12 s", "schema"):
        assert text in shown, text
    assert "<img" not in shown


@pytest.mark.parametrize("size", ["1920,1080", "390,844"])
def test_it_can_be_looked_at(page: Page, tmp_path: Path, size: str) -> None:
    picture = tmp_path / "page.png"
    chromium(f"--window-size={size}", f"--screenshot={picture}", page.url, folder=tmp_path)
    assert picture.stat().st_size > 5000
