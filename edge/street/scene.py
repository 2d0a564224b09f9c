"""The empty street as one camera sees it, and the objects in it that hide walkers."""

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import Pixels
from edge.street import ground
from edge.street.layout import FACADE_Y, HALF_M, Layout, Thing
from edge.street.light import Shadows, Sun
from edge.street.optics import Points, View

THING_COLOURS = {"lamp": (62, 66, 66), "tree": (92, 80, 66), "bollard": (58, 60, 64), "planter": (128, 112, 96)}
SAMPLES = 2
"""Factor by which scenery is drawn larger, so that scaling it down smooths its edges."""


class Occluder(NamedTuple):
    """One object in the picture."""

    depth: float
    """Metres from the camera."""
    box: tuple[int, int, int, int]
    """x1, y1, x2, y2 in pixels."""
    pixels: Pixels
    """[h, w, 3] RGB, as in the empty street."""
    cover: NDArray[np.bool_]
    """[h, w] True for pixels of the object."""


class Scene(NamedTuple):
    """The empty street in one camera."""

    background: Pixels
    """[height, width, 3] RGB."""
    occluders: tuple[Occluder, ...]
    """Farthest first."""


def draw(seed: int, layout: Layout, view: View, sun: Sun) -> Scene:
    """Draw the empty street as one camera sees it."""
    large = View(view.x, view.yaw, (view.size[0] * SAMPLES, view.size[1] * SAMPLES))
    picture = _planes(seed, layout, large)
    _shade(picture, layout, large, sun)
    covers = []
    for thing in sorted(layout.things, key=lambda thing: -_depth(view, thing)):
        cover = np.zeros(picture.shape[:2], np.uint8)
        _draw_thing(picture, cover, thing, large, sun.side(view))
        covers.append((_depth(view, thing), cv2.resize(cover, view.size, interpolation=cv2.INTER_AREA)))
    background = np.asarray(cv2.resize(picture, view.size, interpolation=cv2.INTER_AREA), np.uint8)
    cuts = (_cut(background, depth, np.asarray(cover) > 127) for depth, cover in covers)
    return Scene(background, tuple(cut for cut in cuts if cut is not None))


def _planes(seed: int, layout: Layout, view: View) -> Pixels:
    """[height, width, 3] RGB of the paving below and the shops above."""
    picture = np.zeros((view.size[1], view.size[0], 3), np.uint8)
    step = 1 / ground.GROUND_PX
    flat = view.homography(np.array([-HALF_M, 0.0, 0.0]), np.array([step, 0, 0]), np.array([0, step, 0.0]))
    cv2.warpPerspective(ground.paving(seed), flat, view.size, picture, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    step = 1 / ground.FACADE_PX
    top = np.array([-HALF_M, FACADE_Y, ground.FACADE_M])
    upright = view.homography(top, np.array([step, 0, 0]), np.array([0, 0, -step]))
    shops = ground.facade(seed, layout)
    cv2.warpPerspective(shops, upright, view.size, picture, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return picture


def _shade(picture: Pixels, layout: Layout, view: View, sun: Sun) -> None:
    """Add the shadows of the objects, and those of the shops on the ground, in place."""
    shadows = Shadows(view, sun)
    for thing in layout.things:
        ends = np.array([[thing.x, thing.y, 0.0], [thing.x, thing.y, min(thing.height, 2.5)]])
        if _depth(view, thing) > 1.0:
            shadows.cast(ends, thing.radius)
    shadows.darken(picture)
    x = np.linspace(-HALF_M, HALF_M, 200)
    line, _ = view.project(np.stack([x, np.full_like(x, FACADE_Y), np.zeros_like(x)], axis=1))
    rows = np.interp(np.arange(view.size[0]), line[:, 0], line[:, 1])
    below = (np.arange(view.size[1])[:, None] - rows[None]) / (0.05 * view.size[1])
    dark = 1 - 0.3 * np.exp(-np.maximum(below, 0) * 2) * (below >= 0)
    picture[:] = (picture * dark[..., None]).astype(np.uint8)


def _depth(view: View, thing: Thing) -> float:
    point = np.array([thing.x, thing.y, thing.height / 2]) - view.place
    return float(point @ view.rotation[2])


def _draw_thing(picture: Pixels, cover: Pixels, thing: Thing, view: View, light: int) -> None:
    if _depth(view, thing) < 1.0:
        return
    colour = np.array(THING_COLOURS[thing.kind], np.float64)
    low = 0.55 if thing.kind == "planter" else thing.height
    _pillar(picture, cover, thing, view, (0.0, low), colour, light)
    if thing.kind == "lamp":
        _pillar(picture, cover, thing, view, (0.0, 0.7), 0.85 * colour, light, 1.8)
    if thing.kind == "bollard":
        _pillar(picture, cover, thing, view, (0.62, 0.7), np.array([206, 202, 190.0]), light, 1.03)
    if thing.kind == "planter":
        _bush(picture, cover, thing, view)


def _pillar(
    picture: Pixels, cover: Pixels, thing: Thing, view: View, span: tuple[float, float], colour: Points, light: int,
    swell: float = 1.0,
) -> None:  # fmt: skip
    """Draw an upright cylinder as strips from left to right; `span` is its lower and upper height in metres."""
    ends, depth = view.project(np.array([[thing.x, thing.y, span[0]], [thing.x, thing.y, span[1]]]))
    radius = swell * thing.radius * view.focal / depth
    cuts = np.linspace(-1, 1, 10)
    for left, right in pairwise(cuts):
        across = (left + right) / 2
        tone = 0.6 + 0.55 * max(0.0, 0.6 * light * across + 0.8 * float(np.sqrt(1 - across**2)))
        corners = [
            (ends[0] + (left * radius[0], 0)),
            (ends[0] + (right * radius[0], 0)),
            (ends[1] + (right * radius[1], 0)),
            (ends[1] + (left * radius[1], 0)),
        ]
        fixed = np.rint(np.array(corners) * 8).astype(np.int32)
        red, green, blue = tone * colour
        cv2.fillConvexPoly(picture, fixed, (red, green, blue), cv2.LINE_AA, 3)
        cv2.fillConvexPoly(cover, fixed, (255,), cv2.LINE_8, 3)


def _bush(picture: Pixels, cover: Pixels, thing: Thing, view: View) -> None:
    """Draw leaves over the rim of a planter."""
    rng = np.random.default_rng(round(1000 * (thing.x + 50)))
    for _ in range(110):
        offset = rng.normal(0, 0.5, 3) * (thing.radius, 0.2, 0.12)
        at, depth = view.project(np.array([thing.x, thing.y - 0.1, 0.62]) + offset)
        size = max(1, round(0.045 * view.focal / float(depth)))
        tone = float(rng.uniform(0.6, 1.2))
        middle = (round(float(at[0])), round(float(at[1])))
        cv2.circle(picture, middle, size, (70 * tone, 96 * tone, 58 * tone), -1, cv2.LINE_AA)
        cv2.circle(cover, middle, size, (255,), -1)


def _cut(background: Pixels, depth: float, cover: NDArray[np.bool_]) -> Occluder | None:
    if not cover.any():
        return None
    x, y, width, height = cv2.boundingRect(cover.astype(np.uint8))
    part = np.s_[y : y + height, x : x + width]
    return Occluder(depth, (x, y, x + width, y + height), background[part].copy(), cover[part].copy())
