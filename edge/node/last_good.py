"""What a node cannot start without, from its file, or from the last good copy of it in the state folder."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from edge import atomic_file
from edge.config import NodeConfig, load
from edge.errors import EdgeError

log = logging.getLogger(__name__)

FOLDER = "last-good"
STATE_DIRECTORY = "STATE_DIRECTORY"
"""systemd's name for the folder a unit may write: where there is one, nobody sits in front of the node to be asked."""

T = TypeVar("T")


class Configured(NamedTuple):
    """Settings, and what to say if they are not those of the file."""

    config: NodeConfig
    repair: str


def with_last_good(path: Path, state: Path, read: Callable[[Path], T]) -> tuple[T, str]:
    """What `read` makes of the file, which is then kept; or of the copy kept last, and a sentence that says so.

    `read` raises an EdgeError for a file that is damaged or missing; that is raised here if there is no good copy.
    """
    copy = state / FOLDER / path.name
    try:
        found = read(path)
    except EdgeError as err:
        try:
            found = read(copy)
        except EdgeError:
            raise err from None
        log.error("%s; the last good copy is in use: %s", err, copy)  # noqa: TRY400 - a sentence for the technician
        return (
            found,
            f"{path.name} cannot be used, its last good copy is: put it right (the log says how), then restart.",
        )
    _keep(path, copy)
    return found, ""


def load_settings(path: Path) -> Configured:
    """The node's settings; as a service, the last good ones where the file is wrong. Raises ConfigError."""
    state = os.environ.get(STATE_DIRECTORY)
    if state is None:
        return Configured(load(path, NodeConfig), "")
    return Configured(*with_last_good(path, Path(state), lambda file: load(file, NodeConfig)))


def _keep(path: Path, copy: Path) -> None:
    """A copy for this user alone, written in full or not at all; a disk that takes none is no reason not to start."""
    try:
        content = path.read_bytes()
        if copy.exists() and copy.read_bytes() == content:
            return
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        atomic_file.write(copy, content, mode=0o600)
    except OSError as err:
        log.warning("%s: no copy of it could be kept (%s)", path, err)
