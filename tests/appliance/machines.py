"""A machine in a folder: programs that would change the system are noted instead of run."""

import shutil
from collections.abc import Callable
from pathlib import Path

from edge.appliance.machine import Machine
from edge.errors import ProvisionError


class FolderMachine(Machine):
    """Files are real; of the programs only those in `acts` do anything."""

    def __init__(self, root: Path, *, has_systemd: bool = False) -> None:
        super().__init__(root)
        self.ran: list[tuple[str, ...]] = []
        self.missing: set[str] = set()
        self.acts: dict[str, Callable[[tuple[str, ...]], None]] = {}
        """What a program does, by its name without folders."""
        if has_systemd:
            (root / "run/systemd/system").mkdir(parents=True)

    def has(self, program: str) -> bool:
        return program not in self.missing

    def run(self, *program: str | Path) -> str:
        words = tuple(map(str, program))
        self.ran.append(words)
        for name in (Path(words[0]).name, *words[1:]):
            if name in self.acts:
                self.acts[name](words)
        return ""

    def asked(self, *words: str) -> bool:
        """Whether a program with these words among its own ran."""
        return any(set(words) <= set(one) for one in self.ran)


def fails(_words: tuple[str, ...]) -> None:
    raise ProvisionError("it failed on purpose")


def release(machine: Machine, name: str) -> Path:
    """Make a complete release that holds nothing."""
    folder = machine.home / "releases" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "complete").touch()
    return folder
