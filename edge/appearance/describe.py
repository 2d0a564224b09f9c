"""Describe the clothes of one person in one frame, if the view is good enough."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.appearance import colour, pattern
from edge.appearance.body_parts import Quad, body_parts
from edge.appearance.crop import Crop, crop
from edge.appearance.garment_mask import garment_mask, guess_mask
from edge.appearance.region import MIN_SHOWN, Mask, cloth, covered, flat, legs, masks, patches, spots
from edge.appearance.silhouette import silhouette
from edge.appearance.view import body_height
from edge.appearance.worn import Shades, areas, cut
from edge.palette import CELLS
from edge.records import CLASSES, WORN, Appearance, Detection, Floats, GarmentMap, Pixels, Worn
from edge.vocabulary import COLOURS as COLOUR_NAMES
from edge.vocabulary import GARMENTS, PATTERNS, REGIONS

OUTFIT = {"upper": 0.5, "lower": 0.4, "shoes": 0.1}
"""Weight of each region in the row `whole`: its share of the dressed body."""

_WEIGHTS = np.array([OUTFIT.get(name, 0.0) for name in REGIONS[:-1]], np.float32)

MEASURED = ("upper", "lower")
"""The regions large enough for colour moments and texture."""

TEXTURES = len(MEASURED) * pattern.TEXTURE
"""Number of texture values of an Appearance."""
COLOURS = len(MEASURED) * colour.COLOUR_MOMENTS
"""Number of colour moments of an Appearance."""

LEGS_SEEN = 0.5
"""Factor on the quality of a view that does not show the legs."""

STRONGEST = 0.98
"""Quantile of the gradients in a patch that is taken for its strongest edges."""
SHARP_GRADIENT = 25.0
"""Grey levels per pixel of the strongest edges of a sharp person; half of it is too blurred to use."""

BARE_SKIN = 0.4
"""Share of skin from which thighs or shins are bare."""

LONG = 0.5
"""Share of the thighs under the upper garment from which that is a long one."""

ALIKE = 0.55
"""Shared part of two palettes from which two regions have one colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A view before its colours and patterns are described: many views are replaced by better ones.

    It holds a person's pixels and, as a close-up does, lives in memory only while the track does.
    """

    near: Crop
    classes: Pixels
    """[h, w] positions in CLASSES."""
    garments: GarmentMap | None
    quads: dict[str, list[Quad]]
    under: dict[str, dict[str, float]]
    """What is on thighs and shins (region.legs)."""
    light: colour.Light
    colour: Floats
    """[values] colour moments of upper and lower, as in Appearance."""
    quality: float
    """0..1, as in Appearance."""
    height: float
    """Height of the person in pixels of the frame."""
    looked_again: int = 0


def draft(
    pixels: Pixels,
    detection: Detection,
    others: list[Detection],
    garments: GarmentMap | None,
    light: colour.Light,
    geometric: float,
    least: float = 0.0,
) -> Draft | None:
    """Begin to describe a person's clothes; None if the torso shows too little garment, or for a quality below `least`.

    `pixels` is the frame, [height, width, 3] RGB; `light` is the camera's; `geometric` is the quality by keypoints
    (view.py). Without a garment map (a pose model) it is guessed from keypoints and colours.
    """
    near = crop(pixels, detection)
    if not near.pixels.size:
        return None
    quads = body_parts(near)
    if not quads["torso"]:
        return None
    quality = geometric * _sharpness(flat(near, quads["torso"], light.counted))
    if quality * (1.0 if quads["thighs"] and quads["shins"] else LEGS_SEEN) < least:
        return None  # before the garments are looked for: that takes the most time
    others = [other for other in others if other is not detection]
    classes = guess_mask(near, light.counted) if garments is None else garment_mask(near, others, garments)
    regions, under = masks(near, classes), legs(quads, classes)
    if "upper" not in regions or covered(regions["upper"], quads["torso"]).mean() < MIN_SHOWN:
        return None
    quality *= 1.0 if {"thighs", "shins"} <= under.keys() else LEGS_SEEN
    if quality < least:
        return None
    moments = np.full((len(MEASURED), colour.COLOUR_MOMENTS), np.nan, np.float32)
    for row, name in enumerate(MEASURED):
        if name in regions:
            moments[row] = colour.moments(colour.to_lab(cloth(near, spots(regions[name])), light.counted)[0])
    height = body_height(detection)
    return Draft(near, classes, garments, quads, under, light, moments.ravel(), quality, height)


def complete(begun: Draft) -> Appearance:
    """Describe a view."""
    near, classes, light = begun.near, begun.classes, begun.light
    regions = masks(near, classes)
    straight = patches(near, regions, begun.quads, light.counted)
    palettes = np.zeros((len(REGIONS), CELLS), np.float32)
    words, counted = np.zeros((2, len(REGIONS), len(COLOUR_NAMES)), np.float32)
    patterns = np.zeros((len(REGIONS), len(PATTERNS)), np.float32)
    textures = np.full((len(MEASURED), pattern.TEXTURE), np.nan, np.float32)
    shades = Shades()
    cells = None if begun.garments is None else _pattern_cells(near, begun.garments)
    for row, name in enumerate(REGIONS[:-1]):
        if name in regions:
            at = spots(regions[name])
            shown = cloth(near, at)
            lab = colour.to_lab(shown, light.counted)[0]
            palettes[row] = colour.palette(lab)
            if not light.is_dim:
                named = colour.to_lab(shown, light.gains)[0]
                found = colour.words(named, None if name == "shoes" else light.cast)
                words[row] = colour.shares(found)
                counted[row] = colour.word_shares(lab, None)
                shades.add(classes.ravel().take(at), found, named, int(np.count_nonzero(regions[name])))
        if name in straight:
            seen = pattern.spectrum(straight[name])
            textures[row] = seen.texture
            patterns[row] = pattern.kinds(seen) if cells is None else _kinds(regions[name], cells)
    for rows in (palettes, words, counted, patterns):
        rows[-1] = _whole(rows)
    return Appearance(
        palettes,
        words,
        counted,
        patterns,
        _arrangement(begun.under, palettes),
        begun.colour,
        textures.ravel(),
        silhouette(near, classes, begun.under),
        begun.quality,
        height=begun.height,
        worn=Worn(
            areas(near, classes),
            shades.found,
            _worn_patterns(classes, cells, patterns),
            cut(near, classes, begun.under.get("shins", {}).get("skin", math.nan)),
        ),
    )


def describe(
    pixels: Pixels,
    detection: Detection,
    others: list[Detection],
    garments: GarmentMap | None,
    light: colour.Light,
    geometric: float,
) -> Appearance | None:
    """Describe a person's clothes at once; as `draft`."""
    begun = draft(pixels, detection, others, garments, light, geometric)
    return None if begun is None else complete(begun)


