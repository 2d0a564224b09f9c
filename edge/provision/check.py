"""Find what is wrong with a site's folder, a node's folder or a card: one sentence per problem, with what to do."""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from edge import config
from edge.booth.page.password import read_hash, read_token
from edge.card import boot_partition, check
from edge.card.bundle import read_connection
from edge.card.first_boot import CONNECTION, FOLDER, read_bundle
from edge.card.root_partition import look_inside, unfit
from edge.clock import SystemClock
from edge.config import BoothConfig, BrokerSection, NodeConfig, Tls, broker_at
from edge.errors import ConfigError, ProvisionError
from edge.provision import advice
from edge.provision.probe import probe
from edge.seams import Clock
from edge.site import authority, mosquitto
from edge.site.change import former_folder, outdated_cards
from edge.site.check_files import check_certificate, check_laptop, check_node, check_page
from edge.site.files import read
from edge.site.site import Site
from edge.wire import CHECKER

SECRETS = (".key", ".password", ".token", "network.yaml")
"""File name endings of secrets, which only their owner may read."""
CRL_AGAIN = "renew any node, which rewrites it: spotter provision node NODE --renew --site-dir DIR"
LARGEST = 1_000_000
"""Bytes; larger files are skipped, as no file of a site is so large."""


class Finding(NamedTuple):
    """One problem: the part of the site that has it, and a sentence saying what to do."""

    where: str
    sentence: str


def check_path(path: Path, site: Site | None = None, *, now: datetime | None = None) -> list[Finding]:
    """Check a site's folder, a node's folder, or a card: an image file, a device, or a copied boot partition.

    `site` is the site that a card should belong to, if known; `now` replaces this machine's clock. Raises
    ProvisionError if the path cannot be read.
    """
    now = now or datetime.now(UTC)
    if path.is_dir() and not (path / FOLDER).is_dir() and not (path / "cmdline.txt").is_file():
        return check_folder(path, now=now)
    if path.is_dir():
        return [Finding(path.name, sentence) for sentence in _check_boot(path, site, now)]
    if not os.access(path, os.R_OK):
        raise ProvisionError(
            f"{path}: cannot be read; expected a folder, an image file or a card's device; check the path, or use sudo"
        )
    boot_partition.need_mtools()
    with tempfile.TemporaryDirectory() as work:
        try:
            boot_partition.unpack(path, check.NAMES, Path(work))
        except ProvisionError as err:
            return [Finding(path.name, str(err).removeprefix(f"{path}: "))]
        found = [*_check_boot(Path(work), site, now), *_check_system(path, Path(work))]
        findings = [Finding(path.name, sentence) for sentence in found]
        return _filled(findings, site.folder) if site else findings


def check_folder(folder: Path, *, now: datetime | None = None) -> list[Finding]:
    """Check a site's folder, or a node's, copied or inside its site's. Raises ProvisionError if it is neither.

    `now` replaces this machine's clock.
    """
    now = now or datetime.now(UTC)
    if (folder / "site.yaml").is_file():
        return _filled(_check_site(Site(folder), now), folder)
    if not (folder / "node.yaml").is_file():
        raise ProvisionError(
            f"{folder}: expected a site's folder with site.yaml, a node's with node.yaml, or a card's with cmdline.txt"
        )
    home, site = folder.resolve(), _site_around(folder)
    name = home.name if site else None
    found = [Finding(home.name, sentence) for sentence in _check_node_folder(home, site, name, now)]
    return _filled(found, site.folder) if site else found


def _filled(findings: Iterable[Finding], folder: Path) -> list[Finding]:
    """Return the findings with the site's folder in the commands that they advise."""
    where = f"--site-dir {advice.quoted(folder)}"
    return [finding._replace(sentence=finding.sentence.replace("--site-dir DIR", where)) for finding in findings]


def check_live(folder: Path, broker: str | None = None, clock: Clock | None = None) -> list[Finding]:
    """Check the running site, connecting as its checker, or as the node if `folder` is a node's.

    `broker` (HOST:PORT) replaces the configured broker, `clock` the one that waits for answers and heartbeats.
    """
    if (folder / "site.yaml").is_file():
        site = Site(folder)
        settings, name, kind, nodes = site.settings, CHECKER, CHECKER, site.nodes
        home, section = folder / CHECKER, BrokerSection(host=settings.booth[0], port=settings.port)
        place = site.name
    else:
        node = config.load(folder / "node.yaml", NodeConfig)
        home, section, place, name, kind, nodes = folder, node.broker, node.site, node.node, "node", []
    tls = Tls(ca=f"{home}/ca.pem", certificate=f"{home}/{kind}.pem", key=f"{home}/{kind}.key")
    section = broker_at(broker, msgspec.structs.replace(section, tls=tls))
    return [Finding("live", sentence) for sentence in probe(section, place, name, clock or SystemClock(), nodes)]


