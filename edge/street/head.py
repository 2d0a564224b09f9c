"""Heads: face and hair are painted once around an ellipsoid, which is then seen from any side."""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from edge.records import CLASSES, Pixels
from edge.street.cloth import Colours, Paint, Surface, surface
from edge.street.optics import Points
from edge.street.outfit import Outfit
from edge.street.truth import PATTERNS
from edge.street.walker import Looks

AROUND, DOWN = 192, 112
"""Width and height of a head's texture, in pixels; the face is in the middle."""
PATCH = 56
"""Width and height of a head, in pixels, before it is scaled into the picture."""


class Globe(NamedTuple):
    """The point of a head's texture that each pixel of the patch shows, for a head that faces the camera."""

    x: Colours
    """[PATCH, PATCH] column of the texture."""
    y: Colours
    """[PATCH, PATCH] row of the texture."""
    is_head: Pixels
    """[PATCH, PATCH] 255 inside the head, else 0."""
    light: Pixels
    """[PATCH, PATCH, 4] brightness to multiply by, 255 = 1."""


def paint_head(looks: Looks, outfit: Outfit, rng: np.random.Generator) -> Surface:
    """Paint skin, face, hair and headgear; the texture goes around twice, so that no view crosses a seam."""
    colours = np.empty((DOWN, AROUND, 3), np.float32)
    colours[:] = looks.skin
    labels = np.zeros((DOWN, AROUND, 4), np.uint8)
    labels[:] = Paint(looks.skin, "skin").labels()
    _paint_face(colours, looks)
    _cover(colours, labels, _hair_reach(looks), Paint(looks.hair, "hair"))
    gear = outfit.headgear
    if gear is not None:
        _cover(colours, labels, _gear_reach(gear.kind), Paint(gear.rgb, "accessory", "plain"))
    colours *= (1 + rng.normal(0, 0.03, (DOWN, AROUND, 1))).astype(np.float32)
    return surface(np.tile(colours, (1, 2, 1)), np.tile(labels, (1, 2, 1)))


def _paint_face(colours: Colours, looks: Looks) -> None:
    skin = np.array(looks.skin, np.float64)
    dark, red = tuple(0.55 * skin), tuple(skin * (0.86, 0.6, 0.6))
    for side in (-1, 1):
        _spot(colours, (side * 0.36, 0.16), (0.17, 0.10), tuple(0.80 * skin))  # the eye's socket
        _spot(colours, (side * 0.36, 0.13), (0.12, 0.055), (236, 234, 230))
        _spot(colours, (side * 0.36, 0.13), (0.055, 0.06), (40, 28, 22))
        _spot(colours, (side * 0.37, 0.31), (0.17, 0.035), tuple(0.7 * np.array(looks.hair) + 0.12 * skin))
        _spot(colours, (side * 1.62, 0.02), (0.15, 0.26), tuple(0.84 * skin))  # ears
        _spot(colours, (side * 1.60, 0.0), (0.07, 0.15), dark)
        _spot(colours, (side * 0.14, -0.05), (0.045, 0.16), tuple(0.86 * skin))  # beside the nose
    _spot(colours, (0, 0.0), (0.07, 0.2), tuple(np.minimum(1.08 * skin, 255)))
    _spot(colours, (0, -0.20), (0.13, 0.045), tuple(0.62 * skin))
    if looks.has_beard:
        beard = tuple(0.75 * np.array(looks.hair) + 0.2 * skin)
        _spot(colours, (0, -0.95), (1.15, 0.55), beard)
        _spot(colours, (0, -0.33), (0.34, 0.06), beard)
    _spot(colours, (0, -0.48), (0.24, 0.06), red)
    if looks.has_glasses:
        for side in (-1, 1):
            cv2.ellipse(colours, _at(side * 0.36, 0.13), (6, 5), 0, 0, 360, (30, 30, 34), 1, cv2.LINE_AA)


