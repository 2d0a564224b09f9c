"""Takes a picture of each alert of a simulated street and of the street at that moment, for somebody to judge.

From phrase, figure and place alone: which of the numbered walkers is it? `key.tsv` has the answers.
"""

import io
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from edge import wire
from edge.booth.alert import why
from edge.booth.page.snapshot import Snapshot
from edge.config import BrokerSection
from edge.message.mqtt import MqttBroker
from edge.street.camera import StreetCamera, from_spec
from tools.beside_truth.pictures import draw, in_view, numbered
from tools.beside_truth.truth import Scores, walkers
from tools.ledger import words
from tools.ports import free_port
from tools.simulated_site import CAMERAS, SITE, SimulatedSite, mosquitto, node_name, program, stop, write

EXCEPTIONS = 0.05
"""Share of the walkers who are exceptions."""
START_S = 8.0
"""Seconds that nodes have to start before the street does."""
LONGEST_S = 900.0
"""Longest wait for the alerts."""
SETTLE_S = 3.0
"""Time after the last alert for its notes to be written."""
SIZE = {"width": 1366, "height": 768}
COLUMNS = ("picture", "number", "in view", "walkers in view", "seconds since last seen", "said", "wears", "alert")


class Taken(NamedTuple):
    """One alert, and when its picture was taken (UTC seconds)."""

    number: int
    alert: wire.Alert
    at: float


def beside_truth(out: Path, seed: int, count: int) -> int:
    """Write NN-alert.png and NN-street.png for `count` alerts, and key.tsv, into `out`; returns the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="spotter-truth-") as name:
        site = SimulatedSite(Path(name), seed, EXCEPTIONS)
        print(f"Learning what is usual on street {seed} ...", flush=True)
        baseline, begins_at, scores = site.learn(), time.time() + START_S, Scores()
        with _running(site, baseline, begins_at, scores) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            taken = list(_take(browser, url, out, count))
            browser.close()
            time.sleep(SETTLE_S)
        rows = [_compare(site, one, begins_at, scores, out) for one in taken]
    lines = ["\t".join(COLUMNS), *("\t".join(map(str, row)) for row in rows)]
    (out / "key.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{out}: {len(rows)} of {count} alerts. Judge each pair before you open key.tsv.", flush=True)
    return 0 if len(rows) == count else 1


@contextmanager
def _running(site: SimulatedSite, baseline: Path, begins_at: float, scores: Scores) -> Iterator[str]:
    """Run broker, booth and nodes; yields the address of the page."""
    folder, port = site.folder, free_port()
    with mosquitto(folder) as broker, ExitStack() as cleanup:
        ears = cleanup.enter_context(closing(MqttBroker(broker, "judge")))
        topics = [wire.node_topic(SITE, "+", "score")]
        ears.connect(will=None, births=tuple, subscriptions=topics, on_message=scores.hear)
        write(folder / "booth.yaml", msgspec.structs.replace(site.booth(port), broker=broker))
        cleanup.enter_context(program(folder, "booth", "--config", folder / "booth.yaml"))
        for camera in range(CAMERAS):
            cleanup.enter_context(_witness(site, camera, baseline, begins_at, broker))
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _witness(
    site: SimulatedSite, camera: int, baseline: Path, begins_at: float, broker: BrokerSection
) -> Iterator[None]:
    config = site.folder / f"node{camera}.yaml"
    write(config, msgspec.structs.replace(site.node(camera, baseline, begins_at), broker=broker))
    command: list[str | Path] = [sys.executable, "-m", "tools.beside_truth.witness", config, _notes(site, camera)]
    with (site.folder / "programs.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        stop(process)


def _notes(site: SimulatedSite, camera: int) -> Path:
    return site.folder / f"notes{camera}.jsonl"


def _take(browser: Browser, url: str, out: Path, count: int) -> Iterator[Taken]:
    """Photograph each new alert once the page shows it."""
    page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
    _open(page, url)
    known, until = set[str](), time.monotonic() + LONGEST_S
    while len(known) < count and time.monotonic() < until:
        at, before = time.time(), _open_cards(page)
        if new := [name for name in before if name not in known]:
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            if _open_cards(page) != before:
                continue  # something moved meanwhile
            for name in new[: count - len(known)]:
                known.add(name)
                left, top, right, bottom = before[name]
                picture.crop((left, top, right, bottom)).save(out / f"{len(known):02}-alert.png")
                print(f"alert {len(known)} of {count}", flush=True)
                yield Taken(len(known), _alert(page, url, name.removeprefix("alert-")), at)
        page.wait_for_timeout(100)


def _open_cards(page: Page) -> dict[str, list[int]]:
    """Return where each open alert's card is on the page: left, top, right, bottom in pixels, by its id."""
    found: dict[str, list[int]] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.card.open')].map((card) => {"
        "const box = card.getBoundingClientRect();"
        "return [card.id, [box.left, box.top + scrollY, box.right, box.bottom + scrollY].map(Math.round)]; }))"
    )
    return found


def _open(page: Page, url: str) -> None:
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        try:
            page.goto(url)
        except Exception:  # noqa: BLE001  the booth is still starting
            time.sleep(0.5)
        else:
            return


def _alert(page: Page, url: str, name: str) -> wire.Alert:
    snapshot = msgspec.json.decode(page.request.get(f"{url}state.json").body(), type=Snapshot)
    return next(view.alert for view in snapshot.alerts if view.alert.id == name)


def _compare(site: SimulatedSite, taken: Taken, begins_at: float, scores: Scores, out: Path) -> tuple[object, ...]:
    """Draw the street at the moment of an alert; returns the row of the key."""
    cameras = {node_name(i): from_spec(site.source(i, begins_at)) for i in range(CAMERAS)}
    alert, at = taken.alert, taken.at - begins_at
    seen = in_view(list(cameras.values()), at)
    numbers = numbered(seen, taken.number)
    Image.fromarray(draw(cameras, seen, numbers, at, alert.node)).save(out / f"{taken.number:02}-street.png")
    right = _right(site, alert, scores, cameras[alert.node])
    outfits = {one.walker_id: one.outfit for one in site.street.walkers(0, at)}
    own = {one.walker_id for one in seen[list(cameras).index(alert.node)]}
    return (
        f"{taken.number:02}",
        " or ".join(str(numbers.get(one, "gone")) for one in sorted(right)) or "unknown",
        "own camera" if right & own else "another camera" if right & set(numbers) else "no camera",
        len(numbers),
        f"{taken.at - wire.from_time(alert.at):.1f}",
        why(alert),
        " or ".join(words(outfits[one]) for one in sorted(right)),
        alert.id,
    )


def _right(site: SimulatedSite, alert: wire.Alert, scores: Scores, camera: StreetCamera) -> set[int]:
    score = scores.behind(alert)
    return set() if score is None else walkers(_notes(site, int(alert.node[-1]) - 1), score.seq, camera)
