"""Exception Spotter finds passers-by who are dressed unlike everyone else, and keeps nothing about anyone.

The whole loop of a camera node (edge/pipeline.py, edge/node/run.py):

    for frame in camera:                                    # frame/       never leaves the node
        detections = decode(interpreter.invoke(frame))      # detection/   people, 17 keypoints each
        tracks = tracker.update(detections)                 # track/       one person, one track
        views.add(describe(frame, track))                   # appearance/  garment pixels only
        for sighting in ended(tracks):                      #              one person walking past: the unit of scores
            score = surprisal(sighting, baseline)           # score/       bits, p-value, "1 in N"
            outbox.put(compose(score))                      # message/     the privacy gate; then MQTT

The booth (edge/booth/) stores, acknowledges and alerts. A newcomer reads records.py, then pipeline.py.
`from edge import Spotter` is the interface for other programs (edge/api.py).
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge.api import Seen, Spotter

__all__ = ["Seen", "Spotter", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the public interface when it is first used, as the booth loads no numpy (PEP 562)."""
    if name in ("Seen", "Spotter"):
        return getattr(importlib.import_module("edge.api"), name)
    raise AttributeError(f"module 'edge' has no attribute {name!r}")
