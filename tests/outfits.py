"""Made-up appearances: a few palettes, patterns and arrangements with known shares."""

import numpy as np

from edge.appearance.colour import COLOUR_MOMENTS
from edge.appearance.pattern import TEXTURE
from edge.appearance.silhouette import COMPOSITION
from edge.palette import AB_CELLS, AB_WIDTH, CELLS, L_CELLS, NAMING_ID, names
from edge.recipe import Recipe
from edge.records import Appearance
from edge.vocabulary import COLOURS, GARMENTS, PATTERNS, REGIONS

RECIPE = Recipe(
    model="0123456789ab",
    palette_cells=CELLS,
    palette_words=NAMING_ID,
    colour_moments=2 * COLOUR_MOMENTS,
    kind_moments=2 * (len(PATTERNS) - 1),
    textures=2 * TEXTURE,
    composition=COMPOSITION,
)
AB = (np.arange(AB_CELLS) - AB_CELLS // 2) * AB_WIDTH
LAB = np.stack(np.meshgrid((np.arange(L_CELLS) + 0.5) * 100 / L_CELLS, AB, AB, indexing="ij"), axis=-1)
NAMES = names(LAB.reshape(CELLS, 3).astype(np.float32))
"""[cells] position in COLOURS of the name of each palette cell's middle."""
COMMON = ("black", "navy", "grey", "blue", "white")


def outfit(
    upper: str, lower: str, rng: np.random.Generator, *, pattern: str = "plain", garment: str = "covered-legs"
) -> Appearance:
    """Return one person in these colours, with a little noise in every feature."""
    palettes = np.zeros((len(REGIONS), CELLS), np.float32)
    words = np.zeros((len(REGIONS), len(COLOURS)), np.float32)
    for row, colour in enumerate((upper, lower)):
        cells = np.flatnonzero(COLOURS.index(colour) == NAMES)[:4]
        palettes[row, cells] = rng.dirichlet(np.full(len(cells), 3.0))
        words[row, COLOURS.index(colour)] = 1
    palettes[-1], words[-1] = palettes[:2].mean(axis=0), words[:2].mean(axis=0)
    patterns = np.zeros((len(REGIONS), len(PATTERNS)), np.float32)
    patterns[:, 0] = 1 - (share := 0.9 if pattern != "plain" else 0.0)
    patterns[:, PATTERNS.index(pattern)] += share
    patterns += 0.05 * (rng.dirichlet(np.ones(len(PATTERNS)), len(REGIONS)).astype(np.float32) - patterns)
    garments = np.eye(len(GARMENTS), dtype=np.float32)[GARMENTS.index(garment)]
    means = np.repeat([COLOURS.index(upper), COLOURS.index(lower)], COLOUR_MOMENTS)
    colour_vector = (means * 3 + rng.normal(0, 4, 2 * COLOUR_MOMENTS)).astype(np.float32)
    texture = (rng.normal(0, 1, 2 * TEXTURE) + (4 if pattern != "plain" else 0)).astype(np.float32)
    composition = (rng.normal(1, 0.1, COMPOSITION) - (garment != "covered-legs") * 0.3).astype(np.float32)
    return Appearance(palettes, words, words.copy(), patterns, garments, colour_vector, texture, composition, 0.9, 6)


def ordinary(rng: np.random.Generator) -> Appearance:
    """Return a person as on the street: common colours, mostly plain."""
    upper, lower = rng.choice(COMMON, 2)
    pattern = "striped" if rng.random() < 0.1 else "plain"
    garment = "bare-shins" if rng.random() < 0.2 else "covered-legs"
    return outfit(str(upper), str(lower), rng, pattern=pattern, garment=garment)
