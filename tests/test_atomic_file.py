"""Files that are written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from edge import atomic_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_bytes(b"old")
    atomic_file.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


def test_what_cannot_be_put_there_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(OSError, match=r"counts"):
        atomic_file.write(path, b"new")
    assert [*tmp_path.rglob("*")] == [path, path / "kept"]


def test_an_owner_that_does_not_exist_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    path.write_bytes(b"old")
    with pytest.raises(LookupError, match="nobody-of-that-name"):
        atomic_file.write(path, b"new", owner="nobody-of-that-name")
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_link_laid_in_the_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"not yours")
    (tmp_path / "key.new").symlink_to(elsewhere)
    atomic_file.write(tmp_path / "key", b"secret", mode=0o600)
    assert elsewhere.read_bytes() == b"not yours"
    assert (tmp_path / "key").read_bytes() == b"secret"


def test_half_a_file_of_a_power_cut_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "counts.new").write_bytes(b"ha")
    atomic_file.write(tmp_path / "counts", b"whole")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"whole"]


def test_a_mode_holds_whatever_the_umask_and_without_one_the_umask_does(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic_file.write(tmp_path / "public", b"", mode=0o644)
        atomic_file.write(tmp_path / "private", b"", mode=0o600)
        atomic_file.write(tmp_path / "usual", b"")
    finally:
        os.umask(before)
    assert [mode(tmp_path / name) for name in ("public", "private", "usual")] == [0o644, 0o600, 0o640]


def test_a_link_points_to_the_new_target(tmp_path: Path) -> None:
    link = tmp_path / "current"
    atomic_file.point(link, "releases/1")
    atomic_file.point(link, "releases/2")
    assert str(link.readlink()) == "releases/2"
    assert [*tmp_path.iterdir()] == [link]


def test_what_is_wiped_is_gone_and_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    secret = tmp_path / "node.key"
    secret.write_bytes(b"secret")
    other = tmp_path / "same-inode"
    other.hardlink_to(secret)
    atomic_file.wipe(secret)
    atomic_file.wipe(secret)
    assert not secret.exists()
    assert other.read_bytes() == bytes(6)
