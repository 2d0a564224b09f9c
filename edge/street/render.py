"""Render one camera's picture at one street time, and the maps and truth of the same picture."""

from collections import OrderedDict
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import KEYPOINTS, Heading, Pixels
from edge.street import body
from edge.street import scene as scenes
from edge.street.figure import Figure
from edge.street.gait import AT
from edge.street.layout import FACADE_Y
from edge.street.light import Sensor, Shadows, draw_sun
from edge.street.optics import View
from edge.street.paint import Canvas
from edge.street.scene import Occluder
from edge.street.street import Street, is_inside, outline
from edge.street.truth import WalkerTruth
from edge.street.walker import Walker
from edge.street.wardrobe import Wardrobe, sew

MARGIN_PX = 6
"""Pixels added around a walker's outline: hair, bags, rounding."""
KEPT_WARDROBES = 64
"""Most wardrobes that are kept in memory."""
DOORWAY_M = 0.7
"""Distance, in metres, over which walkers appear out of a shop's dark door."""
CASTERS = [
    ([AT[name] for name in chain], share)
    for chain, share in (
        (("left_shoulder", "left_elbow", "left_wrist"), 0.03),
        (("right_shoulder", "right_elbow", "right_wrist"), 0.03),
        (("left_hip", "left_knee", "left_ankle", "left_toe"), 0.03),
        (("right_hip", "right_knee", "right_ankle", "right_toe"), 0.03),
        (("left_heel", "left_toe"), 0.045),
        (("right_heel", "right_toe"), 0.045),
        (("neck", "pelvis"), 0.085),
        (("head", "neck"), 0.045),
    )
]
"""The parts that cast a shadow: chains of joints and their radius in body heights."""


class Seen(NamedTuple):
    """One walker in one picture, before drawing."""

    figure: Figure
    outline: tuple[float, float, float, float]
    depth: float
    fade: float
    """0..1: 0 in the dark of a doorway, 1 outside."""


class Maps(NamedTuple):
    """The truth for each pixel of one picture."""

    garments: Pixels
    """[h, w] positions in records.CLASSES."""
    patterns: Pixels
    """[h, w] positions in truth.PATTERNS."""
    owners: NDArray[np.int64]
    """[h, w] walker_id, -1 without a walker."""
    visible: dict[int, float]
    """Share of each walker's pixels that is visible, by walker_id."""


