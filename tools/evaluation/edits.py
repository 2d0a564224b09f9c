"""Makes exceptions from real people: one garment of a labelled photo dyed, printed or exchanged, in its own light.

Everything follows from the generator given. The prints here are waves of lightness; they share nothing with the prints
of the training (tools/training/prints.py) nor with those that measure the pattern map (drawings.py).
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import CLASSES, Floats, Pixels

Mask = NDArray[np.bool_]
Rng = np.random.Generator

TALL_PX = 800.0
"""Person's height in pixels to which the periods below refer."""
PERIOD_PX = (16.0, 40.0)
BOLD, SUBTLE = 42.0, 14.0
"""Difference in L* between ground and ink of a bold and of a subtle print."""
LARGE = 0.08
"""Smallest garment that is edited, as a share of the person's pixels."""
RARE_HUES = (45.0, 85.0, 130.0, 160.0, 200.0, 310.0, 340.0)
"""Hues in degrees (CIELAB) that are rare on a street: orange, yellow, lime, green, turquoise, purple, magenta."""
RARE_CHROMA = (45.0, 65.0)
COMMON = ((14.0, 1.0, -1.0), (32.0, 0.0, -1.0), (22.0, 2.0, -12.0), (40.0, 0.0, -18.0), (55.0, 0.0, 0.0))
"""CIELAB of black, dark grey, navy, denim and grey."""
UPPER, OUTER, LOWER, DRESS = (CLASSES.index(name) for name in ("upper", "outer", "lower", "dress"))


class Labelled(NamedTuple):
    """A photo and its truth."""

    number: int
    pixels: Pixels
    """[h, w, 3] RGB."""
    classes: Pixels
    """[h, w] positions in CLASSES."""

    @property
    def tall_px(self) -> float:
        """Height of the person in pixels."""
        rows = np.flatnonzero((self.classes > 0).any(axis=1))
        return float(rows[-1] - rows[0] + 1) if len(rows) else 0.0


def garments(photo: Labelled) -> list[int]:
    """Return the positions in CLASSES of garments that can be edited, the largest first."""
    person = np.count_nonzero(photo.classes)
    sizes = {garment: np.count_nonzero(photo.classes == garment) for garment in (UPPER, OUTER, LOWER, DRESS)}
    return sorted((garment for garment, size in sizes.items() if size > LARGE * person), key=lambda g: -sizes[g])


def rare_hue(photo: Labelled, rng: Rng) -> Pixels | None:
    """Dye the largest garment in a saturated hue that few people wear."""
    hue, chroma = np.radians(rng.choice(RARE_HUES)), rng.uniform(*RARE_CHROMA)
    return _largest(photo, lambda lab: _dyed(lab, (rng.uniform(42, 68), chroma * np.cos(hue), chroma * np.sin(hue))))


def common_hue(photo: Labelled, rng: Rng) -> Pixels | None:
    """Dye the largest garment in a colour that most people wear: a control that must not raise the score."""
    colour = COMMON[rng.integers(len(COMMON))]
    return _largest(photo, lambda lab: _dyed(lab, colour))


def bold_pattern(photo: Labelled, rng: Rng) -> Pixels | None:
    """Print stripes, checks, plaid or blotches over the largest garment."""
    return _printed(photo, BOLD, rng)


def subtle_pattern(photo: Labelled, rng: Rng) -> Pixels | None:
    """Print as `bold_pattern` does, with a third of the contrast."""
    return _printed(photo, SUBTLE, rng)


