"""What root does on a node for an offer or a stick: hostile requests, every reason as its word, real FAT sticks."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ProvisionError
from edge.release.install import Release
from edge.updates.progress import FILE, Report, why
from edge.updates.pull import REQUEST, pull
from edge.updates.stick import find_release, mounted, update_from_stick
from edge.wire_update import STICK, Progress, Why
from tests.card.cards import PATH
from tests.release.conftest import new, node, old, other, signing_site
from tests.release.nodes import Node, Site, Status, well
from tests.updates.conftest import no_disk_waits

__all__ = ["new", "no_disk_waits", "node", "old", "other", "signing_site"]
pytestmark = pytest.mark.usefixtures("no_disk_waits")


def progress(node: Node) -> Progress:
    return msgspec.json.decode((node.root / FILE).read_bytes(), type=Progress)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b'{"v":1,"push":"../../..","manifest":"","nodes":[]}', b"[" * 9000]
)
def test_a_request_that_is_none_is_deleted_and_refused(node: Node, content: bytes) -> None:
    (node.root / REQUEST).write_bytes(content)
    with pytest.raises(ProvisionError, match="is no request"):
        pull(node.root, node.update)
    assert not (node.root / REQUEST).exists()
    assert not (node.root / FILE).exists()


def test_a_request_cannot_have_root_read_or_delete_another_file(node: Node, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b'{"v":1,"push":"12345678","manifest":"' + b"0" * 64 + b'","nodes":[]}')
    (node.root / REQUEST).symlink_to(secret)
    with pytest.raises(ProvisionError, match="is no request"):
        pull(node.root, node.update)
    assert secret.exists()
    os.mkfifo(node.root / REQUEST)  # nobody may keep root waiting
    with pytest.raises(ProvisionError, match="is no request"):
        pull(node.root, node.update)


def test_a_stick_updates_a_node_and_the_booth_hears_of_it(node: Node, new: Release, tmp_path: Path) -> None:
    shutil.copytree(new.folder, tmp_path / "stick" / "any name")
    assert update_from_stick(tmp_path / "stick", node.root, node.update)[0]
    assert node.current == new.id
    assert progress(node) == Progress(node="north", push=STICK, state="kept")


def freezes(after_s: float) -> str:
    return well(min(after_s, 60))


def leaves_the_broker(after_s: float) -> str:
    return well(after_s).replace("connected", "away")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (freezes, "no-frames"),
        (leaves_the_broker, "no-broker"),
        (lambda after_s: None if after_s > 40 else well(after_s), "stopped"),
        (lambda after_s: well(after_s).replace("ok,", "failing,") if after_s > 60 else well(after_s), "failing"),
    ],
)
def test_why_a_node_went_back_is_one_word(node: Node, new: Release, status: Status, reason: Why) -> None:
    node.statuses[new.id] = status
    assert not update_from_stick(new.folder, node.root, node.update)[0]
    assert progress(node) == Progress(node="north", push=STICK, state="went-back", why=reason)


def break_signature(folder: Path) -> None:
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text() + " ")


def break_wheel(folder: Path) -> None:
    path = next(folder.glob("exception_spotter-*.whl"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (break_signature, "unsigned"),
        (break_wheel, "damaged"),
        (lambda folder: (folder / "manifest.json").unlink(), "damaged"),
        (lambda folder: next(folder.glob("exception_spotter-*.whl")).unlink(), "damaged"),
    ],
)
def test_why_a_node_refused_is_one_word(node: Node, new: Release, tmp_path: Path, damage: object, reason: Why) -> None:
    folder = shutil.copytree(new.folder, tmp_path / "stick")
    damage(folder)  # type: ignore[operator]
    before = node.current
    with pytest.raises(ProvisionError):
        update_from_stick(folder, node.root, node.update)
    assert progress(node) == Progress(node="north", push=STICK, state="refused", why=reason)
    assert node.current == before


def test_another_recipe_and_settings_that_do_not_fit(node: Node, other: Release, new: Release) -> None:
    with pytest.raises(ProvisionError):
        update_from_stick(other.folder, node.root, node.update)
    assert progress(node).why == "recipe"
    (node.root / "etc/spotter/node.yaml").write_text("node: north\n")
    node.run = lambda words: (_ for _ in ()).throw(ProvisionError("exit code 2"))
    with pytest.raises(ProvisionError):
        update_from_stick(new.folder, node.root, node.update)
    assert progress(node).why == "settings"


def test_the_newest_release_on_a_stick_is_taken(signing_site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    for version, made_at in (("0.5.1", 5), ("0.5.2", 9), ("0.5.3", 7)):
        shutil.copytree(signing_site.edit(version, made_at=made_at), folder / version)
    assert find_release(folder).name == "0.5.2"
    with pytest.raises(ProvisionError, match="holds no release"):
        find_release(folder / "0.5.2" / "nothing")


def test_a_real_stick_is_mounted_to_read_alone(new: Release, tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("losetup", path=PATH) is None or shutil.which("mkfs.vfat", path=PATH) is None:
        pytest.skip("mounting needs root, losetup and mkfs.vfat")
    image, device = tmp_path / "stick.img", ""
    with image.open("wb") as file:
        file.truncate(64 << 20)
    run("mkfs.vfat", "-n", "SPOTTER", str(image))
    run("mmd", "-i", str(image), "::/node-release")
    run("mcopy", "-i", str(image), *map(str, new.folder.iterdir()), "::/node-release")
    done = subprocess.run(["losetup", "--find", "--show", str(image)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no loop device: {done.stderr}")
    device = done.stdout.strip()
    try:
        try:
            with mounted(Path(device), tmp_path) as folder:
                assert json.loads((find_release(folder) / "manifest.json").read_text())["id"] == new.id
                with pytest.raises(OSError, match="Read-only"):
                    (folder / "x").touch()
        except ProvisionError as err:
            pytest.skip(f"this kernel mounts no FAT: {err}")
        assert list((tmp_path / "run/spotter-stick").iterdir()) == [], "unmounted again"
    finally:
        run("losetup", "--detach", device)


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "PATH": PATH, "MTOOLSRC": "/dev/null"})


@given(st.text(max_size=200))
def test_no_text_of_a_node_leaves_it(sentence: str) -> None:
    """Why an update failed is one of a closed list of words, whatever the sentence says."""
    assert why(sentence) in {None, *Why.__args__}  # type: ignore[attr-defined]


def test_a_full_disk_ends_no_update(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where a folder should be")
    Report(tmp_path, "north", STICK).say("trying")
