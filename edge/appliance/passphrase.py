"""The passphrase of a backup: from a file, or typed without being shown."""

import getpass
import sys
from pathlib import Path

from edge.errors import ProvisionError


def ask(prompt: str) -> str:
    """Prompt at a terminal; raises ProvisionError without one, or at the end of the input."""
    if not sys.stdin.isatty():
        raise ProvisionError("without a terminal the passphrase must come from --passphrase-file FILE")
    try:
        return getpass.getpass(prompt)
    except EOFError as err:
        raise ProvisionError(f"nothing was typed at {prompt!r}: try again") from err


def first_line(path: Path) -> str:
    """Return the first line of a file; raises ProvisionError."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as err:
        raise ProvisionError(f"{path}: cannot be read ({err})") from err
