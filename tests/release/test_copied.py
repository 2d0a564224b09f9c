"""What is checked and installed is a copy on the node's own disk: a stick that changes meanwhile changes nothing."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge.errors import ProvisionError
from edge.release import install as module
from edge.release.install import INCOMING, Release, copied, install, run_program
from tests.release.nodes import Node, Site
from tests.release.releases import make_release

pytestmark = pytest.mark.usefixtures("no_disk_waits")


def swap(release: Path, mark: Path) -> None:
    """Exchange the wheel on a stick for one whose program writes `mark`, with checksums that fit inside the wheel."""
    (wheel,) = release.glob("exception_spotter-*.whl")
    other = wheel.with_suffix(".tmp")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(other, "w") as new:
        for info in old.infolist():
            code = f"open({str(mark)!r}, 'w')\n".encode() if info.filename.endswith("cli.py") else b""
            new.writestr(info, code + old.read(info))
    other.replace(wheel)


def test_a_wheel_that_is_exchanged_after_the_check_is_not_installed(tmp_path: Path) -> None:
    """Real pip, and no copy: it refuses the wheel, as each has its hash."""
    release, mark = make_release(tmp_path / "stick"), tmp_path / "mark"

    def run(words: Sequence[str]) -> None:
        run_program(words)
        if words[1:3] == ["-m", "venv"]:
            swap(release.folder, mark)

    with pytest.raises(ProvisionError, match="exit code"):
        install(release, tmp_path / "root", run)
    assert not mark.exists()


def test_a_stick_is_read_once(tmp_path: Path) -> None:
    """From the first file on, the stick is another one: what was copied, and no more, is installed."""
    release, mark, root = make_release(tmp_path / "stick"), tmp_path / "mark", tmp_path / "root"
    with copied(release.folder, root, lambda _: None) as copy:
        assert copy.folder == root / INCOMING
        assert {path.name for path in copy.folder.iterdir()} == {*release.files, "manifest.json", "manifest.sig"}
        swap(release.folder, mark)
        (release.folder / "manifest.json").write_text("{}")
        home = install(copy, root, run_program)
    assert (home / "manifest.json").read_text() != "{}"
    assert not mark.exists()
    assert not (root / INCOMING).exists()


def test_an_update_never_installs_from_the_stick(node: Node, new: Release) -> None:
    ran: list[str] = []

    def run(words: Sequence[str]) -> None:
        ran.extend(words)
        node.pretend(words)

    node.run = run
    assert node.update.apply(new.folder).is_kept
    assert not any(str(new.folder) in word for word in ran)


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = make_release(tmp_path / "stick")
    monkeypatch.setattr(module, "MOST_BYTES", 5000)
    with (
        pytest.raises(ProvisionError, match=r"stick/.*whl: is larger than"),
        copied(release.folder, tmp_path / "root", lambda _: None),
    ):
        pytest.fail("was taken")


@pytest.mark.parametrize("name", ["../evil.whl", "unpinned.whl"])
def test_a_wheel_without_a_hash_is_refused(node: Node, signing_site: Site, name: str, tmp_path: Path) -> None:
    made = make_release(tmp_path / "one")
    pythons = {python: [*names, name] for python, names in made.pythons.items()}
    with pytest.raises(ProvisionError, match="no SHA-256 is given for"):
        install(made._replace(pythons=pythons), tmp_path / "root", lambda words: pytest.fail(f"ran {words}"))
