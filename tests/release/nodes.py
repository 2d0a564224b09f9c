"""A node to update: a folder as its root, releases that install in no time, a unit that obeys."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from edge.errors import ProvisionError
from edge.release.install import MANIFEST, Release, install, switch
from edge.release.signature import sign_release
from edge.release.update import Update
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.signing import make_keys
from tests.fakes import FakeClock, FakeService
from tests.outfits import RECIPE, ordinary
from tests.release.releases import make_release

OTHER_RECIPE = "f" * 12
SPOTTER = "#!/bin/sh\necho 'spotter {}'\n"
Status = Callable[[float], str | None]


def well(after_s: float) -> str:
    """Return the status of a healthy node: frames from the third second on."""
    beat = after_s // 10 * 10
    return f"ok, {max(int(10 * (beat - 3)), 0)} frames, broker connected"


class Site:
    """Keys, and a folder of signed releases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        make_keys(folder / "release.key", folder / "release.pub")

    def release(self, version: str, recipe: str = RECIPE.id) -> Release:
        made = self.edit(version, recipe=recipe)
        return sign_release(made, self.folder / "release.key", None)

    def edit(self, version: str, **changes: object) -> Path:
        """Make an unsigned release with these values in its manifest."""
        folder = self.folder / version
        make_release(folder, version)
        manifest = json.loads((folder / MANIFEST).read_text()) | changes
        (folder / MANIFEST).write_text(json.dumps(manifest))
        return folder


class LoggedService(FakeService):
    """Writes every order to a file that outlives a kill; a started release counts something of its own."""

    def __init__(self, node: "Node") -> None:
        super().__init__(node.clock, node.status)
        self._node = node
        self.hangs = False

    def order(self, word: str) -> None:
        sys.audit("spotter.service", word)
        with self._node.log.open("a") as log:
            log.write(f"{word}\n")

    def stop(self) -> None:
        self.order("stop")
        super().stop()

    def kill(self) -> None:
        if self.hangs:
            raise ProvisionError("systemctl stop: timed out")
        self.order("kill")
        super().kill()

    def start(self) -> None:
        self.order("start")
        super().start()
        if not (collected := self._node.state / "collected.baseline").exists():
            collected.write_bytes(b"counted by " + self._node.current.encode())

    def guard(self) -> None:
        self.order("guard")
        super().guard()

    def unguard(self) -> None:
        self.order("unguard")
        super().unguard()


class Node:
    """A node whose releases behave as `statuses` says; releases not named there are healthy."""

    def __init__(self, folder: Path) -> None:
        self.root, self.log = folder / "root", folder / "service.log"
        self.home, self.state = self.root / "opt/spotter", self.root / "var/lib/spotter"
        self.clock = FakeClock()
        self.statuses: dict[str, Status] = {}
        self.service = LoggedService(self)
        self.run: Callable[[Sequence[str]], None] = self.pretend
        """What starts programs."""

    def provision(self, release: Release, key: Path) -> None:
        """Set the node up as first boot does, with counts made since."""
        for place in (self.root / "etc/spotter", self.state):
            place.mkdir(parents=True)
        (self.root / "etc/spotter/release.pub").write_bytes(key.read_bytes())
        (self.root / "etc/spotter/node.yaml").write_text("node: north\n")
        install(release, self.root, self.run)
        switch(self.root, release.id)
        baseline, rng = Baseline(RECIPE), np.random.default_rng(1)
        for _ in range(3):
            baseline.learn(ordinary(rng), "any")
        baseline_file.save(baseline, self.state / "collected.baseline")

    @property
    def update(self) -> Update:
        return Update(self.root, self.service, self.clock, self.run)

    @property
    def current(self) -> str:
        return (self.home / "current").readlink().name

    @property
    def problem(self) -> str:
        path = self.root / "run/spotter/update.txt"
        return path.read_text() if path.exists() else ""

    def status(self, after_s: float) -> str | None:
        return self.statuses.get(self.current, well)(after_s)

    def runs(self) -> str:
        """Return the version that the unit's program would report."""
        words = [str(self.home / "current/venv/bin/spotter"), "--version"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def pretend(self, words: Sequence[str]) -> None:
        """Make an environment of one script, written in two steps; it does not know `colour:` in node.yaml."""
        sys.audit("spotter.program", *words)
        if words[1:3] == ["-m", "venv"]:
            (Path(words[-1]) / "bin").mkdir(parents=True)
        elif "install" in words:
            spotter = Path(words[0]).with_name("spotter")
            spotter.touch(mode=0o755)
            spotter.write_text(SPOTTER.format(spotter.parts[-4]))
        elif words[1] == "config" and "colour:" in Path(words[3]).read_text():
            raise ProvisionError("exit code 2, and it said: colour: is no key")
        else:
            assert "spotter" in Path(words[0]).read_text()

    def tree(self) -> dict[str, bytes | str]:
        """Return every file and link by path."""
        return {
            str(path.relative_to(self.root)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_symlink() or path.is_file()
        }
