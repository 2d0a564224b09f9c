"""The textures of one walker's clothes and skin; they are made once and kept while the walker is in view."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge.records import CLASSES, Pixels
from edge.street.cloth import PX_PER_M, Colours, Paint, Surface, cloth, shading, surface
from edge.street.gait import FOREARM, SHIN, THIGH, UPPER_ARM
from edge.street.head import paint_head
from edge.street.outfit import Garment, Rgb
from edge.street.truth import PATTERNS
from edge.street.walker import Walker

LIMB_PX = 28
"""Texture columns across a limb's visible half."""
TRUNK_M = 0.34
"""Height of a top's texture, from neck to crotch, in body heights."""
GIRTH_M = 0.96
"""Length of a texture around the trunk, metres."""
OPENING = 0.42
"""Angle to each side of the front that an open jacket leaves open, radians."""


@dataclass(frozen=True, slots=True, eq=False)
class Wardrobe:
    """All textures of one walker in one light."""

    skin: Paint
    hair: Paint
    shoes: Paint
    head: Surface
    upper_arm: Surface
    forearm: Surface
    thigh: Surface
    shin: Surface
    trunk: Surface
    """The outermost layer from neck to hip, all around; its middle column is the front."""
    pelvis: Surface
    """The garment under the trunk's hem."""
    skirt: Surface | None
    """Below the waist, all around: skirt, dress, coat or cape."""
    bag: Surface | None
    sleeve: Paint
    leg: Paint
    """Paint of rounded knees; `sleeve` is that of elbows and shoulders."""
    bare_arm: Surface
    bare_leg: Surface


def sew(walker: Walker, light: float) -> Wardrobe:
    """Make all textures of a walker; `light` is -1 from the left, 1 from the right."""
    rng = np.random.default_rng(walker.looks.texture_seed)
    outfit, height = walker.outfit, walker.gait.height_m
    skin = Garment("skin", "skin", walker.looks.skin)
    top = outfit.outer or outfit.dress or outfit.upper
    assert top is not None
    lower = outfit.lower
    bare_arm, bare_leg = (_limb(skin, "skin", length * height, light, rng) for length in (FOREARM, SHIN))
    arm = _limb(top, _label(walker, top), UPPER_ARM * height, light, rng)
    has_sleeves = outfit.outer is not None or outfit.sleeves != "none"
    is_long = outfit.outer is not None or outfit.sleeves == "long"
    is_trousers = lower is not None and lower.kind in ("trousers", "shorts")
    cut = lower if is_trousers and lower is not None else skin
    thigh = _limb(cut, "lower" if is_trousers else "skin", THIGH * height, light, rng)
    is_covered = is_trousers and cut.kind == "trousers"
    trunk = _trunk(walker, top, rng)
    return Wardrobe(
        skin=Paint(walker.looks.skin, "skin"),
        hair=Paint(walker.looks.hair, "hair"),
        shoes=Paint(outfit.shoes.rgb, "shoes", "plain"),
        head=paint_head(walker.looks, outfit, rng),
        upper_arm=arm if has_sleeves else bare_arm,
        forearm=_limb(top, _label(walker, top), FOREARM * height, light, rng) if is_long else bare_arm,
        thigh=thigh,
        shin=_limb(cut, "lower", SHIN * height, light, rng) if is_covered else bare_leg,
        trunk=trunk,
        pelvis=_around(lower or top, _label(walker, lower or top), 0.12 * height, rng),
        skirt=_skirt(walker, top, rng),
        bag=None if outfit.bag is None else _bag(outfit.bag, light, rng),
        sleeve=_paint(top, _label(walker, top)) if has_sleeves else Paint(skin.rgb, "skin"),
        leg=_paint(cut, "lower") if is_trousers else Paint(skin.rgb, "skin"),
        bare_arm=bare_arm,
        bare_leg=bare_leg,
    )


def _label(walker: Walker, garment: Garment) -> str:
    outfit = walker.outfit
    if garment is outfit.outer:
        return "outer"
    if garment is outfit.dress:
        return "dress"
    return "lower" if garment is outfit.lower else "upper"


def _paint(garment: Garment, label: str) -> Paint:
    red, green, blue = (round(0.92 * value) for value in garment.rgb)
    return Paint((red, green, blue), label, garment.pattern)


