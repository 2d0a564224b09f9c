"""Check the files of a card's boot partition: one sentence per problem, with what to do. Only reads.

It finds what first boot would fail on, and what first boot cannot check, as it has no booth and no clock yet.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath

from edge import config
from edge.card import first_boot
from edge.card.bundle import INCLUDE, Bundle, boot_files, read_connection
from edge.card.first_boot import BUNDLE, CONNECTION, FOLDER, LOG, REFUSED, SETTINGS
from edge.config import NodeConfig
from edge.errors import ConfigError, ProvisionError
from edge.release.install import Release, damages, read_release
from edge.release.signature import check_signature
from edge.site.check_files import check_node, check_subnet

CLOUD_INIT = "meta-data"
"""A file that only images with cloud-init have: trixie and newer."""
PYTHONS = {True: ("trixie", "3.13"), False: ("bookworm", "3.11")}
"""Name and Python version of Raspberry Pi OS with (True) and without (False) cloud-init."""
NAMES = ("config.txt", "cmdline.txt", "spotter.txt", "user-data", CLOUD_INIT, "network-config", FOLDER)
"""Files and folders of a boot partition that a bundle writes or changes."""
AGAIN = "write the card again: spotter provision image NODE --site-dir DIR --device /dev/sdX"
WHY = {
    "spotter.txt": "the firmware would set up the board differently",
    "user-data": "first boot may never start, or strangers may log in",
    CLOUD_INIT: "cloud-init may mistake it for a card it knows, and do nothing",
    "network-config": "the node would not have the network settings of its site",
}
"""Consequence of a changed file, by name."""


def identity(boot: Path) -> dict[str, bytes]:
    """Return the files that will become the node's /etc/spotter, by name."""
    folder = boot / FOLDER / "identity"
    paths = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def check_card(boot: Path, now: datetime, revocation_list: bytes | None = None) -> Iterator[str]:
    """Check a folder that holds the files of a boot partition."""
    if missing := [name for name in ("config.txt", "cmdline.txt") if not (boot / name).is_file()]:
        yield f"{' and '.join(missing)} missing: this is not Raspberry Pi OS; flash Raspberry Pi OS (64-bit) first"
    if not (boot / FOLDER).is_dir():
        yield f"has no folder {FOLDER}, so it is not the card of a node; {AGAIN}"
        return
    try:
        record = first_boot.read_bundle(boot / FOLDER)
    except ProvisionError:
        yield f"{FOLDER}/{BUNDLE} is missing or damaged: the card was not written completely; {AGAIN}"
        return
    yield from _check_log(boot)
    wiped = [name for name in record.secrets if not (boot / FOLDER / name).exists()]
    if wiped and len(wiped) == len(record.secrets):
        yield (
            f"its secrets are wiped: a node has used this card, and its first boot is over; for another board, or to "
            f"start again, {AGAIN.replace('NODE', record.node)}"
        )
        yield from _check_settings(boot)
        return
    files = identity(boot)
    yield from _check_pins(boot, record)
    yield from check_node(files, now, name=record.node, revocation_list=revocation_list)
    yield from _check_booth(files, record)
    yield from _check_release(boot)
    yield from _check_network(boot, record)


def _check_log(boot: Path) -> Iterator[str]:
    """Report what first boot wrote on the card if it failed."""
    said = _text(boot / FOLDER / LOG).strip()
    if said.startswith(REFUSED):
        yield f"first boot failed, and wrote: {said}"


def _check_settings(boot: Path) -> Iterator[str]:
    """Check node.yaml, which people may edit on the card: the node reads it at its next boot."""
    try:
        config.load_as_service(boot / FOLDER / SETTINGS)
    except ConfigError as err:
        yield f"{err}; correct it; until then the node keeps its previous settings"


def _check_pins(boot: Path, record: first_boot.BundleRecord) -> Iterator[str]:
    for name, what in damages(boot / FOLDER, record.files):
        yield f"{FOLDER}/{name} {what}: first boot refuses it; {AGAIN}"


def _check_booth(files: dict[str, bytes], record: first_boot.BundleRecord) -> Iterator[str]:
    try:
        broker = config.parse(files.get("node.yaml", b""), NodeConfig, "node.yaml").broker
    except ConfigError:
        return  # check_node has reported it
    if (broker.host, broker.port) != (record.booth, record.port):
        yield (
            f"node.yaml: the broker is {broker.host}:{broker.port}, but the bundle was made for {record.booth}:"
            f"{record.port}, and the node's firewall allows no other broker; {AGAIN}"
        )


def _check_release(boot: Path) -> Iterator[str]:
    folder = boot / FOLDER / "release"
    try:
        release = read_release(folder)
    except ProvisionError:
        yield f"{FOLDER}/release/manifest.json is missing or damaged: nothing can be installed; {AGAIN}"
        return
    for name, what in damages(folder, release.files):
        yield f"{FOLDER}/release/{name} {what}: it cannot be installed; {AGAIN}"
    yield from _check_pythons(release, has_cloud_init=(boot / CLOUD_INIT).exists())
    try:
        check_signature(folder, boot / FOLDER / "identity" / "release.pub")
    except ProvisionError:
        yield f"{FOLDER}/release was not signed by this node's site, or was changed since; {AGAIN}"


def _check_pythons(release: Release, *, has_cloud_init: bool) -> Iterator[str]:
    system, python = PYTHONS[has_cloud_init]
    if python not in release.pythons:
        yield (
            f"release {release.id} has wheels for Python {', '.join(release.pythons)}, Raspberry Pi OS {system} has "
            f"{python}; make one that fits: spotter provision release; then {AGAIN}"
        )
    unpinned = {PurePath(name).name for name in release.pythons.get(python, ())} - release.files.keys()
    for name in sorted(unpinned):
        yield f"release {release.id} lacks its file {name}; make it again: spotter provision release; then {AGAIN}"


def _check_network(boot: Path, record: first_boot.BundleRecord) -> Iterator[str]:
    """Check the network settings, and the files of cloud-init and the firmware that follow from them."""
    texts = [_text(boot / name) for name in ("config.txt", "cmdline.txt")]
    try:
        network = read_connection(_text(boot / FOLDER / CONNECTION), record.booth, cmdline=texts[1])
    except ProvisionError as err:
        yield f"{FOLDER}/{CONNECTION}: {err}; {AGAIN}"
        return
    yield from check_subnet(f"{FOLDER}/{CONNECTION}", network, record.booth)
    yield from _check_boot_files(boot, Bundle(record, network, {}), *texts)


def _check_boot_files(boot: Path, bundle: Bundle, config_txt: str, cmdline: str) -> Iterator[str]:
    """Check that writing the bundle once more would change nothing."""
    wanted = boot_files(bundle, config_txt, cmdline, has_cloud_init=(boot / CLOUD_INIT).exists())
    if INCLUDE not in config_txt.splitlines():
        yield f"config.txt lacks the line `{INCLUDE}`, so camera and watchdog are not set up; add it, or {AGAIN}"
    lacking = [word for word in wanted.pop("cmdline.txt").decode().split() if word not in cmdline.split()]
    if lacking:
        yield f"cmdline.txt lacks `{' '.join(lacking)}`: add it at the end of its one line, or {AGAIN}"
    del wanted["config.txt"]
    for name, data in wanted.items():
        if _text(boot / name).encode() != data:
            yield f"{name} differs from the bundle's: {WHY[name]}; {AGAIN}"


def _text(path: Path) -> str:
    """Return the file's text; empty if there is no such file."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
