"""The clothes of walkers: the distribution of ordinary outfits, and the exceptions outside of it.

Every share is written here and nowhere else; tests compare streets with these tables. An exception is an ordinary
outfit with a colour, pattern or garment that has share 0 in every table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

Rgb = tuple[int, int, int]

RGB: Mapping[str, Rgb] = {
    "black": (26, 26, 30),
    "navy": (32, 42, 78),
    "grey": (122, 124, 128),
    "blue": (70, 106, 158),
    "white": (228, 226, 220),
    "beige": (198, 178, 148),
    "olive": (94, 96, 60),
    "brown": (100, 72, 50),
    "burgundy": (106, 34, 48),
    "magenta": (226, 30, 150),
    "orange": (250, 118, 14),
    "lime": (166, 222, 24),
    "yellow": (246, 212, 16),
    "turquoise": (16, 196, 190),
    "violet": (134, 56, 206),
}
"""sRGB of each colour in plain light."""

RARE_COLOURS = ("magenta", "orange", "lime", "yellow", "turquoise", "violet")
"""Colours that only exceptions have."""

UPPER_COLOURS: Mapping[str, float] = {
    "black": 0.24,
    "navy": 0.16,
    "grey": 0.15,
    "white": 0.15,
    "blue": 0.10,
    "beige": 0.07,
    "olive": 0.05,
    "brown": 0.04,
    "burgundy": 0.04,
}
LOWER_COLOURS: Mapping[str, float] = {
    "black": 0.30,
    "blue": 0.25,
    "navy": 0.17,
    "grey": 0.11,
    "beige": 0.09,
    "olive": 0.04,
    "brown": 0.04,
}
OUTER_COLOURS: Mapping[str, float] = {
    "black": 0.32,
    "navy": 0.20,
    "grey": 0.15,
    "beige": 0.12,
    "olive": 0.09,
    "brown": 0.08,
    "burgundy": 0.04,
}
SMALL_COLOURS: Mapping[str, float] = {"black": 0.45, "brown": 0.2, "white": 0.15, "grey": 0.12, "navy": 0.08}
"""Colours of shoes, bags and hats."""

SILHOUETTES: Mapping[str, float] = {
    "trousers": 0.50,
    "jacket": 0.22,
    "coat": 0.08,
    "shorts": 0.06,
    "skirt": 0.07,
    "dress": 0.07,
}
"""Kinds of outfit: top and trousers; an open jacket or a long coat over them; and so on."""
RARE_SILHOUETTES = ("gown", "cape", "tutu")
"""Kinds that only exceptions have: a flared floor-length dress, a cloak over the arms, a short skirt standing out."""

PATTERNS: Mapping[str, float] = {
    "plain": 0.80,
    "striped": 0.08,
    "checked": 0.05,
    "dotted": 0.02,
    "floral": 0.03,
    "graphic": 0.02,
}
"""Patterns of the top or dress; every other ordinary garment is plain."""
PERIODS_M: Mapping[str, tuple[float, float]] = {
    "plain": (0.1, 0.1),
    "striped": (0.045, 0.07),
    "checked": (0.06, 0.09),
    "dotted": (0.05, 0.07),
    "floral": (0.06, 0.09),
    "graphic": (0.2, 0.28),
}
"""Smallest and largest period of an ordinary pattern, metres."""
BOLD_PATTERNS = ("striped", "checked", "dotted")
"""Patterns of exceptions."""
BOLD_PERIOD_M = (0.17, 0.23)
"""Smallest and largest period of an exception's pattern, metres."""

SLEEVES: Mapping[str, float] = {"long": 0.58, "short": 0.36, "none": 0.06}
BAGS: Mapping[str, float] = {"no": 0.62, "backpack": 0.16, "shoulder": 0.14, "hand": 0.08}
HEADGEAR: Mapping[str, float] = {"no": 0.85, "beanie": 0.06, "cap": 0.06, "headscarf": 0.03}

KINDS: Mapping[str, float] = {"colour": 0.5, "pattern": 0.3, "garment": 0.2}
"""Shares of the kinds of exception."""


@dataclass(frozen=True, slots=True)
class Garment:
    """One piece of clothing."""

    kind: str
    colour: str
    rgb: Rgb
    pattern: str = "plain"
    second: Rgb = (0, 0, 0)
    """The pattern's other colour."""
    period_m: float = 0.1
    is_upright: bool = False
    """True: stripes run along the body, not around it."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """All clothes of one walker. With a dress there is no upper and no lower."""

    silhouette: str
    sleeves: str
    shoes: Garment
    upper: Garment | None = None
    lower: Garment | None = None
    outer: Garment | None = None
    dress: Garment | None = None
    bag: Garment | None = None
    headgear: Garment | None = None
    exceptional: tuple[str, ...] = ()
    """`colour`, `pattern` or `garment`; empty for ordinary people."""

    @property
    def garments(self) -> tuple[Garment, ...]:
        """The large garments: all but shoes, bag and headgear."""
        return tuple(piece for piece in (self.upper, self.lower, self.outer, self.dress) if piece is not None)


def draw(rng: np.random.Generator, exceptions: float) -> Outfit:
    """Draw a walker's outfit; `exceptions` (0..1) is the share of exceptions."""
    is_exception = rng.random() < exceptions
    ordinary = _ordinary(rng)
    if not is_exception:
        return ordinary
    kind = _pick(rng, KINDS)
    changed = {"colour": _recolour, "pattern": _embolden, "garment": _disguise}[kind](ordinary, rng)
    return replace(changed, exceptional=(kind,))


