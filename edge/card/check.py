"""What lies on a boot partition to what is wrong with it: sentences with what to do. Only reads.

It says what first boot would trip over, and what first boot cannot see: it has no booth and no clock yet.
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
from edge.release.install import SIGNATURE, Release, damages, read_release
from edge.release.signature import check_signature
from edge.site.check_files import check_node, check_subnet

CLOUD_INIT = "meta-data"
"""Only images with cloud-init have it: trixie's and newer."""
PYTHONS = {True: ("trixie", "3.13"), False: ("bookworm", "3.11")}
"""Raspberry Pi OS with and without cloud-init."""
NAMES = ("config.txt", "cmdline.txt", "spotter.txt", "user-data", CLOUD_INIT, "network-config", FOLDER)
"""What of a boot partition is ours, whole or in part."""
AGAIN = "write the card again: spotter provision image"
WHY = {
    "spotter.txt": "the firmware would set up the board otherwise",
    "user-data": "first boot may never start, or somebody may log in",
    CLOUD_INIT: "cloud-init may take it for a card it knows, and do nothing",
    "network-config": "the node would be elsewhere on the network than the site says",
}
"""What comes of files that are not as they were written."""


def identity(boot: Path) -> dict[str, bytes]:
    """What will be the node's /etc/spotter, by name."""
    folder = boot / FOLDER / "identity"
    paths = folder.iterdir() if folder.is_dir() else ()
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def check_card(boot: Path, now: datetime, revocation_list: bytes | None = None) -> Iterator[str]:
    """Of a folder that holds what a boot partition does."""
    if missing := [name for name in ("config.txt", "cmdline.txt") if not (boot / name).is_file()]:
        yield f"{' and '.join(missing)} missing: this is no Raspberry Pi OS; flash Raspberry Pi OS (64-bit) first"
    if not (boot / FOLDER).is_dir():
        yield f"holds no bundle: there is no folder {FOLDER}; {AGAIN}"
        return
    try:
        record = first_boot.read_bundle(boot / FOLDER)
    except ProvisionError:
        yield f"{FOLDER}/{BUNDLE} is missing or damaged: the card was not written to its end; {AGAIN}"
        return
    yield from _check_log(boot)
    wiped = [name for name in record.secrets if not (boot / FOLDER / name).exists()]
    if wiped and len(wiped) == len(record.secrets):
        yield (
            f"its secrets are wiped: a node has taken it up, first boot is over; for another board, or to start anew, "
            f"{AGAIN} {record.node}"
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
    """What first boot wrote down, if it could not do its work."""
    said = _text(boot / FOLDER / LOG).strip()
    if said.startswith(REFUSED):
        yield f"the node it was in says: {said}"


def _check_settings(boot: Path) -> Iterator[str]:
    """People may edit node.yaml on the card: the node reads it at its next boot."""
    try:
        config.load(boot / FOLDER / SETTINGS, NodeConfig)
    except ConfigError as err:
        yield f"{err}; the node goes on with what it had"


def _check_pins(boot: Path, record: first_boot.BundleRecord) -> Iterator[str]:
    for name, what in damages(boot / FOLDER, record.files):
        yield f"{FOLDER}/{name} {what}: first boot refuses it; {AGAIN}"


def _check_booth(files: dict[str, bytes], record: first_boot.BundleRecord) -> Iterator[str]:
    try:
        broker = config.parse(files.get("node.yaml", b""), NodeConfig, "node.yaml").broker
    except ConfigError:
        return  # said already
    if (broker.host, broker.port) != (record.booth, record.port):
        yield (
            f"node.yaml: the broker is {broker.host}:{broker.port}, but the bundle was made for {record.booth}:"
            f"{record.port}: the node's firewall lets it speak to nobody else; {AGAIN}"
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
    if (folder / SIGNATURE).exists():
        try:
            check_signature(folder, boot / FOLDER / "identity" / "release.pub")
        except ProvisionError:
            yield f"{FOLDER}/release was not signed by this node's site: somebody else has made or changed it; {AGAIN}"


def _check_pythons(release: Release, *, has_cloud_init: bool) -> Iterator[str]:
    system, python = PYTHONS[has_cloud_init]
    if python not in release.pythons:
        yield (
            f"release {release.id} has wheels for Python {', '.join(release.pythons)}, Raspberry Pi OS {system} has "
            f"{python}: spotter provision release makes one that fits, then {AGAIN}"
        )
    unpinned = {PurePath(name).name for name in release.pythons.get(python, ())} - release.files.keys()
    for name in sorted(unpinned):
        yield f"release {release.id} wants {name}, but does not hold it: spotter provision release, then {AGAIN}"


def _check_network(boot: Path, record: first_boot.BundleRecord) -> Iterator[str]:
    """And what cloud-init and the firmware read, which follows from it."""
    texts = [_text(boot / name) for name in ("config.txt", "cmdline.txt")]
    try:
        network = read_connection(_text(boot / FOLDER / CONNECTION), record.booth, cmdline=texts[1])
    except ProvisionError as err:
        yield f"{FOLDER}/{CONNECTION}: {err}; {AGAIN}"
        return
    yield from check_subnet(f"{FOLDER}/{CONNECTION}", network, record.booth)
    yield from _check_boot_files(boot, Bundle(record, network, {}), *texts)


def _check_boot_files(boot: Path, bundle: Bundle, config_txt: str, cmdline: str) -> Iterator[str]:
    """Writing the bundle once more must change nothing."""
    wanted = boot_files(bundle, config_txt, cmdline, has_cloud_init=(boot / CLOUD_INIT).exists())
    if INCLUDE not in config_txt.splitlines():
        yield f"config.txt does not `{INCLUDE}`: neither camera nor watchdog is set up; add the line, or {AGAIN}"
    lacking = [word for word in wanted.pop("cmdline.txt").decode().split() if word not in cmdline.split()]
    if lacking:
        yield f"cmdline.txt lacks `{' '.join(lacking)}`: add it at the end of its one line, or {AGAIN}"
    del wanted["config.txt"]
    for name, data in wanted.items():
        if _text(boot / name).encode() != data:
            yield f"{name} is not as the bundle has it: {WHY[name]}; {AGAIN}"


def _text(path: Path) -> str:
    """Empty where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
