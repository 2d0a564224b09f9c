"""Training pictures: labelled people on many backgrounds, at many sizes, in many lights; one picture per seed."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.records import CLASSES
from edge.street.camera import StreetCamera
from edge.street.truth import PATTERNS as STREET_PATTERNS
from edge.vocabulary import PATTERNS
from tools.training.cloth import lay
from tools.training.develop import developed
from tools.training.kinds import Kinds
from tools.training.partial import IGNORED
from tools.training.paste import (
    HEIGHT_UNIT,
    SIZE,
    Bytes,
    Rng,
    Scene,
    blank,
    cropped,
    extent,
    height_of,
    pasted,
    placement,
    plain_scene,
)
from tools.training.photos import Photo
from tools.training.posts import with_posts
from tools.training.prints import print_onto
from tools.training.streets import Street
from tools.training.swatches import Swatch

GARMENTS = ("upper", "outer", "lower", "dress")
"""Classes that may carry a print."""
PRINT_SHARES = (0.2, 0.15, 0.15, 0.17, 0.18, 0.15)
"""Chance of each kind of vocabulary.PATTERNS when a garment is printed."""
REAL_SHARE = 0.5
"""Chance that a printed garment gets real cloth instead of a procedural print."""
WITH_GRAPHICS = ("upper", "outer", "dress")
"""Classes that may carry a graphic; others stay plain instead."""
FINEST_PRINT_PX = 2.5
"""Finest unit of a print in pixels of the scene; anything finer cannot be seen."""
SMALLEST_PRINT_PX = 16
"""Smallest garment that is printed: this many pixels squared."""
FURNISHED = 0.3
"""Share of scenes with posts and bollards in front."""
MOST_PEOPLE = 5
"""Most people in a crowd."""
TALLEST = 1.1
"""Height of the tallest person in a crowd, in heights of the picture; above 1 the person is cropped."""
STREET_HEIGHTS = (45.0, 350.0)
"""Range of heights in pixels of people in street pictures; logarithmically uniform."""
MOST_ENLARGED = 2.2
"""Largest zoom; beyond it a picture shows nothing but blur."""
CAMERAS = 3
"""Cameras of a simulated street."""
FRAMES = 8
"""Frames per camera of a simulated street that are reused; drawing one takes longer than the rest of a scene."""


@dataclass(frozen=True)
class Source:
    """The material that scenes are made from; `scene(seed)` makes one."""

    photos: list[Photo]
    """Photos of mostly one large person each, every pixel labelled."""
    kinds: Kinds
    clips: list[Bytes]
    """Frames of street clips, [h, w, 3] RGB; nothing is known of the people in them."""
    street_seeds: range
    shares: tuple[float, ...] = (0.44, 0.22, 0.05, 0.03, 0.26)
    """Shares of scenes: a whole photo, a crowd, the simulated street, a clip, a street picture; if there are any."""
    printed: float = 0.4
    """Chance that a garment is printed."""
    tagged: list[Photo] = field(default_factory=list)
    """Photos whose labels were computed (tagged.py)."""
    streets: list[Street] = field(default_factory=list)
    people: list[Photo] = field(default_factory=list)
    """People cut out of the street pictures."""
    swatches: list[Swatch] = field(default_factory=list)
    """Real cloth, used for about half of the printed garments where there is cloth of that kind."""
    drawn: dict[tuple[int, ...], Scene] = field(default_factory=dict)
    """Moments (seed, camera, frame) of simulated streets, drawn before; without any they are drawn when needed."""

    def scene(self, seed: int) -> Scene:
        """Make one picture as a camera would take it, with its truth."""
        return self.pair(seed)[0]

    def pair(self, seed: int) -> tuple[Scene, Bytes]:
        """Make one picture as a camera would take it, and the clean picture [h, w, 3] RGB that it was made from."""
        rng = np.random.default_rng(seed)
        makers = [self._photo, self._crowd, self._drawn, self._clip, self._street]
        there = np.array(self.shares) * [True, True, True, bool(self.clips), bool(self.streets)]
        made = makers[int(rng.choice(len(makers), p=there / there.sum()))](rng)
        if rng.random() < FURNISHED:
            made = with_posts(made, rng)
        return made._replace(pixels=developed(made.pixels, rng)), made.pixels

    def _photo(self, rng: Rng) -> Scene:
        """Make a scene of a whole photo, on grey padding as letterbox.py adds it or on another background."""
        photo = self._some_photo(rng)
        onto = blank(rng) if rng.random() < 0.5 else self._ground(rng)
        low, high = (0.92, 1.08) if rng.random() < 0.5 else (0.4, 1.5)
        zoom = SIZE[0] / photo.pixels.shape[0] * float(np.exp(rng.uniform(np.log(low), np.log(high))))
        scene = self._dressed(photo, 0, zoom, rng)
        room = SIZE[1] - photo.pixels.shape[1] * zoom, SIZE[0] - photo.pixels.shape[0] * zoom
        at = tuple(float(rng.uniform(min(side, 0), max(side, 0))) for side in room)
        everywhere = np.full(photo.classes.shape, 255, np.uint8)
        return pasted(onto, scene, everywhere, placement(zoom, at, photo.classes.shape, rng), soft=0.0)

    def _crowd(self, rng: Rng) -> Scene:
        """Make a scene of people cut out of their pictures, near ones in front of far ones."""
        scene = self._whole(rng, blank(rng)) if self.streets and rng.random() < 0.3 else self._ground(rng)
        heights = np.sort(np.exp(rng.uniform(np.log(0.13), np.log(1.0), int(rng.integers(0, MOST_PEOPLE + 1)))))
        for height in heights:
            scene = self._joined(scene, float(height) * TALLEST, rng)
        return scene

    def _clip(self, rng: Rng) -> Scene:
        frame = self.clips[rng.integers(len(self.clips))]
        scene = cropped(plain_scene(frame, np.full(frame.shape[:2], IGNORED, np.uint8)), rng)
        return self._joined(scene, float(rng.uniform(0.3, 0.9)), rng) if rng.random() < 0.4 else scene

    def _drawn(self, rng: Rng) -> Scene:
        """Make a scene of part of the simulated street."""
        seed = int(rng.integers(self.street_seeds.start, self.street_seeds.stop))
        moment: tuple[int, ...] = seed, int(rng.integers(CAMERAS)), int(rng.integers(FRAMES))
        if self.drawn:
            moment = list(self.drawn)[hash(moment) % len(self.drawn)]
        return cropped(self.drawn[moment] if self.drawn else drawn_street(*moment), rng)

    def _street(self, rng: Rng) -> Scene:
        """Make a scene of a street picture; sometimes of two that overlap, sometimes with one more person in front."""
        scene = self._whole(rng, blank(rng) if rng.random() < 0.4 else self._ground(rng))
        if rng.random() < 0.3:
            scene = self._whole(rng, scene, tallest=160.0)
        if rng.random() < 0.35:
            scene = self._joined(scene, float(np.exp(rng.uniform(np.log(0.15), np.log(0.95)))), rng)
        return scene

    def _whole(self, rng: Rng, onto: Scene, tallest: float = STREET_HEIGHTS[1]) -> Scene:
        """Paste a street picture so that a random one of its people is visible and up to `tallest` pixels tall."""
        street = self.streets[rng.integers(len(self.streets))]
        mask = street.people == int(rng.integers(1, int(street.people.max()) + 1))
        if not mask.any():
            return onto
        top, bottom, left, right = extent(mask)
        tall = float(np.exp(rng.uniform(np.log(STREET_HEIGHTS[0]), np.log(tallest))))
        zoom = min(tall / (bottom - top + 1), MOST_ENLARGED)
        matrix = placement(zoom, (0, 0), mask.shape, rng)
        middle = matrix @ np.array([(left + right) / 2, (top + bottom) / 2, 1.0])
        wanted = rng.uniform((0.15, 0.3), (0.85, 0.7)) * SIZE[::-1]
        matrix[:, 2] += _filling(wanted - middle, matrix, mask.shape)
        everywhere = np.full(mask.shape, 255, np.uint8)
        scene = plain_scene(street.pixels, street.classes)._replace(heights=street.heights)
        return pasted(onto, scene, everywhere, matrix, soft=0.0)

    def _joined(self, scene: Scene, height: float, rng: Rng) -> Scene:
        """Paste one more person in front of the others, `height` of the picture tall."""
        is_from_street = bool(self.people) and rng.random() < 0.45
        photo = self.people[rng.integers(len(self.people))] if is_from_street else self._some_photo(rng)
        if height < 0.5 and not is_from_street:
            photo = photo.halved()
        person = photo.person
        top, bottom, left, right = extent(person)
        zoom = min(height * SIZE[0] / (bottom - top + 1), MOST_ENLARGED)
        dressed = self._dressed(photo, int(scene.pieces.max()), zoom, rng)
        middle = float(rng.uniform(0, SIZE[1]))
        low = 0.45 if height < 0.5 else 0.75
        foot = float(rng.uniform(low, 1.05)) * SIZE[0] if height < 0.9 else SIZE[0] * float(rng.uniform(0.95, 1.15))
        at = middle - zoom * (left + right) / 2, foot - zoom * bottom
        if rng.random() < 0.2:  # against the light, or lit alone
            dressed = dressed._replace(pixels=_relit(dressed.pixels, rng))
        alpha = person.astype(np.uint8) * 255
        return pasted(scene, dressed, alpha, placement(zoom, at, person.shape, rng), soft=0.8)

    def _dressed(self, photo: Photo, pieces_before: int, zoom: float, rng: Rng) -> Scene:
        """Return the photo with some of its garments printed, fit to be seen at that zoom."""
        pixels = photo.pixels.copy()
        patterns = np.full(photo.classes.shape, IGNORED, np.uint8)
        pieces = np.zeros(photo.classes.shape, np.uint8)
        top, bottom, *_ = extent(photo.person)
        heights = photo.person * np.uint8(min((bottom - top + 1) // HEIGHT_UNIT, 255))
        for garment in GARMENTS:
            mask = photo.classes == CLASSES.index(garment)
            if np.count_nonzero(mask) < SMALLEST_PRINT_PX**2:
                continue
            kind = self.kinds.get((photo.number, garment), "plain") if photo.is_known else None
            if rng.random() < self.printed:
                tall, finest = float(bottom - top), FINEST_PRINT_PX / zoom
                kind = self._print(pixels, mask, garment, rng, height=tall, finest=finest, is_patterned=kind != "plain")
            if kind is not None:
                patterns[mask] = PATTERNS.index(kind)
                pieces_before += 1
                pieces[mask] = pieces_before
        return Scene(pixels, photo.classes, patterns, pieces, heights)

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
        """Print one garment in place, with real cloth or a procedural print, and return its kind."""
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
        """Return a random square part of some photo."""
        pixels = self._some_photo(rng).pixels
        side = int(rng.uniform(0.2, 0.6) * min(pixels.shape[:2]))
        y, x = (int(rng.integers(whole - side)) for whole in pixels.shape[:2])
        return pixels[y : y + side, x : x + side]

    def _some_photo(self, rng: Rng) -> Photo:
        if self.tagged and rng.random() < 0.35:
            return self.tagged[rng.integers(len(self.tagged))]
        return self.photos[rng.integers(len(self.photos))]

    def _ground(self, rng: Rng) -> Scene:
        """Return a background: a picture without people, or with walkers of the simulated street."""
        which = rng.random()
        if which < 0.2:
            return self._drawn(rng)
        if which < 0.35:
            return blank(rng)
        photo = self._some_photo(rng)
        *_, left, right = extent(photo.person)
        side = (
            np.s_[:, : max(left, 8)]
            if left > photo.classes.shape[1] - 1 - right
            else np.s_[:, min(right + 1, photo.classes.shape[1] - 8) :]
        )
        pixels, classes = (np.ascontiguousarray(plane[side]) for plane in (photo.pixels, photo.classes))
        size = (SIZE[1], SIZE[0])
        strip = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
        nearest = cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST)
        return plain_scene(np.asarray(strip, np.uint8), np.asarray(nearest, np.uint8))


def _filling(shift: np.ndarray, matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return `shift` [x, y] (pixels), changed just so far that the picture covers the scene or fits into it."""
    height, width = shape
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ matrix.T
    slack = np.stack([-corners.min(axis=0), np.array(SIZE[::-1]) - corners.max(axis=0)])
    return np.asarray(np.clip(shift, slack.min(axis=0), slack.max(axis=0)))


