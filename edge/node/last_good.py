"""Last good copies of settings, model and baseline: if one of these files is damaged, the node starts with its copy."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from edge import atomic_file
from edge.config import NodeConfig, load, load_as_service
from edge.errors import EdgeError
from edge.problems import Problem

log = logging.getLogger(__name__)

FOLDER = "last-good"
STATE_DIRECTORY = "STATE_DIRECTORY"
"""systemd sets this variable to the folder a unit may write. It is only set for a service, which runs unattended."""

T = TypeVar("T")
Kept = Literal["settings", "model", "baseline"]
"""Kinds of files of which a copy is kept."""


class Configured(NamedTuple):
    """The node's settings."""

    config: NodeConfig
    repair: Problem | None
    """For the heartbeat, if they are the last good copy."""


def with_last_good(path: Path, state: Path, read: Callable[[Path], T], what: Kept) -> tuple[T, Problem | None]:
    """Read a file and keep a copy of it; if it is damaged or missing, read the last good copy in `state`.

    Returns what `read` returned and a problem for the heartbeat, None if the file was good. `read` raises an
    EdgeError for a file it cannot use; without a good copy that error is raised.
    """
    copy = state / FOLDER / path.name
    try:
        found = read(path)
    except EdgeError as err:
        try:
            found = read(copy)
        except EdgeError:
            raise err from None
        log.error("%s; the last good copy is in use: %s", err, copy)
        return found, Problem(f"copy-{what}")
    _keep(path, copy)
    return found, None


def load_settings(path: Path) -> Configured:
    """Load the node's settings; a service falls back on the last good ones. Raises ConfigError if it has none."""
    state = os.environ.get(STATE_DIRECTORY)
    if state is None:
        return Configured(load(path, NodeConfig), None)
    copy = Path(state) / FOLDER / path.name
    return Configured(*with_last_good(path, Path(state), lambda file: load_as_service(file, copy), "settings"))


def _keep(path: Path, copy: Path) -> None:
    """Copy the file, readable by this user only. A failed copy is logged: the node can start without it."""
    try:
        content = path.read_bytes()
        if copy.exists() and copy.read_bytes() == content:
            return
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        atomic_file.write(copy, content, mode=0o600)
    except OSError as err:
        log.warning("%s: could not save the last good copy (%s)", path, err)
