"""Find a node's baselines that a new recipe cannot use, move them aside for its trial, and move them back."""

import contextlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from edge import atomic_file
from edge.errors import BaselineError
from edge.score import baseline_file

FROZEN = "frozen.json"
"""The booth's signed baseline as received (topic booth/baseline); it names its recipe."""


def orphans(state: Path, recipe: str) -> list[Path]:
    """Return the baselines in the state folder that code of that recipe cannot use; skips damaged ones."""
    recipes = {path: recipe_of(path) for path in [*sorted(state.glob("*.baseline")), state / FROZEN]}
    return [path for path, found in recipes.items() if found not in ("", recipe)]


def recipe_of(path: Path) -> str:
    """Return the id of a baseline's recipe; empty if it cannot be read."""
    try:
        if path.name == FROZEN:
            message = json.loads(path.read_bytes())
            return str(message["recipe"]) if message["mode"] == "spot" else ""
        return baseline_file.load(path).recipe.id
    except (BaselineError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def put_aside(paths: Sequence[Path], folder: Path) -> None:
    """Move baselines into the folder, in which only root can create links."""
    for path in paths:
        _move(path, folder)


def put_back(folder: Path, state: Path) -> None:
    """Move baselines back, over those counted during the trial."""
    for path in sorted(folder.glob("*")):
        _move(path, state)
    forget(folder)


def forget(folder: Path) -> None:
    """Delete the baselines that were put aside."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # baselines of another release are there, or there never were any
        folder.parent.rmdir()


def _move(path: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    path.replace(into / path.name)
    atomic_file.sync_folder(into)
    atomic_file.sync_folder(path.parent)
