"""Contact sheets of people with silhouettes, and proposed letters for their pieces, to be corrected by eye."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection import garments
from edge.detection.letterbox import PADDING
from edge.errors import EdgeError, ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.records import CLASSES, Floats
from tools.training import silhouettes
from tools.training.silhouettes import LETTERS, TABLE, Row, Table

SHARED = Path(__file__).parents[3] / "shared" / "data"
PERSON_HEIGHT = 300
"""Height of a person in pixels of the model's input."""
TOP, BOTTOM = 0.13, 0.91
"""Shares of the body height: above TOP is the head, below BOTTOM are the feet."""
BACK = 0.2
"""A head with less skin than this, as a share of its skin and hair, is seen from behind."""
TORSO = tuple(CLASSES.index(name) for name in ("upper", "outer", "dress"))

TALL, WIDE, A_ROW, ROWS = 345, 150, 5, 2
"""Height and width in pixels of a person on a sheet; people in a row and rows on a sheet."""
COLOURS = {
    "k": (255, 190, 150), "h": (110, 60, 20), "u": (40, 90, 255), "o": (230, 30, 30), "l": (20, 180, 60),
    "d": (220, 40, 220), "s": (255, 230, 0), "b": (0, 220, 230), "a": (255, 140, 0), "?": (150, 150, 150),
}  # fmt: skip
"""RGB of each letter."""


def main(words: Sequence[str] | None = None) -> int:
    """Write what the words of the command line name; None: sys.argv. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.training.sheets", description=__doc__, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=SHARED / "pennfudan", help="images/ and masks/")
    parser.add_argument("--propose", type=Path, metavar="MODEL", help="write letters of people not in the table yet")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="write contact sheets there")
    parser.add_argument("--table", type=Path, default=TABLE, help="default: %(default)s")
    args = parser.parse_args(words)
    try:
        table = silhouettes.read_table(args.table) if args.table.exists() else {}
        if args.propose:
            silhouettes.write_table(propose(args.folder, TfliteInterpreter(args.propose)) | table, args.table)
            table = silhouettes.read_table(args.table)
        for path in write_sheets(args.folder, table, args.sheets) if args.sheets else ():
            print(f"wrote {path}", file=sys.stderr)
    except EdgeError as err:
        print(f"tools/training/sheets.py: {err}", file=sys.stderr)
        return 2
    return 0


def propose(folder: Path, interpreter: TfliteInterpreter) -> Table:
    """Propose a row for each person, from what a model finds in each piece and from where the piece is."""
    rows: Table = {}
    for image in silhouettes.names(folder):
        pixels, people = silhouettes.read(folder, image)
        for number in silhouettes.numbers(people):
            silhouette = people == number
            cut = silhouettes.pieces(pixels, silhouette)
            likely = probabilities(interpreter, pixels, silhouette)
            rows[image, number] = _proposal(cut, silhouettes.count(silhouette), likely)
    return rows


def probabilities(interpreter: TfliteInterpreter, pixels: NDArray[np.uint8], silhouette: NDArray[np.bool_]) -> Floats:
    """Return class probabilities [h, w, classes] of the whole picture, computed with the person at PERSON_HEIGHT.

    Raises ModelError for a model without a garment map.
    """
    layout = garments.read_layout(interpreter.input, interpreter.outputs)
    if layout is None:
        raise ModelError(
            f"expected a model with a garment map, found outputs {interpreter.outputs}; use one of models/"
        )
    _, height, width, _ = interpreter.input.shape
    there = _enlarged(silhouette, PERSON_HEIGHT, (width, height))
    seen = cv2.warpAffine(pixels, there, (width, height), flags=cv2.INTER_AREA, borderValue=(PADDING,) * 3)
    logits = interpreter.invoke(np.asarray(seen, np.uint8))[layout.garments][0]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    likely = powers / powers.sum(axis=-1, keepdims=True)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = silhouette.shape[::-1]
    cells = there / garments.GARMENT_STRIDE
    maps = [cv2.warpAffine(each, cells, size, flags=flags) for each in np.moveaxis(likely, -1, 0)]
    return np.stack(maps, axis=-1).astype(np.float32)


def _enlarged(silhouette: NDArray[np.bool_], tall: float, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return [2, 3], the affine map to a picture of `size` (width, height) with the person centred, `tall` pixels."""
    rows, columns = np.nonzero(silhouette)
    zoom = tall / (np.ptp(rows) + 1)
    x, y = ((side.min() + side.max()) / 2 for side in (columns, rows))
    return np.array([[zoom, 0, size[0] / 2 - zoom * x], [0, zoom, size[1] / 2 - zoom * y]])


def _proposal(cut: NDArray[np.int16], count: int, likely: Floats) -> Row:
    sums = np.stack([likely[cut == number].sum(axis=0) for number in range(count)])
    sums[:, 0] = 0
    heights = _heights(cut, count)
    sums *= _plausible(heights)
    # One garment is one class: of upper, outer and dress the largest takes all.
    worn = TORSO[int(sums[:, TORSO].sum(axis=0).argmax())]
    total = sums[:, TORSO].sum(axis=1)
    sums[:, TORSO] = 0
    sums[:, worn] = total
    head = sums[heights < TOP].sum(axis=0)
    skin, hair = head[CLASSES.index("skin")], head[CLASSES.index("hair")]
    view = "back" if skin < BACK * (skin + hair) else "front"
    letters = list(LETTERS)
    found = [letters[int(each.argmax()) - 1] if each.any() else "?" for each in sums]
    return Row(view, "".join(found), 0)