class _Cells(NamedTuple):
    """The cells of the pattern map that lie in a crop."""

    shares: Floats
    """[rows, columns, kinds]."""
    at: tuple[NDArray[np.intp], NDArray[np.intp]]
    """Their pixels in the crop: [rows, 1] y and [columns] x."""


def _pattern_cells(near: Crop, garments: GarmentMap) -> _Cells:
    height, width = near.pixels.shape[:2]
    rows, y = _cells_within(near, garments, 1, height)
    columns, x = _cells_within(near, garments, 0, width)
    return _Cells(garments.patterns[rows, columns], (y[:, None], x))


def _kinds(mask: Mask, cells: _Cells) -> Floats:
    """[kinds] mean of the pattern map over a region's cells; plain for a region without any."""
    is_on = mask[cells.at]
    shares = cells.shares[is_on].mean(axis=0) if is_on.any() else np.eye(len(PATTERNS), dtype=np.float32)[0]
    return np.asarray(shares, np.float32)


def _worn_patterns(classes: Pixels, cells: _Cells | None, patterns: Floats) -> Floats:
    """[garments, kinds] as in Worn; without a garment map the patterns [regions, kinds] of upper and lower."""
    found = np.zeros((len(WORN), len(PATTERNS)), np.float32)
    if cells is None:
        for row, region in zip((WORN.index("upper"), WORN.index("lower")), patterns[:2], strict=True):
            found[row] = region
        return found
    for row, name in enumerate(WORN):
        mask = classes == CLASSES.index(name)
        if name not in ("shoes", "bag") and mask.any():
            found[row] = _kinds(mask, cells)
    return found


def _whole(rows: Floats) -> Floats:
    """[n] row of the whole outfit: the mean of the regions' rows [regions, n], weighted by OUTFIT, of those seen."""
    weights = _WEIGHTS * rows[:-1].any(axis=1)
    return np.asarray(weights @ rows[:-1] / max(float(weights.sum()), 1e-9), np.float32)


def _cells_within(near: Crop, garments: GarmentMap, axis: int, size: int) -> tuple[slice, NDArray[np.intp]]:
    """Return the cells of the pattern map, along x (`axis` 0) or y (1), that lie in a crop, and their pixels in it."""
    first = garments.corner[axis] // 2
    cells = np.arange(first, first + garments.patterns.shape[1 - axis])
    at = np.rint((cells * (2 * garments.pitch) - near.corner[axis]) * near.zoom).astype(np.intp)
    begin, end = np.searchsorted(at, (0, size)).tolist()
    return slice(begin, end), at[begin:end]


def _sharpness(lab: Floats) -> float:
    """Sharpness (0..1) by the strongest edges of a torso [h, w, 3]; even plain cloth has seams, arms and folds."""
    light = lab[..., 0] * 2.55
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=0.25)
    return min(0.4 + 0.6 * _quantile(np.hypot(dx, dy).ravel(), STRONGEST) / SHARP_GRADIENT, 1.0)


def _quantile(values: Floats, share: float) -> float:
    """Return np.quantile by linear interpolation, in a fraction of its time for values as few as a patch has."""
    at = (len(values) - 1) * share
    below = min(int(at), len(values) - 2)
    low, high = np.partition(values, (below, below + 1))[below : below + 2]
    up = at - below
    return float(low + (high - low) * up if up < 0.5 else high - (high - low) * (1 - up))


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
