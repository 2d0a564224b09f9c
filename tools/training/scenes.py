"""Training pictures: labelled people on many grounds, at many sizes, in many lights; the same for the same seed."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.detection.fit import PADDING
from edge.frame.street.camera import StreetCamera
from edge.frame.street.truth import PATTERNS as STREET_PATTERNS
from edge.records import CLASSES
from edge.vocabulary import PATTERNS
from tools.training.cloth import lay
from tools.training.kinds import Kinds
from tools.training.photos import Photo
from tools.training.prints import print_onto
from tools.training.swatches import Swatch

SIZE = (353, 257)
"""Height and width: as tall as the network's input and about half as wide, since people are upright."""
IGNORED = 255
"""Where the truth is not known."""
GARMENTS = ("upper", "outer", "lower", "dress")
"""What may carry a print."""
PRINT_SHARES = (0.2, 0.15, 0.15, 0.17, 0.18, 0.15)
"""How often each kind of vocabulary.PATTERNS is laid on."""
REAL_SHARE = 0.5
"""How often a garment printed anew is of real cloth."""
WITH_GRAPHICS = ("upper", "outer", "dress")
"""Others stay plain instead."""
FINEST_PRINT_PX = 2.5
"""Of the picture: what is finer is nothing to be seen."""
SMALLEST_PRINT_PX = 16
"""A garment narrower than this holds none."""
MOST_PEOPLE = 5
"""In a crowd."""
SHORTEST = 0.155
"""Of TALLEST: a person 60 pixels tall."""
TALLEST = 1.1
"""Of the picture: a person that tall is cut."""

Bytes = NDArray[np.uint8]
Rng = np.random.Generator


class Scene(NamedTuple):
    """A picture and its truth, all [h, w]."""

    pixels: Bytes
    """[h, w, 3] RGB"""
    garments: Bytes
    """Positions in records.CLASSES, or IGNORED."""
    patterns: Bytes
    """Positions in vocabulary.PATTERNS, or IGNORED."""
    pieces: Bytes
    """A number of its own for each garment of known pattern; 0 for what is none."""


