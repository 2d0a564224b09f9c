"""Close-ups of real cloth, prepared to be laid onto garments: neutral light, no shading, seamless, known scale.

Every cloth was photographed 8 to 32 times (turned, tilted, near, far, in folds), so whole cloths are held out:
swatches.tsv says which, and what each is. Data: Medeiros et al., "Recognizing Clothing Colors and Visual Textures
Using a Finger-Mounted Camera", ASSETS 2017.
"""

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import ConfigError
from edge.vocabulary import PATTERNS

TABLE = Path(__file__).with_name("swatches.tsv")
FOLDERS = ("checkered", "dotted", "floral", "solid", "striped", "zig-zag")
USES = ("train", "test", "none")
SIDE = 256
"""Side of a prepared swatch in pixels; on no garment is it larger."""
EDGE = 0.06
"""Share of a picture's side that is cut off all round, where the lens lets little light through."""
OWN_CAST = 0.7
"""Weight of a picture's own estimate of its light's colour; the rest is the estimate over all swatches."""
SHADES = 6.0
"""Minkowski norm of the "shades of grey" estimate (Finlayson and Trezzi 2004)."""
BRIGHT = 0.85
"""Value (0 to 1) to which the lightest parts of a swatch are raised."""
BROAD = 0.3
"""Deviation of the blur that separates shading from cloth, as a share of the side."""
DARK = 8.0
"""L* added before shade is taken as a ratio, so that noise in black cloth is not amplified."""
OVERLAP = 0.12
"""Width of the zone in which two repeats are joined, as a share of the side."""
SMALLEST_REPEAT, OF_SPOTS = 0.5, 0.65
"""Least width of a seamless repeat, as a share of the side; larger for spots, since some pictures show only one."""
PLAIN_SIDE = 64
"""Side in pixels to which plain cloth is reduced: its folds stay, its threads vanish."""
WEAVE_PX = 2.0
"""Deviation in pixels of the blur that hides threads before the scale of a pattern is measured."""

Plane = NDArray[np.float32]
Bytes = NDArray[np.uint8]


class Swatch(NamedTuple):
    """One prepared picture of cloth."""

    name: str
    """Folder and file name."""
    kind: str
    """One of vocabulary.PATTERNS."""
    tile: Bytes
    """[h, w, 3] RGB, seamless when repeated both ways; stripes run down."""
    period: float
    """Pixels of the tile from one element of the pattern to the next."""


class _Row(NamedTuple):
    path: Path
    kind: str


def load(folder: Path, *, held_out: bool) -> list[Swatch]:
    """Load the swatches to test with (`held_out`) or those to train on; raises ConfigError if there are none."""
    rows = [row for row in _rows(folder, "test" if held_out else "train") if row.path.exists()]
    if not rows:
        raise ConfigError(
            f"{folder}: expected folders {', '.join(FOLDERS)} with pictures such as solid/00392.jpg, found none; "
            "get them from github.com/lstearns86/clothing-pattern-dataset (FingerCamera), or name another folder"
        )
    cv2.setNumThreads(0)  # scenes are made in forked workers, which OpenCV's own threads do not survive
    with ThreadPoolExecutor() as pool:
        pictures = list(pool.map(lambda row: _read(row.path), rows))
        casts = [_cast(picture) for picture in pictures]
        usual = np.median([cast for row, cast in zip(rows, casts, strict=True) if row.kind != "plain"] or casts, axis=0)
        return list(pool.map(_swatch, rows, pictures, casts, [usual] * len(rows)))


