"""Made-up truths and tracks, small enough to know every answer."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np

from edge.records import Appearance, Departure, Detection, Heading, Sighting, Track, Zone
from edge.vocabulary import COLOURS, PATTERNS, REGIONS
from tests.people import detection, standing
from tools.evaluation.clips.match import body_box
from tools.evaluation.clips.truth import Box, Person, Truth
from tools.evaluation.clips.watch import Shown

FRAMES = tuple(range(0, 50, 5))
"""Labelled frames of a clip of 10 frames per second: ten, half a second apart."""
SIZE = (481, 353)
"""Width and height of the model's input, so that pixels of the clip are pixels of the input."""


def body(x: float, height: float = 200.0, top: float = 50.0) -> Detection:
    return detection(standing(x, top, height))


def person(boxes: Mapping[int, Box], **words: Any) -> Person:
    known = {"upper": "red", "lower": "blue", "shoes": "", "upper_pattern": "plain", "lower_pattern": ""}
    return Person(**{"view": "front", "unusual": False, **known, **words}, boxes=dict(boxes))


def staying(x: float, height: float = 200.0, frames: Iterable[int] = FRAMES, **words: Any) -> Person:
    """Return a person whose box is that of `body(x, height)` all the time."""
    return person(dict.fromkeys(frames, body_box(body(x, height))), **words)


def truth(people: Mapping[str, Person], ignore: Mapping[int, list[Box]] | None = None) -> Truth:
    return Truth(
        clip="made-up.mp4",
        sha256="0" * 64,
        size=SIZE,
        fps=10.0,
        frames_labelled=list(FRAMES),
        people=dict(people),
        ignore=dict(ignore or {}),
    )


def track(track_id: int, one: Detection, *, is_confirmed: bool = True) -> Track:
    return Track(track_id, one, is_visible=True, is_confirmed=is_confirmed, has_moved=True)


def shown(*tracks: tuple[int, Mapping[int, Detection]]) -> dict[int, Shown]:
    """Return the frames made of (track id, its detections by frame)."""
    frames = {}
    for number in FRAMES:
        here = [track(track_id, by_frame[number]) for track_id, by_frame in tracks if number in by_frame]
        frames[number] = Shown([one.detection for one in here], here)
    return frames


def sighting(track_id: int, patterns: Mapping[str, str] | None = None, words: np.ndarray | None = None) -> Sighting:
    """Return a sighting of a track, with kinds of pattern by region; other regions are unseen."""
    departure = Departure(track_id, 0.0, 5.0, Zone.CENTRE, Heading.TOWARD, is_confirmed=True, has_moved=True)
    kinds = np.zeros((len(REGIONS), len(PATTERNS)), np.float32)
    for region, kind in (patterns or {}).items():
        kinds[REGIONS.index(region), PATTERNS.index(kind)] = 1
    none = np.zeros(0, np.float32)
    colours = np.zeros((len(REGIONS), len(COLOURS)), np.float32) if words is None else words
    return Sighting(departure, Appearance(colours, colours, colours, kinds, none, none, none, none, 0.5))


def encoded(one: Truth, **changes: Any) -> bytes:
    """Return a truth file's bytes with some keys changed; None removes a key."""
    fields = {**msgspec.to_builtins(one, str_keys=True), **changes}
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
