"""Garment maps for street pictures with silhouettes (Penn-Fudan), from pieces labelled by eye: pennfudan.tsv.

A silhouette says where a person is, not what they wear. Each is cut into about 20 numbered pieces of one colour, and
the table beside this file has one letter per piece. The cut depends on the picture and its mask alone, so the table
holds on every machine. `sheets.py` draws the pieces and proposes letters.

The letters were proposed by a model and corrected by eye, person by person; about one in 25 may still be wrong.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import ConfigError
from edge.records import CLASSES

TABLE = Path(__file__).with_name("pennfudan.tsv")
FIELDS = ("image", "person", "view", "pieces")
VIEWS = ("front", "back", "side")
LETTERS = dict(zip("khuoldsba", CLASSES[1:], strict=True)) | {"?": "unsure"}
"""Letters: s[k]in, [h]air, [u]pper, [o]uter, [l]ower, [d]ress, [s]hoes, [b]ag, [a]ccessory, mixed (?)."""
UNKNOWN = 255
"""Class of a pixel that is a person's but could not be labelled."""

HELD_OUT = frozenset(
    [f"FudanPed{number:05}" for number in (1, 7, 18, 25, 31, 45, 51, 58, 72)]
    + [f"PennPed{number:05}" for number in (6, 13, 20, 28, 35, 42, 51, 60, 73, 83, 91)]
)
"""Every sixth of the 120 pictures; never trained on."""

BANDS = (
    (0.0, 0.06, 1),
    (0.06, 0.13, 2),
    (0.13, 0.22, 2),
    (0.22, 0.32, 3),
    (0.32, 0.42, 3),
    (0.42, 0.52, 3),
    (0.52, 0.64, 2),
    (0.64, 0.76, 2),
    (0.76, 0.87, 2),
    (0.87, 0.95, 2),
    (0.95, 1.0, 2),
)
"""Bands of a silhouette: from, to (shares of the body height), pieces side by side. A head is a seventh."""
COMPACTNESS = 14.0
"""CIELAB distance (0-100) that weighs as much as the distance between two pieces; smaller follows colour more."""
ROUNDS = 10
SPECK = 0.12
"""Loose parts of a piece smaller than this share of it go to its neighbours."""


class Row(NamedTuple):
    """Labels of one person."""

    view: str
    pieces: str
    """One of LETTERS for each piece."""
    line: int
    """Line of the table."""


Table = dict[tuple[str, int], Row]
"""Labels by (image, person)."""


def read_table(path: Path = TABLE) -> Table:
    """Read the table; raises ConfigError for an unknown view or letter, and for a person who is listed twice."""
    rows: Table = {}
    with path.open(newline="") as table:
        for line, row in enumerate(csv.DictReader(table, delimiter="\t"), start=2):
            if tuple(row) != FIELDS or not str(row["person"]).isdecimal():
                raise ConfigError(f"{path}:{line}: expected the columns {FIELDS}, found {row}")
            if row["view"] not in VIEWS or not row["pieces"] or not set(row["pieces"]) <= set(LETTERS):
                raise ConfigError(f"{path}:{line}: expected a view of {VIEWS} and letters of {LETTERS}, found {row}")
            key = row["image"], int(row["person"])
            if key in rows:
                raise ConfigError(f"{path}:{line}: {key} is also in line {rows[key].line}; delete one of them")
            rows[key] = Row(row["view"], row["pieces"], line)
    return rows


