"""Fuzz targets: files that people edit, copy and carry about."""

import base64
import contextlib
import functools
import itertools
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edge import config, signing
from edge.card import first_boot, write
from edge.card.boot_partition import changing
from edge.card.bundle import Bundle, boot_files
from edge.card.first_boot import FirstBoot
from edge.config import BoothConfig, LaptopConfig, NodeConfig, Tls, WorkerConfig
from edge.errors import ConfigError
from edge.node import certificate
from edge.places import ETC
from edge.release import install
from edge.release.install import SIGNATURE
from edge.release.signature import read_signed, sign_release
from edge.site import check_files
from edge.site.new_site import make_site
from edge.site.settings import Network, Purpose, SiteSettings
from edge.site.site import Site
from tools.fuzzing.target import OVER, Target, chosen, laid_over, seed

BOOTH, NODE = "192.168.50.1", "north"
PURPOSE = Purpose(who="Somebody", purpose="to find what breaks", contact="nobody@example.org", keep_days=1)
NETWORK = Network(booth=BOOTH, address="192.168.50.11/24", wifi="street", wifi_password="x" * 8, wifi_country="DE")
PYTHON, WHEELS = "3.11", ("pip-25-py3-none-any.whl", "exception_spotter-1-py3-none-any.whl")
SECTOR = 512
EVERY_SCALAR = b"""\
page: &a {hosts: [2001-12-14, 2001-12-14t21:59:43.1-05:00, 0x1F, 0b11, 017, 190:20:30, -.inf, .nan, 1_000.5e+3, ~]}
page_host: !!timestamp 2001-12-14
store: !!binary aGVsbG8=
join: {<<: *a}
broker: !!omap [a: 1]
alert: !!set {? one}
"""


def make_config(folder: Path) -> Target:
    """Fuzz every YAML file; what is accepted must read the same after it is written again, and no cut of it is read."""
    site = _site(folder)
    worker = msgspec.to_builtins(WorkerConfig(group="centre"))
    good: list[tuple[type[msgspec.Struct], bytes]] = [
        (NodeConfig, (site.folder / "nodes" / NODE / "node.yaml").read_bytes()),
        (BoothConfig, (site.folder / "booth" / "booth.yaml").read_bytes()),
        (WorkerConfig, config.dump(worker)),
        (LaptopConfig, (site.folder / "laptops" / "desk-1" / "laptop.yaml").read_bytes()),
        (SiteSettings, (site.folder / "site.yaml").read_bytes()),
        (Purpose, (site.folder / "purpose.yaml").read_bytes()),
        (Network, (site.folder / "nodes" / NODE / "network.yaml").read_bytes()),
        (NodeConfig, config.dump(msgspec.to_builtins(NodeConfig()))),
        (BoothConfig, config.dump(msgspec.to_builtins(BoothConfig()))),
    ]

    def check(schema: type[msgspec.Struct], data: bytes) -> None:
        found = config.parse(data, schema, "the file")
        again = config.dump(msgspec.to_builtins(found), "Written again.")
        assert config.parse(again, schema, "again") == found, again
        with contextlib.suppress(ConfigError):
            cut = again[: sum(data) % len(again)]
            raise AssertionError(config.parse(cut, schema, "cut"), cut)
        if isinstance(found, Network):
            _ = found.sees_booth

    ways = [functools.partial(check, schema) for schema, _ in good]
    seeds = [seed(way, data) for way, (_, data) in enumerate([*good, (BoothConfig, EVERY_SCALAR)])]
    return Target(seeds, functools.partial(chosen, [*ways, ways[1]]))


def make_node(folder: Path) -> Target:
    """Fuzz the files of a node's /etc/spotter: one file replaced by another, or other DER inside a PEM file."""
    site = _site(folder)
    home, now = site.folder / "nodes" / NODE, datetime.now(UTC)
    good = {path.name: path.read_bytes() for path in sorted(home.iterdir())}
    crl = (site.folder / "broker" / "crl.pem").read_bytes()

    def check(name: str, data: bytes) -> None:
        list(check_files.check_node(good | {name: data}, now, name=NODE, revocation_list=crl))

    def check_list(data: bytes) -> None:
        list(check_files.check_node(good, now, name=NODE, revocation_list=data))

    def start(data: bytes) -> None:
        (home / "node.pem").write_bytes(data)
        certificate.check(tls, NODE, now.timestamp())

    names = {"ca": "ca.pem", "certificate": "node.pem", "key": "node.key"}
    tls = Tls(**{key: str(home / name) for key, name in names.items()})
    ways: list[Callable[[bytes], object]] = [functools.partial(check, name) for name in good]
    ways += [check_list, start]
    good_ways = [*good.values(), crl, good["node.pem"]]
    seeds = [seed(way, data) for way, data in enumerate(good_ways)]
    for way, pem in zip(list(ways), good_ways, strict=True):
        if pem.startswith(b"-----BEGIN"):
            label, der = _opened(pem)
            ways.append(functools.partial(_read_armoured, way, label))
            seeds.append(seed(len(ways) - 1, der))
    return Target(seeds, functools.partial(chosen, ways))


def _read_armoured(way: Callable[[bytes], object], label: bytes, data: bytes) -> object:
    return way(_armoured(label, data))


