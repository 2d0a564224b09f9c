"""Every way to spoil the view: real frames of the simulated street, covered, darkened, frozen, shifted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.clock import SystemClock
from edge.frame.video import Clip
from edge.node import tamper
from edge.node.tamper import TamperDetector, View
from edge.records import Frame, Pixels
from edge.street.camera import StreetCamera

Spoil = Callable[[Pixels], Pixels]
LOOKS = tamper.SETTLED + tamper.JUDGED + 5
"""Number of frames after which any problem is reported."""


@cache
def street(*, dark: float = 0.0) -> list[tuple[Frame, list[tuple[float, float, float, float]]]]:
    """Return one frame per second with people walking through it, their boxes, and sensor noise."""
    camera, rng = StreetCamera(11, dark=dark, size=(320, 180)), np.random.default_rng(1)
    seen = []
    for number in range(0, 8 * 2 * LOOKS, 8):
        frame = camera.frame(number)
        noise = rng.normal(0, 1.5, frame.pixels.shape)
        pixels = np.clip(frame.pixels + noise, 0, 255).astype(np.uint8)
        seen.append((replace(frame, pixels=pixels), [walker.box for walker in camera.truth(number)]))
    return seen


def unspoilt(pixels: Pixels) -> Pixels:
    return pixels


def watch(before: Spoil, after: Spoil, *, is_live: bool = True, dark_after: float = 0.0) -> Iterator[View]:
    """Yield the view while frames are changed by `before`, then by `after`."""
    scenery = TamperDetector(is_live=is_live)
    second = 0.0
    for spoil, seen in ((before, street()[:LOOKS]), (after, street(dark=dark_after)[LOOKS:])):
        for frame, boxes in seen:
            scenery.look(replace(frame, pixels=np.ascontiguousarray(spoil(frame.pixels))), boxes, second)
            second += tamper.LOOK_S
        yield scenery.view


def moved(across: float, down: float, turned: float = 0.0, zoomed: float = 1.0) -> Spoil:
    """Return a change by shares of the picture, degrees and zoom."""

    def spoil(pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        by = cv2.getRotationMatrix2D((width / 2, height / 2), turned, zoomed)
        by[:, 2] += (across * width, down * height)
        return np.asarray(cv2.warpAffine(pixels, by, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)

    return spoil


def times(gain: float, level: float = 0.0) -> Spoil:
    return lambda pixels: np.clip(pixels * gain + level, 0, 255).astype(np.uint8)


def covered(level: float) -> Spoil:
    """Return a cover like a hand or tape: almost nothing of the street, sensor noise, light falling off to one side."""
    rng = np.random.default_rng(2)

    def spoil(pixels: Pixels) -> Pixels:
        fall = np.linspace(0.8, 1.2, pixels.shape[1])[None, :, None] * level
        return np.clip(0.01 * pixels + fall + rng.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)

    return spoil


@pytest.mark.parametrize("after", [unspoilt, times(0.5), times(1.4, 20)], ids=["same", "half", "bright"])
def test_people_and_light_are_no_fault(after: Spoil) -> None:
    assert list(watch(unspoilt, after)) == [View(), View()]


def test_dusk_is_no_fault_and_night_is_dark_but_not_covered() -> None:
    assert list(watch(unspoilt, unspoilt, dark_after=0.7))[1] == View()
    assert list(watch(unspoilt, times(0.15)))[1] == View(is_dark=True)


@pytest.mark.parametrize("level", [3.0, 60.0, 140.0], ids=["cap", "hand", "tape"])
def test_a_covered_lens_is_covered_and_nothing_else(level: float) -> None:
    before, after = watch(unspoilt, covered(level))
    assert (before, after) == (View(), View(is_covered=True))


@pytest.mark.parametrize(
    "after",
    [moved(0.03, 0), moved(-0.1, 0), moved(0, 0.1), moved(0.3, 0.05), moved(0, 0, 12), moved(0, 0, 0, 1.3)],
    ids=["a little", "left", "up", "far", "tilted", "nearer"],
)
def test_a_moved_camera(after: Spoil) -> None:
    assert list(watch(unspoilt, after)) == [View(), View(has_moved=True)]


def test_a_camera_that_is_aimed_again_is_well() -> None:
    scenery, second = TamperDetector(is_live=True), 0.0
    verdicts = []
    for spoil in (unspoilt, moved(0.1, 0), unspoilt):
        for frame, boxes in street()[:LOOKS]:
            scenery.look(replace(frame, pixels=np.ascontiguousarray(spoil(frame.pixels))), boxes, second)
            second += tamper.LOOK_S
        verdicts.append(scenery.view.has_moved)
    assert verdicts == [False, True, False]


@pytest.mark.parametrize("is_nearly", [False, True], ids=["to the bit", "but for one bit"])
def test_a_frozen_image(*, is_nearly: bool) -> None:
    still = street()[3][0].pixels

    def freeze(_pixels: Pixels) -> Pixels:
        frozen = still.copy()
        frozen[:4] ^= np.uint8(is_nearly * np.random.default_rng().integers(2))
        return frozen

    assert list(watch(unspoilt, freeze))[1].is_frozen
    assert not list(watch(unspoilt, freeze, is_live=False))[1].is_frozen, "a clip may stand still"


def test_an_empty_street_at_night_is_not_frozen() -> None:
    """Nothing moves and there is little light, but the sensor's noise changes."""
    rng = np.random.default_rng(4)
    still = street()[3][0].pixels * 0.3

    def night(_pixels: Pixels) -> Pixels:
        return np.clip(still + rng.normal(0, 1, still.shape), 0, 255).astype(np.uint8)

    assert not list(watch(unspoilt, night))[1].is_frozen