def _limb(garment: Garment, label: str, length_m: float, light: float, rng: np.random.Generator) -> Surface:
    """Make the visible half of a limb, foreshortened towards its sides and shaded."""
    sheet = cloth(garment, length_m, 0.17, rng, is_round=False)
    across = np.arcsin((np.arange(LIMB_PX) + 0.5) / LIMB_PX * 2 - 1) / np.pi + 0.5
    half = sheet[:, (across * sheet.shape[1]).astype(np.intp)] * shading(LIMB_PX, light)[None, :, None]
    pattern = "none" if label == "skin" else garment.pattern
    return surface(half, Paint(garment.rgb, label, pattern if pattern != "graphic" else "plain"))


def _around(garment: Garment, label: str, height_m: float, rng: np.random.Generator) -> Surface:
    sheet = cloth(garment, height_m, GIRTH_M, rng, is_round=True)
    return surface(sheet, Paint(garment.rgb, label, garment.pattern))


def _trunk(walker: Walker, top: Garment, rng: np.random.Generator) -> Surface:
    """Make the top with its collar, buttons and straps; an open jacket shows the top under it."""
    outfit, height_m = walker.outfit, TRUNK_M * walker.gait.height_m
    sheet = cloth(top, height_m, GIRTH_M, rng, is_round=True)
    labels = np.zeros((*sheet.shape[:2], 4), np.uint8)
    labels[:] = Paint(top.rgb, _label(walker, top), top.pattern).labels()
    if outfit.outer is not None and outfit.upper is not None and outfit.outer.kind == "jacket":
        inner = cloth(outfit.upper, height_m, GIRTH_M, rng, is_round=True)
        _open(sheet, labels, inner, outfit.upper)
    else:
        _trim(sheet, walker.looks.skin, labels, top)
    if outfit.bag is not None and outfit.bag.kind == "backpack":
        _strap(sheet, labels, outfit.bag)
    return surface(np.asarray(cv2.GaussianBlur(sheet, (3, 3), 0), np.float32), labels)


def _angles(width: int) -> Colours:
    return np.asarray(np.abs((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi, np.float32)


def _open(sheet: Colours, labels: Pixels, inner: Colours, upper: Garment) -> None:
    """Open the front of a jacket, in place; the opening is wider at the hem than at the chest."""
    reach = OPENING * np.linspace(0.65, 1.25, len(sheet))[:, None]
    angles = _angles(sheet.shape[1])[None]
    is_open = angles < reach
    sheet[is_open] = inner[is_open] * 0.94
    sheet[(angles >= reach) & (angles < reach + 0.05)] *= 0.6
    labels[is_open] = CLASSES.index("upper"), PATTERNS.index(upper.pattern), 0, 255


def _trim(sheet: Colours, skin: Rgb, labels: Pixels, top: Garment) -> None:
    """Add a neckline, or a line down the front of a coat or cape, in place."""
    angles = _angles(sheet.shape[1])
    down = np.arange(len(sheet))[:, None] / PX_PER_M
    if top.kind in ("coat", "cape"):
        sheet[:, angles < 0.04] *= 0.62
        return
    is_bare = down < 0.055 - 0.07 * angles[None] ** 2
    sheet[is_bare] = skin
    labels[is_bare] = CLASSES.index("skin"), PATTERNS.index("none"), 0, 255


def _strap(sheet: Colours, labels: Pixels, bag: Garment) -> None:
    is_strap = (np.abs(_angles(sheet.shape[1]) - 0.75) < 0.13)[None] & (np.arange(len(sheet)) < 0.72 * len(sheet))[
        :, None
    ]
    sheet[is_strap] = bag.rgb
    labels[is_strap] = CLASSES.index("bag"), PATTERNS.index("plain"), 0, 255


def _skirt(walker: Walker, top: Garment, rng: np.random.Generator) -> Surface | None:
    outfit, height = walker.outfit, walker.gait.height_m
    if outfit.silhouette in ("skirt", "tutu") and outfit.lower is not None:
        return _around(outfit.lower, "lower", 0.3 * height, rng)
    if outfit.silhouette in ("dress", "gown", "coat", "cape"):
        plain = replace(top, pattern="plain") if top.pattern == "graphic" else top
        return _around(plain, _label(walker, top), 0.5 * height, rng)
    return None


def _bag(bag: Garment, light: float, rng: np.random.Generator) -> Surface:
    sheet = cloth(bag, 0.42, 0.3, rng, is_round=False)
    sheet *= shading(sheet.shape[1], light)[None, :, None]
    sheet[: len(sheet) // 3][-3:] *= 0.7
    return surface(sheet, Paint(bag.rgb, "bag", "plain"))
