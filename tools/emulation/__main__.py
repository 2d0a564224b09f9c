"""A whole node without hardware: provisioned, booted from its card, heard by the booth, hung, and back by itself.

All is as a technician and a Raspberry Pi do it, but for `EMULATION`, a simulated camera and what board.py names.
"""

import argparse
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from edge import config, wire
from edge.config import BoothConfig
from edge.message.mqtt import MqttBroker
from edge.seams import Received
from tools.emulation.board import BOOTH, Board, BoardError, boot_partition

SITE, NODE, ADDRESS = "emulated", "camera-1", "192.168.50.11/24"
UNIT = "spotter-node.service"
SOURCE = "street:8?cameras=1&fps=2&rate=12"
"""Its first walkers have left the picture after frames 4 and 15."""
WATCHDOG_S = 120
EMULATION = f"[Service]\nTimeoutStartSec=600\nWatchdogSec={WATCHDOG_S}\n"
"""Laid over the node's unit: an emulated core takes seconds for what a real one does in a tenth."""
BOOT_S, INSTALL_S, START_S, FRAMES_S = 900.0, 3600.0, 900.0, 1800.0
"""The most to wait for a boot, the installation, the unit, a score. Far less is usual."""
PROOF = (
    "uname -m",
    "ls -d /opt/spotter/current/venv/lib/python3*/site-packages/ai_edge_litert-*.dist-info",
    f"systemctl show {UNIT} --property=NRestarts --value",
    f"journalctl --unit={UNIT} --grep='Watchdog timeout' --output=cat --lines=1 --no-pager",
)
"""Asked of the board at the end."""

M = TypeVar("M", bound=wire.Message)


