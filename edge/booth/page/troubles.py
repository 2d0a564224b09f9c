"""The booth's own troubles as sentences, worst first; pure."""

from collections.abc import Iterator

from edge.booth.page.snapshot import Snapshot
from edge.booth.page.text import Text

STALE_S = 20.0
"""A working booth updates the page twice a second, one that waits for its store every ten seconds."""


def troubles(snapshot: Snapshot, text: Text, silent_s: float = 0.0) -> list[str]:
    """Return the problems to show, worst first; `silent_s` is the age of the snapshot in seconds."""
    return list(_troubles(snapshot, text, silent_s))


def _troubles(snapshot: Snapshot, text: Text, silent_s: float) -> Iterator[str]:
    if silent_s > STALE_S:
        yield text("stale", n=round(silent_s))
    if not snapshot.is_connected:
        yield text("no-broker")
    if snapshot.trouble:
        yield text("not-stored", why=snapshot.trouble)
    if snapshot.clock:
        yield from text.facts(snapshot.clock_facts, [snapshot.clock])
    if snapshot.refusals:
        yield text("broker-refused", n=snapshot.refusals)
    for what, cause in snapshot.missing.items():
        yield missing(text, what, cause)
    for node, count in sorted(snapshot.lost.items()):
        yield text("lost", node=node, n=count)
    for reason, count in sorted(snapshot.refused.items()):
        if count:
            key = f"refused-{reason}"
            yield text("refused", n=count, reason=reason, why=text(key if text.has(key) else "refused-other"))


def missing(text: Text, what: str, cause: str) -> str:
    """Return the sentence about what is not available."""
    return text("missing", what=what, why=cause)
