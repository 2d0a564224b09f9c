"""A node's baselines that another recipe would orphan: found, out of the way while that is tried, and back in place."""

import contextlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from edge import atomic_file
from edge.errors import BaselineError
from edge.score import baseline_file

FROZEN = "frozen.json"
"""The booth's signed baseline as it came (topic booth/baseline); its recipe is named in it."""


def orphans(state: Path, recipe: str) -> list[Path]:
    """Baselines in the state folder that code of that recipe cannot go on with; a damaged one is lost already."""
    recipes = {path: recipe_of(path) for path in [*sorted(state.glob("*.baseline")), state / FROZEN]}
    return [path for path, found in recipes.items() if found not in ("", recipe)]


def recipe_of(path: Path) -> str:
    """Id of the recipe a baseline was counted with; empty if that cannot be told."""
    try:
        if path.name == FROZEN:
            message = json.loads(path.read_bytes())
            return str(message["recipe"]) if message["mode"] == "spot" else ""
        return baseline_file.load(path).recipe.id
    except (BaselineError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def put_aside(paths: Sequence[Path], folder: Path) -> None:
    """Into that folder, where no one but root can lay a link."""
    for path in paths:
        _move(path, folder)


def put_back(folder: Path, state: Path) -> None:
    """What was put aside, in the place of what was counted since."""
    for path in sorted(folder.glob("*")):
        _move(path, state)
    forget(folder)


def forget(folder: Path) -> None:
    """What was put aside there is not wanted any more."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # another release's lie there too, or nobody's ever did
        folder.parent.rmdir()


def _move(path: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    path.replace(into / path.name)
    atomic_file.sync_folder(into)
    atomic_file.sync_folder(path.parent)
