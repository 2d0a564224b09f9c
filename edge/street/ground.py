"""The flat parts of the scenery, drawn without perspective: the paving and the shop fronts on the far side."""

import cv2
import numpy as np

from edge.records import Pixels
from edge.street.cloth import Colours
from edge.street.layout import FACADE_Y, HALF_M, Layout, Shop

GROUND_PX, FACADE_PX = 72, 64
"""Resolution of paving and shop fronts, pixels per metre."""
FACADE_M = 4.6
"""Height of the shop fronts that is drawn, metres; no camera sees higher."""


def paving(seed: int) -> Pixels:
    """[y, x, 3] RGB of the slabs, from the booth (top row) to the shops (bottom row), at GROUND_PX."""
    rng = np.random.default_rng([seed, 6])
    width, height = round(2 * HALF_M * GROUND_PX), round(FACADE_Y * GROUND_PX)
    sheet = np.empty((height, width, 3), np.float32)
    sheet[:] = np.array([150, 146, 138]) * float(rng.uniform(0.9, 1.1))
    slab_y, slab_x = round(0.6 * GROUND_PX), round(0.9 * GROUND_PX)
    for row, top in enumerate(range(0, height, slab_y)):
        tones = rng.normal(1, 0.035, width // slab_x + 2)
        for column, left in enumerate(range(-(row % 2) * slab_x // 2, width, slab_x)):
            sheet[top : top + slab_y, max(left, 0) : left + slab_x] *= np.float32(tones[column])
            sheet[top : top + slab_y, max(left, 0) : max(left, 0) + 2] *= np.float32(0.8)
        sheet[top : top + 2] *= np.float32(0.8)
    _weather(sheet, rng, 0.06)
    _band(sheet, FACADE_Y - 1.95, 0.3, (112, 108, 104))
    _band(sheet, 3.8, 0.2, (118, 114, 108))
    return np.clip(sheet, 0, 255).astype(np.uint8)


def facade(seed: int, layout: Layout) -> Pixels:
    """[z, x, 3] RGB of the shop fronts, from FACADE_M (top row) down to the ground, at FACADE_PX."""
    rng = np.random.default_rng([seed, 7])
    sheet = np.full((round(FACADE_M * FACADE_PX), round(2 * HALF_M * FACADE_PX), 3), 120, np.float32)
    for shop in layout.shops:
        _shop(sheet, shop)
    _weather(sheet, rng, 0.03)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def _weather(sheet: Colours, rng: np.random.Generator, strength: float) -> None:
    """Add stains and dust, in place."""
    height, width = sheet.shape[:2]
    for step, share in ((90, strength), (12, strength / 2)):
        coarse = rng.normal(1, share, (height // step + 2, width // step + 2)).astype(np.float32)
        sheet *= cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    sheet *= rng.normal(1, strength / 3, (height, width, 1)).astype(np.float32)


def _band(sheet: Colours, y: float, wide: float, rgb: tuple[int, int, int]) -> None:
    """Draw a gutter along the street, in place."""
    top, end = round(y * GROUND_PX), round((y + wide) * GROUND_PX)
    sheet[top:end] = 0.5 * sheet[top:end] + 0.5 * np.array(rgb, np.float32)
    sheet[top : top + 2] *= 0.7
    sheet[end - 2 : end] *= 0.75


class _Front:
    """One shop's part of the facade; places are in metres from its left edge and from the ground."""

    def __init__(self, sheet: Colours, shop: Shop) -> None:
        left = round((shop.left + HALF_M) * FACADE_PX)
        self.sheet = sheet[:, max(left, 0) : round((shop.right + HALF_M) * FACADE_PX)]
        self.wide = self.sheet.shape[1] / FACADE_PX

    def part(self, left: float, bottom: float, right: float, top: float) -> Colours:
        height = len(self.sheet)
        rows = slice(max(height - round(top * FACADE_PX), 0), height - round(bottom * FACADE_PX))
        return self.sheet[rows, max(round(left * FACADE_PX), 0) : round(right * FACADE_PX)]

    def fill(self, left: float, bottom: float, right: float, top: float, rgb: tuple[float, ...]) -> None:
        self.part(left, bottom, right, top)[:] = rgb


def _shop(sheet: Colours, shop: Shop) -> None:
    rng = np.random.default_rng(shop.texture_seed)
    front = _Front(sheet, shop)
    front.fill(0, 0, front.wide, FACADE_M, shop.wall)
    for z in np.arange(0.0, FACADE_M, 0.3):
        front.part(0, z, front.wide, z + 0.03)[:] *= 0.92
    frame = tuple(float(value) for value in shop.colour)
    front.fill(0.25, 0.0, front.wide - 0.25, 2.6, frame)
    door = shop.door - shop.left
    edges = [(0.4, door - 0.62), (door + 0.62, front.wide - 0.4)]
    for left, right in edges:
        if right - left > 0.35:
            _window(front, left, right, rng)
    _door(front, door, frame)
    front.fill(0.25, 2.04, front.wide - 0.25, 2.09, tuple(0.55 * value for value in frame))
    _sign(front, rng, frame)


def _window(front: _Front, left: float, right: float, rng: np.random.Generator) -> None:
    """Draw a window: a dark interior with shelves of goods, and the sky's reflection on the pane."""
    pane = front.part(left, 0.55, right, 1.95)
    height, width = pane.shape[:2]
    pane[:] = np.linspace(0.75, 1.15, height, dtype=np.float32)[:, None, None] * np.array([62, 70, 76], np.float32)
    for shelf in (0.45, 0.68, 0.9):
        y = round(shelf * height)
        pane[y : y + 3] = (92, 86, 78)
        x = 4
        while x < width - 12:
            wide, tall = int(rng.integers(5, 20)), int(rng.integers(6, 17))
            pane[max(y - tall, 0) : y, x : x + wide] = rng.uniform(60, 150, 3) * 0.6 + 30
            x += wide + int(rng.integers(3, 26))
    y, x = np.mgrid[0:height, 0:width]
    glare = (((x + 0.9 * y) / FACADE_PX + rng.uniform(0, 3)) % 2.3) < 0.7
    pane[glare] = 0.78 * pane[glare] + 0.22 * np.array([196, 208, 218], np.float32)
    pane[:, -3:] *= 0.6
    pane[:, :3] *= 0.6


def _door(front: _Front, x: float, frame: tuple[float, ...]) -> None:
    """Draw an open doorway, dark inside."""
    front.fill(x - 0.58, 0.0, x + 0.58, 2.02, tuple(0.7 * value for value in frame))
    inside = front.part(x - 0.5, 0.0, x + 0.5, 1.97)
    inside[:] = np.linspace(0.8, 1.3, len(inside), dtype=np.float32)[:, None, None] * np.array([40, 38, 36], np.float32)
    front.fill(x - 0.5, 0.0, x + 0.5, 0.06, (96, 92, 86))


def _sign(front: _Front, rng: np.random.Generator, frame: tuple[float, ...]) -> None:
    """Draw a shop sign with bars instead of a name."""
    front.fill(0.35, 2.12, front.wide - 0.35, 2.55, tuple(min(1.18 * value + 8, 255) for value in frame))
    x = 0.7
    while x < front.wide - 1.0:
        wide = float(rng.uniform(0.1, 0.22))
        front.fill(x, 2.2, x + wide, 2.42, (226, 220, 206))
        x += wide + float(rng.choice([0.06, 0.06, 0.06, 0.2]))
