"""The class of each pixel around one person: from the model's garment map, or guessed if the model has none.

Head, hair and skin are separated here, before any feature is computed; no later step reads their pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.appearance.body_parts import body_parts
from edge.appearance.colour import to_lab
from edge.appearance.crop import Crop
from edge.records import CLASSES, Detection, Flags, Floats, GarmentMap, Pixels

BACKGROUND, SKIN, HAIR, UPPER, LOWER = (CLASSES.index(n) for n in ("background", "skin", "hair", "upper", "lower"))

REACH = 0.5
"""Torso lengths from the skeleton within which a pixel may belong to the person: a wide coat, a bag in the hand."""
_BONES = np.array(
    [(5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16)]
)
_NECK = [0, 5, 6]

SKIN_SPREAD = 5.0
"""Standard deviation of a* and b* within one person's skin under one light; set by eye."""
SKIN_DISTANCE = 2.5
"""Mahalanobis distance in (a*, b*) up to which a pixel is skin."""
HAIR_DELTA_E = 14.0
"""CIE76 difference up to which a pixel below the head is the hair seen on the head."""
FACE_CONFIDENCE = 0.5
"""Confidence of nose and both eyes from which the face is turned to the camera; in profile the hidden eye has less."""
HAIR_REACH = 0.5
"""Upper share of the torso in which hair is searched."""
# A broad range of skin colours, for legs of people whose face is not seen. Mean skin colours of four ethnic groups lie
# at a* 8-13, b* 14-19 (Xiao et al. 2017, "Characterising the variations in ethnic skin colours"); so do tan trousers.
_GENERIC_SKIN = np.array([11.0, 16.0], np.float32)
_GENERIC_SPREAD = np.array([4.0, 4.5], np.float32)


def garment_mask(crop: Crop, others: list[Detection], garments: GarmentMap) -> Pixels:
    """[h, w] positions in CLASSES, from the garment map. `others` are the other people of the frame.

    Pixels too far from the person, or nearer to another one, are background.
    """
    height, width = crop.pixels.shape[:2]
    step = 1 / (crop.zoom * garments.pitch)
    x, y = (side / garments.pitch - first for side, first in zip(crop.corner, garments.corner, strict=True))
    matrix = np.array([[step, 0, x], [0, step, y]])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    classes = np.asarray(cv2.warpAffine(garments.classes, matrix, (width, height), flags=flags), np.uint8)
    away = _distance(crop.points, crop.believed, (height, width))
    is_mine = away <= REACH * crop.length
    for points, believed in _beside(crop, others):
        is_mine &= away <= _distance(points, believed, (height, width))
    classes[~is_mine] = BACKGROUND
    return classes


def guess_mask(crop: Crop, gains: Floats) -> Pixels:
    """[h, w] positions in CLASSES, guessed from keypoints and colours: torso and legs, without skin and hanging hair.

    `gains` [3] makes the light neutral. On street photos keypoint regions are .87 pure on the torso and .75 on legs
    (measured); shoes and bags are not guessed.
    """
    classes = np.full(crop.pixels.shape[:2], BACKGROUND, np.uint8)
    skin, hair = _head_colours(crop, gains)
    lab = to_lab(crop.pixels, gains) if crop.pixels.size else np.zeros((*classes.shape, 3), np.float32)
    for name, quads in body_parts(crop).items():
        inside = np.zeros_like(classes)
        for quad in quads:
            cv2.fillConvexPoly(inside, np.rint(quad.corners).astype(np.int32), (1,))
        is_inside = inside > 0
        classes[is_inside] = UPPER if name == "torso" else LOWER
        # Seen from behind there is no face to compare with, so a tan coat is not taken for skin on the torso.
        if name != "torso" or skin is not None:
            classes[is_inside & _is_skin(lab, skin)] = SKIN
        if name == "torso" and hair is not None:
            classes[is_inside & _hanging(lab, hair, is_inside)] = HAIR
    return classes


