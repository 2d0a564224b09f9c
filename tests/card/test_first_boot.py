"""First boot with a folder as the node's root: complete, interrupted at any point, and repeated."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.card import first_boot
from edge.card.bundle import Bundle, boot_files, make_bundle
from edge.card.first_boot import FirstBoot
from edge.errors import ProvisionError
from edge.release.install import Release, install, run_program
from edge.release.signature import signature_of
from edge.site.settings import Network
from edge.yaml_file import with_lines
from tests.conftest import REPOSITORY
from tests.release.releases import make_release, sign
from tests.site.nodes import ADDRESS, IDENTITY, OPEN, SETTINGS, WIFI


class PowerCut(BaseException):
    """Nothing after this moment happens."""


class Node:
    """A fake root whose system programs only record that they ran; `venv` stands for an installed environment."""

    def __init__(self, folder: Path, venv: Path | None, *, is_hasty: bool = False) -> None:
        self.venv, self.is_hasty = venv, is_hasty
        self.root, self.card = folder / "root", folder / "card"
        self.card.mkdir(parents=True)
        (self.root / "etc/NetworkManager/system-connections").mkdir(parents=True)
        (self.root / "usr/sbin").mkdir(parents=True)
        (self.root / "usr/sbin/nft").touch()
        self.ran: list[Sequence[str]] = []

    def run(self, words: Sequence[str]) -> None:
        self.ran.append(words)
        if self.venv and words[1:3] == ["-m", "venv"]:
            Path(words[-1]).parent.mkdir(parents=True, exist_ok=True)
            Path(words[-1]).symlink_to(self.venv)
        elif words[0].startswith("/") and not self.is_hasty and not (self.venv and "install" in words):
            run_program(words)

    def put(self, bundle: Bundle, *, has_cloud_init: bool = True) -> None:
        boot = boot_files(bundle, "", "console=tty1", has_cloud_init=has_cloud_init)
        for name, data in (boot | dict(bundle.files)).items():
            path = self.card / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.read_bytes())

    def boot(self) -> str:
        return FirstBoot(self.card, self.root, self.run, owner="").take_up()

    def text(self, name: str) -> str:
        return (self.root / name).read_text()

    def state(self) -> dict[str, bytes | str]:
        """Return everything except times and the contents of the virtual environment."""
        return {
            str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for folder in (self.root, self.card)
            for path in sorted(folder.rglob("*"))
            if (path.is_file() or path.is_symlink()) and "venv" not in path.parts
        }


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("release") / "release")


@pytest.fixture(scope="module")
def venv(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(release, tmp_path_factory.mktemp("installed"), run_program) / "venv"


@pytest.fixture
def node(tmp_path: Path, venv: Path) -> Node:
    return Node(tmp_path, venv)


def bundle_of(release: Release, network: Network = ADDRESS, **changes: bytes) -> Bundle:
    identity = IDENTITY | {name.replace("_", "."): data for name, data in changes.items()}
    return make_bundle("north", identity, network, release)


def holders(folder: Path, secret: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]


def test_a_bare_node_becomes_a_camera(tmp_path: Path, release: Release) -> None:
    node = Node(tmp_path, venv=None)
    node.put(bundle_of(release))
    assert node.boot().startswith("node north installed bundle ")
    spotter = node.root / "opt/spotter/current/venv/bin/spotter"
    assert (
        subprocess.run([spotter, "--version"], capture_output=True, text=True, check=True).stdout == "spotter 0.1.0\n"
    )
    assert str((node.root / "opt/spotter/current").readlink()) == f"releases/{release.id}"
    for name, data in IDENTITY.items():
        path = node.root / "etc/spotter" / name
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o600
    assert "IPAddressAllow=192.168.50.1\n" in node.text("etc/systemd/system/spotter-node.service.d/booth.conf")
    assert "tcp dport 8883" in node.text("etc/nftables.conf")
    assert "NTP=192.168.50.1\n" in node.text("etc/systemd/timesyncd.conf.d/spotter.conf")
    assert not any(re.search("@[A-Z_]+@", node.text(place)) for place in first_boot.SYSTEM_FILES.values())
    enabled = next(words for words in node.ran if words[:2] == ["systemctl", "enable"])
    assert {"spotter-node.service", "spotter-update.service", "nftables.service"} <= set(enabled)
    assert node.ran[-1] == ["systemctl", "--no-block", "reboot"]


@pytest.mark.parametrize("module", ["edge.card.first_boot", "edge.provision.first_boot"])
def test_units_old_and_new_start_it_from_the_wheel_alone(module: str, tmp_path: Path, release: Release) -> None:
    """Older cards have a unit that names edge.provision, and a new bundle on them does not change the unit."""
    (wheel,) = release.folder.glob("exception_spotter-*.whl")
    program = (
        "import runpy, sys\n"
        f"runpy.run_module({module!r}, run_name='not main')\n"
        "third = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names) - {'edge'}\n"
        "print(sorted(name for name in third if not name.startswith('_')), sys.modules['edge'].__file__)"
    )
    words = [sys.executable, "-S", "-P", "-c", program]
    done = subprocess.run(words, env={"PYTHONPATH": str(wheel)}, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] "), "standard library alone"
    assert str(wheel) in done.stdout
    source = (REPOSITORY / "edge" / f"{module.removeprefix('edge.').replace('.', '/')}.py").read_text()
    assert source.endswith('if __name__ == "__main__":\n    sys.exit(main())\n')


def test_the_unit_names_it() -> None:
    unit = (REPOSITORY / "systemd/spotter-first-boot.service").read_text()
    assert f"python3 -m {first_boot.__name__}'" in unit


def test_no_secret_stays_on_the_card_nor_was_ever_in_what_cloud_init_copies(node: Node, release: Release) -> None:
    bundle = bundle_of(release, WIFI)
    node.put(bundle)
    for secret in (IDENTITY["node.key"], b"correct horse"):
        assert [path.parent.name for path in holders(node.card, secret)] in (["identity"], ["spotter"])
    node.boot()
    for secret in (IDENTITY["node.key"], b"correct horse"):
        assert holders(node.card, secret) == []
        assert len(holders(node.root, secret)) == 1


def test_a_wiped_secret_was_overwritten_before_it_was_deleted(node: Node, release: Release, tmp_path: Path) -> None:
    node.put(bundle_of(release))
    kept = tmp_path / "kept"
    os.link(node.card / "spotter/identity/node.key", kept)
    node.boot()
    assert kept.read_bytes() == bytes(len(IDENTITY["node.key"]))


def test_nothing_is_done_twice(node: Node, release: Release) -> None:
    node.put(bundle_of(release))
    node.boot()
    before, ran = node.state(), len(node.ran)
    assert node.boot() == ""
    assert (node.state(), len(node.ran)) == (before, ran)


def test_the_same_bundle_written_again_leaves_no_secret_either(node: Node, release: Release) -> None:
    node.put(bundle_of(release))
    node.boot()
    node.put(bundle_of(release))
    assert node.boot() == ""
    assert holders(node.card, IDENTITY["node.key"]) == []


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], list[str]]:
    """Return `cut(n)`: the power fails before the n-th change of the disk or start of a program; None: never."""
    seen: list[str] = []
    limit: int | None = None

    def arm(at: int | None) -> list[str]:
        nonlocal limit
        limit = at
        seen.clear()
        return seen

    def watch(owner: Any, name: str) -> None:
        real = getattr(owner, name) if owner is not os else lambda _handle: None  # nothing here waits for a disk

        def change(*args: Any, **kwargs: Any) -> Any:
            if limit is not None and len(seen) >= limit:
                raise PowerCut
            seen.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, change)

    monkeypatch.setattr(os, "sync", lambda: None)
    for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "fsync"), (Path, "symlink_to"), (Node, "run")):
        watch(owner, name)
    return arm


def test_a_power_cut_anywhere_is_made_good_by_the_next_boot(
    tmp_path: Path, venv: Path, release: Release, cut: Callable[[int | None], list[str]]
) -> None:
    whole = Node(tmp_path / "whole", venv, is_hasty=True)
    whole.put(bundle_of(release, WIFI))
    changes = cut(None)
    whole.boot()
    count, expected = len(changes), whole.state()
    assert count > 60
    for at in range(count):
        node = Node(tmp_path / str(at), venv, is_hasty=True)
        node.put(bundle_of(release, WIFI))
        cut(at)
        with pytest.raises(PowerCut):
            node.boot()
        cut(None)
        node.boot()
        assert node.state() == expected, f"cut before change {at}"
        shutil.rmtree(tmp_path / str(at))


def test_an_edited_node_yaml_is_taken_up(node: Node, release: Release) -> None:
    node.put(bundle_of(release))
    node.boot()
    edited = with_lines(SETTINGS, "facing: 90\n")
    (node.card / "spotter/identity/node.yaml").write_bytes(edited)
    assert "changed node.yaml" in node.boot()
    assert (node.root / "etc/spotter/node.yaml").read_bytes() == edited
    assert node.boot() == ""


def test_a_bad_edit_is_said_and_the_old_settings_stay(node: Node, release: Release) -> None:
    node.put(bundle_of(release))
    node.boot()
    (node.card / "spotter/identity/node.yaml").write_bytes(with_lines(SETTINGS, "colour: red\n"))
    assert first_boot.main(node.card, node.root, node.run) == 1
    assert (node.root / "etc/spotter/node.yaml").read_bytes() == SETTINGS
    assert "Setting up from the card failed" in node.text("run/spotter/card.txt")
    assert "not taken up" in (node.card / "spotter/first-boot.txt").read_text()
    (node.card / "spotter/identity/node.yaml").write_bytes(SETTINGS)
    assert first_boot.main(node.card, node.root, node.run) == 0
    assert not (node.root / "run/spotter/card.txt").exists()


def test_settings_edited_before_the_first_boot_are_those_that_count(node: Node, release: Release) -> None:
    node.put(bundle_of(release))
    (node.card / "spotter/identity/node.yaml").write_bytes(with_lines(SETTINGS, "facing: 10\n"))
    node.boot()
    assert "facing: 10" in node.text("etc/spotter/node.yaml")


def test_a_new_bundle_on_the_card_is_taken_up(node: Node, release: Release, tmp_path: Path) -> None:
    node.put(bundle_of(release))
    node.boot()
    newer = make_release(tmp_path / "newer", "0.2.0")
    (node.card / "spotter/release/manifest.json").unlink()
    node.put(bundle_of(newer, node_key=b"another key", node_pem=b"another certificate"))
    assert "installed bundle" in node.boot()
    assert str((node.root / "opt/spotter/current").readlink()) == f"releases/{newer.id}"
    assert node.text("etc/spotter/node.key") == "another key"
    assert (node.root / f"opt/spotter/releases/{release.id}/manifest.json").exists()
    assert holders(node.card, b"another key") == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda card: (card / "bundle.json").unlink(), "bundle.json: cannot be read"),
        (lambda card: (card / "bundle.json").write_text("[]"), "expected format 1"),
        (lambda card: (card / "identity/node.key").write_text("x"), "node.key: is damaged"),
        (lambda card: (card / "identity/ca.pem").unlink(), "ca.pem: cannot be read"),
        (lambda card: next((card / "release").glob("pip*")).write_text("x"), "is damaged"),
        (lambda card: (card / "release/manifest.json").write_text("{}"), "manifest.json: is damaged"),
    ],
)
def test_a_damaged_card_changes_nothing_and_says_what(
    node: Node, release: Release, damage: Callable[[Path], object], said: str
) -> None:
    node.put(bundle_of(release))
    damage(node.card / "spotter")
    before = {name for name in node.state() if not name.startswith("spotter/")}
    with pytest.raises(ProvisionError, match=said):
        node.boot()
    assert {name for name in node.state() if not name.startswith("spotter/")} == before


def test_a_release_that_its_site_did_not_sign_is_refused(node: Node, release: Release) -> None:
    """The card's checksums are right, but the signature is of another manifest, or by another site's key."""
    key = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    node.put(bundle_of(release, release_pub=key))
    with pytest.raises(ProvisionError, match=r"manifest\.json: was not signed by this node's site"):
        node.boot()
    assert not (node.root / "opt/spotter/current").is_symlink()


def test_an_installed_node_keeps_its_site(node: Node, release: Release, tmp_path: Path) -> None:
    """A new bundle that brings its own key cannot bring a release signed with it."""
    node.put(bundle_of(release))
    node.boot()
    newer, thief = make_release(tmp_path / "newer", "0.2.0"), Ed25519PrivateKey.generate()
    (newer.folder / "manifest.sig").write_bytes(signature_of((newer.folder / "manifest.json").read_bytes(), thief))
    key = thief.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    node.put(bundle_of(newer, release_pub=key))
    with pytest.raises(ProvisionError, match="was not signed by this node's site"):
        node.boot()
    assert str((node.root / "opt/spotter/current").readlink()) == f"releases/{release.id}"


def test_a_release_for_another_python_says_so(node: Node, release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    other = make_release(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["pythons"] = {"3.9": list(manifest["files"])}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    sign(folder)
    node.put(bundle_of(other))
    with pytest.raises(ProvisionError, match=r"has wheels for Python 3\.9, this node has"):
        node.boot()


def test_network_manager_gets_what_cloud_init_does_not_do(tmp_path: Path, venv: Path, release: Release) -> None:
    nodes = [Node(tmp_path / name, venv) for name in ("trixie", "bookworm", "wifi", "open")]
    for node, network, has_cloud_init in zip(
        nodes, (ADDRESS, ADDRESS, WIFI, OPEN), (True, False, True, True), strict=True
    ):
        node.put(bundle_of(release, network), has_cloud_init=has_cloud_init)
        node.boot()
    found = [(node.root / "etc/NetworkManager/system-connections/spotter.nmconnection").exists() for node in nodes]
    assert found == [False, True, True, True]
    assert ["rfkill", "unblock", "wifi"] in nodes[2].ran


def test_it_runs_from_the_wheel_on_the_card_with_nothing_installed(node: Node, release: Release) -> None:
    """Start it as the unit does, with a Python that sees no package at all."""
    node.put(bundle_of(release))
    (node.card / "spotter/bundle.json").write_text("{}")
    wheel = next((node.card / "spotter/release").glob("exception_spotter-*.whl"))
    program = (
        "import pathlib, sys; from edge.card.first_boot import main; "
        f"sys.exit(main(pathlib.Path({str(node.card)!r}), pathlib.Path({str(node.root)!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "expected format 1" in done.stderr


def test_a_file_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """JSON can hold half a surrogate pair, which no file name can."""
    folder = tmp_path / "spotter"
    folder.mkdir()
    record = {"id": "a", "node": "north", "booth": "b", "port": 1, "files": {"\ud800": ""}, "secrets": [], "format": 1}
    (folder / "bundle.json").write_text(json.dumps(record))
    with pytest.raises(ProvisionError, match="expected format 1 and its keys"):
        first_boot.read_bundle(folder)


def test_a_record_of_brackets_alone_is_none(tmp_path: Path, release: Release) -> None:
    node = Node(tmp_path, None)
    node.put(bundle_of(release))
    (node.root / "etc/spotter").mkdir()
    (node.root / first_boot.RECORD).write_text("[" * 100_000)
    assert FirstBoot(node.card, node.root, node.run, owner="")._record() == {}
