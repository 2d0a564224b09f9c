"""How far an update is, as a file that root writes and the node publishes; and why one failed, as one word."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge import atomic_file
from edge.places import SAID
from edge.wire_update import Progress, Push, State, Why

FILE = SAID / "update.json"
"""The file, relative to the root; gone at the next boot."""
REASONS: dict[str, Why] = {
    r"cannot be fetched": "unreachable",
    r"signature|was not signed|was changed after": "unsigned",
    r"is older than": "older",
    r"recipe": "recipe",
    r"MB are free|No space left": "space",
    r"is damaged|cannot be read|expected format|no SHA-256|not a valid folder name": "damaged",
    r"is larger than|has wheels for": "damaged",
    r"is refused, .* keeps running": "settings",
    r"it stopped by itself": "stopped",
    r"heartbeat says failing": "failing",
    r"processed no frame": "no-frames",
    r"did not reach the broker": "no-broker",
    r"was interrupted|another update is running": "interrupted",
}
"""What the sentences of a refused or failed update contain (release/install.py, signature.py, trial.py, update.py)."""


def why(sentence: str) -> Why:
    """Return the word for a sentence that says why an update failed.

    >>> why("The update to 0.2.0-x failed: it stopped by itself. 0.1.0-y runs again."), why("the sky fell")
    ('stopped', 'other')
    """
    return next((word for pattern, word in REASONS.items() if re.search(pattern, sentence)), "other")


class Report:
    """Writes the progress of one update of one node. A full disk must not end an update, so failures are ignored."""

    def __init__(self, root: Path, node: str, push: Push) -> None:
        self._path, self._node, self._push = root / FILE, node, push

    def say(self, state: State, *, percent: int = 0, sentence: str = "") -> None:
        """Write the state; `sentence` says why it failed."""
        reason = why(sentence) if sentence else ""
        found = Progress(node=self._node, push=self._push, state=state, percent=percent // 10 * 10, why=reason)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.write(self._path, msgspec.json.encode(found), mode=0o644)
        except OSError as err:
            print(f"{self._path}: cannot be written ({err.strerror})")

    def run(self, work: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
        """Run an update, report how it ends, and return whether it was kept and why; raises as `work` does."""
        try:
            is_kept, sentence = work()
        except Exception as err:
            self.say("refused", sentence=str(err))
            raise
        self.say("kept" if is_kept else "went-back", sentence="" if is_kept else sentence)
        return is_kept, sentence
