"""Starts a PostgreSQL server in a folder of its own, to be killed and started again; it listens on a socket only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = "postgres"
"""PostgreSQL refuses to run as root, so root runs it as this user."""


class Server:
    """A PostgreSQL server; `url` is that of its database `postgres`."""

    def __init__(self, programs: Path, folder: Path, *, is_durable: bool) -> None:
        """Make and start it; without `is_durable` it does not wait for the disk, and may lose all in a power cut."""
        self._programs, self._folder = programs, folder
        self._options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        if not is_durable:
            self._options += " -c fsync=off"
        self.url = f"postgresql://spotter@/postgres?host={folder}"
        _run(programs, "initdb", "-D", folder / "data", "-U", "spotter", "-A", "trust", "--no-sync")
        self.start()

    @property
    def pid(self) -> int:
        """Process id of the server's parent process."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        self.is_running = True
        self._control("-l", self._folder / "log", "-o", self._options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; with mode `immediate` nothing is saved on the way out, as in a crash."""
        self.is_running = False
        self._control("-m", mode, "stop")

    def _control(self, *words: object) -> None:
        _run(self._programs, "pg_ctl", "-D", self._folder / "data", *words)


@contextmanager
def server(programs: Path, *, is_durable: bool = True) -> Iterator[Server]:
    """Yield an empty server; `programs` is the folder of its programs. Raises RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory(prefix="spotter-pg-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        made = Server(programs, folder, is_durable=is_durable)
        try:
            yield made
        finally:
            if made.is_running:
                made.stop("immediate")


def find_programs() -> Path | None:
    """Return the folder with initdb and pg_ctl, or None without PostgreSQL."""
    found = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    return next((Path(one).resolve().parent for one in found if one), None)


def _run(programs: Path, program: str, *words: object) -> None:
    command = [str(programs / program), *map(str, words)]
    if os.getuid() == 0:
        command = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", *command]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")
