"""Sites with a real broker, its bridge as shipped, a real booth, and nodes with a real outbox on this disk."""

import threading
from contextlib import closing
from pathlib import Path

from edge.clock import SystemClock
from edge.config import BrokerSection
from edge.message.mqtt import MqttBroker
from edge.message.outbox import Outbox
from edge.message.sender import Sender
from tools.ports import free_port
from tools.sites.centre import SHIPPED, Certificates, mosquitto, spotter
from tools.sites.traffic import make_score


class BridgedNode:
    """A node's outbox and sender, in a thread of their own."""

    def __init__(self, folder: Path, site: str, name: str, port: int, rate: float) -> None:
        self.site, self.name = site, name
        self._rate, self._clock = rate, SystemClock()
        self._is_over = threading.Event()
        self._outbox = Outbox(folder / f"{site}-{name}.sqlite", node=name, max_rows=50_000)
        self.epoch = self._outbox.epoch
        self._broker = MqttBroker(BrokerSection(port=port), name)
        sender = Sender(self._outbox, self._broker, site=site, node=name)
        self._broker.connect(will=None, births=tuple, subscriptions=sender.subscriptions, on_message=sender.receive)
        self._thread = threading.Thread(target=self._run, args=(sender,), daemon=True)
        self._thread.start()

    @property
    def issued(self) -> int:
        return self._outbox.issued

    @property
    def waiting(self) -> int:
        """Scores that booth and centre have not both stored."""
        return self._outbox.depth

    def end(self) -> None:
        """Make no more scores; those that wait are still sent."""
        self._is_over.set()

    def close(self) -> None:
        self._is_over.set()
        self._rate = 0.0
        self._thread.join()
        self._broker.close()
        self._outbox.close()

    def _run(self, sender: Sender) -> None:
        due_at = self._clock.monotonic()
        while self._rate:
            now = self._clock.monotonic()
            if now >= due_at and not self._is_over.is_set():
                due_at += 1 / self._rate
                self._outbox.put(make_score(self.name, self.epoch, self._outbox.issued + 1))
            sender.step(now)
            sender.wait(max(min(due_at - now, 0.2), 0.01))


class BridgedSite:
    """Broker, booth and nodes of one site."""

    def __init__(
        self, folder: Path, name: str, nodes: int, rate: float, uplink: int, certificates: Certificates
    ) -> None:
        port = free_port()
        text = (SHIPPED / "centre" / "bridge.conf").read_text().replace("soho", name)
        text = text.replace("centre.example:8883", f"localhost:{uplink}")
        text = text.replace("/etc/mosquitto/certs", str(certificates.folder))
        listener = f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
        self._broker = mosquitto(folder, name, listener + text, port)
        config = folder / f"{name}.yaml"
        config.write_text(
            f"site: {name}\ncentre: true\nstore: sqlite:///{folder}/{name}.sqlite\npage_port: 0\n"
            f"broker: {{port: {port}}}\n"
        )
        self._booth = spotter(folder, f"{name}-booth", "booth", "--config", config)
        self.nodes = [BridgedNode(folder, name, f"camera-{number + 1}", port, rate) for number in range(nodes)]

    def close(self) -> None:
        for node in self.nodes:
            with closing(node):
                node.end()
        for program in (self._booth, self._broker):
            program.stop()
