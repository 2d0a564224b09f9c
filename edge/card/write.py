"""Write a node's bundle into the boot partition of a flashed card or an image file."""

import contextlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from edge import __version__
from edge.card.boot_partition import Boot, Say, changing
from edge.card.bundle import Bundle, boot_files, make_bundle
from edge.card.check import CLOUD_INIT
from edge.card.first_boot import BUNDLE, FOLDER
from edge.card.root_partition import look_inside, unfit
from edge.errors import ProvisionError
from edge.release.build import build_release
from edge.release.install import Release, read_release
from edge.release.signature import check_signature, sign_release
from edge.site.change import note_card
from edge.site.settings import Network
from edge.site.site import Site

COLUMNS = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
BOOT_FILES = {"config.txt", "cmdline.txt"}
"""Files that the boot partition of every Raspberry Pi OS has."""


def write_card(bundle: Bundle, target: Path, *, is_replacing: bool = False, say: Say = lambda _: None) -> None:
    """Write the bundle completely or not at all; raises ProvisionError.

    `is_replacing` allows a card that belongs to another node; `say` takes the share that is done.
    """
    with changing(target, say) as boot:
        names = boot.names()
        if missing := BOOT_FILES.difference(names):
            raise ProvisionError(
                f"{target}: its first partition has no {' and no '.join(sorted(missing))}, so it is not "
                "Raspberry Pi OS; flash Raspberry Pi OS (64-bit) first"
            )
        if FOLDER in names:
            node, secrets = owner(_bundle(boot))
            if node not in ("", bundle.record.node) and not is_replacing:
                raise ProvisionError(
                    f"{target}: is the card of node {node}, not of {bundle.record.node}; --replace overwrites it"
                )
            for name in secrets:
                with contextlib.suppress(ProvisionError):  # first boot has wiped it
                    boot.wipe(f"{FOLDER}/{name}")
            boot.delete(FOLDER)
        texts = [boot.read(name).decode(errors="replace") for name in ("config.txt", "cmdline.txt")]
        boot.write({**bundle.files, **boot_files(bundle, *texts, has_cloud_init=CLOUD_INIT in names)})


def find_release(folder: Path) -> Release:
    """Return the release in the folder; builds it if there is none of this version."""
    if (folder / "manifest.json").exists():
        release = read_release(folder)
        if release.version == __version__:
            return release
    return build_release(folder)


def _bundle(boot: Boot) -> bytes:
    """Return the card's bundle.json; empty if there is none, as after an interrupted write."""
    try:
        return boot.read(f"{FOLDER}/{BUNDLE}")
    except ProvisionError:
        return b""


def owner(bundle: bytes) -> tuple[str, list[str]]:
    """Return the node and the secret files that bundle.json names; empty if it cannot be read."""
    try:
        found = json.loads(bundle)
        return str(found["node"]), [str(name) for name in found["secrets"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", []


def sign_for(site: Site, release: Release, ask: Callable[[], bytes | None]) -> None:
    """Sign the release unless the site has signed it already; raises ProvisionError if it cannot.

    `ask` returns the passphrase of the site's key, or None.
    """
    try:
        check_signature(release.folder, site.folder / "release.pub")
    except ProvisionError:
        passphrase = ask()
        if site.has_passphrase and passphrase is None:
            how = f"spotter provision sign-release --site-dir {shlex.quote(str(site.folder))}"
            raise ProvisionError(
                f"{release.folder}: expected a release signed by {site.name}, as nodes install no other; give "
                f"--passphrase-file, or sign it: {how}"
            ) from None
        sign_release(release.folder, site.folder / "release.key", passphrase)


def check_system(target: Path, source: str, network: Network, node: str, site: Path) -> None:
    """Raise ProvisionError if the system on the card lacks what the node needs; says so if it cannot be looked into."""
    system = look_inside(target)
    if system is None:
        print(f"{target}: its system could not be looked into (no ext4 behind the boot partition, or no debugfs here)")
        return
    where = f"{node} --site-dir {shlex.quote(str(site))}"
    sentences = [sentence.replace("NODE --site-dir DIR", where) for sentence in unfit(system, source, network)]
    if sentences:
        raise ProvisionError("; ".join(f"{target}: {sentence}" for sentence in sentences))
    print(f"{target}: holds {system.name}, Python {system.python}, with what {node} needs")


def run_image(
    node: str, site: Site, target: Path, release: Path, ask: Callable[[], bytes | None], *, is_replacing: bool
) -> int:
    """Run `spotter provision image`; `ask` returns the site's passphrase if it is needed."""
    console = Console(stderr=True)
    identity, network = site.identity(node), site.network(node)
    check_system(target, site.node_settings(node).frame.source, network, node, site.folder)
    with console.status(f"release for nodes in {release}"):
        found = find_release(release)
    sign_for(site, found, ask)
    bundle = make_bundle(node, identity, network, found)
    with Progress(*COLUMNS, console=console) as progress:
        task = progress.add_task(f"writing {target} and reading it back", total=1.0)
        write_card(bundle, target, is_replacing=is_replacing, say=lambda share: progress.update(task, completed=share))
    note_card(site, node)
    print(f"{target}: now the card of node {node}, bundle {bundle.record.id}; it holds the node's key until first boot")
    print(f"to check it: spotter provision check {shlex.quote(str(target))} --site-dir {shlex.quote(str(site.folder))}")
    return 0
