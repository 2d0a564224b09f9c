"""A person's pixels to one small canonical patch per body region, head, hair and skin masked out.

Regions are placed by keypoints alone (torso 0.87 pure, thighs 0.85, shins 0.67 in a feasibility study) and warped
to a fixed size, so that cost and texture scale do not depend on how near the person is. The head itself is never in
a patch; hair that falls over the torso and skin are recognised from the person's own head and masked before any
feature is computed. Those head pixels are read here and forgotten here.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import KEYPOINTS, Detection, Floats, Pixels

TORSO_PX = 64
"""Canonical torso length: a person about 215 px tall is sampled one to one."""

BELIEVED = 0.3
"""A limb is described if both its keypoints are this sure."""

SKIN_SPREAD = 5.0
"""Standard deviation of a* and b* within one person's skin under one light; set by eye."""
SKIN_DISTANCE = 2.5
"""Mahalanobis distance in (a*, b*) up to which a pixel is skin."""
HAIR_DELTA_E = 14.0
"""CIE76 difference up to which a pixel below the head is the hair seen on the head."""
HAIR_REACH = 0.5
"""Hair is looked for in this upper share of the torso."""
MIN_GARMENT = 0.2
"""A region with a smaller share of garment pixels is not described."""

_AT = {name: i for i, name in enumerate(KEYPOINTS)}
_SHOULDERS = (_AT["right_shoulder"], _AT["left_shoulder"])
_HIPS = (_AT["right_hip"], _AT["left_hip"])
_KNEES = (_AT["right_knee"], _AT["left_knee"])
_ANKLES = (_AT["right_ankle"], _AT["left_ankle"])


class Patch(NamedTuple):
    """One region in canonical size."""

    lab: Floats
    """[h, w, 3] CIELAB under neutral light: L* 0..100, a* and b* about -100..100."""
    is_garment: NDArray[np.bool_]
    """[h, w] neither skin nor hair."""
    skin: float
    """Share of skin pixels."""


class _Strip(NamedTuple):
    """A quadrilateral around a body axis, as shares of that axis."""

    start: float
    end: float
    half_width: float
    """In torso lengths."""
    size: tuple[int, int]
    """Canonical height and width."""


_UPPER = _Strip(0.14, 0.94, 0.15, (TORSO_PX, 48))
_THIGH = _Strip(0.15, 0.95, 0.11, (32, 16))
_SHIN = _Strip(0.12, 0.85, 0.07, (32, 12))
_SHRINK = 0.38
"""Half the shoulder (hip) width that the torso quadrilateral keeps: half of it less 12 % a side."""

# A broad locus for legs whose owner's face is not seen. Means of skin colour over four ethnic groups lie at
# a* 8-13, b* 14-19 (Xiao et al. 2017, "Characterising the variations in ethnic skin colours"); tan trousers do too.
_GENERIC_SKIN = np.array([11.0, 16.0], np.float32)
_GENERIC_SPREAD = np.array([4.0, 4.5], np.float32)


def torso_length(detection: Detection) -> float:
    """Pixels from between the shoulders to between the hips; at least 1."""
    points = detection.keypoints
    axis = points[list(_HIPS)].mean(axis=0) - points[list(_SHOULDERS)].mean(axis=0)
    return max(float(np.hypot(*axis)), 1.0)


def cut(pixels: Pixels, detection: Detection, gains: Floats) -> dict[str, Patch]:
    """Patches of the regions that are believed, inside the picture and show enough garment.

    `pixels` [height, width, 3] RGB; `gains` [3] is the factor per channel that makes the light neutral.
    """
    crop, points, length = _shrink(pixels, detection)
    quads = _quads(points, detection.confidences, length)
    inside = {name: [q for q in legs if _is_inside(q[0], crop.shape)] for name, legs in quads.items()}
    skin, hair = _head_colours(crop, points, detection.confidences, gains)
    patches: dict[str, Patch] = {}
    for name, legs in inside.items():
        if legs:
            lab = np.hstack([_warp(crop, corners, size, gains) for corners, size in legs])
            patch = _mask(lab, skin, hair if name == "upper" else None, is_leg=name != "upper")
            if name == "shins" or patch.is_garment.mean() >= MIN_GARMENT:
                patches[name] = patch
    return patches


def _shrink(pixels: Pixels, detection: Detection) -> tuple[Pixels, Floats, float]:
    """The person's part of the picture at about canonical scale, and the keypoints and torso length in it."""
    points = detection.keypoints
    height, width = pixels.shape[:2]
    length = torso_length(detection)
    margin = 0.3 * length
    x1, y1 = np.clip(points.min(axis=0) - margin, 0, (width, height)).astype(int)
    x2, y2 = np.clip(points.max(axis=0) + margin, 0, (width, height)).astype(int)
    crop = pixels[y1:y2, x1:x2]
    points = points - np.array([x1, y1], np.float32)
    zoom = TORSO_PX / length
    if zoom < 0.75 and crop.size:
        crop = cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        return crop, points * np.float32(zoom), TORSO_PX
    return crop, points, length


_Quad = tuple[Floats, tuple[int, int]]


def _quads(points: Floats, confidences: Floats, length: float) -> dict[str, list[_Quad]]:
    """Corners [4, 2] (top left, top right, bottom right, bottom left) and canonical size, per region."""
    quads: dict[str, list[_Quad]] = {"upper": [], "lower": [], "shins": []}
    if confidences[[*_SHOULDERS, *_HIPS]].min() >= BELIEVED:
        quads["upper"].append((_torso(points, length), _UPPER.size))
    for name, tops, bottoms, strip in (("lower", _HIPS, _KNEES, _THIGH), ("shins", _KNEES, _ANKLES, _SHIN)):
        for top, bottom in zip(tops, bottoms, strict=True):
            if min(confidences[top], confidences[bottom]) >= BELIEVED:
                quads[name].append((_limb(points[top], points[bottom], strip, length), strip.size))
    return quads