def test_somebody_in_front_of_the_lens_for_a_moment_is_no_fault() -> None:
    scenery = TamperDetector(is_live=True)
    for second, (frame, boxes) in enumerate(street()[:LOOKS]):
        pixels = covered(40.0)(frame.pixels) if second in (45, 46, 47) else frame.pixels
        scenery.look(replace(frame, pixels=pixels), boxes, float(second))
        assert scenery.view == View()


def test_what_is_kept_is_too_little_for_a_picture() -> None:
    """Everything that is remembered is some thousands of numbers, however nested, and no picture."""
    scenery = TamperDetector(is_live=True)
    for second, (frame, boxes) in enumerate(street()[:LOOKS]):
        scenery.look(frame, boxes, float(second))
    signature = scenery._signature
    assert signature._known is not None
    assert sum(len(profile) for profile in signature._known) == tamper.ROWS + tamper.COLUMNS - 2
    assert scenery._dots is not None
    assert len(scenery._dots) <= 2 * tamper.DOTS


@cache
def play(path: Path) -> list[Frame]:
    """Return about 90 frames of a clip."""
    clip = Clip(path, clock=SystemClock(), pace="fast", start_at=0.0)
    return [frame for frame in iter(clip.read, None) if frame.number % (15 if path.suffix == ".mp4" else 1) == 0]


@pytest.mark.requires_clips
@pytest.mark.parametrize("name", ["one-by-one-person-detection.mp4", "worker-zone-detection.gif"])
@pytest.mark.parametrize(
    ("after", "has_moved"),
    [
        (unspoilt, False),
        (times(0.5), False),
        (moved(0.05, 0), True),
        (moved(0, 0.1), True),
        (moved(0, 0, 0, 1.2), True),
    ],
    ids=["same", "half", "left", "up", "nearer"],
)
def test_on_real_clips(shared_data: Path, name: str, after: Spoil, *, has_moved: bool) -> None:
    """A person walks, a machine turns; the detector is not told where people are."""
    frames = play(shared_data / "clips" / name)
    scenery, half = TamperDetector(is_live=False), len(frames) // 2
    for second, frame in enumerate(frames):
        pixels = frame.pixels if second < half else np.ascontiguousarray(after(frame.pixels))
        scenery.look(replace(frame, pixels=pixels), [], float(second))
        if second == half - 1:
            assert scenery.view == View()
    assert scenery.view == View(has_moved=has_moved)
