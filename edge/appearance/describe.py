"""Describe the clothes of one person in one frame, if the view is good enough."""

import math

import cv2
import numpy as np

from edge.appearance import colour, pattern
from edge.appearance.body_parts import body_parts
from edge.appearance.crop import Crop, crop, torso_length
from edge.appearance.garment_mask import garment_mask, guess_mask
from edge.appearance.region import Mask, Patch, cloth, legs, masks, patches
from edge.appearance.silhouette import silhouette
from edge.config import AppearanceSection
from edge.palette import CELLS
from edge.records import Appearance, Detection, Floats, GarmentMap, Pixels
from edge.vocabulary import COLOURS as COLOUR_NAMES
from edge.vocabulary import GARMENTS, PATTERNS, REGIONS

OUTFIT = {"upper": 0.5, "lower": 0.4, "shoes": 0.1}
"""Weight of each region in the row `whole`: its share of the dressed body."""

MEASURED = ("upper", "lower")
"""The regions large enough for colour moments and texture."""

TEXTURES = len(MEASURED) * pattern.TEXTURE
"""Number of texture values of an Appearance."""
COLOURS = len(MEASURED) * colour.COLOUR_MOMENTS
"""Number of colour moments of an Appearance."""

LEGS_SEEN = 0.5
"""Factor on the quality of a view that does not show the legs."""

SHARP_GRADIENT = 25.0
"""Grey levels per pixel of the strongest edges of a sharp person; half of it is too blurred to use."""

BARE_SKIN = 0.4
"""Share of skin from which thighs or shins are bare."""

LONG = 0.5
"""Share of the thighs under the upper garment from which that is a long one."""

ALIKE = 0.55
"""Shared part of two palettes from which two regions have one colour."""

ARM = 0.3
"""Room for arms and sleeves beside the torso's keypoints, in torso lengths."""

TALL_PX = 180.0
"""Height of a person, in pixels that both the frame and the model's input have, from which it counts in full."""

_TORSO = [5, 6, 11, 12]
_SPREAD = 0.7
"""Ratio of torso width to length from which a view is frontal enough to count in full."""


def geometry(
    detection: Detection, others: list[Detection], size: tuple[int, int], settings: AppearanceSection, scale: float
) -> float:
    """Quality (0..1) of a view by keypoints alone: height, sure torso, inside the picture, not behind a nearer person.

    0: the view must not be used, for example because the picture's edge cuts the torso. `others` are the people of the
    same frame; `size` is the frame's (height, width); `scale` is pixels of the frame per pixel of the model's input.
    """
    torso = detection.keypoints[_TORSO]
    height = body_height(detection)
    is_large = height >= settings.min_height_px and height >= settings.min_seen_px * scale
    x, y = torso.T
    is_inside = x.min() >= 0 and y.min() >= 0 and x.max() < size[1] and y.max() < size[0]
    if not is_large or not detection.believed[_TORSO].all() or not is_inside:
        return 0.0
    tall = math.sqrt(min(1.0, height / max(scale, 1.0) / TALL_PX))
    sure = float(detection.confidences[_TORSO].mean())
    length = torso_length(detection)
    wide = min(1.0, 0.5 + 0.5 * float(np.ptp(x)) / length / _SPREAD)
    whole = min(1.0, 0.5 + 0.5 * min(float(x.min()), size[1] - float(x.max())) / (ARM * length))
    return tall * sure * wide * whole * (1 - _hidden(detection, others))


def body_height(detection: Detection) -> float:
    """Height in pixels of the frame, from the highest to the lowest sure keypoint, or by the torso if that is more."""
    believed = detection.keypoints[detection.believed]
    return max(float(np.ptp(believed[:, 1])), 2.6 * torso_length(detection)) if len(believed) else 0.0


def _hidden(detection: Detection, others: list[Detection]) -> float:
    """Largest share (0..1) of the torso's box behind the box of a nearer person (feet lower in the picture)."""
    torso = detection.keypoints[_TORSO]
    (x1, y1), (x2, y2) = torso.min(axis=0), torso.max(axis=0)
    worst = 0.0
    for other in others:
        if other is not detection and other.box[3] > detection.box[3]:
            width = min(x2, other.box[2]) - max(x1, other.box[0])
            height = min(y2, other.box[3]) - max(y1, other.box[1])
            if width > 0 and height > 0:
                worst = max(worst, float(width * height) / max(float((x2 - x1) * (y2 - y1)), 1.0))
    return worst


