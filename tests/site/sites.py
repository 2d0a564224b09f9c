"""Sites for tests: quickly made, with their broker as it would run."""

import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from edge.booth.page.password import hash_password
from edge.config import BrokerSection, Tls
from edge.message.mqtt import MqttBroker
from edge.seams import Received
from edge.site.authority import CLIENT, Authority, Identity
from edge.site.new_site import make_site
from edge.site.settings import Network, Purpose, SiteSettings
from edge.site.site import Site
from tests.brokers import PROGRAM, free_port, wait_for

PURPOSE = Purpose(
    who="Shoe shop, 1 Old Street, London",
    purpose="To offer a pair of shoes to people who stand out",
    contact="privacy@example.org",
    keep_days=1,
)
HASH = hash_password("correct horse battery")
LONG_AGO = datetime.now(UTC) - timedelta(days=5000)


def new_site(folder: Path, name: str = "soho", *, passphrase: bytes | None = None, installed: bool = False) -> Site:
    """Make a site with nodes north and south and laptop desk-1; its broker is on a free port of loopback."""
    settings = SiteSettings(site=name, booth=["127.0.0.1"], port=free_port(), installed=installed)
    site = make_site(folder, settings, PURPOSE, passphrase=passphrase, page_password_hash=HASH)
    for node, facing in (("north", 0), ("south", 180)):
        add_node(site, node, facing, passphrase=passphrase)
    site.add_laptop("desk-1", passphrase=passphrase)
    return site


def add_node(site: Site, name: str, facing: int | None = None, **options: Any) -> Path:
    network = Network(booth=site.settings.booth[0])
    return site.add_node(name, facing=facing, source="street:7", network=network, **options)


def issue(site: Site, name: str, now: datetime | None = None, days: int = 1) -> Identity:
    """Issue a client's certificate without any of the rules."""
    root = Identity((site.folder / "ca.pem").read_bytes(), (site.folder / "ca.key").read_bytes())
    return Authority(root, None).issue(name, CLIENT, now or datetime.now(UTC), days)


def overwrite(home: Path, kind: str, identity: Identity) -> None:
    (home / f"{kind}.pem").write_bytes(identity.certificate)
    (home / f"{kind}.key").write_bytes(identity.key)


def section(site: Site, home: Path, kind: str, *, ca: Path | None = None) -> BrokerSection:
    """Return how a program with the identity in `home` reaches the site's broker."""
    tls = Tls(ca=str(ca or home / "ca.pem"), certificate=str(home / f"{kind}.pem"), key=str(home / f"{kind}.key"))
    return BrokerSection(host="127.0.0.1", port=site.settings.port, tls=tls)


class Client:
    """A connection, and the messages it received."""

    def __init__(self, settings: BrokerSection, *subscriptions: str) -> None:
        self.heard = list[Received]()
        self.broker = MqttBroker(settings, "any name")
        self.broker.connect(will=None, births=tuple, subscriptions=subscriptions, on_message=self.heard.append)

    def join(self) -> "Client":
        wait_for(lambda: self.broker.is_connected)
        return self


class SiteBroker:
    """The site's mosquitto, started as the README says."""

    def __init__(self, site: Site) -> None:
        self._config = site.folder / "broker" / "mosquitto.conf"
        self._port = site.settings.port
        self._log = site.folder.parent / f"{site.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "SiteBroker":
        assert PROGRAM is not None
        with self._log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stdout=log, stderr=log)
        wait_for(self._is_listening, what="mosquitto")
        wait_for(lambda: "from 127.0.0.1" in self.log[before:], what="mosquitto's loop: a SIGHUP before it kills it")
        return self

    def reload(self) -> None:
        """Reload (SIGHUP); mosquitto reads everything again in its next round."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _is_listening(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