class Ears:
    """The booth's end of the broker: what the node said, and when."""

    def __init__(self, site: Path, board: Board) -> None:
        self._board = board
        self._heard: list[tuple[float, wire.Message]] = []
        self._changed = threading.Condition()
        self._broker = MqttBroker(config.load(site / "booth" / "booth.yaml", BoothConfig).broker, "booth")
        topics = [wire.node_topic(SITE, NODE, leaf) for leaf in ("status", "health", "score")]
        self._broker.connect(will=None, births=tuple, subscriptions=topics, on_message=self._hear)

    def wait_for(
        self, kind: type[M], timeout_s: float, *, after_s: float = 0.0, like: Callable[[M], bool] = lambda _: True
    ) -> tuple[float, M]:
        """When such a message first came after a time, and the message; raises BoardError."""
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


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/boot-test", description=__doc__)
    parser.add_argument("card", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("kernel", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the site, the card and the console's log there")
    args = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job starts with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    with ExitStack() as cleanup:
        folder = args.keep or Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="spotter-boot-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _boot_test(folder, args.card, args.kernel, cleanup)
        except BoardError as err:
            log = folder / "console.log"
            said = log.read_text(errors="replace").splitlines()[-40:] if log.exists() else []
            print("\n".join([*said, f"boot-test: {err}"]), file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 1
    print("\nThe card boots, installs without internet, spots, and comes back by itself.")
    return 0


def _boot_test(folder: Path, flashed: Path, kernel: Path, cleanup: ExitStack) -> None:
    port = _free_port()
    site, card = folder / "site", folder / "card.img"
    _provision(site, card, flashed, port)
    key = (site / "nodes" / NODE / "node.key").read_bytes()
    _expect(key in boot_partition(card), "the node's key on its card before the first boot")
    cleanup.enter_context(_mosquitto(site, folder))
    print(
        "\nBooting it: two emulated Cortex-A72, 1 GB, no network but the port of the booth's broker. For the\n"
        f"emulation alone {UNIT} has {' and '.join(EMULATION.split()[1:])}. Seconds from power-on:",
        flush=True,
    )
    board = cleanup.enter_context(closing(Board(card, kernel, folder, port=port, dropins={UNIT: EMULATION})))
    ears = cleanup.enter_context(closing(Ears(site, board)))
    _second_boot(board, ears, begun=_first_boot(board))
    _hang(board, ears)
    _expect(key not in boot_partition(card), "no trace of the node's key on its card after the first boot")


def _provision(site: Path, card: Path, flashed: Path, port: int) -> None:
    """As a technician does; then a camera that is simulated takes the time that it is given."""
    about = ("--who", "Boot test", "--purpose", "to see whether a card boots", "--contact", "nobody@example.org")
    _spotter("site", site, "--site", SITE, "--booth", BOOTH, "--port", port, *about, "--keep-days", 1)
    _spotter("node", NODE, "--site-dir", site, "--facing", 315, "--address", ADDRESS, "--source", SOURCE)
    settings = site / "nodes" / NODE / "node.yaml"
    settings.write_text(settings.read_text().replace("  source:", "  pace: fast\n  source:"))
    subprocess.run(["cp", "--sparse=always", flashed, card], check=True)
    _spotter("release", "--release", site.with_name("release"))
    _spotter("image", NODE, "--site-dir", site, "--image", card, "--release", site.with_name("release"))


def _first_boot(board: Board) -> float:
    """Until the node restarts with what it took from its card."""
    _mark(board.wait_for("Booting Linux", BOOT_S), "kernel")
    _mark(board.wait_for("Starting spotter-first-boot", BOOT_S), "cloud-init started what is on the card")
    done = board.wait_for("took up bundle", INSTALL_S, unless="FAILED.*spotter-first-boot")
    return _mark(done, "first boot done: installed, key taken, firewall set; restarting")


def _second_boot(board: Board, ears: Ears, begun: float) -> None:
    kernel = _mark(board.wait_for("Booting Linux", BOOT_S, after_s=begun), "kernel again")
    _mark(board.wait_for("login:", BOOT_S, after_s=begun), "login")
    at, health = ears.wait_for(wire.Health, START_S, after_s=kernel)
    active_us = board.shell(f"systemctl show {UNIT} --property=ActiveEnterTimestampMonotonic --value")
    _mark(kernel + int(active_us) / 1e6, "unit active")
    _mark(at, f"first health, by mutual TLS: {health.state}, model {health.model}")
    at, score = ears.wait_for(wire.Score, FRAMES_S, after_s=at)
    _mark(at, f"first score: {score.state}, {score.zone}, heading {score.heading}, quality {score.quality:.2f}")
    at, health = ears.wait_for(wire.Health, START_S, after_s=at)
    _mark(at, f"health: {health.frames} frames, {health.invoke_p50_ms:.0f} ms an invoke, {health.sightings} sightings")


def _hang(board: Board, ears: Ears) -> None:
    """A node that is stopped is restarted by systemd's watchdog, and by nothing else."""
    _, before = ears.wait_for(wire.Status, START_S)
    board.shell(f"systemctl kill --signal=STOP {UNIT}")
    hung = _mark(board.on_for_s, "hung (SIGSTOP)")
    gone, _ = ears.wait_for(wire.Status, START_S, after_s=hung, like=lambda status: status.state == "offline")
    _mark(gone, "broker: offline")
    back, _ = ears.wait_for(wire.Status, START_S, after_s=gone, like=lambda status: status.boot != before.boot)
    _mark(back, "restarted by the watchdog, online")
    at, health = ears.wait_for(wire.Health, START_S, after_s=back, like=lambda health: health.frames > 0)
    _mark(at, f"health again, with frames: {health.state}")
    machine, runtime, restarts, said = (board.shell(question) for question in PROOF)
    print(f"         {machine}, {Path(runtime).stem}, {restarts} restart of {UNIT}: {said}")
    _expect(machine == "aarch64" and restarts == "1" and "Watchdog timeout" in said, "one restart by the watchdog")


def _spotter(*words: str | int | Path) -> None:
    print(f"spotter provision {' '.join(map(str, words))}", flush=True)
    program = [sys.executable, "-m", "edge.cli", "provision", *map(str, words)]
    done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BoardError(f"spotter provision {words[0]} said: {done.stderr.strip()}")


@contextmanager
def _mosquitto(site: Path, folder: Path) -> Iterator[None]:
    """The site's broker, as its folder has it."""
    with (folder / "mosquitto.log").open("wb") as log:
        process = subprocess.Popen(["mosquitto", "-c", site / "broker" / "mosquitto.conf"], stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _expect(is_so: bool, what: str) -> None:  # noqa: FBT001
    if not is_so:
        raise BoardError(f"expected {what}, found otherwise")


def _mark(at: float, what: str) -> float:
    print(f"{at:7.0f}  {what}", flush=True)
    return at


if __name__ == "__main__":
    sys.exit(main())
