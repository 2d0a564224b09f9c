"""Kills a forced update, or its recovery, right before each of its changes (SIGKILL): TEMPLATE WORK [RELEASE].

WORK/0, WORK/1, ... are copies of the node in TEMPLATE as each kill left them; the last one was not killed. A change is
what Python tells its audit hooks: a file opened for writing, renamed or removed, a folder, a link; and a program or an
order to systemd.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from tests.release.nodes import Node

ALWAYS = {"os.remove", "os.rmdir", "spotter.program", "spotter.service"}
IN_ROOT = {"os.rename", "os.mkdir", "os.symlink", "os.chmod", "shutil.rmtree"}


def is_change(event: str, arguments: tuple[Any, ...], root: str) -> bool:
    if event == "open":
        path, _, flags = arguments
        is_written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        return bool(is_written) and str(path).startswith(root)
    return event in ALWAYS or (event in IN_ROOT and root in f"{arguments}")


def run_until(at: int, folder: Path, release: str) -> None:
    """Run in this process until the change number `at`, and never return."""
    node = Node(folder)
    node.service.start()
    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if is_change(event, arguments, str(node.root)):
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

    sys.addaudithook(watch)
    if release:
        assert node.update.apply(Path(release), is_forced=True).is_kept
    else:
        assert node.update.recover()
    os._exit(0)


def main(template: str, work: str, release: str = "") -> None:
    for name in ("fsync", "sync"):
        setattr(os, name, lambda *_: None)  # a kill loses nothing that was written
    at, status = 0, -1
    while status != 0:
        folder = Path(work) / str(at)
        shutil.copytree(template, folder, symlinks=True)
        pid = os.fork()
        if pid == 0:
            try:
                run_until(at, folder, release)
            finally:
                os._exit(1)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert status in (0, -signal.SIGKILL), status
        at += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
