"""The canvas on which one walker is drawn, in colour or as labels."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge.records import Pixels
from edge.street.cloth import Paint, Surface
from edge.street.head import AROUND, globe
from edge.street.optics import Points

SHIFT = 3
"""Fractional bits of the coordinates that OpenCV draws with."""
STRIP_PX = 56
"""Texture columns of a trunk's visible half."""
_AROUND_STRIP = np.arcsin((np.arange(STRIP_PX) + 0.5) / STRIP_PX * 2 - 1)


class Canvas:
    """Pixels [h, w, 4] of a box of the picture. All arguments are in pixels of the picture.

    In colour the canvas has twice the picture's resolution, so that scaling it down smooths all edges; as labels it has
    the same resolution.
    """

    def __init__(self, box: tuple[int, int, int, int], *, is_labels: bool) -> None:
        self.box, self.is_labels = box, is_labels
        self.zoom = 1 if is_labels else 2
        x1, y1, x2, y2 = box
        self.pixels = np.zeros(((y2 - y1) * self.zoom, (x2 - x1) * self.zoom, 4), np.uint8)
        self._corner = np.array([x1 - 0.5, y1 - 0.5])
        self._line = cv2.LINE_8 if is_labels else cv2.LINE_AA
        self._filter = cv2.INTER_NEAREST if is_labels else cv2.INTER_LINEAR

    def disc(self, at: Points, radius: float, paint: Paint, shade: float = 1.0) -> None:
        """Draw a disc around `at` [2]; `shade` is a factor on the brightness."""
        x, y = self._fixed(at)
        reach = max(1, round(radius * self.zoom * (1 << SHIFT)))
        cv2.circle(self.pixels, (x, y), reach, self._ink(paint, shade), -1, self._line, SHIFT)

    def polygon(self, corners: Points, paint: Paint, shade: float = 1.0) -> None:
        """Fill a convex polygon with corners [n, 2]."""
        fixed = np.rint((corners - self._corner) * self.zoom * (1 << SHIFT)).astype(np.int32)
        cv2.fillConvexPoly(self.pixels, fixed, self._ink(paint, shade), self._line, SHIFT)

    def limb(self, ends: Points, radii: tuple[float, float], texture: Surface, *, is_shaded: bool) -> None:
        """Draw a tapered bar between two ends [2, 2], with the texture's rows along it."""
        self.quad(_corners(ends, radii), texture, is_shaded)

    def bar(self, ends: Points, radii: tuple[float, float], paint: Paint, shade: float = 1.0) -> None:
        """Draw a tapered bar between two ends [2, 2] in one colour."""
        self.polygon(_corners(ends, radii), paint, shade)

    def quad(self, corners: Points, texture: Surface, is_shaded: bool = False) -> None:  # noqa: FBT001, FBT002
        """Stretch a texture over corners [4, 2]: top left, top right, bottom right, bottom left."""
        source = self._source(texture, is_shaded=is_shaded)
        height, width = source.shape[:2]
        inside = (corners - self._corner) * self.zoom - 0.5
        roi, x, y = self._window(inside)
        if roi is None:
            return
        frame = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
        matrix = cv2.getPerspectiveTransform(frame, (inside - (x, y)).astype(np.float32))
        size = (roi.shape[1], roi.shape[0])
        # INTER_NEAREST is twice as fast; scaling the canvas down afterwards smooths enough.
        cv2.warpPerspective(source, matrix, size, roi, cv2.INTER_NEAREST, cv2.BORDER_TRANSPARENT)

    def trunk(
        self,
        middles: Points,
        halves: Sequence[float],
        rows: Sequence[float],
        texture: Surface,
        turn: float,
        light: Pixels,
    ) -> None:
        """Draw a round body through cross sections, from top to bottom.

        `middles` [n, 2] and `halves` [n] are their centres and half widths, `rows` [n] their places in the texture
        (0..1), `light` [1, STRIP_PX, 4] the brightness (255 = 1). `turn` is the camera's direction, radians, 0: front.
        """
        source = self._source(texture, is_shaded=False)
        columns = ((_AROUND_STRIP + turn) / (2 * np.pi) + 0.5) * source.shape[1]
        strip = source[:, columns.astype(np.intp) % source.shape[1]]
        if not self.is_labels:
            lit = cv2.multiply(strip, np.broadcast_to(light, strip.shape), scale=1 / 255)
            strip = np.asarray(lit, np.uint8)
        inside = (middles - self._corner) * self.zoom - 0.5
        wide = np.asarray(halves) * self.zoom
        edges = np.concatenate([inside - wide[:, None] * (1, 0), inside + wide[:, None] * (1, 0)])
        roi, x, y = self._window(edges)
        if roi is None:
            return
        at = np.arange(roi.shape[0]) + y
        middle, half = np.interp(at, inside[:, 1], inside[:, 0]), np.interp(at, inside[:, 1], wide)
        row = np.interp(at, inside[:, 1], np.asarray(rows) * (len(strip) - 1), left=-9.0, right=-9.0)
        slope = STRIP_PX / (2 * half)
        start = STRIP_PX / 2 - 0.5 + (x - middle) * slope
        across = np.arange(roi.shape[1], dtype=np.float32)
        map_x = slope.astype(np.float32)[:, None] * across + start.astype(np.float32)[:, None]
        map_y = np.repeat(row.astype(np.float32)[:, None], roi.shape[1], axis=1)
        cv2.remap(strip, map_x, map_y, self._filter, roi, cv2.BORDER_TRANSPARENT)

    def head(
        self, at: Points, half: tuple[float, float], texture: Surface, turn: float, elevation: int, light: int
    ) -> None:
        """Draw a head, an ellipsoid around `at` [2] with half sizes `half`.

        `turn` is the camera's direction as the face sees it, radians, 0 in front, positive to its left.
        """
        seen = globe(elevation, light)
        source = texture.labels if self.is_labels else texture.colour
        shift = np.float32((turn / (2 * np.pi) % 1) * AROUND)
        patch = cv2.remap(source, seen.x + shift, seen.y, self._filter, borderMode=cv2.BORDER_REPLICATE)
        if not self.is_labels:
            patch = cv2.multiply(patch, seen.light, scale=1 / 255)
        corner = (at - half - self._corner) * self.zoom
        x, y = (int(value) for value in np.rint(corner))
        size = (max(2, round(2 * half[0] * self.zoom)), max(2, round(2 * half[1] * self.zoom)))
        roi = self.pixels[max(y, 0) : y + size[1], max(x, 0) : x + size[0]]
        patch = cv2.resize(patch, size, interpolation=cv2.INTER_NEAREST if self.is_labels else cv2.INTER_AREA)
        mask = cv2.resize(seen.is_head, size, interpolation=cv2.INTER_NEAREST)
        cut = (slice(max(-y, 0), max(-y, 0) + roi.shape[0]), slice(max(-x, 0), max(-x, 0) + roi.shape[1]))
        if roi.size:
            np.copyto(roi, patch[cut], where=(mask[cut] > 0)[..., None])

    def _source(self, texture: Surface, *, is_shaded: bool) -> Pixels:
        if self.is_labels:
            return texture.labels
        return texture.shaded if is_shaded else texture.colour

    def _ink(self, paint: Paint, shade: float) -> tuple[float, float, float, float]:
        if self.is_labels:
            return paint.labels()
        red, green, blue = (value * shade for value in paint.rgb)
        return red, green, blue, 255

    def _fixed(self, at: Points) -> tuple[int, int]:
        x, y = np.rint(((at - self._corner) * self.zoom - 0.5) * (1 << SHIFT))
        return int(x), int(y)

    def _window(self, points: Points) -> tuple[Pixels | None, int, int]:
        """Return the part of the canvas around some points [n, 2], and its corner; None if that is empty."""
        height, width = self.pixels.shape[:2]
        x1, y1 = (max(int(value), 0) for value in np.floor(points.min(axis=0)))
        x2, y2 = np.ceil(points.max(axis=0)).astype(int) + 1
        x2, y2 = min(int(x2), width), min(int(y2), height)
        if x2 <= x1 or y2 <= y1:
            return None, x1, y1
        return self.pixels[y1:y2, x1:x2], x1, y1


def _corners(ends: Points, radii: tuple[float, float]) -> Points:
    """[4, 2] corners of a bar: left and right of the first end, then right and left of the second."""
    axis = ends[1] - ends[0]
    across = np.array([axis[1], -axis[0]]) / max(float(np.hypot(axis[0], axis[1])), 1e-6)
    if across[0] < 0:  # the texture's left is the picture's left, where the light comes from
        across = -across
    first, last = across * radii[0], across * radii[1]
    return np.stack([ends[0] - first, ends[0] + first, ends[1] + last, ends[1] - last])