def _rows(folder: Path, use: str, table: Path = TABLE) -> Iterator[_Row]:
    with table.open(newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t"), start=2):
            if row["folder"] not in FOLDERS or row["use"] not in USES or row["kind"] not in PATTERNS:
                raise ConfigError(f"{table}:{number}: expected one of {FOLDERS}, {USES} and {PATTERNS}, found {row}")
            if row["use"] == use:
                left_out = {int(number) for number in row["left_out"].split()}
                for picture in sorted({*range(int(row["first"]), int(row["last"]) + 1)} - left_out):
                    yield _Row(folder / row["folder"] / f"{picture:05}.jpg", row["kind"])


def _read(path: Path) -> Plane:
    """Read a picture as [SIDE, SIDE, 3] RGB, 0 to 1."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise ConfigError(f"{path}: expected a JPEG picture, found none that can be read; copy it again")
    edge = int(EDGE * len(picture))
    small = cv2.resize(picture[edge:-edge, edge:-edge], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _swatch(row: _Row, picture: Plane, cast: NDArray[np.float64], usual: NDArray[np.float64]) -> Swatch:
    own = 0.0 if row.kind == "plain" else OWN_CAST  # one colour says nothing about its light
    lab = flattened(neutral(picture, own * cast + (1 - own) * usual))
    if row.kind in ("striped", "checked"):
        lab = _upright(lab, row.kind)
    lab = _seamless(lab, row.kind)
    rgb = np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB) * 255 + 0.5, 0, 255).astype(np.uint8)
    return Swatch(f"{row.path.parent.name}/{row.path.stem}", row.kind, rgb, _period(lab[..., 0], row.kind))


def _cast(picture: Plane) -> NDArray[np.float64]:
    """Return the log of the light's colour [3], mean 0, by shades of grey."""
    light = np.log((picture.astype(np.float64) ** SHADES).mean(axis=(0, 1)) ** (1 / SHADES) + 1e-4)
    return np.asarray(light - light.mean())


def neutral(picture: Plane, cast: NDArray[np.float64]) -> Plane:
    """Return [h, w, 3] RGB without the light's colour, its lightest parts as light as BRIGHT."""
    white = picture * np.exp(-cast).astype(np.float32)
    return np.asarray(np.clip(white * (BRIGHT / np.percentile(white.max(axis=2), 99)), 0, 1), np.float32)


def flattened(picture: Plane) -> Plane:
    """Return [h, w, 3] CIELAB without vignetting and slow shading."""
    lab = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2Lab), np.float32)
    side = SIDE // 8
    small = cv2.resize(lab[..., 0] + np.float32(DARK), (side, side), interpolation=cv2.INTER_AREA)
    broad = cv2.GaussianBlur(small, (0, 0), BROAD * side, borderType=cv2.BORDER_REFLECT)
    broad = cv2.resize(broad, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    lab[..., 0] = np.clip((lab[..., 0] + DARK) * np.clip(broad.mean() / broad, 0.5, 2) - DARK, 0, 100)
    return lab


def _upright(lab: Plane, kind: str) -> Plane:
    """Turned until its stripes run down, or its checks down and across, and cut to what is still whole."""
    light = np.asarray(cv2.resize(lab[..., 0], (SIDE // 4, SIDE // 4), interpolation=cv2.INTER_AREA), np.float32)
    span = 180 if kind == "striped" else 90
    about = max(range(0, span, 3), key=lambda degrees: _sharpness(light, degrees, kind))
    angle = max((about + step / 2 for step in range(-6, 7)), key=lambda degrees: _sharpness(light, degrees, kind))
    turned = _turned(lab, angle)
    cos, sin = (abs(float(part(np.radians(angle)))) for part in (np.cos, np.sin))
    left = int(SIDE / 2 * (1 - 1 / (cos + sin))) + 1
    return np.ascontiguousarray(turned[left : SIDE - left, left : SIDE - left])


def _turned(picture: Plane, degrees: float) -> Plane:
    side = len(picture)
    matrix = cv2.getRotationMatrix2D((side / 2 - 0.5, side / 2 - 0.5), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side), flags=cv2.INTER_LINEAR), np.float32)


def _sharpness(light: Plane, degrees: float, kind: str) -> float:
    """Return the variance of the columns' means; for checks, times that of the rows' means."""
    margin = len(light) * 3 // 20
    middle = _turned(light, degrees)[margin:-margin, margin:-margin]
    across, down = float(middle.mean(axis=0).var()), float(middle.mean(axis=1).var())
    return across if kind == "striped" else across * down


def _seamless(lab: Plane, kind: str) -> Plane:
    """Make a seamless tile: stripes mirrored along their length, plain cloth both ways, others joined."""
    if kind == "plain":
        small = np.asarray(cv2.resize(lab, (PLAIN_SIDE, PLAIN_SIDE), interpolation=cv2.INTER_AREA), np.float32)
        return np.concatenate([half := np.concatenate([small, small[::-1]]), half[:, ::-1]], axis=1)
    smallest = OF_SPOTS if kind == "dotted" else SMALLEST_REPEAT
    across = _repeating(lab, smallest)
    if kind == "striped":
        return np.concatenate([across, across[::-1]])
    return np.ascontiguousarray(_repeating(across.swapaxes(0, 1), smallest).swapaxes(0, 1))


def _repeating(lab: Plane, smallest: float) -> Plane:
    """Crop the picture to where its columns repeat best, and join the ends along the cut of least difference.

    This is image quilting (Efros and Freeman 2001) of the picture with itself.
    """
    overlap = int(OVERLAP * lab.shape[1])
    begin, width = _best_repeat(lab, overlap, int(smallest * lab.shape[1]))
    own, after = lab[:, begin : begin + overlap], lab[:, begin + width : begin + width + overlap]
    is_after = _cut(np.square(own - after).sum(axis=2))
    share = cv2.GaussianBlur(is_after.astype(np.float32), (0, 0), 1.0)[..., None]
    joined = np.concatenate([after * share + own * (1 - share), lab[:, begin + overlap : begin + width]], axis=1)
    return np.asarray(joined, np.float32)


def _best_repeat(lab: Plane, overlap: int, smallest: int) -> tuple[int, int]:
    """Return first column and width of the repeat whose columns differ least from those one width further on.

    Wide repeats are preferred, and those that hold much of the pattern.
    """
    smooth = cv2.GaussianBlur(lab, (0, 0), WEAVE_PX)[::4]
    spread = np.cumsum(np.append(0, np.square(smooth - smooth.mean(axis=(0, 1))).mean(axis=(0, 2))))
    whole = lab.shape[1]
    best, found = np.inf, (0, whole - overlap)
    for width in range(smallest, whole - overlap + 1, 2):
        differs = np.abs(smooth[:, :-width] - smooth[:, width:]).mean(axis=(0, 2))
        strips = np.convolve(differs, np.ones(overlap) / overlap, "valid")
        begins = np.arange(len(strips))
        cost = strips / (spread[begins + width] - spread[begins + overlap])
        if cost.min() < best:
            best, found = cost.min(), (int(cost.argmin()), width)
    return found


def _cut(cost: Plane) -> NDArray[np.bool_]:
    """Return [rows, columns]: True left of the cheapest path from the first row to the last."""
    total = cost.astype(np.float64)
    rows, columns = total.shape
    for row in range(1, rows):
        above = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    path = np.empty(rows, np.intp)
    path[-1] = total[-1].argmin()
    for row in range(rows - 2, -1, -1):
        first = max(int(path[row + 1]) - 1, 0)
        path[row] = first + total[row, first : path[row + 1] + 2].argmin()
    return np.asarray(np.arange(columns) < path[:, None])


def _period(light: Plane, kind: str) -> float:
    """Pixels from one element to the next: of spots by their number, else by the mean of the spectrum's power."""
    smooth = np.asarray(cv2.GaussianBlur(light, (0, 0), WEAVE_PX), np.float32)
    if kind == "dotted":
        return float(np.sqrt(light.size / max(_spots(smooth), 1)))
    lines = {"striped": [smooth.mean(axis=0)], "checked": [smooth.mean(axis=0), smooth.mean(axis=1)]}
    spectra = [_spectrum(line) for line in lines.get(kind, [*smooth[::8], *smooth.T[::8]])]
    power, frequency = (np.concatenate(each) for each in zip(*spectra, strict=True))
    return float(np.exp(-(power * np.log(frequency)).sum() / max(power.sum(), 1e-9)))


def _spectrum(line: Plane) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power and frequency in cycles a pixel, without the mean."""
    frequency = np.fft.rfftfreq(len(line))[1:].astype(np.float64)
    return np.abs(np.fft.rfft(line)[1:]) ** 2 / len(line) ** 2, frequency


def _spots(light: Plane) -> int:
    """How many spots of the rarer of two lightnesses there are, over the seams too."""
    scaled = ((light - light.min()) / (np.ptp(light) + 1e-6) * 255).astype(np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)
    is_spot = scaled > level
    is_spot = ~is_spot if is_spot.mean() > 0.5 else is_spot
    four = np.tile(is_spot, (2, 2)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(four)
    return round(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] > 0.003 * light.size) / 4)