def _relit(pixels: Bytes, rng: Rng) -> Bytes:
    power = np.float32(np.exp(rng.normal(0.3, 0.4)))
    return np.asarray(255 * (pixels.astype(np.float32) / 255) ** power, np.uint8)


_STREET_KINDS = np.full(256, IGNORED, np.uint8)
for _position, _name in enumerate(STREET_PATTERNS):
    _kind = "busy" if _name == "floral" else _name
    if _kind in PATTERNS:
        _STREET_KINDS[_position] = PATTERNS.index(_kind)


@cache
def drawn_street(seed: int, camera: int, frame: int) -> Scene:
    """Draw one of FRAMES moments of a camera of a simulated street."""
    drawn = _camera(seed, camera)
    number = int(np.random.default_rng((seed, camera, frame)).integers(4800))
    classes = drawn.garment_map(number)
    patterns = _STREET_KINDS[drawn.pattern_map(number)]
    heights = height_of((classes > 0) & (classes != IGNORED))
    return Scene(drawn.frame(number).pixels, classes, patterns, np.zeros_like(classes), heights)


@cache
def _camera(seed: int, number: int) -> StreetCamera:
    """Return a camera of a simulated street; cached, since opening a street takes longer than drawing a picture."""
    return StreetCamera(seed, camera=number, minutes=10.0, exceptions=0.3)


def clip_frames(clips: list[Path], step: int = 5) -> list[Bytes]:
    """Return every `step`-th frame of each clip, [h, w, 3] RGB."""
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
