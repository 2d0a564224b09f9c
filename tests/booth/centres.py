"""The brokers of a centre and of its sites as shipped, with TLS, on loopback."""

from collections.abc import Callable
from pathlib import Path

from edge.config import BrokerSection, Tls
from tests.brokers import REPOSITORY, Mosquitto, free_port
from tests.certificates import make_certificates

FOLDER = REPOSITORY / "firmware-config" / "centre"
SITES = ("soho", "mitte")


class Centre:
    """The central broker and those of the sites; all files are the shipped ones except for ports and paths."""

    def __init__(self, make: Callable[..., Mosquitto], folder: Path, *, rules: str = "") -> None:
        self.certificates = make_certificates(
            folder / "certs", {"centre-ca": ("centre", *SITES), "other-ca": ("stranger",)}
        )
        for path in self.certificates.iterdir():
            path.chmod(0o644)
        self.uplink = free_port()
        access = self.certificates / "acl"
        access.write_text((FOLDER / "acl").read_text() + rules)
        text = (FOLDER / "mosquitto.conf").read_text().replace("listener 1883 ", "listener PORT ")
        text = text.replace("listener 8883\n", f"listener {self.uplink} 127.0.0.1\n")
        text = text.replace("/etc/mosquitto/spotter-centre.acl", str(access))
        text = text.replace("/etc/mosquitto/certs", str(self.certificates))
        self.broker = make(text=text)
        self.sites = {site: make(settings=self._bridge(site)) for site in SITES}

    def _bridge(self, site: str) -> str:
        text = (FOLDER / "bridge.conf").read_text().replace("soho", site)
        text = text.replace("centre.example:8883", f"localhost:{self.uplink}")
        return text.replace("/etc/mosquitto/certs", str(self.certificates))

    def section(self, name: str) -> BrokerSection:
        """Return how a client with that certificate connects from outside."""
        files = {
            kind: str(self.certificates / f"{name}.{end}") for kind, end in (("certificate", "pem"), ("key", "key"))
        }
        return BrokerSection(
            host="localhost", port=self.uplink, tls=Tls(ca=str(self.certificates / "centre-ca.pem"), **files)
        )