def make_bundle(folder: Path) -> Target:
    """Fuzz what first boot and the next card-writer read on a card, and the manifest of a release."""
    card, root = folder / "card", folder / "root"
    release = card / first_boot.FOLDER / "release"
    release.mkdir(parents=True)
    (card / first_boot.FOLDER / "identity").mkdir()
    (card / first_boot.FOLDER / first_boot.SETTINGS).write_bytes(config.dump({"node": NODE}))
    manifest = _manifest(release)
    record = {"id": "0123456789ab", "node": NODE, "booth": BOOTH, "port": 8883, "format": first_boot.FORMAT}
    bundle = json.dumps(record | {"files": {"identity/node.key": "0" * 64}, "secrets": ["identity/node.key"]}).encode()
    taken = json.dumps({"bundle": "0123456789ab", "settings": ""}).encode()

    def boot(bundle: bytes, taken: bytes) -> None:
        shutil.rmtree(root, ignore_errors=True)
        (root / ETC).mkdir(parents=True)
        (root / first_boot.RECORD).write_bytes(taken)
        (card / first_boot.FOLDER / first_boot.BUNDLE).write_bytes(bundle)
        FirstBoot(card, root, lambda _: None, owner="").take_up()

    def read(data: bytes) -> None:
        (release / install.MANIFEST).write_bytes(data)
        found = install.read_release(release)
        install.wheels_for(found)
        install.check_files(release, found.files)

    ways = (lambda data: boot(data, taken), lambda data: boot(bundle, data), read, write.owner)
    seeds = [seed(way, data) for way, data in enumerate((bundle, taken, manifest, bundle))]
    return Target(seeds, functools.partial(chosen, ways))


def make_signature(folder: Path) -> Target:
    """Fuzz an update: its signature, a correctly signed manifest, and the keys."""
    private, public = folder / "release.key", folder / "release.pub"
    signing.make_keys(private, public)
    release = folder / "release"
    release.mkdir()
    for name in WHEELS:
        (release / name).write_bytes(b"")
    manifest = _manifest(release)
    sign_release(release, private, None)
    signature, keys = (release / SIGNATURE).read_bytes(), (private.read_bytes(), public.read_bytes())
    signer, key = signature.split()[0], load_pem_private_key(keys[0], None)
    assert isinstance(key, Ed25519PrivateKey)

    def check(manifest: bytes, signature: bytes, public_key: bytes) -> None:
        (release / install.MANIFEST).write_bytes(manifest)
        (release / SIGNATURE).write_bytes(signature)
        public.write_bytes(public_key)
        read_signed(release, public)

    def check_signed(data: bytes) -> None:
        check(data, signer + b" " + key.sign(data).hex().encode(), keys[1])

    def sign(data: bytes) -> None:
        private.write_bytes(data)
        signing.sign(private, manifest)

    ways = (
        lambda data: check(manifest, data, keys[1]),
        check_signed,
        lambda data: check(manifest, signature, data),
        sign,
    )
    seeds = [seed(way, data) for way, data in enumerate((signature, manifest, keys[1], keys[0]))]
    return Target(seeds, functools.partial(chosen, ways))


def make_card(folder: Path) -> Target:
    """Fuzz a card's partition table and the system's settings on its boot partition."""
    path = folder / "card.img"
    table = bytearray(SECTOR)
    table[446:462] = bytes([0, 0, 0, 0, 0x0C, 0, 0, 0]) + (1).to_bytes(4, "little") + (2).to_bytes(4, "little")
    table[510:] = b"\x55\xaa"
    record = first_boot.BundleRecord("0123456789ab", NODE, BOOTH, 8883, {}, [])
    bundle = Bundle(record, NETWORK, {})

    def check(data: bytes) -> None:
        path.write_bytes(data)
        os.truncate(path, len(data) + 4 * SECTOR)
        before = path.read_bytes()
        with changing(path):
            pass
        assert path.read_bytes() == before

    def check_settings(data: bytes) -> None:
        config_txt, _, cmdline = data.decode(errors="replace").partition("\0")
        for has_cloud_init in (False, True):
            files = boot_files(bundle, config_txt, cmdline, has_cloud_init=has_cloud_init)
            assert files["cmdline.txt"].count(b"\n") == 1, files["cmdline.txt"]

    ways = (check, lambda data: check(laid_over(bytes(table), data)), check_settings)
    seeds = [seed(0, bytes(table)), seed(1, OVER), seed(1, OVER + bytes(4)), seed(2, b"[all]\n\0console=tty1 rootwait")]
    return Target(seeds, functools.partial(chosen, ways))


def _site(folder: Path) -> Site:
    settings = SiteSettings(site="fuzz", booth=[BOOTH])
    site = make_site(folder / "site", settings, PURPOSE, passphrase=None, page_password_hash="")
    site.add_node(NODE, facing=0, source="street:7", network=NETWORK)
    site.add_laptop("desk-1")
    return site


def _manifest(release: Path) -> bytes:
    """Write a valid manifest into the release and return it."""
    shape = dict.fromkeys(("id", "version", "model", "recipe", "config"), "0123456789ab")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    wheels = {"pythons": {PYTHON: WHEELS}, "files": dict.fromkeys(WHEELS, empty)}
    data = json.dumps({**shape, **wheels, "made_at": 0, "format": install.FORMAT}).encode()
    (release / install.MANIFEST).write_bytes(data)
    return data


def _opened(pem: bytes) -> tuple[bytes, bytes]:
    """Return the label and the DER of a PEM file."""
    first, *lines = pem.strip().splitlines()
    body = itertools.takewhile(lambda line: not line.startswith(b"-----"), lines)
    return first.removeprefix(b"-----BEGIN ").removesuffix(b"-----"), base64.b64decode(b"".join(body))


def _armoured(label: bytes, der: bytes) -> bytes:
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(der), label)