def _ordinary(rng: np.random.Generator) -> Outfit:
    silhouette = _pick(rng, SILHOUETTES)
    sleeves = _pick(rng, SLEEVES)
    top = _top(rng)
    lower = _plain(rng, {"shorts": "shorts", "skirt": "skirt"}.get(silhouette, "trousers"), LOWER_COLOURS)
    outer = _plain(rng, silhouette, OUTER_COLOURS)
    shoes = _plain(rng, "shoes", SMALL_COLOURS)
    bag = _plain(rng, _pick(rng, BAGS), SMALL_COLOURS)
    headgear = _plain(rng, _pick(rng, HEADGEAR), SMALL_COLOURS)
    return Outfit(
        silhouette,
        sleeves="short" if silhouette == "shorts" and sleeves == "long" else sleeves,
        shoes=shoes,
        upper=None if silhouette == "dress" else top,
        lower=None if silhouette == "dress" else lower,
        outer=outer if silhouette in ("jacket", "coat") else None,
        dress=replace(top, kind="dress") if silhouette == "dress" else None,
        bag=None if bag.kind == "no" else bag,
        headgear=None if headgear.kind == "no" else headgear,
    )


def _top(rng: np.random.Generator) -> Garment:
    top = _plain(rng, "top", UPPER_COLOURS)
    pattern = _pick(rng, PATTERNS)
    return replace(
        top,
        pattern=pattern,
        second=_companion(top, rng),
        period_m=float(rng.uniform(*PERIODS_M[pattern])),
        is_upright=bool(rng.random() < 0.25),
    )


def _companion(garment: Garment, rng: np.random.Generator) -> Rgb:
    """Draw an ordinary second colour that contrasts with the garment."""
    lightness = sum(garment.rgb) / 3
    others = ("white", "beige", "grey") if lightness < 110 else ("navy", "black", "burgundy", "blue")
    return _shade(rng, str(rng.choice(others)))


def _recolour(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Dye all large garments in one rare colour; sometimes the lower one keeps its own."""
    hue = str(rng.choice(RARE_COLOURS))
    keeps_lower = outfit.silhouette in ("jacket", "coat") or rng.random() < 0.35

    def dye(garment: Garment | None) -> Garment | None:
        return None if garment is None else replace(garment, colour=hue, rgb=_shade(rng, hue), pattern="plain")

    return replace(
        outfit,
        upper=dye(outfit.upper),
        lower=outfit.lower if keeps_lower else dye(outfit.lower),
        outer=dye(outfit.outer),
        dress=dye(outfit.dress),
    )


def _embolden(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Print one large, high-contrast pattern on all large garments."""
    pattern, period = str(rng.choice(BOLD_PATTERNS)), float(rng.uniform(*BOLD_PERIOD_M))
    is_upright = bool(rng.random() < 0.5)

    def print_on(garment: Garment | None) -> Garment | None:
        if garment is None:
            return None
        second = RGB["black"] if sum(garment.rgb) / 3 > 115 else RGB["white"]
        return replace(garment, pattern=pattern, second=second, period_m=period, is_upright=is_upright)

    return replace(
        outfit,
        upper=print_on(outfit.upper),
        lower=print_on(outfit.lower),
        outer=print_on(outfit.outer),
        dress=print_on(outfit.dress),
    )


def _disguise(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Replace garments by a rare one (RARE_SILHOUETTES) in an ordinary colour."""
    silhouette = str(rng.choice(RARE_SILHOUETTES))
    top = outfit.upper or outfit.dress
    lower = outfit.lower or _plain(rng, "trousers", LOWER_COLOURS)
    assert top is not None
    if silhouette == "gown":
        gown = replace(top, kind="gown")
        return replace(outfit, silhouette=silhouette, dress=gown, upper=None, lower=None, outer=None, sleeves="none")
    kept = replace(outfit, silhouette=silhouette, upper=replace(top, kind="top"), dress=None, outer=None, bag=None)
    if silhouette == "tutu":
        return replace(kept, lower=replace(lower, kind="tutu"))
    cape = _plain(rng, "cape", OUTER_COLOURS)
    return replace(kept, lower=replace(lower, kind="trousers"), outer=cape)


def _plain(rng: np.random.Generator, kind: str, colours: Mapping[str, float]) -> Garment:
    colour = _pick(rng, colours)
    return Garment(kind, colour, _shade(rng, colour))


def _shade(rng: np.random.Generator, colour: str) -> Rgb:
    """Draw a shade of a named colour, which stays nearer to it than to any other name."""
    gain = float(np.exp(np.clip(rng.normal(0, 0.08), -0.16, 0.16)))
    red, green, blue = (int(np.clip(gain * value + rng.normal(0, 2.5), 8, 250)) for value in RGB[colour])
    return red, green, blue


def _pick(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    """Draw one of the names, with probabilities in proportion to the shares."""
    reached = rng.random() * sum(shares.values())
    for name, share in shares.items():
        reached -= share
        if reached < 0:
            return name
    return next(iter(shares))