def write_table(rows: Table, path: Path = TABLE) -> None:
    """Write the table, sorted by picture and person."""
    with path.open("w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows((*key, row.view, row.pieces) for key, row in sorted(rows.items()))


def names(folder: Path) -> list[str]:
    """Return the sorted names, without endings, of pictures that have a mask; raises ConfigError if there are none."""
    found = sorted(path.stem for path in (folder / "images").glob("*.jpg") if _mask(folder, path.stem).is_file())
    if not found:
        raise ConfigError(f"{folder}: expected images/*.jpg and masks/*.png of Penn-Fudan, found none; see SOURCES.tsv")
    return found


def read(folder: Path, image: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read [h, w, 3] RGB pixels and [h, w] people (0 is background). Raises ConfigError if a file is missing."""
    picture = folder / "images" / f"{image}.jpg"
    pixels = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    people = cv2.imread(str(_mask(folder, image)), cv2.IMREAD_UNCHANGED)
    if pixels is None or people is None or pixels.shape[:2] != people.shape:
        raise ConfigError(f"{picture}: expected a picture and a mask of its size at {_mask(folder, image)}")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8), np.asarray(people, np.uint8)


def numbers(people: NDArray[np.uint8]) -> list[int]:
    """Return the numbers of the people in a mask [h, w]."""
    return [int(number) for number in np.unique(people) if number]


def labelled(
    folder: Path, image: str, table: Table | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Return pixels [h, w, 3] RGB, people [h, w] (0 is background), classes [h, w] (CLASSES, or UNKNOWN).

    Outside the silhouettes the class is 0, background, though some pictures show further, unlabelled people there.
    People
    who are not in the table are UNKNOWN. Raises ConfigError where the table does not fit the pieces.
    """
    table = read_table() if table is None else table
    pixels, people = read(folder, image)
    classes = np.where(people > 0, UNKNOWN, 0).astype(np.uint8)
    for number in numbers(people):
        if row := table.get((image, number)):
            _check_length(row, image, number, count(people == number))
            cut = pieces(pixels, people == number)
            inside = cut >= 0
            classes[inside] = positions(row.pieces)[cut[inside]]
    return pixels, people, classes


def positions(letters: str) -> NDArray[np.uint8]:
    """Return positions in CLASSES, UNKNOWN for a question mark.

    >>> positions("hu?").tolist()
    [2, 3, 255]
    """
    return np.array([UNKNOWN if each == "?" else CLASSES.index(LETTERS[each]) for each in letters], np.uint8)


def pieces(pixels: NDArray[np.uint8], silhouette: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Return [h, w] numbers of pieces, from 0, top to bottom and left to right; -1 outside the silhouette.

    As in SLIC (Achanta et al., 2012): k-means of colour and place, from seeds that the silhouette alone decides.
    """
    seeds = _seeds(silhouette)
    top, left, height, width = _bounds(silhouette)
    box = np.s_[top : top + height, left : left + width]
    inside = silhouette[box]
    points = _features(pixels[box], inside, len(seeds))
    spacing = np.sqrt(inside.sum() / len(seeds))
    begun = np.argmin(_distances(points[:, 3:], (seeds - (left, top)) / spacing), axis=0)
    cut = np.full(silhouette.shape, -1, np.int16)
    cut[box][inside] = _cluster(points, begun, len(seeds))
    cut[box] = _tidied(cut[box], len(seeds))
    return cut


def count(silhouette: NDArray[np.bool_]) -> int:
    """Return the number of pieces that a silhouette [h, w] is cut into, whatever the picture; some may be empty."""
    return len(_seeds(silhouette))


def _check_length(row: Row, image: str, number: int, expected: int) -> None:
    if len(row.pieces) != expected:
        raise ConfigError(
            f"{TABLE}:{row.line}: expected {expected} letters, one for each piece of person {number} of {image}, "
            f"found {len(row.pieces)}: {row.pieces}"
        )


def _mask(folder: Path, image: str) -> Path:
    return folder / "masks" / f"{image}.png"


def _bounds(silhouette: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return top, left, height and width in pixels."""
    left, top, width, height = cv2.boundingRect(silhouette.astype(np.uint8))
    return top, left, height, width


def _seeds(silhouette: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return seeds [n, 2], x and y: the means of equal shares of each band's pixels, from left to right."""
    top, _, height, _ = _bounds(silhouette)
    seeds = []
    for begin, end, count in BANDS:
        first, last = top + round(begin * height), top + round(end * height)
        x, y = np.nonzero(silhouette[first:last].T)
        seeds += [(part.mean(), first + y.mean()) for part in np.array_split(x, count) if len(part)]
    return np.array(seeds)


def _features(pixels: NDArray[np.uint8], inside: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    """Return [pixels inside, 5]: CIELAB over COMPACTNESS, x and y over the usual distance between pieces."""
    lab = cv2.cvtColor(cv2.medianBlur(pixels, 3), cv2.COLOR_RGB2LAB)[inside].astype(np.float64)
    lab[:, 0] *= 100 / 255  # OpenCV stores lightness in 0-255
    y, x = np.nonzero(inside)
    return np.column_stack([lab / COMPACTNESS, np.column_stack([x, y]) / np.sqrt(len(x) / count)])


def _cluster(points: NDArray[np.float64], nearest: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Run k-means from a first assignment; a cluster that runs empty stays empty."""
    for _ in range(ROUNDS):
        sizes = np.bincount(nearest, minlength=count)
        sums = [np.bincount(nearest, column, minlength=count) for column in points.T]
        centres = np.column_stack(sums) / np.maximum(sizes, 1)[:, None]
        centres[sizes == 0] = np.inf
        nearest = np.argmin(_distances(points, centres), axis=0)
    return nearest


def _distances(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared distances [centres, points]."""
    return np.array([np.square(points - centre).sum(axis=1) for centre in centres])


def _tidied(cut: NDArray[np.int16], count: int) -> NDArray[np.int16]:
    """Give specks to the nearest piece."""
    kept = np.full_like(cut, -1)
    for number in range(count):
        piece = cut == number
        _, parts, stats, _ = cv2.connectedComponentsWithStats(piece.astype(np.uint8), connectivity=4)
        sizes = stats[:, cv2.CC_STAT_AREA]
        large = sizes >= SPECK * piece.sum()
        large[0] = False  # what is not the piece
        kept[large[parts]] = number
    _, nearest = cv2.distanceTransformWithLabels(
        (kept < 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros(int(nearest.max()) + 1, np.int16)
    of_label[nearest[kept >= 0]] = kept[kept >= 0]
    return np.where(cut >= 0, of_label[nearest], -1).astype(np.int16)


def outlines(cut: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return [h, w]: True where a piece borders on another, to the right or below."""
    edges = np.zeros(cut.shape, bool)
    edges[:, :-1] |= cut[:, 1:] != cut[:, :-1]
    edges[:-1] |= cut[1:] != cut[:-1]
    return edges
