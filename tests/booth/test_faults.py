"""Store and broker fail while the page is open: it says what is wrong, and everything recovers.

Real processes run: mosquitto, `spotter booth`, a node's sending half, Chromium. Nothing is acknowledged meanwhile, and
nothing is lost.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect, sync_playwright

from tests.brokers import Mosquitto, free_port, wait_for
from tests.databases import postgresql_server
from tests.programs import Program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.requires_broker,
    pytest.mark.requires_browser,
    pytest.mark.timeout(300),
]

COUNT, RATE = 2000, 50
PATIENCE_MS = 40_000
"""Milliseconds longer than the longest pause of a booth whose store fails, even on a busy machine."""


class Scene:
    """A broker, a booth, a node that sends, and a browser on the page."""

    def __init__(self, broker: Mosquitto, start: Callable[..., Program], folder: Path, page: Page, store: str) -> None:
        self.broker, self.page, self._folder, self._store = broker, page, folder, store
        self._outbox = folder / "outbox.sqlite"
        port, config = free_port(), folder / "booth.yaml"
        config.write_text(f"store: {store}\npage_port: {port}\nbroker: {{port: {broker.port}}}\n")
        self._booth = start("-m", "edge.cli", "booth", "--config", str(config))
        self._node = start("tests/chaos_node.py", str(self._outbox), str(broker.port), str(COUNT), str(RATE))
        wait_for(lambda: self._asked("floor") > 0, 30, "the first acknowledgement")
        page.goto(f"http://127.0.0.1:{port}/cameras")
        expect(page.locator("#camera-1")).to_contain_text("frames a second", timeout=PATIENCE_MS)
        page.goto(f"http://127.0.0.1:{port}/")
        expect(page.locator("#node-camera-1")).to_contain_text("camera-1")
        self.expect_well()

    def expect_trouble(self, *words: str) -> None:
        """Expect these words on a page that still responds, and keep a screenshot of it."""
        for word in words:
            expect(self.page.locator("#troubles")).to_contain_text(word, timeout=PATIENCE_MS)
        expect(self.page.locator("#away")).to_be_hidden()
        expect(self.page.locator("#node-camera-1.failing")).to_have_count(0)
        self.page.screenshot(path=self._folder / "trouble.png", full_page=True)

    def expect_nothing_acknowledged(self) -> None:
        before, issued = self._asked("floor"), self._asked("issued")
        wait_for(lambda: self._asked("issued") >= min(issued + RATE, COUNT), 30, "more scores")
        assert self._asked("floor") == before

    def expect_well(self) -> None:
        expect(self.page.locator("#troubles")).to_have_count(0, timeout=PATIENCE_MS)

    def expect_all_stored_once(self) -> None:
        assert self._node.process.wait(120) == 0, "the node ends only when its outbox is empty"
        self.expect_well()
        self._booth.end()
        assert self._booth.process.returncode == 0
        engine = sa.create_engine(self._store.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as db:
            stored = list(db.execute(sa.text("SELECT seq FROM scores ORDER BY seq")).scalars())
        engine.dispose()
        assert stored == list(range(1, COUNT + 1))

    def _asked(self, column: str) -> int:
        try:
            with closing(sqlite3.connect(f"file:{self._outbox}?mode=ro", uri=True)) as db:
                row = db.execute(f"SELECT {column} FROM counters").fetchone()
        except sqlite3.OperationalError:
            return 0
        return int(row[0]) if row else 0


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture
def begin(
    make_mosquitto: Callable[..., Mosquitto], start: Callable[..., Program], tmp_path: Path, page: Page
) -> Callable[[str], Scene]:
    return lambda store: Scene(make_mosquitto(), start, tmp_path, page, store)


def test_another_program_holds_the_store(begin: Callable[[str], Scene], tmp_path: Path) -> None:
    scene = begin(f"sqlite:///{tmp_path}/booth.sqlite")
    with closing(sqlite3.connect(tmp_path / "booth.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        scene.expect_trouble(
            "Scores cannot be stored", "another program has locked the store: check whether a second booth is running"
        )
        scene.expect_nothing_acknowledged()
        other.execute("ROLLBACK")
    scene.expect_well()
    scene.expect_all_stored_once()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "spotter-test", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_disk_is_full(begin: Callable[[str], Scene], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        scene = begin(f"sqlite:///{disk}/booth.sqlite")
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space left"):
            filler.write_bytes(bytes(32 * 2**20))
        scene.expect_trouble("Scores cannot be stored", "the disk is full: free some space")
        scene.expect_nothing_acknowledged()
        filler.unlink()
        scene.expect_well()
        scene.expect_all_stored_once()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_server_is_away(begin: Callable[[str], Scene], mode: str) -> None:
    with postgresql_server() as server:
        scene = begin(server.url)
        server.stop(mode)
        scene.expect_trouble(
            "Scores cannot be stored", "the database server does not answer: check that PostgreSQL runs"
        )
        scene.expect_nothing_acknowledged()
        server.start()
        scene.expect_well()
        scene.expect_all_stored_once()


@pytest.mark.parametrize("end", [Mosquitto.stop, Mosquitto.kill])
def test_the_broker_is_away(begin: Callable[[str], Scene], tmp_path: Path, end: Callable[[Mosquitto], None]) -> None:
    scene = begin(f"sqlite:///{tmp_path}/booth.sqlite")
    end(scene.broker)
    scene.expect_trouble("The MQTT broker cannot be reached; is mosquitto running?")
    scene.expect_nothing_acknowledged()
    scene.broker.start()
    scene.expect_well()
    scene.expect_all_stored_once()
