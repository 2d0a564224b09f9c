"""Colour words in the lights of the simulated street, whose clothes are known exactly.

Keypoints and garment maps are the true ones, so that only the light and the naming of colours are measured.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from edge.appearance.colour import Illumination
from edge.appearance.describe import describe
from edge.records import CLASSES, Detection, Floats, GarmentMap, Pixels
from edge.street.camera import StreetCamera
from edge.street.outfit import Outfit
from edge.street.truth import WalkerTruth
from edge.vocabulary import PATTERNS, REGIONS
from tools.evaluation.clips.words import ADJACENT, RIGHT, UNSEEN, WRONG, colour_verdict, colour_word

FPS = 2.0
"""Frames of the street per second: enough views of each walker, at little cost."""
VISIBLE = 0.6
"""Visible share of a walker from which a view counts."""
FEWEST = 3
"""Views of a walker from which their words count."""
NAMES = {"burgundy": "red", "magenta": "pink", "lime": "yellow", "turquoise": "teal", "violet": "purple"}
"""Colours of the street that are not words of the vocabulary, and the word expected for each."""
_BACKGROUND = CLASSES.index("background")


class StreetLight(NamedTuple):
    """One light of the street."""

    dark: float = 0.0
    """0 by day, 1 by night."""
    everything: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Factors on red, green and blue of the whole picture."""
    walls: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Factors on what is not a person: the light is white, walls and ground are painted."""


LIGHTS: Mapping[str, StreetLight] = {
    "day": StreetLight(),
    "shade under a blue sky": StreetLight(everything=(0.5, 0.56, 0.68)),
    "blue walls": StreetLight(walls=(0.6, 0.8, 1.3)),
    "red walls": StreetLight(walls=(1.3, 0.8, 0.65)),
    "dusk": StreetLight(dark=0.7),
    "night": StreetLight(dark=1.0),
}


def street_words(seed: int, light: StreetLight, minutes: float = 2.0) -> Counter[tuple[str, str]]:
    """Count `right`, `adjacent`, `wrong` and `unseen` words for `upper` and `lower` of the walkers of one camera."""
    camera = StreetCamera(seed, fps=FPS, minutes=minutes, dark=light.dark)
    illumination = Illumination()
    shares: defaultdict[int, list[Floats]] = defaultdict(list)
    outfits: dict[int, Outfit] = {}
    while (frame := camera.read()) is not None:
        classes = camera.garment_map(frame.number)
        pixels = _lit(frame.pixels, classes, light)
        truth = camera.truth(frame.number)
        people = [_detection(one) for one in truth]
        illumination.update(pixels, people, 1.0, frame.captured_at)
        for one, person in zip(truth, people, strict=True):
            if one.visible > VISIBLE and one.is_full_height:
                seen = describe(pixels, person, people, _garments(classes), illumination.light, 1.0)
                if seen is not None:
                    illumination.remember(seen.colour)
                    shares[one.walker_id].append(seen.words)
                    outfits[one.walker_id] = one.outfit
    return _verdicts(shares, outfits)


def words_by_light(seed: int) -> dict[str, str]:
    """Return right / adjacent / wrong / unseen words of the upper and lower garments in each of LIGHTS, as text."""
    with ProcessPoolExecutor() as pool:
        each = dict(zip(LIGHTS, pool.map(partial(street_words, seed), LIGHTS.values()), strict=True))
    return {
        f"{region} colour, {light}: right / adjacent / wrong / unseen": " / ".join(
            str(counts[region, verdict]) for verdict in (RIGHT, ADJACENT, WRONG, UNSEEN)
        )
        for light, counts in each.items()
        for region in ("upper", "lower")
    }


def _verdicts(shares: Mapping[int, list[Floats]], outfits: Mapping[int, Outfit]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for walker, views in shares.items():
        if len(views) >= FEWEST:
            mean = np.mean(views, axis=0)
            for region, colour in worn(outfits[walker]):
                said = colour_word(mean[REGIONS.index(region)])
                counts[region, colour_verdict(said, NAMES.get(colour, colour))] += 1
    return counts


def worn(outfit: Outfit) -> Iterator[tuple[str, str]]:
    """Yield region and colour of what mostly covers it; none where a second garment covers much of it too."""
    top = outfit.outer or outfit.dress or outfit.upper
    if top is not None and (outfit.outer is None or outfit.outer.kind != "jacket") and top.pattern == "plain":
        yield "upper", top.colour
    if outfit.lower is not None and outfit.silhouette == "trousers":
        yield "lower", outfit.lower.colour


def _lit(pixels: Pixels, classes: Pixels, light: StreetLight) -> Pixels:
    shown = pixels * np.array(light.everything)
    shown[classes == _BACKGROUND] *= light.walls
    return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)


def _detection(one: WalkerTruth) -> Detection:
    return Detection(one.keypoints, np.ones(len(one.keypoints), np.float32), one.box, 1.0, 0.5)


def _garments(classes: Pixels) -> GarmentMap:
    half = [(side + 1) // 2 for side in classes.shape]
    return GarmentMap(classes, np.zeros((*half, len(PATTERNS)), np.float32), 1.0)
