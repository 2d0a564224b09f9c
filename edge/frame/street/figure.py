"""One walker at one moment to drawing steps on a canvas, the farthest part of the body first."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from edge.frame.street.cloth import Paint, Surface, shading
from edge.frame.street.gait import AT, HEAD_HALF, THIGH
from edge.frame.street.optics import Points, View
from edge.frame.street.paint import STRIP_PX, Canvas
from edge.frame.street.walker import Walker
from edge.frame.street.wardrobe import Wardrobe
from edge.records import Pixels

ARM = (0.030, 0.024, 0.0185)
LEG = (0.052, 0.034, 0.0225)
"""Radii of bare limbs at their top, middle and end, in body heights."""
SLEEVE, TROUSER = 0.006, (0.006, 0.008, 0.014)
"""What cloth adds."""
SECTIONS = {
    # name: (half width, half depth) of the clothed trunk, in body heights
    "neck": (0.040, 0.042),
    "slope": (0.085, 0.052),
    "shoulder": (0.114, 0.062),
    "chest": (0.108, 0.068),
    "waist": (0.092, 0.060),
    "hip": (0.100, 0.068),
    "crotch": (0.094, 0.066),
}
AHEAD = {"neck": -0.004, "chest": 0.006, "waist": 0.002, "hip": -0.008, "crotch": -0.006}
"""How far a section stands forward: a chest, a back, a seat."""
LENGTHS = {"skirt": 0.24, "tutu": 0.17, "dress": 0.25, "coat": 0.27, "gown": 0.515, "cape": 0.20}
"""From the hips down to the hem."""
FLARES = {"skirt": 0.02, "tutu": 0.115, "dress": 0.03, "coat": 0.025, "gown": 0.115, "cape": 0.065}
"""How much wider the hem is than the hips."""


@dataclass(frozen=True)
class Figure:
    """A walker posed and projected."""

    walker: Walker
    wardrobe: Wardrobe
    view: View
    joints: Points
    """[joints, 3] metres."""
    heading: float
    light: int
    """-1 from the left, 1 from the right."""

    @cached_property
    def projected(self) -> tuple[Points, Points]:
        return self.view.project(self.joints)

    @property
    def height_px(self) -> float:
        """A body height at the walker's depth, in pixels."""
        return self.walker.gait.height_m * self.view.focal / float(self.projected[1][AT["pelvis"]])

    @cached_property
    def turn(self) -> float:
        """Where the camera is, as the walker sees it: 0 ahead, positive to their left."""
        away = self.view.place[:2] - self.joints[AT["pelvis"], :2]
        return _wrap(float(np.arctan2(away[1], away[0])) - self.heading)

    def at(self, name: str) -> Points:
        point: Points = self.projected[0][AT[name]]
        return point

    def depth(self, *names: str) -> float:
        return float(np.mean([self.projected[1][AT[name]] for name in names]))

    def shift(self, ahead: float, up: float, left: float = 0.0) -> Points:
        """Metres in the walker's own directions."""
        cos, sin = np.cos(self.heading), np.sin(self.heading)
        return np.array([ahead * cos - left * sin, ahead * sin + left * cos, up])

    def point(self, name: str, ahead: float, up: float, left: float = 0.0) -> Points:
        """A joint moved by shares of the body height, in pixels."""
        moved = self.joints[AT[name]] + self.walker.gait.height_m * self.shift(ahead, up, left)
        return self.view.project(moved)[0]


def draw(figure: Figure, canvas: Canvas) -> None:
    """Far arm, legs, trunk, bag, head, near arm; hair and bag before or behind the trunk as they are worn."""
    is_facing = np.cos(figure.turn) > 0.1
    trunk_depth = figure.depth("chest")
    arms = sorted(("left", "right"), key=lambda side: -figure.depth(f"{side}_elbow", f"{side}_wrist"))
    far = [side for side in arms if figure.depth(f"{side}_elbow") > trunk_depth]
    is_cloaked = figure.walker.outfit.silhouette == "cape"
    for side in [] if is_cloaked else far:
        _arm(figure, canvas, side, is_shaded=True)
    if is_facing:
        _backpack(figure, canvas)
        _long_hair(figure, canvas)
    _legs(figure, canvas)
    _trunk(figure, canvas)
    if not is_facing:
        _backpack(figure, canvas)
    _head(figure, canvas)
    _side_bag(figure, canvas)
    for side in [] if is_cloaked else arms:
        if side not in far:
            _arm(figure, canvas, side, is_shaded=False)


def _wrap(angle: float) -> float:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _legs(figure: Figure, canvas: Canvas) -> None:
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
    """A wedge from the heel to the toes and up to the ankle."""
    unit = figure.height_px
    heel, toe, ankle = (figure.at(f"{side}_{name}") for name in ("heel", "toe", "ankle"))
    up = np.array([0.0, -unit])
    heel, ball, toe = heel + 0.022 * up, heel + 0.62 * (toe - heel) + 0.026 * up, toe + 0.017 * up
    paint = figure.wardrobe.shoes
    canvas.disc(heel, 0.024 * unit, paint, shade)
    canvas.disc(ball, 0.026 * unit, paint, shade)
    canvas.disc(toe, 0.018 * unit, paint, shade)
    hull = np.concatenate(
        [_rim(heel, 0.024 * unit), _rim(ball, 0.026 * unit), _rim(toe, 0.018 * unit), _rim(ankle, 0.02 * unit)]
    )
    canvas.polygon(cv2.convexHull(hull.astype(np.float32))[:, 0].astype(np.float64), paint, shade)