def _distance(points: Floats, believed: Flags, shape: tuple[int, int]) -> Floats:
    """[h, w] distance to the nearest bone with two sure ends, in pixels; far away if there is none.

    `points` are the keypoints [17, 2], `believed` [17] is True for the sure ones: a guessed leg would claim the
    pavement, or somebody else.
    """
    drawn = np.full(shape, 255, np.uint8)
    ends = np.minimum(np.maximum(np.rint(points), -4096), 4096).astype(np.int32)
    lines = ends[_BONES[believed[_BONES].all(axis=1)]]
    cv2.polylines(drawn, lines, isClosed=False, color=(0,))
    if believed[_NECK].all():
        cv2.line(drawn, ends[0].tolist(), ((ends[5] + ends[6]) // 2).tolist(), (0,), 1)
    return np.asarray(cv2.distanceTransform(drawn, cv2.DIST_L2, 3), np.float32)


def _beside(crop: Crop, others: list[Detection]) -> list[tuple[Floats, Flags]]:
    """Return the keypoints [17, 2], in pixels of the crop, of those who reach into it, and which are sure [17]."""
    if not others:
        return []
    points = crop.of_frame(np.array([other.keypoints for other in others]))
    low, high = points.min(axis=1) - REACH * crop.length, points.max(axis=1) + REACH * crop.length
    is_near = (high > 0).all(axis=1) & (low < np.array(crop.pixels.shape[1::-1])).all(axis=1)
    return [(points[i], others[i].believed) for i in np.flatnonzero(is_near)]


def _head_colours(crop: Crop, gains: Floats) -> tuple[Floats | None, Floats | None]:
    """CIELAB [3] of this person's facial skin and hair; None for one that the head does not show."""
    nose, ears = crop.points[0], crop.points[3:5]
    neck = crop.points[5:7].mean(axis=0)
    is_face = crop.confidences[:3].min() >= FACE_CONFIDENCE
    reach = np.float32(max(2.0, 0.12 * float(np.hypot(*(nose - neck)))))
    skin = _sample(crop, nose + np.array([0, 0.4 * reach], np.float32), reach, gains) if is_face else None
    if skin is not None and not _is_skin(skin[None], None).any():
        skin = None  # sunglasses, a scarf or a shadow
    head = nose if is_face else ears.mean(axis=0)
    up = (nose - neck) * np.float32(0.55 if is_face else 0.25)
    return skin, _sample(crop, head + up, reach, gains)


def _sample(crop: Crop, at: Floats, reach: np.float32, gains: Floats) -> Floats | None:
    """Median CIELAB [3] of a small square around a point; None if it leaves the picture."""
    x1, y1 = (int(v) for v in at - reach)
    x2, y2 = (int(v) + 1 for v in at + reach)
    if x1 < 0 or y1 < 0 or x2 > crop.pixels.shape[1] or y2 > crop.pixels.shape[0]:
        return None
    return np.asarray(np.median(to_lab(crop.pixels[y1:y2, x1:x2], gains).reshape(-1, 3), axis=0), np.float32)


def _is_skin(lab: Floats, seed: Floats | None) -> NDArray[np.bool_]:
    """[...] True for CIELAB pixels [..., 3] of the seed's colour in any plausible shade; without seed: of any skin."""
    centre, spread = (_GENERIC_SKIN, _GENERIC_SPREAD) if seed is None else (seed[1:], np.float32(SKIN_SPREAD))
    near = (((lab[..., 1:] - centre) / spread) ** 2).sum(axis=-1) <= SKIN_DISTANCE**2
    low, high = (15.0, 92.0) if seed is None else (0.45 * seed[0], 1.45 * seed[0])
    return np.asarray(near & (lab[..., 0] >= low) & (lab[..., 0] <= high), bool)


def _hanging(lab: Floats, hair: Floats, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[h, w] True where pixels of the hair's colour reach down from the top of `inside` [h, w] without a gap."""
    rows = np.flatnonzero(inside.any(axis=1))
    if len(rows) == 0:
        return np.zeros_like(inside)
    end = rows[0] + int(HAIR_REACH * (rows[-1] + 1 - rows[0]))
    is_hair = np.sqrt(((lab - hair) ** 2).sum(axis=-1)) <= HAIR_DELTA_E
    is_hair[end:] = False
    unbroken = np.logical_and.accumulate(is_hair | ~inside, axis=0)
    return np.asarray(unbroken & is_hair, bool)
