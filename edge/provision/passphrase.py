"""Passphrases and passwords that `spotter provision` needs: from a file, or typed without being shown."""

import getpass
import sys
from pathlib import Path

from edge.command import Args
from edge.errors import ProvisionError

SHORTEST_PASSPHRASE = 8
"""Characters that a new passphrase needs at least."""


def wifi_password(args: Args) -> str:
    """Return the Wi-Fi password for `spotter provision node`; empty for an open Wi-Fi or Ethernet."""
    if args.wifi_password_file:
        return _first_line(args.wifi_password_file, "--wifi-password-file")
    if not args.wifi:
        return ""
    if not sys.stdin.isatty():
        raise ProvisionError(
            "--wifi without a terminal needs --wifi-password-file FILE; use an empty file for an open Wi-Fi"
        )
    return _ask(f"Password of {args.wifi} (empty: open): ")


def new_passphrase(file: Path | None) -> bytes | None:
    """Return the passphrase for a new key, or None for a key without one."""
    if file:
        passphrase = _first_line(file)
    elif sys.stdin.isatty():
        passphrase = _ask("Passphrase of the site's authority (empty: none): ")
        if passphrase and _ask("Again: ") != passphrase:
            raise ProvisionError("the two passphrases differ; nothing was written, try again")
        if not passphrase:
            return None
    else:
        return None
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ProvisionError(
            f"the passphrase has {len(passphrase)} characters, expected at least {SHORTEST_PASSPHRASE}; try again"
        )
    return passphrase.encode()


def read_passphrase(file: Path | None, *, is_needed: bool) -> bytes | None:
    """Return the passphrase of an existing key; None if it has none or there is no terminal to ask on."""
    if not is_needed:
        return None
    if file:
        return _first_line(file).encode()
    return _ask("Passphrase of the site's authority: ").encode() if sys.stdin.isatty() else None


def _ask(prompt: str) -> str:
    """Prompt without showing what is typed; raises ProvisionError at the end of the input."""
    try:
        return getpass.getpass(prompt)
    except EOFError as err:
        raise ProvisionError(f"nothing was typed at {prompt!r}: try again, or give a file instead") from err


def _first_line(path: Path, option: str = "--passphrase-file") -> str:
    """Return the file's first line; the error does not name the file, as that may be the password itself."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as err:
        why = err.strerror if isinstance(err, OSError) else "it is no text"
        raise ProvisionError(
            f"{option}: the file cannot be read ({why}); expected the path of a file whose first line is the secret"
        ) from None
