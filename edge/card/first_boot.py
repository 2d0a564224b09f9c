"""First boot: set up a node from the bundle on its boot partition. Standard library only: runs from the card's wheel.

    CARD/spotter/bundle.json         list of the bundle's files; written last, so without it the card is incomplete
    CARD/spotter/identity/           for /etc/spotter
    CARD/spotter/release/            for /opt/spotter/releases (edge/release/install.py)
    CARD/spotter/spotter.nmconnection   the network, for NetworkManager
    CARD/spotter/first-boot.txt      result, to read on another computer

The unit runs `python3 -m edge.card.first_boot` at every boot. It installs a new bundle step by step; every step may be
interrupted and repeated. Afterwards it only applies a changed identity/node.yaml. The node's health reports failures.
"""

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from edge import atomic_file
from edge.errors import ProvisionError
from edge.places import ETC, HOME, SAID
from edge.release.install import (
    MANIFEST,
    SIGNATURE,
    Run,
    check_files,
    copied,
    install,
    read_record,
    run_program,
    switch,
)

CARD = Path("/boot/firmware")
FOLDER, BUNDLE, SETTINGS = "spotter", "bundle.json", "identity/node.yaml"
LOG, REFUSED = "first-boot.txt", "not taken up"
"""File with the result on the card, and how its line begins after a failure."""
FORMAT = 1
SHAPE = {"id": "", "node": "", "booth": "", "port": 0, "files": {"*": ""}, "secrets": [""], "format": FORMAT}
RECORD = ETC / "card.json"
"""Record of what was installed from the card."""
PROBLEM = SAID / "card.txt"
"""File with the failure as a sentence, which the node's health shows."""
OWNER = "spotter"
OPENSSL = "/usr/bin/openssl"
CONNECTION = "spotter.nmconnection"
CONNECTIONS = Path("etc/NetworkManager/system-connections")
PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""Addresses the firewall allows if the booth is given by name."""
ASKING_NAMES = "meta l4proto { tcp, udp } th dport { 53, 5353 } accept"
"""Firewall rule that allows DNS and mDNS, only if the booth is given by name."""
ANSWERS = 'udp sport 5353 udp dport 5353 accept comment "mDNS"'
"""Firewall rule that lets mDNS answers in, for a booth named `.local`: sent to a group, they are of no connection."""
SHARE = Path("venv/share/exception-spotter")
"""Folder of a release that holds its units and system settings."""
SYSTEM_FILES = {
    "systemd/spotter-node.service": "etc/systemd/system/spotter-node.service",
    "systemd/spotter-first-boot.service": "etc/systemd/system/spotter-first-boot.service",
    "systemd/spotter-update.service": "etc/systemd/system/spotter-update.service",
    "systemd/spotter-update.timer": "etc/systemd/system/spotter-update.timer",
    "systemd/spotter-pull.path": "etc/systemd/system/spotter-pull.path",
    "systemd/spotter-pull.service": "etc/systemd/system/spotter-pull.service",
    "systemd/spotter-stick@.service": "etc/systemd/system/spotter-stick@.service",
    "firmware-config/booth.conf": "etc/systemd/system/spotter-node.service.d/booth.conf",
    "firmware-config/pull.conf": "etc/systemd/system/spotter-pull.service.d/booth.conf",
    "firmware-config/stick.rules": "etc/udev/rules.d/61-spotter-stick.rules",
    "firmware-config/timesyncd.conf": "etc/systemd/timesyncd.conf.d/spotter.conf",
    "firmware-config/node.nft": "etc/nftables.conf",
    "firmware-config/sysusers.conf": "etc/sysusers.d/spotter.conf",
    "firmware-config/sysctl.conf": "etc/sysctl.d/60-spotter.conf",
    "firmware-config/journald.conf": "etc/systemd/journald.conf.d/spotter.conf",
    "firmware-config/system.conf": "etc/systemd/system.conf.d/spotter.conf",
    "firmware-config/swap.conf": "etc/rpi/swap.conf.d/spotter.conf",
    "firmware-config/coral.rules": "etc/udev/rules.d/60-coral.rules",
}
UNWANTED = ("userconfig.service", "dphys-swapfile.service", "apt-daily.timer", "apt-daily-upgrade.timer")
"""Units to turn off: the user wizard on the screen, swap on the card, updates from the internet."""


class BundleRecord(NamedTuple):
    """The contents of bundle.json."""

    id: str
    node: str
    booth: str
    """Address or name of the broker and time server."""
    port: int
    files: Mapping[str, str]
    """SHA-256 by file name; without node.yaml, which people may edit, and the files in release/manifest.json."""
    secrets: Sequence[str]
    """Files to wipe from the card once installed."""


class FirstBoot:
    """Installs one bundle on one node. `root` and `owner` differ in tests only."""

    def __init__(self, card: Path, root: Path, run: Run, *, owner: str = OWNER) -> None:
        """Read the bundle; raises ProvisionError if bundle.json cannot be read."""
        self._boot, self._card, self._root, self._run, self._owner = card, card / FOLDER, root, run, owner
        self._bundle = read_bundle(self._card)

    def take_up(self) -> str:
        """Install what is new; returns a sentence, empty if nothing was. Raises ProvisionError.

        After a new bundle the node reboots, so that every system setting takes effect.
        """
        taken, settings = self._record(), _sha256(self._card / SETTINGS)
        if taken.get("bundle") != self._bundle.id:
            for step in self._steps:
                step()
            self._run(["systemctl", "--no-block", "reboot"])
            return f"node {self._bundle.node} installed bundle {self._bundle.id}"
        self._wipe_secrets()  # the same bundle may have been written onto the card again
        if settings and settings != taken.get("settings"):
            self._take_settings()
            self._write_record()
            return f"node {self._bundle.node} applied the card's changed node.yaml"
        return ""

    @property
    def _steps(self) -> Sequence[Callable[[], None]]:
        """The steps in order: secrets are wiped once they are installed, and the record comes last."""
        return (
            self._check,
            self._install_release,
            self._write_system_files,
            self._add_user,
            self._take_identity,
            self._take_settings,
            self._join_network,
            self._set_services,
            self._wipe_secrets,
            self._write_record,
        )

    def _check(self) -> None:
        left = {name: wanted for name, wanted in self._bundle.files.items() if not self._is_in_place(name)}
        check_files(self._card, left)

    def _install_release(self) -> None:
        with copied(self._card / "release", self._root, self._check_signature) as release:
            install(release, self._root, self._run)
        switch(self._root, release.id)

    def _check_signature(self, folder: Path) -> None:
        """Raise ProvisionError unless the node's site signed the release; openssl does it, as nothing is installed yet.

        The key is the node's own, if it has one: what is on the card can be exchanged.
        """
        mine = self._root / ETC / "release.pub"
        key = mine if mine.exists() else self._card / "identity" / "release.pub"
        try:
            written = (folder / SIGNATURE).read_text(encoding="ascii").split()[-1]
            (folder / "signature").write_bytes(bytes.fromhex(written))
            files = ("-in", str(folder / MANIFEST), "-sigfile", str(folder / "signature"))
            self._run([OPENSSL, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(key), *files])
        except (ProvisionError, ValueError, IndexError) as err:
            raise ProvisionError(
                f"{folder / MANIFEST}: was not signed by this node's site ({key}: {err}); write the card again with "
                "spotter provision image NODE --site-dir DIR --device /dev/sdX, or, if the node has moved to another "
                "site, Raspberry Pi OS first"
            ) from err

    def _write_system_files(self) -> None:
        share = self._root / HOME / "current" / SHARE
        for name, place in SYSTEM_FILES.items():
            text = (share / name).read_text(encoding="utf-8")
            for placeholder, value in _placeholders(self._bundle).items():
                text = text.replace(placeholder, value)
            _put(self._root / place, text.encode(), mode=0o644)

    def _add_user(self) -> None:
        self._run(["systemd-sysusers", str(self._root / SYSTEM_FILES["firmware-config/sysusers.conf"])])

    def _take_identity(self) -> None:
        for name in self._bundle.files:
            if name.startswith("identity/") and not self._is_in_place(name):
                _put(self._place(name), (self._card / name).read_bytes(), owner=self._owner)

    def _take_settings(self) -> None:
        """Install the card's node.yaml, which may have been edited; raises if it is invalid."""
        spotter = self._root / HOME / "current/venv/bin/spotter"
        self._run([str(spotter), "config", "check", "--service", str(self._card / SETTINGS)])
        _put(self._root / ETC / "node.yaml", (self._card / SETTINGS).read_bytes(), owner=self._owner)

    def _join_network(self) -> None:
        """Set up Wi-Fi, and without cloud-init also Ethernet, through NetworkManager; cloud-init sets up Ethernet."""
        if (self._boot / "network-config").exists() and CONNECTION not in self._bundle.secrets:
            return
        if not (self._root / CONNECTIONS).is_dir():
            raise ProvisionError("NetworkManager is not installed; use Raspberry Pi OS bookworm or trixie")
        if not self._is_in_place(CONNECTION):
            _put(self._place(CONNECTION), (self._card / CONNECTION).read_bytes())
        if CONNECTION in self._bundle.secrets:
            self._run(["rfkill", "unblock", "wifi"])

    def _set_services(self) -> None:
        self._run(["hostnamectl", "set-hostname", self._bundle.node])
        self._run(["systemctl", "daemon-reload"])
        self._run(["systemctl", "mask", *UNWANTED])
        firewall = ["nftables.service"] if (self._root / "usr/sbin/nft").exists() else []
        units = [f"spotter-{name}.service" for name in ("first-boot", "update", "node")]
        self._run(["systemctl", "enable", *units, "spotter-pull.path", *firewall])

    def _wipe_secrets(self) -> None:
        for name in self._bundle.secrets:
            atomic_file.wipe(self._card / name)

    def _write_record(self) -> None:
        record = {"bundle": self._bundle.id, "settings": _sha256(self._card / SETTINGS)}
        _put(self._root / RECORD, json.dumps(record).encode(), mode=0o644)

    def _record(self) -> dict[str, str]:
        try:
            found = json.loads((self._root / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _place(self, name: str) -> Path:
        folder = CONNECTIONS if name == CONNECTION else ETC
        return self._root / folder / Path(name).name

    def _is_in_place(self, name: str) -> bool:
        """Return whether the file was installed before an interruption; it may be wiped from the card since."""
        return _sha256(self._place(name)) == self._bundle.files[name]


def _put(path: Path, data: bytes, *, mode: int = 0o600, owner: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_file.write(path, data, mode=mode, owner=owner)


def read_bundle(folder: Path) -> BundleRecord:
    """Read bundle.json; raises ProvisionError unless it is a bundle of this format."""
    bundle = BundleRecord(**read_record(folder / BUNDLE, SHAPE, "write the card again"))
    if not set(bundle.secrets) <= bundle.files.keys():
        raise ProvisionError(f"{folder / BUNDLE}: secrets: expected names listed under files; write the card again")
    return bundle


def _placeholders(bundle: BundleRecord) -> dict[str, str]:
    """Return the values of the @PLACEHOLDERS@ in the system settings."""
    is_address = bundle.booth.replace(".", "").isdigit()
    allowed = [bundle.booth] if is_address else PRIVATE_NETWORKS
    return {
        "@BOOTH@": bundle.booth,
        "@PORT@": str(bundle.port),
        "@RELEASES@": str(bundle.port + 1),
        "@ALLOWED@": " ".join(allowed),
        "@ALLOWED_SET@": ", ".join(allowed),
        "@NAMES@": "" if is_address else ASKING_NAMES,
        "@ANSWERS@": ANSWERS if bundle.booth.endswith(".local") else "",
    }


def _sha256(path: Path) -> str:
    """Return the file's SHA-256 in hex; empty if there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _say(path: Path, sentence: str) -> None:
    with contextlib.suppress(OSError):  # a read-only card must not stop the node
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sentence + "\n", encoding="utf-8")


def main(card: Path = CARD, root: Path = Path("/"), run: Run = run_program) -> int:
    """Set up the node. Returns 0 on success; 1 on failure, which the node's health and the card then explain."""
    (root / PROBLEM).unlink(missing_ok=True)
    log = card / FOLDER / LOG
    try:
        done = FirstBoot(card, root, run).take_up()
    except (ProvisionError, OSError) as err:
        print(f"spotter: {err}", file=sys.stderr)
        _say(root / PROBLEM, f"Setting up from the card failed: {err}")
        _say(log, f"{REFUSED}: {err}")
        return 1
    if done:
        print(done)
        _say(log, f"{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())} by its own clock: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
