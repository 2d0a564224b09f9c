"""The machine on which a booth is installed: its folders, programs and services."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from edge import places
from edge.errors import ProvisionError

PATIENCE_S = 1800.0
"""Most seconds that one program may take: pip, on a slow line."""
USER = "spotter"
BOOTH, BROKER, FIREWALL = "spotter-booth.service", "mosquitto.service", "spotter-firewall.service"


class Machine:
    """This machine; tests give another root folder, whose programs are not run."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self.etc, self.state, self.home = root / places.ETC, root / places.STATE, root / places.HOME
        self.units = root / "etc/systemd/system"
        self.store = self.state / "booth.sqlite"
        self.current, self.previous = self.home / "current", self.home / "previous"
        """Links to the release that the units run, and to the one before."""

    @property
    def has_systemd(self) -> bool:
        """Whether systemd runs services here; not so in a chroot."""
        return (self.root / "run/systemd/system").is_dir()

    def has(self, program: str) -> bool:
        return shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin") is not None

    def run(self, *program: str | Path) -> str:
        """Run a program and return its output; raises ProvisionError with the end of what it said."""
        words = [str(word) for word in program]
        print("+", *words, file=sys.stderr)
        try:
            done = subprocess.run(  # noqa: S603
                words, capture_output=True, text=True, check=False, timeout=PATIENCE_S, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired) as err:
            raise ProvisionError(f"{words[0]}: could not be run ({err})") from err
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "nothing was said")[-800:]
            raise ProvisionError(f"{' '.join(words)}: exit code {done.returncode}: {said}")
        return done.stdout

    def systemctl(self, *words: str) -> None:
        """Control services, where systemd runs; raises ProvisionError."""
        if self.has_systemd:
            self.run("systemctl", *words)

    def enable(self, units: Sequence[str]) -> None:
        """Let the units start at every boot, from now on also without systemd running; raises ProvisionError."""
        self.run("systemctl", "enable", *units)

    def give(self, path: Path, user: str = USER) -> None:
        """Make `user` the owner of a file or folder with all that is in it; raises ProvisionError."""
        self.run("chown", "-R", f"{user}:", path)