def _torso(points: Floats, length: float) -> Floats:
    top, bottom = points[list(_SHOULDERS)], points[list(_HIPS)]
    # From the side the shoulders fall together, the body does not: keep at least half_width around the axis.
    sign = 1.0 if top[0, 0] + bottom[0, 0] <= top[1, 0] + bottom[1, 0] else -1.0
    corners = []
    for share in (_UPPER.start, _UPPER.end):
        middle = top.mean(axis=0) * (1 - share) + bottom.mean(axis=0) * share
        across = (top[1] - top[0]) * (1 - share) + (bottom[1] - bottom[0]) * share
        half = np.array([max(abs(across[0]) * _SHRINK, _UPPER.half_width * length), sign * across[1] * _SHRINK])
        corners.append((middle - half, middle + half))
    (a, b), (d, c) = corners
    return np.array([a, b, c, d], np.float32)


def _limb(start: Floats, end: Floats, strip: _Strip, length: float) -> Floats:
    axis = end - start
    across = np.array([-axis[1], axis[0]], np.float32) / max(float(np.hypot(*axis)), 1e-3)
    half = across * np.float32(-strip.half_width * length)
    first, last = start + axis * np.float32(strip.start), start + axis * np.float32(strip.end)
    return np.array([first - half, first + half, last + half, last - half], np.float32)


def _is_inside(corners: Floats, shape: tuple[int, ...]) -> bool:
    x, y = corners.T
    return bool(x.min() >= 0 and y.min() >= 0 and x.max() < shape[1] and y.max() < shape[0])


def _warp(crop: Pixels, corners: Floats, size: tuple[int, int], gains: Floats) -> Floats:
    height, width = size
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpPerspective(crop, cv2.getPerspectiveTransform(target, corners), (width, height), flags=flags)
    return to_lab(np.asarray(patch, np.uint8), gains)


def to_lab(pixels: Pixels, gains: Floats) -> Floats:
    """[..., h, w, 3] RGB bytes to CIELAB (D65) after multiplying each channel by its gain."""
    balanced = np.clip(pixels.astype(np.float32) * (gains / np.float32(255)), 0, 1)
    return np.asarray(cv2.cvtColor(balanced, cv2.COLOR_RGB2LAB), np.float32)


def _head_colours(
    crop: Pixels, points: Floats, confidences: Floats, gains: Floats
) -> tuple[Floats | None, Floats | None]:
    """Lab of this person's facial skin and of the hair, each None where the head does not show it."""
    nose, ears = points[0], points[3:5]
    neck = points[list(_SHOULDERS)].mean(axis=0)
    is_face = confidences[:3].min() >= 0.5  # nose and both eyes: the face is turned to the camera
    reach = np.float32(max(2.0, 0.12 * float(np.hypot(*(nose - neck)))))
    skin = _sample(crop, nose + np.array([0, 0.4 * reach], np.float32), reach, gains) if is_face else None
    if skin is not None and not _is_skin(skin[None], None).any():
        skin = None  # sunglasses, scarf or shadow: not a colour to recognise skin by
    head = nose if is_face else ears.mean(axis=0)
    up = (nose - neck) * np.float32(0.55 if is_face else 0.25)
    return skin, _sample(crop, head + up, reach, gains)


def _sample(crop: Pixels, at: Floats, reach: np.float32, gains: Floats) -> Floats | None:
    """Median Lab of a small square, None outside the picture."""
    x1, y1 = (int(v) for v in at - reach)
    x2, y2 = (int(v) + 1 for v in at + reach)
    if x1 < 0 or y1 < 0 or x2 > crop.shape[1] or y2 > crop.shape[0]:
        return None
    return np.asarray(np.median(to_lab(crop[y1:y2, x1:x2], gains).reshape(-1, 3), axis=0), np.float32)


def _is_skin(lab: Floats, seed: Floats | None) -> NDArray[np.bool_]:
    """Pixels [..., 3] of the seed's colour at any plausible shading, or of anyone's skin if there is no seed."""
    centre, spread = (_GENERIC_SKIN, _GENERIC_SPREAD) if seed is None else (seed[1:], np.float32(SKIN_SPREAD))
    near = (((lab[..., 1:] - centre) / spread) ** 2).sum(axis=-1) <= SKIN_DISTANCE**2
    low, high = (15.0, 92.0) if seed is None else (0.45 * seed[0], 1.45 * seed[0])
    return np.asarray(near & (lab[..., 0] >= low) & (lab[..., 0] <= high), bool)


def _mask(lab: Floats, skin: Floats | None, hair: Floats | None, *, is_leg: bool) -> Patch:
    """Mask skin everywhere (from behind, on the torso, there is no face to tell skin from a tan coat: none is
    assumed), and hair where it hangs down from the top of the torso without a break.
    """
    is_skin = _is_skin(lab, skin) if is_leg or skin is not None else np.zeros(lab.shape[:2], bool)
    is_garment = ~is_skin
    if hair is not None:
        reach = int(HAIR_REACH * lab.shape[0])
        is_hair = np.sqrt(((lab[:reach] - hair) ** 2).sum(axis=-1)) <= HAIR_DELTA_E
        is_garment[:reach] &= ~np.logical_and.accumulate(is_hair, axis=0)
    return Patch(lab, is_garment, float(is_skin.mean()))
