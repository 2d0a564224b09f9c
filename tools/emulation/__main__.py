"""Tests a whole node without hardware: provisioned, booted from its card, heard by the booth, hung, updated, unplugged.

Everything is done as a technician and a Raspberry Pi do it, except `EMULATION`, a simulated camera and the differences
named in board.py.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path

from edge import __version__, wire
from edge.wire_update import Progress
from tools.emulation.board import Board, BoardError, boot_partition
from tools.emulation.booth import Ears, Page, booth, mosquitto
from tools.emulation.site import LAPTOP, LAST_VERSION, NEXT_VERSION, NODE, SITE, provision, write_stick
from tools.ports import free_port, free_ports

UNIT = "spotter-node.service"
WATCHDOG_S = 120
EMULATION = f"[Service]\nTimeoutStartSec=600\nWatchdogSec={WATCHDOG_S}\n"
"""Drop-in for the node's unit: an emulated core takes seconds for what a real one does in a tenth."""
DROPINS = {UNIT: EMULATION, "spotter-update.timer": "[Timer]\nOnActiveSec=\nOnActiveSec=15min\n"}
"""Drop-ins by unit; the timer must not end a trial that the node's unit lets last longer."""
BOOT_S, INSTALL_S, START_S, FRAMES_S = 900.0, 3600.0, 900.0, 1800.0
"""Longest waits in seconds for a boot, the installation, the unit, and frames or a score. Far less is usual."""
MOST_TRIAL_S = 180.0 + WATCHDOG_S - 30.0
"""Seconds within which an unhealthy release must be gone: three minutes, and what the watchdog waits longer here."""
PROOF = (
    "uname -m",
    "ls -d /opt/spotter/current/venv/lib/python3*/site-packages/ai_edge_litert-*.dist-info",
    f"systemctl show {UNIT} --property=NRestarts --value",
    f"journalctl --unit={UNIT} --grep='Watchdog timeout' --output=cat --lines=1 --no-pager",
)
"""Commands run on the board after the hang, as evidence."""
STICK = "/mnt"
"""Mount point of the USB stick with the releases."""
TWINS = (
    f"PYTHONPATH={STICK}/twins/tests.zip /opt/spotter/current/venv/bin/python -m tests.privacy.compare /run/twins 2>&1 "
    "| tail -n 1; rm -rf /run/twins"
)
TWINS_S = 1800.0
"""Longest time that both twin runs may take, in seconds; two free cores of a laptop need about ten."""
UPDATE = "/opt/spotter/current/venv/bin/spotter update"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/boot-test", description=__doc__, allow_abbrev=False)
    parser.add_argument("card", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("kernel", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the site, the card and the console's log in DIR")
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
    print("\nThe card boots, installs without internet, spots, is updated, and comes back by itself.")
    return 0


def _boot_test(folder: Path, flashed: Path, kernel: Path, cleanup: ExitStack) -> None:
    (port, _), page_port = free_ports(2), free_port()
    site, card, stick = folder / "site", folder / "card.img", folder / "stick.img"
    provision(site, card, flashed, port)
    write_stick(folder, site, stick)
    key = (site / "nodes" / NODE / "node.key").read_bytes()
    _expect(key in boot_partition(card), "the node's key on its card before the first boot")
    cleanup.enter_context(mosquitto(site, folder, port))
    page = cleanup.enter_context(booth(site, folder, page_port))
    print(
        "\nBooting it: two emulated Cortex-A72, 1 GB, no network but the port of the booth's broker. For the\n"
        f"emulation alone {UNIT} has {' and '.join(EMULATION.split()[1:])}. Seconds from power-on:",
        flush=True,
    )
    board = cleanup.enter_context(closing(Board(card, stick, kernel, folder, port=port, dropins=DROPINS)))
    topics = [wire.node_topic(SITE, NODE, leaf) for leaf in ("status", "health", "update")]
    laptop = site / "laptops" / LAPTOP / "laptop.yaml"
    ears = cleanup.enter_context(closing(Ears(laptop, f"127.0.0.1:{port}", topics, board)))
    _second_boot(board, ears, page, begun=_first_boot(board))
    _hang(board, ears)
    _expect(key not in boot_partition(card), "no trace of the node's key on its card after the first boot")
    board.shell(f"mount -o ro {board.stick} {STICK}")
    _twins(board)
    board.shell(f"umount {STICK}")
    _update_from_stick(board, ears)
    _push(folder, site, board, ears)
    _hang_on_trial(board, ears)
    _unplug_on_trial(board, ears)


def _first_boot(board: Board) -> float:
    """Wait for the first boot to finish: the node restarts with what it took from its card."""
    _mark(board.wait_for("Booting Linux", BOOT_S), "kernel")
    _mark(board.wait_for("Starting spotter-first-boot", BOOT_S), "cloud-init started what is on the card")
    done = board.wait_for("installed bundle", INSTALL_S, unless="FAILED.*spotter-first-boot")
    return _mark(done, "first boot done: installed, key taken, firewall set; restarting")


def _second_boot(board: Board, ears: Ears, page: Page, begun: float) -> None:
    kernel = _mark(board.wait_for("Booting Linux", BOOT_S, after_s=begun), "kernel again")
    _mark(board.wait_for("login:", BOOT_S, after_s=begun), "login")
    at, health = ears.wait_for(wire.Health, START_S, after_s=kernel)
    active_us = board.shell(f"systemctl show {UNIT} --property=ActiveEnterTimestampMonotonic --value")
    _mark(kernel + int(active_us) / 1e6, "unit active")
    _mark(at, f"first health, by mutual TLS: {health.state}, model {health.model}")
    at, health = ears.wait_for(wire.Health, FRAMES_S, after_s=at, like=lambda said: said.frames > 0)
    _mark(at, f"health: {health.frames} frames, {health.invoke_p50_ms:.0f} ms an invoke")
    stored = page.wait_for_stored(1, FRAMES_S)
    _mark(board.on_for_s, f"{stored} stored by the booth")
    at, health = ears.wait_for(wire.Health, START_S, after_s=at, like=lambda said: said.outbox_depth == 0)
    _mark(at, "and acknowledged: the node's outbox is empty")


def _hang(board: Board, ears: Ears) -> None:
    """Stop the node; only systemd's watchdog may restart it."""
    _, before = ears.wait_for(wire.Status, START_S)
    board.shell(f"systemctl kill --signal=STOP {UNIT}")
    hung = _mark(board.on_for_s, "hung (SIGSTOP)")
    gone, _ = ears.wait_for(wire.Status, START_S, after_s=hung, like=lambda status: status.state == "offline")
    _mark(gone, "broker: offline")
    back, _ = ears.wait_for(wire.Status, START_S, after_s=gone, like=lambda status: status.boot != before.boot)
    _mark(back, "restarted by the watchdog, online")
    at, health = ears.wait_for(wire.Health, START_S, after_s=back, like=lambda health: health.frames > 0)
    _mark(at, f"health with frames again: {health.state}")
    machine, runtime, restarts, said = (board.shell(question) for question in PROOF)
    print(f"         {machine}, {Path(runtime).stem}, {restarts} restart of {UNIT}: {said}")
    _expect(machine == "aarch64" and restarts == "1" and "Watchdog timeout" in said, "one restart by the watchdog")


def _twins(board: Board) -> None:
    """Run the installed release on two recordings that differ in faces and street (tests/privacy)."""
    said = board.shell(TWINS, TWINS_S)
    _mark(board.on_for_s, said)
    _expect(said.startswith("the twins are equal"), "that both twins give away the same")


def _update_from_stick(board: Board, ears: Ears) -> None:
    """Start the unit that udev starts for a stick; its newest release is healthy and must stay."""
    begun = _mark(board.on_for_s, "the stick's unit")
    board.shell(f"systemctl start --no-block spotter-stick@$(basename $(readlink -f {board.stick})).service")
    _expect_kept(board, ears, begun, NEXT_VERSION)
    board.shell(f"mount -o ro {board.stick} {STICK}")


def _push(folder: Path, site: Path, board: Board, ears: Ears) -> None:
    """Push a release from the booth; the node fetches and tries it, and it must stay."""
    begun = _mark(board.on_for_s, "spotter update push")
    words = ["update", "push", str(folder / "release-last"), NODE, "--site-dir", str(site), "--host", "127.0.0.1"]
    with (folder / "push.log").open("wb") as log:
        push = subprocess.Popen([sys.executable, "-m", "edge.cli", *words], stdout=log, stderr=log)
    try:
        _expect_kept(board, ears, begun, LAST_VERSION)
        code = push.wait(60.0)
    finally:
        push.kill()
    said = (folder / "push.log").read_text().splitlines()
    print(f"         {' / '.join(said)}")
    _expect(code == 0 and said[-1].startswith("all of them run release"), "the push to say that all run it")


def _expect_kept(board: Board, ears: Ears, begun: float, version: str) -> None:
    at, _ = ears.wait_for(wire.Status, INSTALL_S, after_s=begun, like=lambda status: status.software == version)
    _mark(at, f"{version} is online, on trial")
    at, progress = ears.wait_for(Progress, MOST_TRIAL_S + START_S, after_s=at, like=lambda found: found.is_over)
    _mark(at, f"it says: {progress.sentence}")
    _expect(progress.state == "kept" and _running_version(board) == version, f"{version} to run, kept")


def _hang_on_trial(board: Board, ears: Ears) -> None:
    """Hang a release on trial: within three minutes the one before must run and say so."""
    begun = _try(board, ears, "first", __version__)
    started_s = _started_s(board)
    board.shell(f"systemctl kill --signal=STOP {UNIT}")
    _mark(board.on_for_s, "hung (SIGSTOP)")
    _expect_the_next_one(board, ears, begun)
    took_s = _started_s(board) - started_s
    print(f"         {took_s:.0f} s from the start of one release to that of the other")
    _expect(took_s <= MOST_TRIAL_S, f"that in {MOST_TRIAL_S:.0f} s")


def _unplug_on_trial(board: Board, ears: Ears) -> None:
    """Pull the plug while a release is on trial: after the next boot the one before must run and say so."""
    _try(board, ears, "first", __version__)
    unplugged = _mark(board.on_for_s, "unplugged")
    board.unplug()
    board.plug_in()
    _mark(board.wait_for("login:", BOOT_S, after_s=unplugged), "login")
    _expect_the_next_one(board, ears, unplugged)


def _try(board: Board, ears: Ears, folder: str, version: str) -> float:
    """Begin an update and wait until the release on trial has reached the broker; returns when, in seconds."""
    begun = _mark(board.on_for_s, f"spotter update {STICK}/{folder}")
    board.shell(f"systemd-run --no-block --collect {UPDATE} --allow-older {STICK}/{folder}")
    at, _ = ears.wait_for(wire.Status, INSTALL_S, after_s=begun, like=lambda status: status.software == version)
    _mark(at, f"{version} is online, on trial")
    _expect(_is_on_trial(board), "a trial")
    return at


def _expect_the_next_one(board: Board, ears: Ears, after_s: float) -> None:
    """Expect the release of the last good update, with one problem that names the failed update."""
    at, health = ears.wait_for(
        wire.Health,
        MOST_TRIAL_S + START_S,
        after_s=after_s,
        like=lambda said: said.frames > 0 and said.software == LAST_VERSION,
    )
    named = [problem.sentence for problem in health.problems if "update" in problem.code]
    _mark(at, f"health with frames, {health.software}: {' '.join(named)}")
    _expect(len(named) == 1 and not _is_on_trial(board), "one problem that names the update, and no trial")


def _started_s(board: Board) -> float:
    """Return when the unit was last started, in seconds of the board's clock."""
    return int(board.shell(f"systemctl show {UNIT} --property=InactiveExitTimestampMonotonic --value")) / 1e6


def _running_version(board: Board) -> str:
    return board.shell("/opt/spotter/current/venv/bin/spotter --version").removeprefix("spotter ")


def _is_on_trial(board: Board) -> bool:
    return board.shell("test -L /opt/spotter/back && echo yes || echo no") == "yes"


def _expect(is_so: bool, what: str) -> None:  # noqa: FBT001
    if not is_so:
        raise BoardError(f"expected {what}, found otherwise")


def _mark(at: float, what: str) -> float:
    print(f"{at:7.0f}  {what}", flush=True)
    return at


if __name__ == "__main__":
    sys.exit(main())
