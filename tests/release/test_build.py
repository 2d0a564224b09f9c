"""Releases for nodes: complete for their boards, and installed whole or not at all."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from edge.errors import ProvisionError
from edge.release import build as made
from edge.release import lock
from edge.release.build import PYTHONS, build_release, collect, missing
from edge.release.install import check_files, install, read_release, run_program, switch
from tests.release.releases import make_release

AARCH64 = "manylinux_2_17_aarch64.manylinux2014_aarch64"


def wheel(
    folder: Path,
    name: str,
    tag: str = "py3-none-any",
    version: str = "1.0",
    needs: tuple[str, ...] = (),
    note: str = "",
) -> Path:
    path, inside = folder / f"{name}-{version}-{tag}.whl", f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {note}"]
        archive.writestr(f"{inside}/METADATA", "\n".join(lines + [f"Requires-Dist: {need}" for need in needs]) + "\n")
        archive.writestr(f"{inside}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{inside}/RECORD", "")
    return path


def project(folder: Path, *needs: str) -> list[Path]:
    return [wheel(folder, "pip"), wheel(folder, "exception_spotter", needs=needs)]


def test_what_has_a_wheel_for_the_board_is_not_missing(tmp_path: Path) -> None:
    own = project(tmp_path, "numpy>=1")
    assert missing([*own, wheel(tmp_path, "numpy", f"cp313-cp313-{AARCH64}")], "3.13") == []


@pytest.mark.parametrize(
    "tag", [f"cp311-cp311-{AARCH64}", "cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313-manylinux_2_39_aarch64"]
)
def test_a_wheel_of_another_python_machine_or_newer_libc_does_not_count(tmp_path: Path, tag: str) -> None:
    own = project(tmp_path, "numpy>=1")
    assert missing([*own, wheel(tmp_path, "numpy", tag)], "3.13") == ["numpy>=1 (found: none)"]


def test_what_is_needed_on_that_python_alone_is_looked_for_there(tmp_path: Path) -> None:
    """`pip download` evaluates these markers for the Python that runs it, and so misses such packages."""
    own = project(tmp_path, "audioop-lts; python_version >= '3.13'", "tflite-runtime; platform_machine == 'armv7l'")
    assert missing(own, "3.13") == ['audioop-lts; python_version >= "3.13" (found: none)']
    assert missing(own, "3.11") == []


def test_extras_of_what_is_needed_are_needed(tmp_path: Path) -> None:
    own = project(tmp_path, "store[fast]>=1")
    store = wheel(tmp_path, "store", needs=("engine>=2; extra == 'fast'", "unwanted; extra == 'slow'"))
    assert missing([*own, store, wheel(tmp_path, "engine")], "3.11") == ['engine>=2; extra == "fast" (found: 1.0)']


def test_an_installed_release_runs_and_is_installed_once(tmp_path: Path) -> None:
    release = make_release(tmp_path / "release")
    root = tmp_path / "root"
    home = install(release, root, run_program)
    switch(root, release.id)
    spotter = root / "opt/spotter/current/venv/bin/spotter"
    assert subprocess.run([spotter, "--version"], capture_output=True, check=True).stdout == b"spotter 0.1.0\n"
    assert (home / "venv/share/exception-spotter/systemd/spotter-node.service").is_file()
    assert install(release, root, lambda words: pytest.fail(f"ran {words}")) == home


def test_a_release_that_was_half_installed_is_installed_anew(tmp_path: Path) -> None:
    release = make_release(tmp_path / "release")
    home = tmp_path / "root/opt/spotter/releases" / release.id

    def fail(_words: object) -> None:
        (home / "venv").mkdir(parents=True)
        (home / "venv/half").touch()
        raise ProvisionError("no power")

    with pytest.raises(ProvisionError):
        install(release, tmp_path / "root", fail)
    ran: list[Sequence[str]] = []
    install(release, tmp_path / "root", ran.append)
    assert len(ran) == 3
    assert not (home / "venv/half").exists()


def test_a_damaged_release_is_not_installed(tmp_path: Path) -> None:
    release = make_release(tmp_path / "release")
    path = release.folder / next(iter(release.files))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ProvisionError, match="is damaged"):
        install(release, tmp_path / "root", lambda words: pytest.fail(f"ran {words}"))
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\x00"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ProvisionError, match=r"manifest\.json"):
        read_release(tmp_path)


def test_a_program_that_fails_is_quoted() -> None:
    with pytest.raises(ProvisionError, match="exit code 3: no such thing"):
        run_program([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"])


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/holiday.jpg").touch()
    with pytest.raises(ProvisionError):
        build_release(tmp_path / "photos")
    assert [path.name for path in tmp_path.rglob("*")] == ["photos", "holiday.jpg"]


class Index:
    """A folder of small wheels in place of the package index; pip is the real one."""

    def __init__(self, folder: Path) -> None:
        self.wheels, self.locks, self.out = folder / "index", folder / "locks", folder / "out"
        for made_folder in (self.wheels, self.locks, self.out):
            made_folder.mkdir()
        self.own = wheel(self.out, "exception_spotter", needs=("spotter-lens>=1", "spotter-numbers"))
        for name in ("pip", "spotter_lens"):
            wheel(self.wheels, name)
        for version in ("1.5", "2.1"):
            wheel(self.wheels, "numpy", version=version)
        wheel(self.wheels, "spotter_numbers", needs=("numpy",))

    def collect(self, *, update_lock: bool = False) -> dict[str, list[str]]:
        return collect(self.own, self.out, self.locks, update_lock=update_lock)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    made_index = Index(tmp_path)
    for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", str(made_index.wheels)), ("CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(f"PIP_{name}", value)
    return made_index


def test_a_release_holds_the_locked_wheels_until_the_lock_is_updated(index: Index) -> None:
    first = index.collect(update_lock=True)
    numpy = {python: [name for name in names if name.startswith("numpy")] for python, names in first.items()}
    assert numpy == {"3.11": ["numpy-1.5-py3-none-any.whl"], "3.13": ["numpy-2.1-py3-none-any.whl"]}
    wheel(index.wheels, "spotter_lens", version="1.1")
    assert index.collect() == first
    assert "spotter_lens-1.1-py3-none-any.whl" in index.collect(update_lock=True)["3.13"]
    digest = hashlib.sha256((index.wheels / "spotter_lens-1.1-py3-none-any.whl").read_bytes()).hexdigest()
    assert f"\nspotter-lens==1.1 --hash=sha256:{digest}\n" in (index.locks / "wheels-3.11.txt").read_text()
    assert all((index.out / name).exists() for names in first.values() for name in names)


def test_a_wheel_that_was_exchanged_is_refused(index: Index) -> None:
    index.collect(update_lock=True)
    wheel(index.wheels, "spotter_lens", note="of the same version, by somebody else")
    with pytest.raises(ProvisionError, match="DO NOT MATCH THE HASHES"):
        index.collect()


def test_a_lock_without_what_is_needed_now_says_how_to_update_it(index: Index) -> None:
    with pytest.raises(ProvisionError, match=r"wheels-3\.11\.txt: is missing; .*--update-lock"):
        index.collect()
    index.collect(update_lock=True)
    index.own = wheel(index.out, "exception_spotter", needs=("spotter-lens>=2",))
    with pytest.raises(ProvisionError, match=r"spotter-lens>=2 \(found: 1\.0\); run .*--update-lock"):
        index.collect()


def test_every_python_gets_one_opencv(index: Index) -> None:
    """Two versions under one recipe would count the same photo differently."""
    own = project(index.wheels, "opencv-python-headless")[1]
    for python, version in (("cp311", "4.11"), ("cp313", "5.0")):
        wheel(index.wheels, "opencv_python_headless", f"{python}-{python}-{AARCH64}", version)
    with pytest.raises(
        ProvisionError, match=r"opencv-python-headless: expected one version.*4\.11 for Python 3\.11, 5\.0"
    ):
        collect(own, index.out, index.locks, update_lock=True)
    assert list(index.locks.iterdir()) == []
    checkout = Path(__file__).parents[2]
    locked = [lock.read(checkout / lock.FOLDER, python).read_text() for python in PYTHONS]
    for name in lock.ALIKE:
        assert len({re.findall(f"^{name}==([^ ]+)", text, re.MULTILINE)[0] for text in locked}) == 1


@pytest.mark.parametrize("python", PYTHONS)
def test_the_projects_lock_is_complete(python: str) -> None:
    """The lock files name every package that pyproject.toml asks for, in a version that it allows, each with a hash."""
    checkout = Path(__file__).parents[2]
    lines = lock.read(checkout / lock.FOLDER, python).read_text().splitlines()[1:]
    locked = dict(line.split(" ")[0].split("==") for line in lines)
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.+]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    board = {"python_version": python, "platform_machine": "aarch64", "sys_platform": "linux"}
    asked = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["dependencies"]
    for wanted in map(Requirement, [*asked, "pip"]):
        if wanted.marker is None or wanted.marker.evaluate(board):
            assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), wanted


@pytest.mark.slow
def test_the_projects_own_release_is_complete_and_the_same_twice(tmp_path: Path) -> None:
    """Uses the real index: every wheel that an aarch64 board needs, on both Pythons."""
    try:
        release = build_release(tmp_path / "release")
    except ProvisionError as err:
        if "needs the internet" in str(err):
            pytest.skip(f"no package index: {err}")
        raise
    check_files(release.folder, release.files)
    assert set(release.pythons) == set(PYTHONS)
    for python, names in release.pythons.items():
        wheels = [release.folder / name for name in names]
        assert missing(wheels, python) == []
        for booth_only in ("sqlalchemy", "uvicorn", "starlette"):
            assert not any(name.startswith(booth_only) for name in names)
        for needed in ("numpy", "cryptography"):
            assert missing([path for path in wheels if not path.name.startswith(needed)], python) != []
    own = next(release.folder.glob("exception_spotter-*.whl"))
    inside = zipfile.ZipFile(own).namelist()
    for part in ("models/manifest.yaml", "firmware-config/user-data", "systemd/spotter-node.service"):
        assert any(name.endswith(f"share/exception-spotter/{part}") for name in inside)
    assert build_release(tmp_path / "again").id == release.id


@pytest.mark.slow
def test_the_projects_own_wheel_finds_its_model_once_installed(tmp_path: Path) -> None:
    """Installed without this checkout, as on a node."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    try:
        own = made._build_wheel(Path(__file__).parents[2], wheels)
    except ProvisionError as err:
        pytest.skip(f"no package index: {err}")
    venv = tmp_path / "venv"
    run_program([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    site = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    run_program(
        [sys.executable, "-m", "pip", "--python", str(venv / "bin/python"), "install", "-q", "--no-deps", str(own)]
    )
    inner = next(venv.glob("lib/python*/site-packages"))
    (inner / "others.pth").write_text(f"{site}\n")
    done = subprocess.run(
        [venv / "bin/spotter", "models", "verify", "--json"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["models"]
    assert found[0]["path"].startswith(str(venv))