_RIM = np.array([[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 8, endpoint=False)])


def _rim(at: Points, radius: float) -> Points:
    rim: Points = at + radius * _RIM
    return rim


def _arm(figure: Figure, canvas: Canvas, side: str, *, is_shaded: bool) -> None:
    clothes, unit = figure.wardrobe, figure.height_px * figure.walker.looks.girth
    outfit = figure.walker.outfit
    sleeves = "long" if outfit.outer is not None else outfit.sleeves
    shoulder, elbow, wrist, hand = (figure.at(f"{side}_{name}") for name in ("shoulder", "elbow", "wrist", "hand"))
    top, middle, end = (unit * (radius + (SLEEVE if sleeves == "long" else 0.0)) for radius in ARM)
    shade = 0.73 if is_shaded else 1.0
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


def _hand(canvas: Canvas, wrist: Points, hand: Points, unit: float, paint: Paint, shade: float) -> None:
    canvas.disc(wrist + 0.45 * (hand - wrist), 0.019 * unit, paint, shade)
    canvas.disc(hand, 0.016 * unit, paint, shade)


def _trunk(figure: Figure, canvas: Canvas) -> None:
    """Pelvis, then the skirt or coat below the waist, then the top over both."""
    outfit, clothes = figure.walker.outfit, figure.wardrobe
    light = trunk_light(figure.light)
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
        ("neck", 0.012, "neck"),
        ("neck", -0.022, "shoulder"),
        ("chest", 0.0, "chest"),
        ("waist", 0.0, "waist"),
        ("pelvis", 0.0 if hem < 0 else 0.06, "hip" if hem < 0 else "waist"),
        ("pelvis", hem, "hip"),
    ]
    _neck(figure, canvas)
    _round(figure, canvas, levels, clothes.trunk, light, swell=1.04 if outfit.outer is not None else 1.0)


def trunk_light(light: int) -> Pixels:
    """[1, STRIP_PX, 4] to multiply a trunk's visible half by, 255 = 1."""
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
    middles = np.stack([figure.point(joint, AHEAD.get(section, 0.0), up) for joint, up, section in levels])
    halves = [swell * _half(figure, SECTIONS[section]) for _, _, section in levels]
    _stack(figure, canvas, middles, halves, texture, light)


def _stack(
    figure: Figure, canvas: Canvas, middles: Points, halves: list[float], texture: Surface, light: Pixels
) -> None:
    rows = (middles[:, 1] - middles[0, 1]) / max(float(middles[-1, 1] - middles[0, 1]), 1e-6)
    canvas.trunk(middles, halves, list(rows), texture, figure.turn, light)


def _half(figure: Figure, section: tuple[float, float]) -> float:
    """Half of the width in pixels that an elliptic section shows."""
    girth = figure.height_px * figure.walker.looks.girth
    return girth * float(np.hypot(section[0] * np.cos(figure.turn), section[1] * np.sin(figure.turn)))


def _skirt(figure: Figure, canvas: Canvas, light: Pixels) -> None:
    """From the waist to the hem, at every height wide enough for both legs."""
    kind = figure.walker.outfit.silhouette
    texture = figure.wardrobe.skirt
    assert texture is not None
    starts = [("waist", 0.02, "waist"), ("pelvis", 0.0, "hip")]
    middles = [figure.point(joint, 0.0, up) for joint, up, _ in starts]
    halves = [1.03 * _half(figure, SECTIONS[section]) for _, _, section in starts]
    for share in (0.5, 1.0):
        middle, half = _around_legs(figure, share * LENGTHS[kind], share * FLARES[kind])
        middles.append(middle)
        halves.append(half)
    _stack(figure, canvas, np.stack(middles), halves, texture, light)


def _around_legs(figure: Figure, below: float, flare: float) -> tuple[Points, float]:
    """Middle and half width in pixels of a hem this far below the hips, in body heights."""
    share = min(below / THIGH, 1.15)
    hips, knees = (figure.joints[[AT[f"left_{name}"], AT[f"right_{name}"]]] for name in ("hip", "knee"))
    legs = hips + share * (knees - hips)
    legs[:, 2] = figure.joints[AT["pelvis"], 2] - below * figure.walker.gait.height_m
    across = figure.view.project(legs)[0]
    unit = figure.height_px * figure.walker.looks.girth
    left, right = float(across[:, 0].min()), float(across[:, 0].max())
    hip = SECTIONS["hip"]
    least = _half(figure, (hip[0] + flare, hip[1] + flare))
    half = max((right - left) / 2 + (LEG[0] - 0.016 * share) * unit, least)
    return np.array([(left + right) / 2, across[:, 1].mean()]), half