def _at(lon: float, lat: float) -> tuple[int, int]:
    return round((lon / (2 * np.pi) + 0.5) * AROUND), round((0.5 - lat / np.pi) * DOWN)


def _spot(colours: Colours, at: tuple[float, float], half: tuple[float, float], rgb: tuple[float, ...]) -> None:
    """Draw a filled ellipse, in place; `at` is longitude and latitude, it and the half sizes are in radians."""
    axes = (max(1, round(half[0] / (2 * np.pi) * AROUND)), max(1, round(half[1] / np.pi * DOWN)))
    cv2.ellipse(colours, _at(*at), axes, 0, 0, 360, rgb, -1, cv2.LINE_AA)


def _hair_reach(looks: Looks) -> Points:
    """[AROUND] latitude, in radians, down to which hair grows at each longitude."""
    lon = np.abs((np.arange(AROUND) + 0.5) / AROUND - 0.5) * 2 * np.pi
    face, temple, back = {
        "bald": (9.0, 9.0, 9.0),
        "short": (0.62, 0.18, -0.55),
        "bun": (0.66, 0.30, -0.45),
        "bob": (0.55, -0.75, -1.2),
        "long": (0.62, -0.95, -1.5),
    }[looks.hair_style]
    return np.interp(lon, [0.0, 0.85, 1.2, 1.5, 1.8, np.pi], [face, face, temple, temple, back, back])


def _gear_reach(kind: str) -> Points:
    lon = np.abs((np.arange(AROUND) + 0.5) / AROUND - 0.5) * 2 * np.pi
    face, side = {"beanie": (0.42, 0.25), "cap": (0.40, 0.30), "headscarf": (0.55, -1.6)}[kind]
    return np.interp(lon, [0.0, 0.7, 1.0, np.pi], [face, face, side, side])


def _cover(colours: Colours, labels: Pixels, reach: Points, paint: Paint) -> None:
    """Paint everything above the latitudes `reach` [AROUND], with streaks like hair or wool, in place."""
    lat = (0.5 - (np.arange(DOWN) + 0.5) / DOWN) * np.pi
    is_covered = lat[:, None] > reach[None]
    streaks = 1 + 0.10 * np.sin(np.arange(AROUND) * 1.9) + 0.06 * np.sin(np.arange(AROUND) * 0.7)
    shade = streaks[None] * (0.86 + 0.22 * (lat[:, None] > 0.7))
    colours[is_covered] = (np.array(paint.rgb) * shade[..., None])[is_covered]
    labels[is_covered] = CLASSES.index(paint.label), PATTERNS.index(paint.pattern), 0, 255


@lru_cache(maxsize=64)
def globe(elevation: int, light: int) -> Globe:
    """Compute the view of a head from `elevation` degrees above; `light` is -1 from the left, 1 from the right."""
    across, down = np.meshgrid(*(((np.arange(PATCH) + 0.5) / PATCH * 2 - 1,) * 2))
    across = across / (1 - 0.20 * np.clip(down - 0.1, 0, 1) ** 1.5)  # the jaw is narrower than the brow
    out = across**2 + down**2
    ahead = np.sqrt(np.maximum(1 - out, 0))
    tilt = np.radians(elevation)
    up = -down * np.cos(tilt) + ahead * np.sin(tilt)
    toward = ahead * np.cos(tilt) + down * np.sin(tilt)
    lon = np.arctan2(across, toward)
    lat = np.arcsin(np.clip(up, -1, 1))
    lit = 0.62 + 0.46 * np.clip(0.5 * light * across + 0.3 * up + 0.72 * ahead, 0, 1)
    four = np.repeat((255 * np.clip(lit, 0, 1))[..., None], 4, axis=2)
    four[..., 3] = 255
    return Globe(
        ((lon / (2 * np.pi) + 0.5) * AROUND - 0.5).astype(np.float32),
        ((0.5 - lat / np.pi) * DOWN - 0.5).astype(np.float32),
        np.where(out < 1, 255, 0).astype(np.uint8),
        four.astype(np.uint8),
    )
