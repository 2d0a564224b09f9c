"""A node's bundle into the boot partition of a flashed card or of an image file."""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from edge import __version__
from edge.card.boot_partition import Boot, changing
from edge.card.bundle import Bundle, boot_files, make_bundle
from edge.card.check import CLOUD_INIT
from edge.card.first_boot import BUNDLE, FOLDER
from edge.errors import ProvisionError
from edge.release.build import build_release
from edge.release.install import Release, read_release
from edge.release.signature import check_signature, sign_release
from edge.site.site import Site

BOOT_FILES = {"config.txt", "cmdline.txt"}
"""Every Raspberry Pi OS has them."""


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


def sign_for(site: Site, release: Release, ask: Callable[[], bytes | None]) -> bool:
    """Whether the release is signed by the site, now if it was not before; `ask` for the passphrase of its key."""
    try:
        check_signature(release.folder, site.folder / "release.pub")
    except ProvisionError:
        passphrase = ask()
        if site.has_passphrase and passphrase is None:
            return False
        sign_release(release.folder, site.folder / "release.key", passphrase)
    return True


def run_image(
    node: str, site: Site, target: Path, release: Path, ask: Callable[[], bytes | None], *, is_replacing: bool
) -> int:
    """`spotter provision image`; `ask` for the site's passphrase where it is needed."""
    console = Console(stderr=True)
    identity, network = site.identity(node), site.network(node)
    with console.status(f"release for nodes in {release}"):
        found = find_release(release)
    is_signed = sign_for(site, found, ask)
    if not is_signed:
        console.print(f"warning: the release is not signed by {site.name}: give --passphrase-file", style="yellow")
    with console.status(f"writing {target} and reading it back"):
        bundle = make_bundle(node, identity, network, found, is_signed=is_signed)
        write_card(bundle, target, is_replacing=is_replacing)
    print(
        f"{target}: the card of node {node}, bundle {bundle.record.id}; it holds this node's key until its first boot"
    )
    print(f"any time: spotter provision check {target} --site-dir {site.folder}")
    return 0