def _site_around(folder: Path) -> Site | None:
    above = folder.resolve().parent.parent
    return Site(above) if (above / "site.yaml").is_file() else None


def _check_site(site: Site, now: datetime) -> Iterator[Finding]:
    folder = site.folder
    for sentence in _check_authority(site):
        yield Finding("authority", sentence)
    for sentence in _check_broker(site, now):
        yield Finding("broker", sentence)
    for sentence in _check_booth(site, now):
        yield Finding("booth", sentence)
    for name in site.nodes:
        for sentence in _check_node_folder(folder / "nodes" / name, site, name, now):
            yield Finding(name, sentence)
    for name in outdated_cards(site):
        again = advice.write_card(name, site.folder)
        yield Finding(name, f"its card was written before its settings changed; write it again: {again}")
    for name in site.laptops:
        home = folder / "laptops" / name
        for sentence in [*check_laptop(_files(home), name, now, _revocations(site)), *_check_secrets(home)]:
            yield Finding(name, sentence)


def _check_authority(site: Site) -> Iterator[str]:
    yield from _check_secrets(site.folder)
    try:
        root = authority.read_certificate(read(site.folder / "ca.pem"))
        if not authority.is_encrypted(key := read(site.folder / "ca.key")) and not authority.belong_together(
            root, authority.read_key(key, name="ca.key")
        ):
            yield "ca.key is not the key of ca.pem: restore both from your copy of the folder"
    except ProvisionError as err:
        yield f"ca.pem, ca.key: {err}"


def _check_broker(site: Site, now: datetime) -> Iterator[str]:
    home = site.folder / "broker"
    files = _files(home)
    yield from check_certificate("broker", files, "broker", now)
    yield from _check_secrets(home)
    yield from _check_same(files, site, ("ca.pem",))
    yield from _check_revocations(files, site, now)
    yield from _check_hosts(files, site.folder, site.settings.booth)
    if files.get("acl", b"").decode(errors="replace") != site.access:
        again = f"spotter provision set --site-dir {advice.quoted(site.folder)}"
        yield f"acl does not match the nodes and laptops of this site; write it again: {again}"
    settings = files.get("mosquitto.conf", b"").decode(errors="replace").splitlines()
    for wanted in mosquitto.GUARDS:
        if wanted not in settings:
            yield f"mosquitto.conf: `{wanted}` is missing: without it the broker accepts strangers; add the line"
    if former_folder(site):
        again = f"spotter provision set --site-dir {advice.quoted(site.folder)}"
        yield f"mosquitto.conf names files outside {home}: the folder was moved; correct its settings: {again}"


def _check_revocations(files: Mapping[str, bytes], site: Site, now: datetime) -> Iterator[str]:
    try:
        found = authority.read_list(files.get("crl.pem", b""))
        root = authority.read_certificate(read(site.folder / "ca.pem"))
    except ProvisionError:
        yield f"crl.pem is missing or damaged: mosquitto does not start without it; {CRL_AGAIN}"
        return
    if not authority.is_list_of(found, root):
        yield f"crl.pem is not signed by this site's authority: the broker refuses everybody; {CRL_AGAIN}"
    if found.next_update_utc is not None and found.next_update_utc < now:
        yield (f"crl.pem expired on {found.next_update_utc:%Y-%m-%d}: the broker refuses every connection; {CRL_AGAIN}")
    for path in (site.folder / "revoked").glob("*.pem"):
        if not authority.is_revoked(authority.read_certificate(read(path)), files["crl.pem"]):
            yield f"crl.pem does not list {path.stem}, so its revoked certificate still works; {CRL_AGAIN}"


def _check_hosts(files: Mapping[str, bytes], folder: Path, booths: list[str]) -> Iterator[str]:
    try:
        good_for = authority.hosts_of(authority.read_certificate(files.get("broker.pem", b"")))
    except ProvisionError:
        return
    for host in sorted({*booths} - {*good_for}):
        again = f"spotter provision set --site-dir {advice.quoted(folder)} --booth {' --booth '.join(booths)}"
        yield (
            f"broker.pem is not valid for {host}, only for {', '.join(good_for)}: nodes refuse to connect; make it "
            f"again: {again}"
        )


