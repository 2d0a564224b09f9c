"""Draw the legs and arms of a figure: tapered bars with rounded joints, shoes and hands at their ends."""

import cv2
import numpy as np

from edge.street.cloth import SHADE, Paint
from edge.street.figure import Figure
from edge.street.optics import Points
from edge.street.paint import Canvas

ARM = (0.032, 0.026, 0.020)
LEG = (0.055, 0.036, 0.024)
"""Radii of bare limbs at their top, middle and end, in body heights."""
SLEEVE, TROUSER = 0.006, (0.006, 0.008, 0.014)
"""Thickness that cloth adds to the radii, in body heights."""
_RIM = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)])


def draw_legs(figure: Figure, canvas: Canvas) -> None:
    """Draw both legs, the far one first and shaded."""
    sides = sorted(("left", "right"), key=lambda side: -figure.depth(f"{side}_knee", f"{side}_ankle"))
    for i, side in enumerate(sides):
        _leg(figure, canvas, side, is_shaded=i == 0)


def _leg(figure: Figure, canvas: Canvas, side: str, *, is_shaded: bool) -> None:
    clothes, unit = figure.wardrobe, figure.height_px * figure.walker.looks.girth
    lower = figure.walker.outfit.lower
    kind = lower.kind if lower is not None else ""
    extra = TROUSER if kind == "trousers" else (0.0, 0.0, 0.0)
    top, middle, end = (unit * (radius + more) for radius, more in zip(LEG, extra, strict=True))
    hip, knee, ankle = (figure.at(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    shade = 0.73 if is_shaded else 1.0
    _foot(figure, canvas, side, shade)
    rounding = clothes.leg if kind == "trousers" else clothes.skin
    canvas.limb(np.stack([knee, ankle]), (middle, end), clothes.shin, is_shaded=is_shaded)
    canvas.disc(knee, 0.97 * middle, rounding, shade)
    if kind == "shorts":
        canvas.limb(np.stack([hip, knee]), (top, middle), clothes.bare_leg, is_shaded=is_shaded)
        above = hip + 0.86 * (knee - hip)
        canvas.limb(np.stack([hip, above]), (top + 0.008 * unit, 1.35 * middle), clothes.thigh, is_shaded=is_shaded)
        return
    canvas.limb(np.stack([hip, knee]), (top, middle), clothes.thigh, is_shaded=is_shaded)


def _foot(figure: Figure, canvas: Canvas, side: str, shade: float) -> None:
    """Draw a shoe: a wedge from the heel to the toes and up to the ankle."""
    unit = figure.height_px
    heel, toe, ankle = (figure.at(f"{side}_{name}") for name in ("heel", "toe", "ankle"))
    up = np.array([0.0, -unit])
    heel, ball, toe = heel + 0.022 * up, heel + 0.62 * (toe - heel) + 0.026 * up, toe + 0.017 * up
    paint = figure.wardrobe.shoes
    hull = np.concatenate(
        [_rim(heel, 0.024 * unit), _rim(ball, 0.026 * unit), _rim(toe, 0.018 * unit), _rim(ankle, 0.02 * unit)]
    )
    canvas.polygon(cv2.convexHull(hull.astype(np.float32))[:, 0].astype(np.float64), paint, shade)


def _rim(at: Points, radius: float) -> Points:
    rim: Points = at + radius * _RIM
    return rim


def draw_arm(figure: Figure, canvas: Canvas, side: str, *, is_shaded: bool) -> None:
    """Draw the `left` or `right` arm with its sleeve and hand."""
    clothes, unit = figure.wardrobe, figure.height_px * figure.walker.looks.girth
    outfit = figure.walker.outfit
    sleeves = "long" if outfit.outer is not None else outfit.sleeves
    shoulder, elbow, wrist, hand = (figure.at(f"{side}_{name}") for name in ("shoulder", "elbow", "wrist", "hand"))
    top, middle, end = (unit * (radius + (SLEEVE if sleeves == "long" else 0.0)) for radius in ARM)
    shade = 0.73 if is_shaded else 1.0
    if not is_shaded:
        paints = (clothes.sleeve, clothes.sleeve if sleeves == "long" else clothes.skin)
        _shade_arm(canvas, (shoulder, elbow, wrist), (1.25 * top, 1.3 * middle, 1.2 * end), paints)
    _hand(canvas, wrist, hand, unit, clothes.skin, shade)
    canvas.limb(np.stack([elbow, wrist]), (middle, end), clothes.forearm, is_shaded=is_shaded)
    canvas.disc(elbow, 0.96 * middle, clothes.sleeve if sleeves == "long" else clothes.skin, shade)
    canvas.disc(shoulder, 1.05 * top, clothes.sleeve, shade)
    if sleeves == "short":
        canvas.limb(np.stack([shoulder, elbow]), (top, middle), clothes.bare_arm, is_shaded=is_shaded)
        cuff = shoulder + 0.68 * (elbow - shoulder)
        canvas.limb(np.stack([shoulder, cuff]), (1.16 * top, 1.2 * middle), clothes.upper_arm, is_shaded=is_shaded)
        return
    canvas.limb(np.stack([shoulder, elbow]), (1.05 * top, middle), clothes.upper_arm, is_shaded=is_shaded)


def _shade_arm(
    canvas: Canvas,
    joints: tuple[Points, Points, Points],
    radii: tuple[float, float, float],
    paints: tuple[Paint, Paint],
) -> None:
    """Draw a dark line between an arm and the body behind it."""
    shoulder, elbow, wrist = joints
    canvas.bar(np.stack([0.75 * shoulder + 0.25 * elbow, elbow]), radii[:2], paints[0], SHADE)
    canvas.bar(np.stack([elbow, wrist]), radii[1:], paints[1], SHADE)


def _hand(canvas: Canvas, wrist: Points, hand: Points, unit: float, paint: Paint, shade: float) -> None:
    canvas.disc(wrist + 0.45 * (hand - wrist), 0.019 * unit, paint, shade)
    canvas.disc(hand, 0.016 * unit, paint, shade)