@dataclass(frozen=True)
class Source:
    """What scenes are made of; `scene(seed)` makes one."""

    photos: list[Photo]
    kinds: Kinds
    clips: list[Bytes]
    """Frames of street clips; who is on them is not known."""
    street_seeds: range
    shares: tuple[float, ...] = (0.58, 0.22, 0.14, 0.06)
    """How often a scene is a whole photo, a crowd, the street or a clip."""
    printed: float = 0.5
    """How often a garment is printed anew."""
    swatches: list[Swatch] = field(default_factory=list)
    """Real cloth; about half of what is printed anew is made of it instead, if there is any of that kind."""

    def scene(self, seed: int) -> Scene:
        rng = np.random.default_rng(seed)
        made = rng.choice([self._photo, self._crowd, self._street, self._clip], p=self.shares)(rng)
        return made._replace(pixels=_developed(made.pixels, rng))

    def _photo(self, rng: Rng) -> Scene:
        """A whole photo, on grey as edge/detection/fit.py puts it, or on another ground."""
        photo = self._some_photo(rng)
        onto = _blank(rng) if rng.random() < 0.5 else self._ground(rng)
        low, high = (0.92, 1.08) if rng.random() < 0.5 else (0.4, 1.5)
        zoom = SIZE[0] / photo.pixels.shape[0] * float(np.exp(rng.uniform(np.log(low), np.log(high))))
        scene = self._dressed(photo, 0, zoom, rng)
        room = SIZE[1] - photo.pixels.shape[1] * zoom, SIZE[0] - photo.pixels.shape[0] * zoom
        at = tuple(float(rng.uniform(min(side, 0), max(side, 0))) for side in room)
        matrix = _matrix(zoom, at, photo, rng)
        everywhere = np.full(photo.classes.shape, 255, np.uint8)
        return _pasted(onto, scene, everywhere, matrix, soft=0.0)

    def _crowd(self, rng: Rng) -> Scene:
        """People cut out of their photos, the nearer before the farther."""
        scene = self._ground(rng)
        heights = np.sort(np.exp(rng.uniform(np.log(SHORTEST), 0.0, int(rng.integers(0, MOST_PEOPLE + 1)))))
        for height in heights:
            scene = self._joined(scene, float(height) * TALLEST, rng)
        return scene

    def _clip(self, rng: Rng) -> Scene:
        frame = self.clips[rng.integers(len(self.clips))]
        unknown = np.full(frame.shape[:2], IGNORED, np.uint8)
        scene = _cropped(Scene(frame, unknown, unknown, np.zeros_like(unknown)), rng)
        return self._joined(scene, float(rng.uniform(0.3, 0.9)), rng) if rng.random() < 0.4 else scene

    def _street(self, rng: Rng) -> Scene:
        seed = int(rng.integers(self.street_seeds.start, self.street_seeds.stop))
        camera = _camera(seed, int(rng.integers(3)))
        number = int(rng.integers(4800))
        patterns = _STREET_KINDS[camera.pattern_map(number)]
        classes = camera.garment_map(number)
        return _cropped(Scene(camera.frame(number).pixels, classes, patterns, np.zeros_like(classes)), rng)

    def _joined(self, scene: Scene, height: float, rng: Rng) -> Scene:
        """One more person before the others, `height` of the picture tall."""
        photo = self._some_photo(rng)
        if height < 0.5:
            photo = photo.halved()
        person = (photo.classes > 0).astype(np.uint8) * 255
        rows, columns = np.flatnonzero(person.any(axis=1)), np.flatnonzero(person.any(axis=0))
        zoom = height * SIZE[0] / (rows[-1] - rows[0] + 1)
        dressed = self._dressed(photo, int(scene.pieces.max()), zoom, rng)
        middle = float(rng.uniform(0, SIZE[1]))
        foot = float(rng.uniform(0.75, 1.05)) * SIZE[0] if height < 0.9 else SIZE[0] * float(rng.uniform(0.95, 1.15))
        at = middle - zoom * (columns[0] + columns[-1]) / 2, foot - zoom * rows[-1]
        return _pasted(scene, dressed, person, _matrix(zoom, at, photo, rng), soft=0.8)

    def _dressed(self, photo: Photo, pieces_before: int, zoom: float, rng: Rng) -> Scene:
        """The photo with some of its garments printed anew, to be seen at that zoom."""
        pixels = photo.pixels.copy()
        patterns = np.full(photo.classes.shape, IGNORED, np.uint8)
        pieces = np.zeros(photo.classes.shape, np.uint8)
        rows = np.flatnonzero((photo.classes > 0).any(axis=1))
        for garment in GARMENTS:
            mask = photo.classes == CLASSES.index(garment)
            if np.count_nonzero(mask) < SMALLEST_PRINT_PX**2:
                continue
            kind = self.kinds.get((photo.number, garment), "plain")
            if rng.random() < self.printed:
                tall, finest = float(rows[-1] - rows[0]), FINEST_PRINT_PX / zoom
                kind = self._print(pixels, mask, garment, rng, height=tall, finest=finest, is_patterned=kind != "plain")
            if kind is not None:
                patterns[mask] = PATTERNS.index(kind)
                pieces_before += 1
                pieces[mask] = pieces_before
        return Scene(pixels, photo.classes, patterns, pieces)

    def _print(
        self,
        pixels: Bytes,
        mask: NDArray[np.bool_],
        garment: str,
        rng: Rng,
        *,
        height: float,
        finest: float,
        is_patterned: bool,
    ) -> str:
        """One garment anew, of real cloth or with a procedural print: its kind."""
        kind = str(rng.choice(PATTERNS, p=PRINT_SHARES))
        if kind == "graphic" and garment not in WITH_GRAPHICS:
            kind = "plain"
        real = self._real[kind]
        if real and rng.random() < REAL_SHARE:
            swatch = real[rng.integers(len(real))]
            lay(pixels, mask, swatch, height, rng, finest=finest, is_patterned=is_patterned)
        else:
            part = self._picture(rng)
            print_onto(pixels, mask, kind, height, part, rng, finest=finest, is_patterned=is_patterned)
        return kind

    @cached_property
    def _real(self) -> dict[str, list[Swatch]]:
        return {kind: [swatch for swatch in self.swatches if swatch.kind == kind] for kind in PATTERNS}

    def _picture(self, rng: Rng) -> Bytes:
        """A part of some photo, whatever is on it."""
        pixels = self._some_photo(rng).pixels
        side = int(rng.uniform(0.2, 0.6) * min(pixels.shape[:2]))
        y, x = (int(rng.integers(whole - side)) for whole in pixels.shape[:2])
        return pixels[y : y + side, x : x + side]

    def _some_photo(self, rng: Rng) -> Photo:
        return self.photos[rng.integers(len(self.photos))]

    def _ground(self, rng: Rng) -> Scene:
        """A picture without anybody, or with walkers of the simulated street."""
        which = rng.random()
        if which < 0.35:
            return self._street(rng)
        if which < 0.5:
            return _blank(rng)
        photo = self._some_photo(rng)
        columns = np.flatnonzero((photo.classes > 0).any(axis=0))
        left, right = columns[0], photo.classes.shape[1] - 1 - columns[-1]
        strip = photo.pixels[:, : max(left, 8)] if left > right else photo.pixels[:, -max(right, 8) :]
        pixels = cv2.resize(strip, (SIZE[1], SIZE[0]), interpolation=cv2.INTER_LINEAR)
        nothing = np.zeros(SIZE, np.uint8)
        return Scene(np.asarray(pixels, np.uint8), nothing, np.full(SIZE, IGNORED, np.uint8), nothing)


_STREET_KINDS = np.full(256, IGNORED, np.uint8)
for _position, _name in enumerate(STREET_PATTERNS):
    _kind = "busy" if _name == "floral" else _name
    if _kind in PATTERNS:
        _STREET_KINDS[_position] = PATTERNS.index(_kind)


