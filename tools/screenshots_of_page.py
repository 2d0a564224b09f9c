"""Remakes the pictures of the booth's page: edge/booth/page-light.png and page-dark.png, from the simulated street."""

import argparse
import io
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import msgspec
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from edge.booth.page.snapshot import AlertView, Snapshot
from tools.beside_truth.take import beside_truth
from tools.ports import free_port

FOLDER = Path(__file__).parents[1] / "edge" / "booth"
SCHEMES = ("light", "dark")
SIZE = (1366, 768)
"""A usual laptop, in pixels."""
MOST_BYTES = 200_000
COLOURS = (256, 128, 64, 32)
"""Sizes of the palette to try, until a picture is small enough."""
WAIT_S, LEFT_S = 900.0, 20.0
"""Longest wait for an alert, and how long it must still be open."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures; default: %(default)s")
    parser.add_argument("--url", help="a booth's page that runs already, instead of the demo's")
    parser.add_argument(
        "--beside-truth", type=Path, metavar="DIR", help="photograph alerts beside their street instead, to judge them"
    )
    parser.add_argument("--seed", type=int, default=31, help="number of that street; default: %(default)s")
    parser.add_argument("--count", type=int, default=10, help="alerts to photograph; default: %(default)s")
    args = parser.parse_args()
    if args.beside_truth:
        return beside_truth(args.beside_truth, args.seed, args.count)
    if args.url:
        return _take(args.url, args.out)
    port = free_port()
    demo = subprocess.Popen([sys.executable, "-m", "tools.demo", "--stay", "--port", str(port)])
    try:
        return _take(f"http://127.0.0.1:{port}/", args.out, lambda: demo.poll() is None)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)


def _take(url: str, out: Path, goes_on: Callable[[], bool] = lambda: True) -> int:
    if not wait_for_alert(url, goes_on=goes_on):
        why = f"no alert was open within {WAIT_S:.0f} s" if goes_on() else "the demo has ended"
        print(f"{url}: {why}; nothing was changed", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path in take(browser, url, out):
            print(f"{path}: {path.stat().st_size:,} bytes")
        browser.close()
    return 0


def wait_for_alert(url: str, wait_s: float = WAIT_S, goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Wait, while `goes_on`, until the page has an alert that stays open for LEFT_S; returns whether one came."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until and goes_on():
        if any(view.state == "open" and view.left_s >= LEFT_S for view in _alerts(url)):
            return True
        time.sleep(0.5)
    return False


def _alerts(url: str) -> list[AlertView]:
    """Return the alerts of a booth's page; none while it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}state.json", timeout=5) as answer:  # noqa: S310  our own booth
            return msgspec.json.decode(answer.read(), type=Snapshot).alerts
    except (OSError, msgspec.MsgspecError):
        return []


def take(browser: Browser, url: str, out: Path) -> list[Path]:
    """Write one picture for each of SCHEMES, of at most MOST_BYTES; returns their paths."""
    width, height = SIZE
    paths = []
    for scheme in SCHEMES:
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(url)
        path = out / f"page-{scheme}.png"
        path.write_bytes(compressed(page.screenshot()))
        page.close()
        paths.append(path)
    return paths


def compressed(png: bytes) -> bytes:
    """Return the picture with as many of its colours as fit into MOST_BYTES; raises ValueError if none do."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        made = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        if made.tell() <= MOST_BYTES:
            return made.getvalue()
    raise ValueError(f"expected at most {MOST_BYTES} bytes, found {made.tell()} with {COLOURS[-1]} colours")


if __name__ == "__main__":
    sys.exit(main())
