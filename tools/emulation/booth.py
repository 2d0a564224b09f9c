"""The booth of the emulated board on this machine: its broker, `spotter booth`, and a laptop that receives messages."""

import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from prometheus_client.parser import text_string_to_metric_families

from edge import wire
from edge.config import broker_at, load_laptop
from edge.message.mqtt import MqttBroker
from edge.seams import Received
from tools.emulation.board import Board, BoardError
from tools.ports import wait_for

M = TypeVar("M", bound=wire.Message)


class Ears:
    """A laptop of the site: keeps the node's messages with their times."""

    def __init__(self, laptop: Path, broker: str, topics: list[str], board: Board) -> None:
        self._board = board
        self._heard: list[tuple[float, wire.Message]] = []
        self._changed = threading.Condition()
        self._broker = MqttBroker(broker_at(broker, load_laptop(laptop).broker), "boot-test")
        self._broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self._hear)

    def wait_for(
        self, kind: type[M], timeout_s: float, *, after_s: float = 0.0, like: Callable[[M], bool] = lambda _: True
    ) -> tuple[float, M]:
        """Return the time and the first such message after `after_s`; raises BoardError."""
        until = time.monotonic() + timeout_s
        with self._changed:
            while time.monotonic() < until:
                for at, message in self._heard:
                    if at > after_s and isinstance(message, kind) and like(message):
                        return at, message
                self._changed.wait(1.0)
        raise BoardError(f"the broker had no such {kind.__name__} of the node in {timeout_s:.0f} s")

    def close(self) -> None:
        self._broker.close()

    def _hear(self, received: Received) -> None:
        _, message = wire.decode(received.topic, received.payload)
        with self._changed:
            self._heard.append((self._board.on_for_s, message))
            self._changed.notify_all()


class Page:
    """The booth's metrics page for Prometheus."""

    def __init__(self, site: Path, port: int) -> None:
        self._token = (site / "booth" / "metrics.token").read_text().strip()
        self._address = f"http://127.0.0.1:{port}/metrics"

    def wait_for_stored(self, least: int, timeout_s: float) -> int:
        """Wait until the booth has stored at least that many scores and return the number; raises BoardError."""
        until = time.monotonic() + timeout_s
        while (stored := self._stored()) < least:
            if time.monotonic() > until:
                raise BoardError(f"the booth stored {stored} scores in {timeout_s:.0f} s, expected {least} or more")
            time.sleep(1.0)
        return stored

    def _stored(self) -> int:
        header = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._address, headers=header)  # noqa: S310 - http, on this machine
        try:
            with urllib.request.urlopen(request, timeout=10.0) as answer:  # noqa: S310 - same
                text = answer.read().decode()
        except urllib.error.HTTPError as err:
            raise BoardError(f"the booth's {self._address} answered {err.code} {err.reason}") from err
        except urllib.error.URLError:
            return 0  # it is still starting
        found = {sample.name: sample.value for one in text_string_to_metric_families(text) for sample in one.samples}
        return int(found["spotter_scores_total"])


@contextmanager
def mosquitto(site: Path, folder: Path, port: int) -> Iterator[None]:
    """Run the site's broker with its own settings, once it listens; raises BoardError."""
    with _running(["mosquitto", "-c", str(site / "broker" / "mosquitto.conf")], folder / "mosquitto.log"):
        if not wait_for(port):
            raise BoardError(f"mosquitto does not listen; see {folder / 'mosquitto.log'}")
        yield


@contextmanager
def booth(site: Path, folder: Path, port: int) -> Iterator[Page]:
    """Run `spotter booth` with the site's settings, its page at that port."""
    words = ["booth", "--config", str(site / "booth" / "booth.yaml"), "--port", str(port)]
    with _running([sys.executable, "-m", "edge.cli", *words], folder / "booth.log"):
        yield Page(site, port)


@contextmanager
def _running(program: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(program, stdout=said, stderr=said)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
