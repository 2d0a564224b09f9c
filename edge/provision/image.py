"""A node's bundle into the boot partition of a flashed card or of an image file."""

import contextlib
import json
from pathlib import Path

from rich.console import Console

from edge import __version__
from edge.errors import ProvisionError
from edge.provision.bundle import Bundle, boot_files, make_bundle
from edge.provision.fat import Boot, changing
from edge.provision.first_boot import BUNDLE, FOLDER
from edge.provision.installation import Release, read_release
from edge.provision.release import build_release
from edge.provision.site import Site

BOOT_FILES = {"config.txt", "cmdline.txt"}
"""Every Raspberry Pi OS has them."""
CLOUD_INIT = "meta-data"
"""Only images with cloud-init have it: trixie's and newer."""


def write_card(bundle: Bundle, target: Path, *, is_replacing: bool = False) -> None:
    """Everything or nothing; raises ProvisionError. `is_replacing`: even if it is another node's."""
    with changing(target) as boot:
        names = boot.names()
        if missing := BOOT_FILES.difference(names):
            raise ProvisionError(
                f"{target}: its first partition has no {' and no '.join(sorted(missing))}, so it is no "
                "Raspberry Pi OS; flash Raspberry Pi OS (64-bit) first"
            )
        if FOLDER in names:
            node, secrets = owner(_bundle(boot))
            if node not in ("", bundle.record.node) and not is_replacing:
                raise ProvisionError(
                    f"{target}: is the card of node {node}, not of {bundle.record.node}; --replace makes it this one's"
                )
            for name in secrets:
                with contextlib.suppress(ProvisionError):  # first boot has taken it
                    boot.wipe(f"{FOLDER}/{name}")
            boot.delete(FOLDER)
        texts = [boot.read(name).decode(errors="replace") for name in ("config.txt", "cmdline.txt")]
        boot.write({**bundle.files, **boot_files(bundle, *texts, has_cloud_init=CLOUD_INIT in names)})


def find_release(folder: Path) -> Release:
    """The release in that folder; makes it where there is none, or one of another version."""
    if (folder / "manifest.json").exists():
        release = read_release(folder)
        if release.version == __version__:
            return release
    return build_release(folder)


def _bundle(boot: Boot) -> bytes:
    """Nothing where there is none: it is written last."""
    try:
        return boot.read(f"{FOLDER}/{BUNDLE}")
    except ProvisionError:
        return b""


def owner(bundle: bytes) -> tuple[str, list[str]]:
    """Whose card it is and which files are secret, by its bundle.json; empty where that is not whole."""
    try:
        found = json.loads(bundle)
        return str(found["node"]), [str(name) for name in found["secrets"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", []


def run_image(node: str, site_dir: Path, target: Path, release: Path, *, is_replacing: bool) -> int:
    """`spotter provision image`."""
    site, console = Site(site_dir), Console(stderr=True)
    with console.status(f"release for nodes in {release}"):
        bundle = make_bundle(node, site.identity(node), site.network(node), find_release(release))
    with console.status(f"writing {target} and reading it back"):
        write_card(bundle, target, is_replacing=is_replacing)
    print(
        f"{target}: the card of node {node}, bundle {bundle.record.id}; it holds this node's key until its first boot"
    )
    return 0
