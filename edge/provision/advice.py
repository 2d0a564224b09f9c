"""The commands that `spotter provision` advises: complete, so that they can be copied into a shell as they are."""

import shlex
from collections.abc import Sequence
from pathlib import Path

ACCESS = ("broker/acl", "broker/crl.pem")
"""Files of the broker that change with every node and laptop."""
CERTIFICATES = ("broker/broker.pem", "broker/broker.key", "booth/page.pem", "booth/page.key")
"""Files that change with the booth's address."""


def write_card(node: str, folder: Path) -> str:
    """Return how to write a node's card."""
    return f"spotter provision image {node} --site-dir {quoted(folder)} --device /dev/sdX (or --image FILE)"


def reload_broker(folder: Path, *, is_installed: bool) -> str:
    """Return how to make mosquitto read its access rules and revocation list again.

    SIGHUP is enough for both (measured with mosquitto 2.0.11).
    """
    if is_installed:
        return f"make the broker read it: {_copied(folder, ACCESS)} && sudo systemctl reload mosquitto"
    return "make the broker read it: kill -HUP $(pidof mosquitto)"


def restart_broker(folder: Path, *, is_installed: bool, files: Sequence[str] = ACCESS) -> str:
    """Return how to end every open connection, so that only certificates that are still valid come back.

    mosquitto checks a certificate at the start of a connection alone (measured with 2.0.11), and it cannot deny a
    renewed name its topics, as the new certificate has that name too.
    """
    if is_installed:
        return f"{_copied(folder, files)} && sudo systemctl restart mosquitto"
    return f"kill $(pidof mosquitto); mosquitto -d -c {quoted(folder / 'broker' / 'mosquitto.conf')}"


def restart_booth(folder: Path, *, is_installed: bool) -> str:
    """Return how to make a running booth read its settings again."""
    if is_installed:
        return f"{_copied(folder, ('booth/booth.yaml',))} && sudo systemctl restart spotter-booth"
    return f"stop spotter booth, then: spotter booth --config {quoted(folder / 'booth' / 'booth.yaml')}"


def quoted(path: Path) -> str:
    """Return the path as a shell reads it."""
    return shlex.quote(str(path))


def _copied(folder: Path, files: Sequence[str]) -> str:
    by_folder: dict[str, list[str]] = {}
    for file in files:
        by_folder.setdefault(file.split("/")[0], []).append(quoted(folder / file))
    return " && ".join(f"sudo cp {' '.join(paths)} /etc/spotter/{into}/" for into, paths in by_folder.items())