@cache
def _camera(seed: int, number: int) -> StreetCamera:
    """Opening a street takes longer than a picture of it."""
    return StreetCamera(seed, camera=number, minutes=10.0, exceptions=0.3)


def clip_frames(clips: list[Path], step: int = 5) -> list[Bytes]:
    """Every so many frames of each clip, RGB."""
    frames: list[Bytes] = []
    for clip in clips:
        video = cv2.VideoCapture(str(clip))
        number = 0
        while video.grab():
            if number % step == 0:
                _, frame = video.retrieve()
                frames.append(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8))
            number += 1
        video.release()
    return frames


def _blank(rng: Rng) -> Scene:
    grey = PADDING if rng.random() < 0.7 else int(rng.integers(256))
    empty = np.zeros(SIZE, np.uint8)
    return Scene(np.full((*SIZE, 3), grey, np.uint8), empty, np.full(SIZE, IGNORED, np.uint8), empty)


def _matrix(zoom: float, at: tuple[float, ...], photo: Photo, rng: Rng) -> NDArray[np.float64]:
    """[2, 3] from the photo to the picture: mirrored or not, turned a little about the photo's middle."""
    height, width = photo.classes.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 3)), 1.0)
    if rng.random() < 0.5:
        turn[0] = [-turn[0, 0], -turn[0, 1], width - 1 - turn[0, 2]]
    matrix = turn * zoom
    matrix[:, 2] += at
    return np.asarray(matrix)


def _pasted(onto: Scene, scene: Scene, alpha: Bytes, matrix: NDArray[np.float64], *, soft: float) -> Scene:
    """`scene` laid over `onto` where `alpha` is set; a soft edge blends over so many pixels."""
    size = (SIZE[1], SIZE[0])
    shrinks = abs(float(np.linalg.det(matrix[:, :2]))) < 0.5
    sharp = scene.pixels
    if shrinks:  # the picture would alias
        sharp = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.4 / np.sqrt(abs(np.linalg.det(matrix[:, :2])))), np.uint8)
    pixels = cv2.warpAffine(sharp, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_LINEAR)
    planes = [cv2.warpAffine(plane, matrix, size, flags=cv2.INTER_NEAREST) for plane in scene[1:]]
    is_covered = cover > 127
    share = (cv2.GaussianBlur(cover, (0, 0), soft) if soft else cover)[..., None].astype(np.float32) / 255
    mixed = np.rint(onto.pixels * (1 - share) + pixels * share).astype(np.uint8)
    return Scene(mixed, *(np.where(is_covered, *pair).astype(np.uint8) for pair in zip(planes, onto[1:], strict=True)))


def _cropped(scene: Scene, rng: Rng) -> Scene:
    """A part of a wide picture."""
    height, width = scene.garments.shape
    zoom = max(SIZE[0] / height, SIZE[1] / width) * float(rng.uniform(0.7, 1.6))
    room = SIZE[1] - width * zoom, SIZE[0] - height * zoom
    at = [float(rng.uniform(min(side, 0), max(side, 0))) for side in room]
    matrix = np.array([[zoom, 0, at[0]], [0, zoom, at[1]]])
    if rng.random() < 0.5:
        matrix[0] = [-zoom, 0, at[0] + zoom * (width - 1)]
    everywhere = np.full((height, width), 255, np.uint8)
    return _pasted(_blank(rng), scene, everywhere, matrix, soft=0.0)


def _developed(pixels: Bytes, rng: Rng) -> Bytes:
    """Exposure, contrast, colour of light, blur, noise and compression, each sometimes."""
    picture = pixels.astype(np.float32) / 255
    if rng.random() < 0.7:
        picture = picture ** np.float32(np.exp(rng.normal(0, 0.25)))
        picture = (picture - 0.5) * np.float32(rng.uniform(0.7, 1.25)) + 0.5 + np.float32(rng.normal(0, 0.06))
    if rng.random() < 0.5:
        picture = picture * np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    if rng.random() < 0.3:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * np.float32(rng.uniform(0.3, 1.4))
    if rng.random() < 0.25:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.4)))
    if rng.random() < 0.1:
        kernel = np.zeros((7, 7), np.float32)
        reach = int(rng.integers(1, 4))
        kernel[3, 3 - reach : 4 + reach] = 1 / (2 * reach + 1)
        picture = cv2.filter2D(picture, -1, kernel if rng.random() < 0.7 else kernel.T)
    if rng.random() < 0.4:
        noise = rng.standard_normal(picture.shape[:2], np.float32)[..., None]
        picture = picture + noise * np.float32(rng.uniform(0.005, 0.04))
    developed = np.asarray(np.clip(np.asarray(picture) * 255 + 0.5, 0, 255), np.uint8)
    if rng.random() < 0.35:
        _, packed = cv2.imencode(".jpg", developed, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
        developed = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return developed
