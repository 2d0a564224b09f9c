"""Commands run in a terminal of their own: a pseudo-terminal at which somebody types."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
WAIT_S = 60.0
END = "\x04"
"""Ctrl-D: the end of the input."""


def typed(words: Sequence[str], answers: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run `spotter WORDS` in `folder` and answer its prompts; returns the exit code and what the terminal shows."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "edge.cli", *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "dumb"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment, start_new_session=True
    ) as program:
        os.close(theirs)
        shown, left = "", list(answers)
        while more := _read(ours):
            shown += more
            if left and shown.endswith(": "):
                os.write(ours, (answer if (answer := left.pop(0)) == END else f"{answer}\n").encode())
        os.close(ours)
    return program.returncode, shown


def _read(terminal: int) -> str:
    """Return what was written meanwhile; empty once the program has ended."""
    ready, _, _ = select.select([terminal], [], [], WAIT_S)
    assert ready, f"nothing was shown for {WAIT_S} s"
    try:
        return os.read(terminal, 65536).decode()
    except OSError:  # EIO: the other side is closed
        return ""
