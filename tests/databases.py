"""A real PostgreSQL for the tests, started once in a folder of its own; skipped by name where there is none."""

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
"""It refuses to run as root, so root's tests run it as this user."""


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of an empty server that listens on a socket only."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL: apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="spotter-pg-") as name:
        folder = Path(name)
        data = folder / "data"
        if os.getuid() == 0:
            shutil.chown(folder, OWNER)
        _run(programs, "initdb", "-D", data, "-U", "spotter", "-A", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        _run(programs, "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql://spotter@/postgres?host={folder}"
        finally:
            _run(programs, "pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextmanager
def database(server: str) -> Iterator[str]:
    """URL of an empty database on that server."""
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
