"""Draw one figure on a canvas, the farthest part of the body first."""

import numpy as np

from edge.street.bags import draw_backpack, draw_side_bag
from edge.street.face import draw_hair, draw_head
from edge.street.figure import Figure
from edge.street.limbs import draw_arm, draw_legs
from edge.street.paint import Canvas
from edge.street.trunk import draw_trunk


def draw(figure: Figure, canvas: Canvas) -> None:
    """Draw far arm, legs, trunk, bag, head and near arm; hair and backpack before or behind the trunk by the view."""
    is_facing = np.cos(figure.turn) > 0.1
    trunk_depth = figure.depth("chest")
    arms = sorted(("left", "right"), key=lambda side: -figure.depth(f"{side}_elbow", f"{side}_wrist"))
    far = [side for side in arms if figure.depth(f"{side}_elbow") > trunk_depth]
    is_cloaked = figure.walker.outfit.silhouette == "cape"
    for side in [] if is_cloaked else far:
        draw_arm(figure, canvas, side, is_shaded=True)
    if is_facing:
        draw_backpack(figure, canvas)
        draw_hair(figure, canvas)
    draw_legs(figure, canvas)
    draw_trunk(figure, canvas)
    if not is_facing:
        draw_backpack(figure, canvas)
    draw_head(figure, canvas)
    draw_side_bag(figure, canvas)
    for side in [] if is_cloaked else arms:
        if side not in far:
            draw_arm(figure, canvas, side, is_shaded=False)
