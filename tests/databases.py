"""A real PostgreSQL for the tests, started once in a folder of its own; tests are skipped if there is none."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

OWNER = "postgres"
"""PostgreSQL refuses to run as root, so root's tests run it as this user."""


class Server:
    """A PostgreSQL that listens on a socket only."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self.url = f"postgresql://spotter@/postgres?host={folder}"
        _run(programs, "initdb", "-D", folder / "data", "-U", "spotter", "-A", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off"
        self.is_running = True
        self._control("-l", self._folder / "log", "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        self.is_running = False
        self._control("-m", mode, "stop")

    def _control(self, *words: object) -> None:
        _run(self._programs, "pg_ctl", "-D", self._folder / "data", *words)


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of an empty server."""
    with postgresql_server() as server:
        yield server.url


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """Yield an empty server, to be stopped and started."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL: apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="spotter-pg-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        server = Server(programs, folder)
        try:
            yield server
        finally:
            if server.is_running:
                server.stop("immediate")


@contextmanager
def database(server: str) -> Iterator[str]:
    """Yield the URL of an empty database on that server."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
        admin.execute("CREATE DATABASE test")
    yield server.replace("/postgres?", "/test?")


def _programs() -> Path | None:
    found = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    return next((Path(one).resolve().parent for one in found if one), None)


def _run(programs: Path, program: str, *words: object) -> None:
    command = [str(programs / program), *map(str, words)]
    if os.getuid() == 0:
        command = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups", *command]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
