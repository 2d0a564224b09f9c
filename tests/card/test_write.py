"""Bundles are written into image files by the project, and read back by mtools and fsck."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.card import boot_partition
from edge.card.bundle import Bundle, make_bundle
from edge.card.write import owner, write_card
from edge.errors import ProvisionError
from edge.release.install import Release
from tests.card.cards import BEHIND, CMDLINE, CONFIG, is_sound, make_card, names, read, unpack
from tests.release.releases import make_release
from tests.site.nodes import ADDRESS, IDENTITY, WIFI


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("release") / "release")


@pytest.fixture(scope="module")
def bundle(release: Release) -> Bundle:
    return make_bundle("north", IDENTITY, ADDRESS, release)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return make_card(tmp_path / "card.img")


def test_every_byte_of_the_bundle_is_on_the_card(card: Path, bundle: Bundle, tmp_path: Path) -> None:
    write_card(bundle, card)
    unpacked = unpack(card, tmp_path / "boot")
    for name, data in bundle.files.items():
        assert (unpacked / name).read_bytes() == (data if isinstance(data, bytes) else data.read_bytes())
    assert is_sound(card, tmp_path)
    assert card.read_bytes().rstrip(b"\0").endswith(BEHIND)


def test_the_systems_own_settings_stay_and_ours_are_added_once(card: Path, bundle: Bundle) -> None:
    for _ in range(2):
        write_card(bundle, card)
        config, words = read(card, "config.txt").decode(), read(card, "cmdline.txt").decode().split()
        assert config.startswith(CONFIG.rstrip())
        assert config.count("include spotter.txt") == 1
        assert words[: len(CMDLINE.split())] == CMDLINE.split()
        assert len(set(words)) == len(words)
        assert {"cgroup_enable=memory", "panic=10"} <= set(words)
        assert not any(word.startswith("systemd.run") for word in words)
    assert b"instance-id: north-" in read(card, "meta-data")


def test_without_cloud_init_the_command_line_starts_it(tmp_path: Path, bundle: Bundle) -> None:
    card = make_card(tmp_path / "bookworm.img", has_cloud_init=False)
    for _ in range(2):
        write_card(bundle, card)
        assert read(card, "cmdline.txt").count(b"systemd.run=/boot/firmware/spotter/start.sh ") == 1
        assert not {"user-data", "meta-data"} & set(names(card))


def test_wifi_brings_its_country(card: Path, release: Release) -> None:
    write_card(make_bundle("north", IDENTITY, WIFI, release), card)
    assert b" cfg80211.ieee80211_regdom=DE" in read(card, "cmdline.txt")
    assert b"correct horse" not in read(card, "network-config") + read(card, "user-data")


def test_a_new_bundle_leaves_nothing_of_the_old_one(card: Path, bundle: Bundle, release: Release) -> None:
    write_card(make_bundle("north", IDENTITY | {"extra.pem": b"x"}, ADDRESS, release), card)
    assert "spotter/identity/extra.pem" in names(card)
    write_card(bundle, card)
    assert "spotter/identity/extra.pem" not in names(card)


def test_the_key_of_a_bundle_that_is_replaced_is_nowhere_on_the_card(
    card: Path, bundle: Bundle, release: Release
) -> None:
    write_card(bundle, card)
    assert IDENTITY["node.key"] in card.read_bytes()
    write_card(make_bundle("north", IDENTITY | {"node.key": b"another key"}, ADDRESS, release), card)
    assert IDENTITY["node.key"] not in card.read_bytes()
    assert read(card, "spotter/identity/node.key") == b"another key"


def test_the_card_of_another_node_is_refused_but_on_request(card: Path, bundle: Bundle, release: Release) -> None:
    write_card(bundle, card)
    south = IDENTITY | {"node.yaml": IDENTITY["node.yaml"].replace(b"north", b"south")}
    other, before = make_bundle("south", south, ADDRESS, release), card.read_bytes()
    with pytest.raises(ProvisionError, match="is the card of node north, not of south; --replace"):
        write_card(other, card)
    assert card.read_bytes() == before
    write_card(other, card, is_replacing=True)
    assert b'"node": "south"' in read(card, "spotter/bundle.json")


def cut_off(path: Path) -> Path:
    os.truncate(make_card(path), 20_000_000)
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def gpt(path: Path) -> Path:
    path.write_bytes(bytes(4_000_000))
    subprocess.run(
        ["sfdisk", "-q", path], input=b"label: gpt\n2048,1000,U\n", check=True, env={"PATH": "/usr/sbin:/sbin:/usr/bin"}
    )
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda path: make_card(
                path, size_mb=34, files={"config.txt": "", "cmdline.txt": "", "big": "x" * 34_000_000}
            ),
            "boot partition is full",
        ),
        (lambda path: make_card(path, files={"notes.txt": "holiday"}), "has no cmdline.txt and no config.txt"),
        (lambda path: make_card(path, files={"config.txt": ""}), "has no cmdline.txt, so"),
        (lambda path: written(path, bytes(1_000_000)), "has no partition table"),
        (lambda path: written(path, b""), "has no partition table"),
        (lambda path: written(path, b"\xfd7zXZ" + bytes(999)), "is compressed; unpack it first"),
        (cut_off, "ends inside its boot partition"),
        (gpt, "has no FAT boot partition"),
        (lambda path: path, "cannot be opened"),
    ],
    ids=["full", "holiday", "no-cmdline", "blank", "empty", "packed", "cut-off", "gpt", "none"],
)
def test_a_wrong_card_is_named_and_not_touched(
    tmp_path: Path, bundle: Bundle, make: Callable[[Path], Path], said: str
) -> None:
    path = make(tmp_path / "card.img")
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(ProvisionError, match=said):
        write_card(bundle, path)
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_card_that_fails_while_it_is_written_is_put_back(
    card: Path, bundle: Bundle, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = card.read_bytes(), os.pwrite, iter(range(1_000_000))

    def fail_once(*words: Any) -> int:
        if next(calls) == at:
            raise OSError(5, "Input/output error")
        return real(*words)

    monkeypatch.setattr(os, "pwrite", fail_once)
    with pytest.raises(ProvisionError, match="was restored"):
        write_card(bundle, card)
    assert card.read_bytes() == before


def test_a_card_that_swallows_what_is_written_is_found_out(
    card: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "pwrite", lambda _disk, data, _at: len(data))
    with pytest.raises(ProvisionError, match="reads back differently than written"):
        write_card(bundle, card)


def test_without_mtools_it_says_what_to_install(card: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProvisionError, match="sudo apt install mtools"):
        write_card(bundle, card)


def test_a_partition_is_found_wherever_the_table_says(card: Path) -> None:
    with card.open("rb") as file:
        assert boot_partition.find_partition(file.fileno(), card) == (8192 * 512, 40 * 2**20)


@pytest.mark.parametrize("bundle", [b"", b"[]", b"{}", b'{"node": "north", "secrets": 1}', b"[" * 100_000])
def test_a_bundle_that_is_none_has_no_owner(bundle: bytes) -> None:
    assert owner(bundle) == ("", [])