def exchanged(photo: Labelled, donor: Labelled) -> Pixels | None:
    """Replace the lower garment's cloth by the donor's; None if either lower garment is too small."""
    mine, theirs = photo.classes == LOWER, donor.classes == LOWER
    if min(np.count_nonzero(mine), np.count_nonzero(theirs)) <= LARGE * np.count_nonzero(photo.classes) / 2:
        return None
    left, top, width, height = cv2.boundingRect(theirs.astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    _, nearest = cv2.distanceTransformWithLabels(
        (~theirs[part]).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    cloth = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    cloth[nearest[theirs[part]]] = donor.pixels[part][theirs[part]]
    whole = cloth[nearest]  # pixels outside the garment become their nearest garment pixel
    left, top, width, height = cv2.boundingRect(mine.astype(np.uint8))
    laid = np.zeros_like(photo.pixels)
    laid[top : top + height, left : left + width] = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
    return _blended(photo.pixels, laid, mine)


def with_skin(photo: Labelled, by: float) -> Pixels:
    """Make the labelled skin alone lighter or darker by `by` in L*."""
    mask = photo.classes == CLASSES.index("skin")
    lab = _lab(photo.pixels)
    lab[..., 0] = np.clip(lab[..., 0] + by, 0, 100)
    return _blended(photo.pixels, _rgb(lab), mask)


def _largest(photo: Labelled, change: Callable[[Floats], Floats]) -> Pixels | None:
    """Change the pixels [n, 3] CIELAB of the largest garment; None if there is none."""
    found = garments(photo)
    if not found:
        return None
    mask = photo.classes == found[0]
    lab = _lab(photo.pixels)
    lab[mask] = change(lab[mask])
    return _blended(photo.pixels, _rgb(lab), mask)


def _dyed(lab: Floats, colour: tuple[float, float, float]) -> Floats:
    """Return pixels [n, 3] CIELAB dyed; lightness is shifted and keeps its range, so that folds and light stay."""
    dyed = np.empty_like(lab)
    dyed[:, 0] = np.clip(colour[0] + (lab[:, 0] - np.median(lab[:, 0])) * 0.8, 2, 97)
    fade = np.clip(dyed[:, 0] / max(colour[0], 1.0), 0.4, 1.2)
    dyed[:, 1:] = np.array(colour[1:], np.float32) * fade[:, None]
    return dyed


def _printed(photo: Labelled, contrast: float, rng: Rng) -> Pixels | None:
    found = garments(photo)
    if not found:
        return None
    mask = photo.classes == found[0]
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    part = np.s_[top : top + height, left : left + width]
    period = rng.uniform(*PERIOD_PX) * photo.tall_px / TALL_PX
    ink = _PRINTS[rng.integers(len(_PRINTS))]((height, width), period, rng)
    lab = _lab(photo.pixels)
    sign = 1.0 if np.median(lab[mask][:, 0]) < 50 else -1.0
    lab[part][..., 0] = np.clip(lab[part][..., 0] + np.float32(sign * contrast) * ink, 1, 99)
    return _blended(photo.pixels, _rgb(lab), mask)


def _waves(shape: tuple[int, int], period: float, angle: float, rng: Rng) -> Floats:
    """Return soft-edged bands [h, w], 0 to 1, slightly bent."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    bend = cv2.resize(rng.normal(0, 0.12, (4, 4)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)
    phase = (x * np.cos(angle) + y * np.sin(angle)) / period + bend + rng.random()
    return np.asarray(np.clip(np.sin(2 * np.pi * phase) * 2.5 + 0.5, 0, 1), np.float32)


def _stripes(shape: tuple[int, int], period: float, rng: Rng) -> Floats:
    return _waves(shape, period, float(rng.choice([0.0, np.pi / 2])) + rng.normal(0, 0.1), rng)


def _checks(shape: tuple[int, int], period: float, rng: Rng) -> Floats:
    """Return a chequerboard [h, w], 0 to 1."""
    angle = rng.normal(0, 0.1)
    one, other = (_waves(shape, period, angle + turn, rng) for turn in (0, np.pi / 2))
    return np.asarray(np.abs(one - other), np.float32)


def _plaid(shape: tuple[int, int], period: float, rng: Rng) -> Floats:
    """Return bands both ways [h, w], darkest where they cross, with a finer set between."""
    angle = rng.normal(0, 0.1)
    broad = sum(_waves(shape, period, angle + turn, rng) for turn in (0, np.pi / 2))
    fine = sum(_waves(shape, period / 2, angle + turn, rng) for turn in (0, np.pi / 2))
    return np.asarray(0.4 * broad + 0.1 * fine, np.float32)


def _blotches(shape: tuple[int, int], period: float, rng: Rng) -> Floats:
    """Return noise of that size [h, w], cut at its middle."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), period / 5)
    return np.asarray(np.clip(noise / max(float(noise.std()), 1e-6) * 2 + 0.5, 0, 1), np.float32)


_PRINTS = (_stripes, _checks, _plaid, _blotches)


def _blended(pixels: Pixels, changed: Pixels, mask: Mask) -> Pixels:
    """Blend `changed` into `pixels` under the mask, with an edge of about a pixel."""
    share = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None] * mask[..., None]
    return np.asarray(np.rint(pixels * (1 - share) + changed * share), np.uint8)


def _lab(pixels: Pixels) -> Floats:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def _rgb(lab: Floats) -> Pixels:
    return np.asarray(np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255 + 0.5, 0, 255), np.uint8)
