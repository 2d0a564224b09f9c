"""A technician's walk: from nothing to three nodes, then every change in the field. No step edits a file by hand.

`check` of the site passes after each step, and so does `check` of each card that a step has written.
"""

from pathlib import Path

import pytest

from edge import __version__
from edge.cli import main
from tests.card.cards import make_card
from tests.release.releases import make_release

SITE = ["--site-dir", "soho"]
ABOUT = ["--who", "Shoe shop", "--purpose", "offer shoes", "--contact", "a@example.org", "--keep-days", "2"]
NODES = {"north": "11", "east": "12", "south": "13"}


class Walk:
    """Runs commands, and checks the site and its cards after each."""

    def __init__(self, folder: Path) -> None:
        self._flashed = make_card(folder / "flashed.img")
        make_release(folder / "release", __version__, ("3.11", "3.13"))
        self.cards: set[str] = set()

    def run(self, *words: str) -> None:
        assert main(["provision", *words]) == 0, words

    def write(self, *nodes: str) -> None:
        for node in nodes:
            card = Path(f"{node}.img")
            if not card.exists():
                card.write_bytes(self._flashed.read_bytes())
            self.run("image", node, *SITE, "--image", str(card), "--release", "release")
            self.cards.add(node)

    def is_well(self) -> None:
        assert main(["provision", "check", "soho"]) == 0
        for node in sorted(self.cards):
            assert main(["provision", "check", f"{node}.img", *SITE]) == 0, node

    def is_told(self, node: str, capsys: pytest.CaptureFixture[str]) -> None:
        """Expect a check that asks for this node's card to be written again, and nothing else."""
        capsys.readouterr()
        assert main(["provision", "check", "soho"]) == 1
        (line,) = capsys.readouterr().out.splitlines()
        assert line.startswith(f"{node}: its card was written before its settings changed; write it again: spotter pro")


def test_the_technicians_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    walk = Walk(tmp_path)
    walk.run("site", "soho", "--site", "soho", "--booth", "192.168.50.1", *ABOUT)
    for name, number in NODES.items():
        walk.run("node", name, *SITE, "--facing", "0", "--address", f"192.168.50.{number}/24")
    walk.write(*NODES)
    walk.is_well()

    walk.run("set", "north", *SITE, "--facing", "90")  # the camera was turned: no card
    walk.is_well()

    Path("wifi.txt").write_text("pass phrase\n")
    wifi = ["--wifi", "Booth", "--wifi-country", "DE", "--wifi-password-file", "wifi.txt"]
    walk.run("set", "east", *SITE, *wifi)
    walk.is_told("east", capsys)
    walk.write("east")
    walk.is_well()

    walk.run("set", *SITE, "--booth", "192.168.50.2")  # the booth's address changes
    walk.write(*NODES)
    walk.is_well()

    walk.run("node", "south", *SITE, "--renew")  # a new certificate
    walk.is_told("south", capsys)
    walk.write("south")
    walk.is_well()

    walk.run("revoke", "north", *SITE)  # a dead node is replaced under its name
    walk.cards.remove("north")
    walk.is_well()
    walk.run("node", "north", *SITE, "--facing", "90", "--address", "192.168.50.11/24")
    walk.write("north")
    walk.is_well()

    Path("soho").rename("moved")  # the folder moves to another laptop
    walk.run("set", "--site-dir", "moved")
    assert main(["provision", "check", "moved"]) == 0
    walk.run("os-list", *(f"{name}.img" for name in NODES), "--site-dir", "moved")
