"""From a site's folder to a running node through a real FAT partition; and everything a damaged card may hold."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.card import boot_partition
from edge.card.first_boot import FirstBoot, read_bundle
from edge.cli import main
from edge.errors import EdgeError
from edge.release.install import read_release
from tests.card.cards import make_card, names, read, unpack
from tests.release.releases import make_release

ROOT = Path(__file__).parents[2]
SITE = (
    "provision site {0} --site soho --booth 192.168.50.1 --who Somebody --purpose greeting "
    "--contact us@example.org --keep-days 1"
)


def test_three_commands_make_a_card_that_makes_a_node(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_release(tmp_path / "release")
    card, site = make_card(tmp_path / "card.img"), tmp_path / "soho"
    assert main(SITE.format(site).split()) == 0
    assert main(f"provision node north --site-dir {site} --facing 0 --address 192.168.50.11/24".split()) == 0
    image = f"provision image north --site-dir {site} --image {card} --release {tmp_path / 'release'}"
    assert main(image.split()) == 0
    assert "the card of node north" in capsys.readouterr().out

    boot, root = unpack(card, tmp_path / "boot"), tmp_path / "root"
    ran: list[Any] = []
    FirstBoot(boot, root, lambda words: _install(words, ran), owner="").take_up()
    for name in ("node.pem", "node.key", "ca.pem", "link.key", "node.yaml", "release.pub", "baseline.pub"):
        assert (root / "etc/spotter" / name).read_bytes() == (site / "nodes/north" / name).read_bytes()
    assert main(["config", "check", str(root / "etc/spotter/node.yaml")]) == 0
    assert main(["provision", "image", "south", *image.split()[3:]]) == 2
    assert "is not a node of soho, which has: north" in capsys.readouterr().err


def _install(words: Any, ran: list[Any]) -> None:
    """Stand in for pip: make what first boot reads of an installation."""
    ran.append(words)
    if words[1:3] == ["-m", "venv"]:
        share = Path(words[-1]) / "share/exception-spotter"
        share.mkdir(parents=True)
        for part in ("firmware-config", "systemd"):
            (share / part).symlink_to(ROOT / part)


def test_an_image_is_refused_without_a_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(f"provision image north --site-dir {tmp_path} --image {tmp_path / 'no.img'}".split()) == 2
    assert "is not a site's folder" in capsys.readouterr().err


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """Return a start.sh that uses the test's card, units and `systemctl`."""
    card, units = tmp_path / "boot", tmp_path / "units"
    for folder in (card / "spotter", units, tmp_path / "bin"):
        folder.mkdir(parents=True)
    (card / "spotter/spotter-first-boot.service").write_text("[Unit]\n")
    (tmp_path / "bin/systemctl").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/ran\n')
    (tmp_path / "bin/systemctl").chmod(0o755)
    text = (ROOT / "firmware-config/start.sh").read_text()
    script = tmp_path / "start.sh"
    script.write_text(text.replace("/boot/firmware", str(card)).replace("/etc/systemd/system", str(units)))
    return script


def run_start(script: Path, *words: str) -> list[str]:
    path = f"{script.parent}/bin:{os.environ['PATH']}"
    subprocess.run(["sh", script, *words], check=True, env={"PATH": path})
    return (script.parent / "ran").read_text().splitlines()


def test_cloud_init_starts_it_at_once_and_at_every_boot(start: Path) -> None:
    unit = "spotter-first-boot.service"
    wanted = [f"enable {unit}", "daemon-reload", f"start --no-block {unit}"]
    assert run_start(start, "now") == wanted
    assert (start.parent / "units" / unit).read_text() == "[Unit]\n"
    (start.parent / "units" / unit).write_text("of a newer release")
    assert run_start(start, "now") == 2 * wanted
    assert (start.parent / "units" / unit).read_text() == "of a newer release"


def test_the_command_line_starts_it_once_and_is_as_it_was(start: Path) -> None:
    cmdline = start.parent / "boot/cmdline.txt"
    ours = "systemd.run=/boot/firmware/spotter/start.sh systemd.run_success_action=reboot"
    cmdline.write_text(f"console=tty1 systemd.zram=0 {ours} systemd.unit=kernel-command-line.target panic=10\n")
    run_start(start)
    assert cmdline.read_text() == "console=tty1 systemd.zram=0 panic=10\n"
    assert not (start.parent / "boot/cmdline.new").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
GOOD_BUNDLE = {
    "format": 1,
    "id": "0",
    "node": "north",
    "booth": "192.168.50.1",
    "port": 8883,
    "files": {"identity/node.key": "0" * 64, "start.sh": "0" * 64},
    "secrets": ["identity/node.key"],
}
GOOD_RELEASE = {
    "format": 2,
    "made_at": 0,
    **dict.fromkeys(("id", "version", "model", "recipe", "config"), "0"),
    "pythons": {"3.11": ["pip-1.whl", "exception_spotter-1.whl"]},
    "files": {"pip-1.whl": "0" * 64},
}


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(sorted(GOOD_BUNDLE)), value=JSON)
def test_no_bundle_json_crashes_first_boot(tmp_path: Path, key: str, value: object) -> None:
    folder = tmp_path / "spotter"
    folder.mkdir(exist_ok=True)
    (folder / "bundle.json").write_text(json.dumps(GOOD_BUNDLE | {key: value}))
    try:
        read_bundle(folder)
        FirstBoot(tmp_path, tmp_path / "root", lambda _words: None, owner="").take_up()
    except EdgeError:
        return


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_manifest_crashes(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(EdgeError):
        read_release(tmp_path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.sampled_from(sorted(GOOD_RELEASE)), value=JSON)
def test_no_almost_good_manifest_crashes(tmp_path: Path, key: str, value: object) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(GOOD_RELEASE | {key: value}))
    try:
        release = read_release(tmp_path)
    except EdgeError:
        return
    assert isinstance(release.id, str)
    assert all(".." not in name.split("/") for name in release.files)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.binary(min_size=64, max_size=64), size=st.integers(0, 4096))
def test_no_partition_table_crashes(tmp_path: Path, table: bytes, size: int) -> None:
    path = tmp_path / "card.img"
    path.write_bytes((bytes(446) + table + b"\x55\xaa" + bytes(4096))[:size])
    with path.open("rb") as file:
        try:
            partition = boot_partition.find_partition(file.fileno(), path)
        except EdgeError:
            return
    assert partition.offset + partition.size <= size


def test_the_names_on_a_card_are_found(tmp_path: Path) -> None:
    card = make_card(tmp_path / "card.img")
    assert {"config.txt", "cmdline.txt", "meta-data"} <= set(names(card))
    assert read(card, "user-data") == b"# empty\n"