def describe(
    pixels: Pixels,
    detection: Detection,
    others: list[Detection],
    garments: GarmentMap | None,
    light: colour.Light,
    geometric: float,
) -> Appearance | None:
    """Describe a person's clothes; None if the torso shows too little garment.

    `pixels` is the frame, [height, width, 3] RGB; `light` is the camera's;
    `geometric` is from `geometry`. Without a garment map (a pose model) it is guessed from keypoints and colours.
    """
    near = crop(pixels, detection)
    if not near.pixels.size:
        return None
    others = [other for other in others if other is not detection]
    classes = guess_mask(near, light.counted) if garments is None else garment_mask(near, others, garments)
    regions, quads = masks(near, classes), body_parts(near)
    straight = patches(near, regions, quads, light.counted)
    if "upper" not in straight:
        return None
    palettes = np.zeros((len(REGIONS), CELLS), np.float32)
    words = np.zeros((len(REGIONS), len(COLOUR_NAMES)), np.float32)
    patterns = np.zeros((len(REGIONS), len(PATTERNS)), np.float32)
    moments = np.full((len(MEASURED), colour.COLOUR_MOMENTS), np.nan, np.float32)
    textures = np.full((len(MEASURED), pattern.TEXTURE), np.nan, np.float32)
    kinds = {} if garments is None else _kinds(near, {name: regions[name] for name in straight}, garments)
    for row, name in enumerate(REGIONS[:-1]):
        if name in regions:
            shown = cloth(near, regions[name])
            lab = colour.to_lab(shown, light.counted)[0]
            palettes[row] = colour.palette(lab)
            if not light.is_dim:
                named = colour.to_lab(shown, light.gains)[0]
                words[row] = colour.word_shares(named, None if name == "shoes" else light.cast)
            if name in MEASURED:
                moments[row] = colour.moments(lab)
        if name in straight:
            patterns[row], textures[row] = pattern.describe(straight[name])
            patterns[row] = kinds.get(name, patterns[row])
    palettes[-1], words[-1], patterns[-1] = _whole(palettes), _whole(words), _whole(patterns)
    under = legs(quads, classes)
    seen = 1.0 if {"thighs", "shins"} <= under.keys() else LEGS_SEEN
    quality = geometric * _sharpness(straight["upper"]) * seen
    return Appearance(
        palettes,
        words,
        patterns,
        _arrangement(under, palettes),
        moments.ravel(),
        textures.ravel(),
        silhouette(near, classes, under),
        quality,
        height=body_height(detection),
    )


def _whole(rows: Floats) -> Floats:
    """[n] row of the whole outfit: the mean of the regions' rows [regions, n], weighted by OUTFIT, of those seen."""
    weights = np.array([OUTFIT.get(name, 0.0) for name in REGIONS[:-1]], np.float32) * rows[:-1].any(axis=1)
    return np.asarray(weights @ rows[:-1] / max(float(weights.sum()), 1e-9), np.float32)


def _kinds(near: Crop, regions: dict[str, Mask], garments: GarmentMap) -> dict[str, Floats]:
    """[kinds] mean of the pattern map over each region's cells; plain for a region without any."""
    pitch = 2 * garments.pitch
    shape = garments.patterns.shape
    far = [near.corner[1] + near.pixels.shape[0] / near.zoom, near.corner[0] + near.pixels.shape[1] / near.zoom]
    first = [int(side / pitch) for side in near.corner[::-1]]
    rows, columns = (
        np.arange(low, min(int(high / pitch) + 2, size)) for low, high, size in zip(first, far, shape[:2], strict=True)
    )
    y = np.rint((rows * pitch - near.corner[1]) * near.zoom).astype(int)
    x = np.rint((columns * pitch - near.corner[0]) * near.zoom).astype(int)
    rows, y = (side[(y >= 0) & (y < near.pixels.shape[0])] for side in (rows, y))
    columns, x = (side[(x >= 0) & (x < near.pixels.shape[1])] for side in (columns, x))
    cells, found = garments.patterns[np.ix_(rows, columns)], {}
    for name, mask in regions.items():
        is_on = mask[np.ix_(y, x)]
        found[name] = cells[is_on].mean(axis=0) if is_on.any() else np.eye(len(PATTERNS), dtype=np.float32)[0]
    return found


def _sharpness(patch: Patch) -> float:
    """Sharpness (0..1) by the strongest edges inside the patch; even plain cloth has seams, arms and folds."""
    light = patch.lab[..., 0] * 2.55
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.25)
    strongest = float(np.percentile(np.hypot(dx, dy), 98))
    return float(np.clip(0.4 + 0.6 * strongest / SHARP_GRADIENT, 0, 1))


def _arrangement(under: dict[str, dict[str, float]], palettes: Floats) -> Floats:
    """[kinds] one-hot over GARMENTS; all 0 if thighs or shins were not seen."""
    shares = np.zeros(len(GARMENTS), np.float32)
    if "thighs" not in under or "shins" not in under:
        return shares
    is_bare = under["shins"]["skin"] >= BARE_SKIN
    if under["thighs"]["upper"] >= LONG:
        kind = "long-upper"
    elif under["thighs"]["skin"] >= BARE_SKIN:
        kind = "bare-legs"
    elif _alike(palettes[0], palettes[1]):
        kind = "one-colour-bare" if is_bare else "one-colour-covered"
    else:
        kind = "bare-shins" if is_bare else "covered-legs"
    shares[GARMENTS.index(kind)] = 1
    return shares


def _alike(one: Floats, other: Floats) -> bool:
    return float(np.minimum(one, other).sum()) >= ALIKE
