"""Valid messages to start tests from."""

import math
from math import log2
from typing import Any, Literal

from edge import wire
from edge.baseline_codec import Counted
from edge.baseline_shapes import shapes
from edge.limits import CANDIDATE_P, rarity_at_least, rarity_at_most
from edge.recipe import Recipe

NOW = 1_750_000_000.0
EPOCH = "0123456789abcdef"
REASONS = [wire.Reason("colour:upper:orange", 5), wire.Reason("pattern:lower:checked", 3)]
WORN = ["top:orange", "trousers:dark-grey:checked"]


def make_score(**changes: Any) -> wire.Score:
    """Return a rare score, seen just now; with a common `one_in` or none, that of an ordinary person."""
    one_in = changes.get("one_in", 500.0)
    if one_in is None or one_in < 1 / CANDIDATE_P:
        return make_ordinary(**changes)
    fields: dict[str, Any] = {
        "node": "camera-1",
        "epoch": EPOCH,
        "seq": 1,
        "at": wire.to_time(NOW),
        "state": "scored",
        "p": 1 / one_in,
        "bits": round(log2(one_in)),
        "one_in": one_in,
        "low": rarity_at_most(one_in / 2),
        "high": rarity_at_least(one_in * 2),
        "reasons": REASONS,
        "worn": WORN,
        "zone": "left",
        "heading": "right",
        "baseline": "0123456789ab",
        "link": "89abcdef",
    }
    return wire.Score(**(fields | changes))


def make_ordinary(**changes: Any) -> wire.Score:
    """Return the score of an ordinary person; without `one_in`, one of a baseline that is warming up."""
    one_in = changes.pop("one_in", 2.0)
    fields: dict[str, Any] = {"node": "camera-1", "epoch": EPOCH, "seq": 1, "at": wire.to_time(NOW)}
    fields |= {"state": "warming_up"} if one_in is None else {"state": "scored", "p": 1 / rarity_at_most(one_in)}
    fields |= {name: value for name, value in changes.items() if name not in ("link", "zone", "heading")}
    return wire.Score(**(fields | {"at": f"{fields['at'][:-3]}00Z"}))


def make_health(**changes: Any) -> wire.Health:
    fields: dict[str, Any] = {
        "node": "camera-1",
        "at": wire.to_time(NOW),
        "state": "ok",
        "problems": [],
        "mode": "spot",
        "fps": 12.5,
        "frames": 1000,
        "frames_dropped": 0,
        "reconnects": 0,
        "invoke_p50_ms": 11.0,
        "invoke_p95_ms": 14.0,
        "accelerator": "cpu",
        "fallbacks": 0,
        "last_frame_s": 0.1,
        "sightings": 150,
        "held_back": 0,
        "outbox_depth": 0,
        "outbox_lost": 0,
        "refused_publishes": 0,
        "cpu_c": 55.0,
        "memory_mb": 120.0,
        "disk_free_mb": 9000.0,
        "uptime_s": 3600.0,
        "software": "0.1.0",
        "model": "0123456789ab",
        "baseline": "0123456789ab",
    }
    return wire.Health(**(fields | changes))


def make_status(state: Literal["online", "offline"] = "online", boot: str = "01234567") -> wire.Status:
    return wire.Status(state=state, boot=boot, software="0.1.0")


RECIPE = Recipe(
    model="0123456789ab",
    palette_cells=486,
    palette_words="01234567",
    colour_moments=10,
    kind_moments=10,
    textures=14,
    composition=10,
)


def make_counted(sightings: int = 50, epoch: str = EPOCH, **changes: Any) -> Counted:
    """Return counts that a booth accepts; too few to score with."""
    arrays = {name: bytes(8 * math.prod(shape)) for name, shape in shapes(RECIPE).items()}
    fields: dict[str, Any] = {
        "recipe": RECIPE,
        "epoch": epoch,
        "period": (1_750_000_500, 1_750_001_400),
        "arrays": arrays | {"sightings": sightings.to_bytes(8, "little")},
    }
    return Counted(**(fields | changes))
