"""Draw the trunk of a figure: pelvis, skirt or coat, and top, each a stack of elliptic sections."""

import numpy as np

from edge.records import Pixels
from edge.street.cloth import Surface, shading
from edge.street.figure import Figure, half_width
from edge.street.gait import AT, THIGH
from edge.street.limbs import LEG
from edge.street.optics import Points
from edge.street.paint import STRIP_PX, Canvas

SECTIONS = {
    # name: (half width, half depth) of the clothed trunk, in body heights
    "neck": (0.040, 0.042),
    "slope": (0.085, 0.064),
    "shoulder": (0.114, 0.080),
    "chest": (0.110, 0.090),
    "waist": (0.096, 0.079),
    "hip": (0.101, 0.088),
    "crotch": (0.095, 0.083),
}
AHEAD = {"neck": -0.004, "chest": 0.006, "waist": 0.002, "hip": -0.008, "crotch": -0.006}
"""Distance by which a section is moved forward, in body heights."""
LENGTHS = {"skirt": 0.24, "tutu": 0.17, "dress": 0.25, "coat": 0.27, "gown": 0.515, "cape": 0.20}
"""Distance from the hips down to the hem, in body heights."""
FLARES = {"skirt": 0.02, "tutu": 0.115, "dress": 0.03, "coat": 0.025, "gown": 0.115, "cape": 0.065}
"""Width that the hem adds to the half width of the hips, in body heights."""


def draw_trunk(figure: Figure, canvas: Canvas) -> None:
    """Draw the pelvis, then the skirt or coat below the waist, then the top over both."""
    outfit, clothes = figure.walker.outfit, figure.wardrobe
    light = _light(figure.light)
    if clothes.skirt is None or outfit.silhouette in ("coat", "cape"):
        _round(
            figure,
            canvas,
            [("waist", 0.0, "waist"), ("pelvis", 0.0, "hip"), ("pelvis", -0.055, "crotch")],
            clothes.pelvis,
            light,
        )
    if clothes.skirt is not None:
        _skirt(figure, canvas, light)
    hem = -0.035 if outfit.outer is None else -0.06
    if outfit.silhouette in ("skirt", "tutu"):
        hem = 0.03
    levels = [
        ("neck", 0.002, "neck"),
        ("neck", -0.016, "slope"),
        ("neck", -0.036, "shoulder"),
        ("chest", 0.0, "chest"),
        ("waist", 0.0, "waist"),
        ("pelvis", 0.0 if hem < 0 else 0.06, "hip" if hem < 0 else "waist"),
        ("pelvis", hem, "hip"),
    ]
    _neck(figure, canvas)
    _round(figure, canvas, levels, clothes.trunk, light, swell=1.04 if outfit.outer is not None else 1.0)


def _light(light: int) -> Pixels:
    """[1, STRIP_PX, 4] brightness of a trunk's visible half, 255 = 1."""
    four = np.repeat(255 * np.minimum(shading(STRIP_PX, light), 1)[None, :, None], 4, axis=2)
    four[..., 3] = 255
    return np.asarray(four, np.uint8)


def _round(
    figure: Figure,
    canvas: Canvas,
    levels: list[tuple[str, float, str]],
    texture: Surface,
    light: Pixels,
    swell: float = 1.0,
) -> None:
    middles = figure.points(*((joint, AHEAD.get(section, 0.0), up) for joint, up, section in levels))
    halves = [swell * half_width(figure, SECTIONS[section]) for _, _, section in levels]
    _stack(figure, canvas, middles, halves, texture, light)


def _stack(
    figure: Figure, canvas: Canvas, middles: Points, halves: list[float], texture: Surface, light: Pixels
) -> None:
    rows = (middles[:, 1] - middles[0, 1]) / max(float(middles[-1, 1] - middles[0, 1]), 1e-6)
    canvas.trunk(middles, halves, list(rows), texture, figure.turn, light)


def _skirt(figure: Figure, canvas: Canvas, light: Pixels) -> None:
    """Draw skirt, dress, coat or cape from the waist to the hem, wide enough for both legs everywhere."""
    kind = figure.walker.outfit.silhouette
    texture = figure.wardrobe.skirt
    assert texture is not None
    starts = [("waist", 0.02, "waist"), ("pelvis", 0.0, "hip")]
    middles = [figure.point(joint, 0.0, up) for joint, up, _ in starts]
    halves = [1.03 * half_width(figure, SECTIONS[section]) for _, _, section in starts]
    for share in (0.5, 1.0):
        middle, half = _around_legs(figure, share * LENGTHS[kind], share * FLARES[kind])
        middles.append(middle)
        halves.append(half)
    _stack(figure, canvas, np.stack(middles), halves, texture, light)


def _around_legs(figure: Figure, below: float, flare: float) -> tuple[Points, float]:
    """Return middle [2] and half width, in pixels, of a hem; `below` the hips and `flare` are in body heights."""
    hips, knees = (figure.joints[[AT[f"left_{name}"], AT[f"right_{name}"]]] for name in ("hip", "knee"))
    share = np.minimum(below * figure.walker.gait.height_m / (hips - knees)[:, 2:], 1.15)
    legs = hips + share * (knees - hips)
    legs[:, 2] = figure.joints[AT["pelvis"], 2] - below * figure.walker.gait.height_m
    across = figure.view.project(legs)[0]
    unit = figure.height_px * figure.walker.looks.girth
    left, right = float(across[:, 0].min()), float(across[:, 0].max())
    hip = SECTIONS["hip"]
    least = half_width(figure, (hip[0] + flare, hip[1] + flare))
    half = max((right - left) / 2 + (1.12 * LEG[0] - 0.016 * below / THIGH) * unit, least)
    return np.array([(left + right) / 2, across[:, 1].mean()]), half


def _neck(figure: Figure, canvas: Canvas) -> None:
    unit = figure.height_px
    ends = np.stack([figure.point("head", -0.012, -0.035), figure.at("neck")])
    canvas.limb(ends, (0.032 * unit, 0.036 * unit), figure.wardrobe.bare_arm, is_shaded=True)