def _neck(figure: Figure, canvas: Canvas) -> None:
    unit = figure.height_px
    ends = np.stack([figure.point("head", -0.012, -0.035), figure.at("neck")])
    canvas.limb(ends, (0.032 * unit, 0.036 * unit), figure.wardrobe.bare_arm, is_shaded=True)


def _head(figure: Figure, canvas: Canvas) -> None:
    unit, clothes = figure.height_px, figure.wardrobe
    centre = figure.at("head")
    turn = _wrap(figure.turn - figure.walker.gait.head_turn)
    style = figure.walker.looks.hair_style
    if style == "bun" and figure.walker.outfit.headgear is None:
        canvas.disc(figure.point("head", -0.055, 0.045), 0.028 * unit, clothes.hair, 0.9)
    half = float(np.hypot(HEAD_HALF[1] * np.cos(turn), HEAD_HALF[0] * np.sin(turn)))
    canvas.head(
        centre, (1.06 * half * unit, 1.03 * HEAD_HALF[2] * unit), clothes.head, turn, _elevation(figure), figure.light
    )
    if np.cos(figure.turn) <= 0.1:
        _long_hair(figure, canvas)
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
    """Degrees from which the camera looks down on the head, in steps of two."""
    away = figure.view.place - figure.joints[AT["head"]]
    return 2 * round(float(np.degrees(np.arctan2(away[2], np.hypot(away[0], away[1])))) / 2)


def _nose(figure: Figure, canvas: Canvas, turn: float) -> None:
    """Nose and chin that stand out beyond the cheek when a head is seen from its side."""
    if not 0.5 < abs(turn) < 2.2:
        return
    cos, sin = np.cos(figure.walker.gait.head_turn), np.sin(figure.walker.gait.head_turn)
    paint, unit = figure.wardrobe.skin, figure.height_px

    def on_face(ahead: float, up: float) -> Points:
        return figure.point("head", ahead * cos, up, ahead * sin)

    canvas.polygon(np.stack([on_face(0.047, 0.016), on_face(0.067, -0.012), on_face(0.05, -0.02)]), paint, 0.95)
    canvas.disc(on_face(0.036, -0.052), 0.014 * unit, paint, 0.9)
    canvas.disc(on_face(0.048, -0.031), 0.007 * unit, paint, 0.85)


def _long_hair(figure: Figure, canvas: Canvas) -> None:
    if figure.walker.looks.hair_style != "long" or _is_wrapped(figure):
        return
    unit, paint = figure.height_px, figure.wardrobe.hair
    top, end = figure.point("head", -0.02, 0.01), figure.point("head", -0.045, -0.15)
    half_top = unit * float(np.hypot(0.043 * np.cos(figure.turn), 0.034 * np.sin(figure.turn)))
    half_end = unit * float(np.hypot(0.05 * np.cos(figure.turn), 0.026 * np.sin(figure.turn)))
    canvas.polygon(
        np.array(
            [
                top - (half_top, 0),
                top + (half_top, 0),
                end + (half_end, 0),
                end + (0, 0.3 * half_end),
                end - (half_end, 0),
            ]
        ),
        paint,
        0.85,
    )


def _is_wrapped(figure: Figure) -> bool:
    headgear = figure.walker.outfit.headgear
    return headgear is not None and headgear.kind == "headscarf"


def _backpack(figure: Figure, canvas: Canvas) -> None:
    bag = figure.walker.outfit.bag
    if bag is None or bag.kind != "backpack" or figure.wardrobe.bag is None:
        return
    half = _half(figure, (0.078, 0.05))
    top, bottom = figure.point("chest", -0.10, 0.075), figure.point("chest", -0.11, -0.12)
    _box(canvas, top, bottom, half, figure)


def _side_bag(figure: Figure, canvas: Canvas) -> None:
    """On the right hip or in the right hand; its strap crosses the chest."""
    bag = figure.walker.outfit.bag
    if bag is None or bag.kind not in ("shoulder", "hand") or figure.wardrobe.bag is None:
        return
    if figure.depth("right_hip") > figure.depth("left_hip") + 0.05:
        return  # behind the body
    if bag.kind == "hand":
        top = figure.at("right_hand")
        bottom = top + (0, 0.13 * figure.height_px)
        _box(canvas, top + (0, 0.02 * figure.height_px), bottom, _half(figure, (0.03, 0.085)), figure)
        return
    top, bottom = figure.point("pelvis", 0.0, 0.03, -0.11), figure.point("pelvis", 0.0, -0.10, -0.11)
    _box(canvas, top, bottom, _half(figure, (0.035, 0.075)), figure)
    strap = np.stack([figure.at("right_shoulder"), top])
    canvas.limb(strap, (0.007 * figure.height_px,) * 2, figure.wardrobe.bag, is_shaded=True)


def _box(canvas: Canvas, top: Points, bottom: Points, half: float, figure: Figure) -> None:
    assert figure.wardrobe.bag is not None
    side = np.array([half, 0.0])
    canvas.quad(np.stack([top - 0.9 * side, top + 0.9 * side, bottom + side, bottom - side]), figure.wardrobe.bag)
