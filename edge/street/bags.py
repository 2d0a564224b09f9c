"""Draw the bag of a figure: a backpack, a shoulder bag or a hand bag."""

import numpy as np

from edge.street.figure import Figure, half_width
from edge.street.optics import Points
from edge.street.paint import Canvas


def draw_backpack(figure: Figure, canvas: Canvas) -> None:
    """Draw the backpack, if there is one."""
    bag = figure.walker.outfit.bag
    if bag is None or bag.kind != "backpack" or figure.wardrobe.bag is None:
        return
    half = half_width(figure, (0.078, 0.05))
    top, bottom = figure.point("chest", -0.10, 0.075), figure.point("chest", -0.11, -0.12)
    _box(canvas, top, bottom, half, figure)


def draw_side_bag(figure: Figure, canvas: Canvas) -> None:
    """Draw a bag on the right hip, with a strap across the chest, or in the right hand."""
    bag = figure.walker.outfit.bag
    if bag is None or bag.kind not in ("shoulder", "hand") or figure.wardrobe.bag is None:
        return
    if figure.depth("right_hip") > figure.depth("left_hip") + 0.05:
        return  # behind the body
    if bag.kind == "hand":
        top = figure.at("right_hand")
        down = np.array([0.0, figure.height_px])
        _box(canvas, top + 0.02 * down, top + 0.13 * down, half_width(figure, (0.03, 0.085)), figure)
        return
    top, bottom = figure.point("pelvis", 0.0, 0.03, -0.11), figure.point("pelvis", 0.0, -0.10, -0.11)
    _box(canvas, top, bottom, half_width(figure, (0.035, 0.075)), figure)
    strap = np.stack([figure.at("right_shoulder"), top])
    canvas.limb(strap, (0.007 * figure.height_px,) * 2, figure.wardrobe.bag, is_shaded=True)


def _box(canvas: Canvas, top: Points, bottom: Points, half: float, figure: Figure) -> None:
    assert figure.wardrobe.bag is not None
    side = np.array([half, 0.0])
    canvas.quad(np.stack([top - 0.9 * side, top + 0.9 * side, bottom + side, bottom - side]), figure.wardrobe.bag)
