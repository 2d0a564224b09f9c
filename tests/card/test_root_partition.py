"""Real ext4 partitions, read with the real debugfs: what a node needs is there, or it is said before flashing."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from edge.card.bundle import make_bundle
from edge.card.os_list import os_list
from edge.card.root_partition import PARTS, look_inside, unfit
from edge.card.write import check_system, write_card
from edge.errors import ProvisionError
from edge.provision.check import check_path
from edge.site.settings import Network
from edge.site.site import Site
from tests.card.cards import PATH, make_card
from tests.release.releases import make_release
from tests.site.fixtures import first_site, site
from tests.site.nodes import ADDRESS, IDENTITY, WIFI

__all__ = ["first_site", "site"]
NAMED = Network(booth="spotter.local")
SECTOR, START, BOOT_MB, ROOT_MB = 512, 8192, 40, 16
PI_OS = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\n'


def system(folder: Path, *lacking: str, python: str = "3.13") -> Path:
    """Make the files that tell systems apart, but the parts that are lacking."""
    for part, paths in PARTS.items():
        for path in paths if part not in lacking else ():
            (folder / path[1:]).mkdir(parents=True, exist_ok=True)
    for name in ("usr/lib", "usr/bin"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "usr/lib/os-release").write_text(PI_OS)
    (folder / "usr/bin/python3").symlink_to(f"python{python}")
    return folder


def card(tmp_path: Path, *lacking: str) -> Path:
    """Make a card as it is flashed: FAT, and behind it ext4 with that system."""
    if shutil.which("mkfs.ext4", path=PATH) is None or shutil.which("debugfs", path=PATH) is None:
        pytest.skip("mkfs.ext4 or debugfs is not here (apt install e2fsprogs)")
    path = make_card(tmp_path / "card.img", size_mb=BOOT_MB)
    offset = (START + BOOT_MB * 2048) * SECTOR
    with path.open("r+b") as file:
        file.truncate(offset + (ROOT_MB << 20))
    environment = {**os.environ, "PATH": PATH}
    table = f"label: dos\n{START},{BOOT_MB * 2048},c\n{START + BOOT_MB * 2048},{ROOT_MB * 2048},83\n"
    subprocess.run(["sfdisk", "-q", path], input=table.encode(), check=True, env=environment, capture_output=True)
    words = ["mkfs.ext4", "-q", "-F", "-E", f"offset={offset}", "-d", str(system(tmp_path / "root", *lacking))]
    subprocess.run([*words, str(path), f"{ROOT_MB}M"], check=True, env=environment, capture_output=True)
    return path


def test_a_complete_system_is_told_as_such(tmp_path: Path) -> None:
    found = look_inside(card(tmp_path))
    assert found is not None
    assert (found.name, found.python) == ("Debian GNU/Linux 13 (trixie)", "3.13")
    assert found.parts == frozenset(PARTS)
    assert [*unfit(found, "picamera2", WIFI), *unfit(found, "picamera2", NAMED)] == []


@pytest.mark.parametrize(
    ("lacking", "source", "network", "said"),
    [
        ("picamera2", "picamera2", ADDRESS, "without picamera2.*Raspberry Pi OS Lite has none"),
        ("picamera2", "v4l2:/dev/video0", ADDRESS, None),
        ("64-bit", "picamera2", ADDRESS, "not for 64 bits"),
        ("NetworkManager", "picamera2", WIFI, "without NetworkManager"),
        ("NetworkManager", "picamera2", ADDRESS, None),
        ("mdns", "picamera2", NAMED, r"could not find spotter\.local"),
        ("mdns", "picamera2", ADDRESS, None),
    ],
)
def test_what_lacks_is_said_if_the_node_needs_it(
    tmp_path: Path, lacking: str, source: str, network: Network, said: str | None
) -> None:
    found = look_inside(card(tmp_path, lacking))
    assert found is not None
    assert lacking not in found.parts
    sentences = list(unfit(found, source, network))
    assert bool(sentences) == (said is not None)
    if said:
        with pytest.raises(ProvisionError, match=said):
            check_system(tmp_path / "card.img", source, network, "north", Path("soho"))


def test_what_is_no_ext4_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_card(tmp_path / "card.img")
    assert look_inside(path) is None
    check_system(path, "picamera2", ADDRESS, "north", Path("soho"))
    assert "could not be looked into" in capsys.readouterr().out
    for content in (b"", b"x" * 600, b"\0" * 510 + b"\x55\xaa"):
        (tmp_path / "other").write_bytes(content)
        assert look_inside(tmp_path / "other") is None


def test_check_finds_it_on_a_written_card_and_progress_reaches_the_end(tmp_path: Path) -> None:
    path, said = card(tmp_path, "picamera2"), list[float]()
    write_card(make_bundle("north", IDENTITY, ADDRESS, make_release(tmp_path / "release")), path, say=said.append)
    assert said == sorted(said)
    assert (said[0], said[-1]) == (0.0, 1.0)
    assert any("without picamera2" in found.sentence for found in check_path(path))


def test_imager_gets_the_cards_of_a_site(site: Site, tmp_path: Path) -> None:
    path = make_card(tmp_path / "north card.img")
    with pytest.raises(ProvisionError, match="is not the card of a node; write it first"):
        os_list(site, [path])
    write_card(make_bundle("north", IDENTITY, ADDRESS, make_release(tmp_path / "release")), path)
    (entry,) = json.loads(os_list(site, [path]))["os_list"]
    required = {"name", "description", "icon", "url", "extract_size", "extract_sha256", "image_download_size"}
    assert required | {"release_date"} <= entry.keys()  # os-list-schema.json of rpi-imager
    assert entry["name"] == "north (soho)"
    assert entry["url"] == f"file://{tmp_path}/north%20card.img"
    digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]
    assert (entry["extract_size"], entry["extract_sha256"]) == (path.stat().st_size, digest)
    site.revoke("north")
    with pytest.raises(ProvisionError, match="north, which is not a node of soho"):
        os_list(site, [path])
