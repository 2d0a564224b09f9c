"""A site with its broker, and nodes that hear offers and fetch releases; only systemd and the clock are fakes."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.config import NodeConfig
from edge.errors import EdgeError
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.node.offers import REQUEST, Offers
from edge.node.uplink import Talk, Uplink
from edge.release.install import Release
from edge.release.signature import sign_release
from edge.site.site import Site
from edge.updates.pull import pull
from tests.fakes import FakeClock
from tests.outfits import RECIPE
from tests.release.nodes import Node
from tests.release.nodes import Site as Releases
from tests.site.fixtures import connect, first_site, running, site
from tests.site.sites import section

__all__ = ["connect", "first_site", "running", "site"]


class Fleet:
    """Releases of one site, and its nodes; `plug_in` makes one that obeys offers until the test is over."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self._folder = site, folder
        releases = Releases(folder / "releases")
        for end in ("key", "pub"):
            shutil.copy(site.folder / f"release.{end}", releases.folder)
        self._releases = releases
        self.old = releases.release("0.1.0")
        self._plugged: list[Plugged] = []

    def release(self, version: str) -> Release:
        return self._releases.release(version)

    def unsigned(self, version: str, **changes: object) -> Path:
        return self._releases.edit(version, **{"recipe": RECIPE.id, **changes})

    def sign(self, folder: Path) -> Release:
        return sign_release(folder, self.site.folder / "release.key", None)

    def plug_in(self, name: str) -> "Plugged":
        node = Node(self._folder / name)
        node.provision(self.old, self.site.folder / "release.pub")
        home = self.site.folder / "nodes" / name
        for file in home.glob("*"):
            shutil.copy(file, node.root / "etc/spotter")
        settings = node.root / "etc/spotter/node.yaml"
        settings.write_text(settings.read_text().replace("state: /var", f"state: {node.root}/var"))
        node.service.start()
        node.clock.sleep(100)
        self._plugged.append(Plugged(self.site, name, node))
        return self._plugged[-1]

    def unplug(self) -> None:
        for plugged in self._plugged:
            plugged.unplug()


class Plugged:
    """A node's two programs: the one that talks to the broker, and the one that root runs for a request."""

    def __init__(self, site: Site, name: str, node: Node) -> None:
        self.node, self.errors = node, list[str]()
        config = NodeConfig(
            site=site.name,
            node=name,
            state=str(node.state),
            health_s=0.1,
            broker=section(site, site.folder / "nodes" / name, "node"),
        )
        self.offers = Offers(config, node.root / "run/spotter")
        talk = Talk(
            "0" * 12,
            lambda _: None,
            lambda: None,
            (self.offers.topic,),
            self.offers.receive,
            lambda: self.offers.progress,
        )
        self.broker = MqttBroker(config.broker, name)
        self._outbox = Outbox(node.state / "outbox.sqlite", node=name, max_rows=10)
        self._uplink = Uplink(config, self.broker, self._outbox, FakeClock(), talk)
        self._over = threading.Event()
        self._uplink.connect()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._report, self._serve)]
        for thread in self._threads:
            thread.start()

    def _report(self) -> None:
        """Publish progress as the uplink does with each heartbeat, only more often."""
        while not self._over.wait(0.02):
            self._uplink._send_progress()

    def _serve(self) -> None:
        """Do what spotter-pull.path and its service do."""
        while not self._over.wait(0.02):
            if (self.node.state / REQUEST).exists():
                try:
                    pull(self.node.root, self.node.update)
                except EdgeError as err:
                    self.errors.append(str(err))

    def unplug(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(20)
        self._uplink.leave()
        self._outbox.close()


@pytest.fixture
def fleet(site: Site, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(site, tmp_path)
    yield made
    made.unplug()


@pytest.fixture
def said() -> Callable[[str, str], None]:
    return lambda node, sentence: print(f"{node}: {sentence}")


@pytest.fixture
def no_disk_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fsync", "sync"):
        monkeypatch.setattr("os." + name, lambda *_: None)