def _heights(cut: NDArray[np.int16], count: int) -> Floats:
    """Return the height of each piece's middle, 0 at the top of the head and 1 at the feet; 0 for empty pieces."""
    rows, _ = np.nonzero(cut >= 0)
    sums = np.bincount(cut[cut >= 0], rows - rows.min(), minlength=count)
    sizes = np.bincount(cut[cut >= 0], minlength=count)
    return (sums / np.maximum(sizes, 1) / max(int(np.ptp(rows)), 1)).astype(np.float32)


def _plausible(heights: Floats) -> Floats:
    """Return [pieces, classes] weights that make shoes on the head and hair on the feet unlikely."""
    weights = np.ones((len(heights), len(CLASSES)), np.float32)
    allowed = {"hair": (0, 0.3), "shoes": (0.8, 1), "lower": (0.33, 0.97), "upper": (0.08, 0.75), "outer": (0.08, 0.9)}
    for name, (begin, end) in allowed.items():
        weights[(heights < begin) | (heights > end), CLASSES.index(name)] = 0.1
    weights[heights > BOTTOM, CLASSES.index("shoes")] = 3
    return weights


def write_sheets(folder: Path, table: Table, where: Path) -> Iterator[Path]:
    """Write the sheets, ROWS x A_ROW people each, in the table's order, and yield their paths."""
    where.mkdir(parents=True, exist_ok=True)
    order = sorted(table, key=lambda key: (key[0] in silhouettes.HELD_OUT, key))
    each = A_ROW * ROWS
    for begin in range(0, len(order), each):
        tiles = [_tile(folder, key, table[key]) for key in order[begin : begin + each]]
        path = where / f"sheet-{begin // each:02}.png"
        cv2.imwrite(str(path), cv2.cvtColor(_sheet(tiles), cv2.COLOR_RGB2BGR))
        yield path


def _sheet(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    blank = np.full_like(tiles[0], 255)
    padded = [*tiles, *[blank] * (A_ROW * ROWS - len(tiles))]
    rows = [np.hstack(padded[begin : begin + A_ROW]) for begin in range(0, len(padded), A_ROW)]
    legend = np.full((18, rows[0].shape[1], 3), 255, np.uint8)
    for place, (letter, name) in enumerate(LETTERS.items()):
        cv2.rectangle(legend, (150 * place, 2), (150 * place + 14, 16), COLOURS[letter], -1)
        _write(legend, f"{letter} {name}", (150 * place + 18, 13), 0.42)
    return np.vstack([*rows, legend])


def _tile(folder: Path, key: tuple[str, int], row: Row) -> NDArray[np.uint8]:
    """Draw one person plain and with numbered pieces: [TALL + 18, 2 * WIDE, 3]."""
    image, number = key
    pixels, people = silhouettes.read(folder, image)
    cut = silhouettes.pieces(pixels, people == number)
    rows, columns = np.nonzero(cut >= 0)
    tall = min(TALL - 12, (WIDE - 6) * (np.ptp(rows) + 1) / (np.ptp(columns) + 1))
    there = _enlarged(cut >= 0, tall, (WIDE, TALL))
    seen = cv2.warpAffine(pixels, there, (WIDE, TALL), flags=cv2.INTER_CUBIC)
    numbered = cv2.warpAffine(
        cut, there, (WIDE, TALL), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=(-1,)
    )
    tile = np.full((TALL + 18, 2 * WIDE, 3), 255, np.uint8)
    tile[18:, :WIDE] = seen
    tile[18:, WIDE:] = _drawn(np.asarray(seen, np.uint8), np.asarray(numbered, np.int16), row.pieces)
    _write(tile, f"{row.line} {image.replace('Ped000', '')}/{number} {row.view}", (3, 12), 0.45)
    tile[:, -2:] = 0
    return tile


def _drawn(seen: NDArray[np.uint8], cut: NDArray[np.int16], letters: str) -> NDArray[np.uint8]:
    tint = np.array([COLOURS[letter] for letter in letters] + [(255, 255, 255)], np.float32)
    drawn = (0.5 * seen + 0.5 * tint[cut]).astype(np.uint8)
    drawn[silhouettes.outlines(cut)] = 255
    for number in range(len(letters)):
        piece = cv2.copyMakeBorder((cut == number).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
        if piece.any():
            _, _, _, (x, y) = cv2.minMaxLoc(cv2.distanceTransform(piece, cv2.DIST_L2, 5))  # the piece's thickest place
            _write(drawn, f"{number}", (x - 8, y + 4), 0.38)
    return drawn


def _write(picture: NDArray[np.uint8], text: str, place: tuple[int, int], scale: float) -> None:
    x, y = place
    for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)):
        cv2.putText(picture, text, (x + right, y + down), cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 1)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 1)


if __name__ == "__main__":
    sys.exit(main())
