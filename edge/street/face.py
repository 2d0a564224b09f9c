"""Draw the head of a figure, with hair and headgear."""

import cv2
import numpy as np

from edge.street.cloth import Paint
from edge.street.figure import Figure, wrap
from edge.street.gait import AT, HEAD_HALF
from edge.street.paint import Canvas


def draw_head(figure: Figure, canvas: Canvas) -> None:
    """Draw the head, its bun and the brim of a cap, and hair that covers the back."""
    unit, clothes = figure.height_px, figure.wardrobe
    centre = figure.at("head")
    turn = wrap(figure.turn - figure.walker.gait.head_turn)
    style = figure.walker.looks.hair_style
    if style == "bun" and figure.walker.outfit.headgear is None:
        canvas.disc(figure.point("head", -0.055, 0.045), 0.028 * unit, clothes.hair, 0.9)
    half = float(np.hypot(HEAD_HALF[1] * np.cos(turn), HEAD_HALF[0] * np.sin(turn)))
    canvas.head(
        centre, (1.06 * half * unit, 1.03 * HEAD_HALF[2] * unit), clothes.head, turn, _elevation(figure), figure.light
    )
    if np.cos(figure.turn) <= 0.1:
        draw_hair(figure, canvas)
    headgear = figure.walker.outfit.headgear
    if headgear is not None and headgear.kind == "cap" and np.cos(turn) > -0.5:
        brim = [
            figure.point("head", ahead, 0.028, left)
            for ahead, left in ((0.05, 0.04), (0.1, 0.022), (0.1, -0.022), (0.05, -0.04))
        ]
        canvas.polygon(
            cv2.convexHull(np.array(brim, np.float32))[:, 0].astype(np.float64),
            Paint(headgear.rgb, "accessory", "plain"),
            0.75,
        )


def _elevation(figure: Figure) -> int:
    """Angle from which the camera looks down on the head, in degrees, in steps of two."""
    away = figure.view.place - figure.joints[AT["head"]]
    return 2 * round(float(np.degrees(np.arctan2(away[2], np.hypot(away[0], away[1])))) / 2)


def draw_hair(figure: Figure, canvas: Canvas) -> None:
    """Draw long hair down to the shoulders; nothing for other styles or under a headscarf."""
    if figure.walker.looks.hair_style != "long" or _is_wrapped(figure):
        return
    unit, paint = figure.height_px, figure.wardrobe.hair
    top, end = figure.point("head", -0.018, 0.01), figure.point("head", -0.034, -0.13)
    half_top = unit * float(np.hypot(0.043 * np.cos(figure.turn), 0.034 * np.sin(figure.turn)))
    half_end = unit * float(np.hypot(0.05 * np.cos(figure.turn), 0.026 * np.sin(figure.turn)))
    starts = np.stack([top, top, end, end, end])
    aside = [(-half_top, 0), (half_top, 0), (half_end, 0), (0, 0.3 * half_end), (-half_end, 0)]
    canvas.polygon(starts + np.array(aside), paint, 0.85)


def _is_wrapped(figure: Figure) -> bool:
    headgear = figure.walker.outfit.headgear
    return headgear is not None and headgear.kind == "headscarf"