def _check_booth(site: Site, now: datetime) -> Iterator[str]:
    home = site.folder / "booth"
    files = _files(home)
    yield from check_certificate("booth", files, "booth", now, _revocations(site))
    yield from _check_same(files, site, ("ca.pem",))
    yield from _check_secrets(home)
    try:
        settings = config.parse(read(home / "booth.yaml"), BoothConfig, "booth.yaml")
        read_hash(str(home / "page.password"))
        read_token(str(home / "metrics.token"))
    except (ConfigError, ProvisionError) as err:
        yield str(err)
        return
    if settings.page.tls_cert:
        yield from check_page(files, site.settings.booth, now)
    if settings.site != site.name:
        yield f"booth.yaml: site is {settings.site}, expected {site.name}: correct it, or the booth hears no node"
    if settings.retention_h > 24 * site.purpose.keep_days:
        yield (
            f"booth.yaml: retention_h is {settings.retention_h:g}, but the notice promises {site.purpose.keep_days} "
            f"days; set at most {24 * site.purpose.keep_days}"
        )
    for name in site.nodes:
        if name not in settings.nodes:
            yield f"booth.yaml: {name} is missing under nodes: its alerts would not say where to look; add its facing"


def _check_boot(boot: Path, site: Site | None, now: datetime) -> Iterator[str]:
    """Check the files of a card's boot partition."""
    yield from check.check_card(boot, now, _revocations(site) if site else None)
    files = check.identity(boot)
    if site is None or not files:
        return
    yield from _check_ours(files, site)
    try:
        node = read_bundle(boot / FOLDER).node
    except ProvisionError:
        return  # check_card has reported it
    if node not in site.nodes:
        yield f"{node} is not a node of {site.name}, which has: {', '.join(site.nodes) or 'none yet'}"


def _check_system(card: Path, boot: Path) -> Iterator[str]:
    """Check that the system behind the boot partition has what the node on that card needs."""
    system, files = look_inside(card), check.identity(boot)
    try:
        settings = config.parse(files.get("node.yaml", b""), NodeConfig, "node.yaml")
        cmdline = (boot / "cmdline.txt").read_text(encoding="utf-8", errors="replace")
        text = (boot / FOLDER / CONNECTION).read_text(encoding="utf-8", errors="replace")
        network = read_connection(text, settings.broker.host, cmdline=cmdline)
    except (ConfigError, ProvisionError, OSError):
        return  # the checks of the boot partition have reported it, or a node has used this card
    if system is not None:
        yield from unfit(system, settings.frame.source, network)


def _check_node_folder(home: Path, site: Site | None, name: str | None, now: datetime) -> Iterator[str]:
    files = _files(home)
    yield from check_node(files, now, name=name, revocation_list=_revocations(site) if site else None)
    yield from _check_secrets(home)
    if site is not None:
        yield from _check_ours(files, site)


def _check_ours(files: Mapping[str, bytes], site: Site) -> Iterator[str]:
    """Check that a node's certificates and keys belong to this site."""
    yield from _check_same(files, site, ("ca.pem", "release.pub"))
    if files.get("baseline.pub") != read(site.folder / "booth" / "baseline.pub"):
        yield "baseline.pub is another site's: the node would refuse the booth's baselines; copy this site's"
    outbox = _files(site.folder / "booth").get("outbox.pub", b"")
    if "outbox.pub" in files and files["outbox.pub"] != outbox:
        yield "outbox.pub is another site's: the booth could not open what this node stored; copy this site's"


def _check_same(files: Mapping[str, bytes], site: Site, names: tuple[str, ...]) -> Iterator[str]:
    why = {
        "ca.pem": "is another authority's: the broker and this site would refuse each other",
        "release.pub": "is another site's: updates signed by this site would be refused",
    }
    for name in names:
        if name in files and files[name] != read(site.folder / name):
            yield f"{name} {why[name]}; copy this site's"


def _check_secrets(home: Path) -> Iterator[str]:
    for path in sorted(home.iterdir()):
        if path.is_file() and path.name.endswith(SECRETS) and path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            yield f"{path.name}: others on this machine can read or change it; run: chmod 600 {path}"


def _revocations(site: Site) -> bytes | None:
    """Return the revocation list as PEM; None if it is damaged, which `_check_revocations` reports."""
    try:
        pem = read(site.folder / "broker" / "crl.pem")
        authority.read_list(pem)
    except ProvisionError:
        return None
    return pem


def _files(home: Path) -> dict[str, bytes]:
    """Return the contents of the folder's files up to LARGEST bytes, by name."""
    paths = home.iterdir() if home.is_dir() else ()
    return {path.name: read(path) for path in paths if path.is_file() and path.stat().st_size <= LARGEST}
