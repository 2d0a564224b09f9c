"""The centre as shipped, but for ports and paths: its broker with mutual TLS, and the workers."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from edge.config import BrokerSection, Tls
from edge.site.authority import CLIENT, LEAF_DAYS, SERVER, Authority, make_authority
from edge.wire import MAX_BASELINE_BYTES
from tools.ports import free_port, free_ports, wait_for
from tools.simulated_site import stop

REPOSITORY = Path(__file__).resolve().parents[2]
SHIPPED = REPOSITORY / "firmware-config"


class Certificates:
    """A folder with `centre-ca.pem`, and NAME.pem and NAME.key of the centre and of each site."""

    def __init__(self, folder: Path, sites: Sequence[str]) -> None:
        self.folder, now = folder, datetime.now(UTC)
        folder.mkdir()
        identity = make_authority("centre", now, None)
        authority = Authority(identity, None)
        self.ca = self._write("centre-ca.pem", identity.certificate)
        for name in ("centre", *sites):
            usage, hosts = (SERVER, ["localhost"]) if name == "centre" else (CLIENT, [])
            made = authority.issue(name, usage, now, LEAF_DAYS, hosts)
            self._write(f"{name}.pem", made.certificate)
            self._write(f"{name}.key", made.key)

    def of(self, name: str) -> tuple[str, str]:
        """Return the paths of a certificate and its key."""
        return str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key")

    def _write(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)


class Program:
    """A program that is killed and started again; what it says goes to NAME.log."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self._log, self._command = folder / f"{name}.log", command
        self.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=environment, start_new_session=True
            )

    def kill(self) -> None:
        """Kill it (SIGKILL): it can finish nothing."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        stop(self.process)


def spotter(folder: Path, name: str, *words: str | Path) -> Program:
    """Start `spotter` with these words."""
    return Program(folder, name, [sys.executable, "-m", "edge.cli", *map(str, words)])


class Centre:
    """The central broker: `port` for workers, `uplink` for sites."""

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        self._folder = folder
        self.port, self.uplink = free_ports(2)
        text = (SHIPPED / "centre" / "mosquitto.conf").read_text()
        text = text.replace("listener 1883 ", f"listener {self.port} ")
        text = text.replace("listener 8883\n", f"listener {self.uplink} 127.0.0.1\n")
        text = text.replace("/etc/mosquitto/spotter-centre.acl", str(SHIPPED / "centre" / "acl"))
        text = text.replace("/etc/mosquitto/certs", str(certificates.folder))
        self.broker = mosquitto(folder, "centre", text, self.uplink)

    def start_workers(self, url: str, count: int, first: int = 0) -> list[Program]:
        """Start that many workers on one store, numbered from `first`."""
        config = self._folder / "worker.yaml"
        config.write_text(f"group: workers\nstore: '{url}'\nbroker: {{port: {self.port}}}\n")
        return [
            spotter(self._folder, f"worker-{number}", "worker", "--config", config)
            for number in range(first, first + count)
        ]


def mosquitto(folder: Path, name: str, text: str, port: int) -> Program:
    """Start a broker with these settings; raises SystemExit if it does not listen on `port`."""
    home = folder / f"{name}-broker"
    home.mkdir()
    lines = [text, f"persistence_location {home}/"] + ["user root"] * (os.getuid() == 0)
    (home / "mosquitto.conf").write_text("\n".join([*lines, ""]))
    made = Program(folder, f"{name}-broker", ["mosquitto", "-c", str(home / "mosquitto.conf")])
    if not wait_for(port):
        made.stop()
        raise SystemExit(f"the broker did not start:\n{(folder / f'{name}-broker.log').read_text()[-2000:]}")
    return made


def secure_broker(folder: Path) -> tuple[BrokerSection, Program]:
    """Start a broker that takes clients by mutual TLS; returns how to connect to it, and its program."""
    certificates, port = Certificates(folder / "certificates", ["client"]), free_port()
    text = (
        f"listener {port} 127.0.0.1\nallow_anonymous true\nrequire_certificate true\ntls_version tlsv1.3\n"
        f"cafile {certificates.ca}\ncertfile {certificates.of('centre')[0]}\nkeyfile {certificates.of('centre')[1]}\n"
        f"message_size_limit {MAX_BASELINE_BYTES}\nmax_queued_messages 10000\n"
    )
    certificate, key = certificates.of("client")
    tls = Tls(ca=certificates.ca, certificate=certificate, key=key)
    return BrokerSection(host="localhost", port=port, tls=tls), mosquitto(folder, "secure", text, port)


@contextmanager
def running(*programs: Program) -> Iterator[None]:
    """Stop programs at the end."""
    try:
        yield
    finally:
        for program in programs:
            program.stop()
