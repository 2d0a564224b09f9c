"""A release that is refused changes nothing on the node."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from edge.errors import ConfigError, ProvisionError
from edge.release.install import MANIFEST, SIGNATURE, Release
from edge.release.signature import sign_release
from edge.release.update import SPARE_MB
from tests.release.nodes import OTHER_RECIPE, Node, Site

pytestmark = pytest.mark.usefixtures("no_disk_waits")


def cut(folder: Path) -> None:
    path = max(folder.glob("*.whl"), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:-1])


def sign_again(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / MANIFEST).read_text()) | changes
    (folder / MANIFEST).write_text(json.dumps(manifest))
    sign_release(folder, folder.parents[1] / "soho.key", None)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no release": (shutil.rmtree, "manifest.json: cannot be read .* sign-release"),
    "not signed": (lambda folder: (folder / SIGNATURE).unlink(), "manifest.sig: cannot be read .* sign-release"),
    "no signature": (lambda folder: (folder / SIGNATURE).write_text("yes"), "manifest.sig: is not a signature"),
    "manifest changed": (
        lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text() + " "),
        "manifest.json: was changed after it was signed",
    ),
    "file damaged": (cut, "whl: is damaged .*expected sha256"),
    "file missing": (lambda folder: next(folder.glob("*.whl")).unlink(), "whl: cannot be read"),
    "another Python": (
        lambda folder: sign_again(folder, pythons={"3.9": ["pip-1.whl", "exception_spotter-1.whl"]}),
        r"has wheels for Python 3\.9, this node has",
    ),
    "another recipe": (
        lambda folder: sign_again(folder, recipe=OTHER_RECIPE),
        "collected.baseline, so it cannot use .* --force",
    ),
}


@pytest.mark.parametrize(("damage", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    node: Node, signing_site: Site, new: Release, tmp_path: Path, damage: Callable[[Path], object], said: str
) -> None:
    folder = tmp_path / "usb/release"
    shutil.copytree(new.folder, folder)
    shutil.copy(signing_site.folder / "release.key", tmp_path / "soho.key")
    damage(folder)
    refuse(node, folder, said)


def refuse(node: Node, folder: Path, said: str) -> None:
    before, starts = node.tree(), node.service.starts
    with pytest.raises(ProvisionError, match=said) as found:
        node.update.apply(folder)
    assert len(str(found.value)) < 400
    assert (node.tree(), node.service.starts) == (before, starts)


def test_an_older_release_must_be_allowed(node: Node, old: Release, new: Release, tmp_path: Path) -> None:
    assert node.update.apply(new.folder).is_kept
    refuse(node, old.folder, f"release {old.id} is older than {new.id}, which runs.*--allow-older")
    assert node.update.apply(old.folder, is_older_allowed=True).is_kept


def test_a_release_built_earlier_is_older_too(node: Node, signing_site: Site, old: Release) -> None:
    folder = signing_site.edit("0.1.0.1", made_at=old.made_at - 1, id="0.1.0-earlier")
    manifest = (folder / MANIFEST).read_text().replace('"version": "0.1.0.1"', '"version": "0.1.0"')
    (folder / MANIFEST).write_text(manifest)
    sign_release(folder, signing_site.folder / "release.key", None)
    refuse(node, folder, "release 0.1.0-earlier is older than")


def test_another_sites_release_is_refused(node: Node, new: Release, tmp_path: Path) -> None:
    foreign = Site(tmp_path / "kensington").release("0.2.0")
    refuse(node, foreign.folder, "expected a signature by key [0-9a-f]{12}, found [0-9a-f]{12}")


def test_a_node_without_a_key_refuses_everything(node: Node, new: Release) -> None:
    (node.root / "etc/spotter/release.pub").write_text("nonsense")
    refuse(node, new.folder, r"release\.pub: is not a public key for releases; provision this node again")


def test_settings_that_the_release_does_not_know_are_said(node: Node, old: Release, new: Release) -> None:
    (node.root / "etc/spotter/node.yaml").write_text("node: north\n# colour: red\n")
    refuse(node, new.folder, f"release {new.id} is refused, {old.id} keeps running: .*colour: is no key")


def test_settings_that_are_broken_already_are_said(node: Node, new: Release) -> None:
    (node.root / "etc/spotter/node.yaml").write_text("colour: red\n")
    with pytest.raises(ConfigError, match="colour"):
        node.update.apply(new.folder)


def test_a_full_card_is_said_before_anything_is_written(
    node: Node, new: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=int(SPARE_MB * 1e6))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    refuse(node, new.folder, r"needs \d+ MB, 200 MB are free")


def test_a_card_that_fills_up_meanwhile_leaves_nothing_half(node: Node, new: Release) -> None:
    def run(words: Sequence[str]) -> None:
        node.pretend(words)
        if "install" in words:
            raise ProvisionError("pip: No space left on device")

    node.run = run
    refuse(node, new.folder, "No space left on device")


@pytest.mark.parametrize(("mode", "is_refused"), [("spot", True), ("collect", False)])
def test_the_booths_baseline_counts_too(node: Node, other: Release, mode: str, *, is_refused: bool) -> None:
    (node.state / "collected.baseline").unlink()
    (node.state / "frozen.json").write_text(json.dumps({"v": 1, "mode": mode, "recipe": "1" * 12}))
    if is_refused:
        refuse(node, other.folder, "frozen.json, so it cannot use")
    else:
        assert node.update.apply(other.folder).is_kept


def test_a_baseline_that_node_yaml_names_is_not_to_be_forced(node: Node, other: Release) -> None:
    named = node.root / "site.baseline"
    (node.state / "collected.baseline").rename(named)
    (node.root / "etc/spotter/node.yaml").write_text(f"score: {{baseline: {named}}}\n")
    before = node.tree()
    with pytest.raises(ProvisionError, match=r"score\.baseline in node\.yaml"):
        node.update.apply(other.folder, is_forced=True)
    assert node.tree() == before
