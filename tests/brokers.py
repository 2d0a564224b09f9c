"""A real mosquitto for tests, on a port of its own, with the booth's settings or mosquitto's defaults."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = REPOSITORY / "firmware-config" / "mosquitto.conf"
PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], seconds: float = 10.0, what: str = "") -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what or condition}"
        time.sleep(0.02)


class Mosquitto:
    """A broker that can be killed and started again on the same port with the same files."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "",
        text: str = "",
        with_defaults: bool = False,
        plain: bool = True,
        port: int | None = None,
    ) -> None:
        """`settings` are added to those shipped for the booth, `text` replaces them; PORT in them is this broker's."""
        self.port = port or free_port()
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        if text:
            lines, plain = [*text.splitlines(), f"persistence_location {folder}/"], False
        elif with_defaults:
            lines = ["allow_anonymous true", "persistence true", f"persistence_location {folder}/"]
        else:
            lines = [line for line in SHIPPED.read_text().splitlines() if not line.startswith("listener ")]
            lines.append(f"persistence_location {folder}/")
        if os.getuid() == 0:
            lines.append("user root")
        if plain:
            lines.insert(0, f"listener {self.port} 127.0.0.1")
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join([*lines, settings, ""]).replace("PORT", str(self.port)))

    def start(self) -> None:
        assert PROGRAM is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stdout=log, stderr=log)
        wait_for(self._is_listening, what=f"mosquitto; see {self.folder}/mosquitto.log")

    def kill(self) -> None:
        """Kill it (SIGKILL): nothing is saved on the way out."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it (SIGTERM), as systemd does."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    @property
    def log(self) -> str:
        return (self.folder / "mosquitto.log").read_text()

    def _is_listening(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def make_mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Yield a function that makes brokers, which end with the test."""
    if PROGRAM is None:
        pytest.skip("no mosquitto on PATH; install it with apt")
    made: list[Mosquitto] = []

    def make(**options: Any) -> Mosquitto:
        folder = tmp_path / f"mosquitto-{len(made)}"
        folder.mkdir()
        made.append(Mosquitto(folder, **options))
        made[-1].start()
        return made[-1]

    yield make
    for broker in made:
        broker.kill()


@pytest.fixture
def mosquitto(make_mosquitto: Callable[..., Mosquitto]) -> Mosquitto:
    """A running broker with the settings shipped for the booth."""
    return make_mosquitto()