class Renderer:
    """One camera of one street."""

    def __init__(self, street: Street, camera: int, size: tuple[int, int], dark: float = 0.0) -> None:
        self.street, self.view = street, street.view(camera, size)
        self._sun = draw_sun(street.seed, dark)
        self._light = self._sun.side(self.view)
        self._scene = scenes.draw(street.seed, street.layout, self.view, self._sun)
        self._sensor = Sensor(street.seed, camera, size, dark)
        self._wardrobes: OrderedDict[int, Wardrobe] = OrderedDict()

    def picture(self, at: float, number: int) -> Pixels:
        """[height, width, 3] RGB picture at street second `at`; the frame's `number` selects the noise."""
        pixels = self._scene.background.copy()
        people = self._look(at)
        self._cast_shadows(pixels, people)
        for item in self._in_order(people):
            if isinstance(item, Occluder):
                _uncover(pixels, item, people)
            else:
                _blend(pixels, self._paint(item, is_labels=False), item.fade)
        return self._sensor.expose(pixels, at, number)

    def maps(self, at: float) -> Maps:
        """Return the maps of the same picture, without smoothing."""
        return self._map(self._look(at))

    def truths(self, at: float) -> list[WalkerTruth]:
        """Return the truth about every walker whose outline overlaps the picture, nearest first."""
        people = self._look(at)
        visible = self._map(people).visible
        return [self._truth(seen, visible[seen.figure.walker.walker_id]) for seen in reversed(people)]

    def _look(self, at: float) -> list[Seen]:
        """Return the walkers in the picture, farthest first."""
        walkers = [w for w in self.street.walkers(at, at + 1e-9) if self._is_near(w, at)]
        seen = [self._see(walker, at) for walker in walkers]
        inside = (s for s in seen if _overlaps(s.outline, (0, 0, *self.view.size)))
        return sorted(inside, key=lambda s: (-s.depth, s.figure.walker.walker_id))

    def _is_near(self, walker: Walker, at: float) -> bool:
        """Return False for walkers who are too far outside the picture to be seen; a quick test."""
        place = walker.path.place(walker.walked(np.array([at])))[0]
        points, depth = self.view.project(np.array([*place, 1.0]))
        reach = 1.2 * self.view.focal / float(depth)
        return -reach < points[0] < self.view.size[0] + reach and float(depth) > 1.0

    def _see(self, walker: Walker, at: float) -> Seen:
        times = np.array([at])
        joints = walker.pose(times)
        heading = float(walker.heading(times)[0])
        figure = Figure(walker, self._wardrobe(walker), self.view, joints[0], heading, self._light)
        x1, y1, x2, y2 = (float(value) for value in outline(walker, self.view, joints)[0])
        fade = float(np.clip((FACADE_Y + 0.25 - joints[0, AT["pelvis"], 1]) / DOORWAY_M, 0, 1))
        return Seen(figure, (x1, y1, x2, y2), figure.depth("pelvis"), fade)

    def _wardrobe(self, walker: Walker) -> Wardrobe:
        kept = self._wardrobes.pop(walker.walker_id, None)
        self._wardrobes[walker.walker_id] = kept = kept or sew(walker, self._light)
        if len(self._wardrobes) > KEPT_WARDROBES:
            self._wardrobes.popitem(last=False)
        return kept

    def _in_order(self, people: list[Seen]) -> list[Seen | Occluder]:
        return sorted([*people, *self._scene.occluders], key=lambda item: -item.depth)

    def _cast_shadows(self, pixels: Pixels, people: list[Seen]) -> None:
        shadows = Shadows(self.view, self._sun)
        for seen in people:
            height = seen.figure.walker.gait.height_m
            shadows.cast_all(seen.figure.joints, [(chain, share * height) for chain, share in CASTERS])
        shadows.darken(pixels)

    def _paint(self, seen: Seen, *, is_labels: bool) -> Canvas:
        x1, y1, x2, y2 = seen.outline
        box = (int(x1) - MARGIN_PX, int(y1) - MARGIN_PX, int(x2) + MARGIN_PX, int(y2) + MARGIN_PX)
        canvas = Canvas(box, is_labels=is_labels)
        body.draw(seen.figure, canvas)
        return canvas

    def _map(self, people: list[Seen]) -> Maps:
        width, height = self.view.size
        maps = np.zeros((height, width, 2), np.uint8)
        owners = np.full((height, width), -1, np.int64)
        drawn: dict[int, int] = {}
        for item in self._in_order(people):
            if isinstance(item, Occluder):
                x1, y1, x2, y2 = item.box
                maps[y1:y2, x1:x2][item.cover] = 0
                owners[y1:y2, x1:x2][item.cover] = -1
                continue
            canvas = self._paint(item, is_labels=True)
            walker_id = item.figure.walker.walker_id
            drawn[walker_id] = int(np.count_nonzero(canvas.pixels[..., 3]))
            inside, part = _clip(canvas.box, (width, height))
            is_body = canvas.pixels[part][..., 3] > 0
            if item.fade >= 0.5:
                maps[inside][is_body] = canvas.pixels[part][..., :2][is_body]
                owners[inside][is_body] = walker_id
        left = {walker_id: float((owners == walker_id).sum()) / max(all_px, 1) for walker_id, all_px in drawn.items()}
        return Maps(maps[..., 0], maps[..., 1], owners, left)

    def _truth(self, seen: Seen, visible: float) -> WalkerTruth:
        figure = seen.figure
        away = figure.joints[AT["pelvis"], :2] - self.view.place[:2]
        return WalkerTruth(
            walker_id=figure.walker.walker_id,
            box=seen.outline,
            keypoints=figure.projected[0][: len(KEYPOINTS)].astype(np.float32),
            visible=visible,
            is_full_height=bool(is_inside(np.array([seen.outline]), self.view.size)[0]),
            distance=float(np.hypot(*away)),
            facing_deg=abs(float(np.degrees(figure.turn))),
            heading=_heading(figure, self.view),
            outfit=figure.walker.outfit,
        )


def _heading(figure: Figure, view: View) -> Heading:
    """Return the walking direction in the picture: the larger part, sideways or along the camera's axis."""
    way = np.array([np.cos(figure.heading), np.sin(figure.heading), 0.0])
    right, ahead = float(way @ view.rotation[0]), float(way @ view.rotation[2])
    if abs(right) >= abs(ahead):
        return Heading.RIGHT if right > 0 else Heading.LEFT
    return Heading.AWAY if ahead > 0 else Heading.TOWARD


def _overlaps(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


Part = tuple[slice, slice]


def _clip(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[Part, Part]:
    """Return the part of the picture that a box covers, and the same part of the box."""
    x1, y1, x2, y2 = max(box[0], 0), max(box[1], 0), min(box[2], size[0]), min(box[3], size[1])
    inside = (slice(y1, max(y2, y1)), slice(x1, max(x2, x1)))
    part = (slice(y1 - box[1], max(y2, y1) - box[1]), slice(x1 - box[0], max(x2, x1) - box[0]))
    return inside, part


def _blend(pixels: Pixels, canvas: Canvas, fade: float) -> None:
    """Scale a canvas down into the picture, in place; its colours are already multiplied by their opacity."""
    x1, y1, x2, y2 = canvas.box
    small = cv2.resize(canvas.pixels, (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA)
    inside, part = _clip(canvas.box, (pixels.shape[1], pixels.shape[0]))
    roi, top = pixels[inside], np.ascontiguousarray(small[part])
    if roi.size == 0:
        return
    if fade < 1:
        top = cv2.convertScaleAbs(top, alpha=fade)
    rest = cv2.bitwise_not(cv2.extractChannel(top, 3))
    under = cv2.multiply(roi, cv2.merge([rest, rest, rest]), scale=1 / 255)
    roi[:] = cv2.add(under, cv2.cvtColor(top, cv2.COLOR_RGBA2RGB))


def _uncover(pixels: Pixels, thing: Occluder, people: list[Seen]) -> None:
    """Draw an object again, in place, if a walker behind it was drawn over it."""
    if any(seen.depth > thing.depth and _overlaps(seen.outline, thing.box) for seen in people):
        x1, y1, x2, y2 = thing.box
        np.copyto(pixels[y1:y2, x1:x2], thing.pixels, where=thing.cover[..., None])
