"""The single garments of an outfit: what each is, its colours and its pattern, as far as staff need them; pure."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from edge.records import WORN, Appearance, Floats, Worn
from edge.score.features import pattern_word
from edge.vocabulary import COLOURS, PATTERNS, SILHOUETTES

LEAST_AREA = {"upper": 0.1, "outer": 0.1, "lower": 0.1, "dress": 0.15, "shoes": 0.04, "bag": 0.08}
"""Area, in torso lengths squared, from which a garment is named."""
COAT = 1.05
"""Hem in torso lengths below the shoulders (the hips are at 1) from which outer wear is a coat, not a jacket. On the
labelled photos 1 to 704 this is right for 83 of 126 coats and 110 of 134 jackets, blazers and suits."""
BARE = 0.4
"""Share of skin on the shins from which what is worn below the hips is a skirt or shorts."""
SPLIT = 0.3
"""Share of rows that show two legs from which that is shorts. On the same photos trousers are called so 305 times of
321, dresses 125 of 201, skirts 53 of 119 and shorts 18 of 44; skirt and shorts are often taken for each other."""
IS_DRESS = 0.5
"""Share of a dress in the cloth below the hips from which that is a dress."""
LONG_TOP = 0.5
"""Ratio of areas from which a top of other colours turns a dress into a skirt: no more of it shows."""
MAIN_COLOUR, PATCH = 0.3, 0.25
"""Share of a garment that makes a colour one of its main ones; ratio of areas below which a garment is a patch of the
other: the map often sees sleeves, shade or a wall as a second garment."""
_OUTER_HEM = SILHOUETTES.index(("short-outer", "long-outer"))


class Garment(NamedTuple):
    """One garment of an outfit."""

    kind: str
    """One of vocabulary.KINDS."""
    area: float
    """In torso lengths squared."""
    shades: Floats
    """[colours, 3] as in Worn: share of each colour name, and that share times mean L* and times mean chroma."""
    pattern: str
    """Its word; empty if plain or unknown."""

    @property
    def colours(self) -> dict[str, float]:
        """Share of each colour, the commonest first; empty in the dark."""
        found = dict(zip(COLOURS, self.shades[:, 0].tolist(), strict=True))
        return {name: found[name] for name in sorted(found, key=lambda name: -found[name]) if found[name]}

    @property
    def main_colours(self) -> set[str]:
        """The commonest colour, and others with MAIN_COLOUR of the garment."""
        return {name for i, (name, share) in enumerate(self.colours.items()) if i == 0 or share >= MAIN_COLOUR}

    def is_like(self, other: "Garment") -> bool:
        """Return True if the map may have taken one garment for two: they share a main colour, or one is a patch."""
        mine, its = self.main_colours, other.main_colours
        is_patch = min(self.area, other.area) < PATCH * max(self.area, other.area)
        return is_patch or bool(mine & its) or {"black", "navy"} <= mine | its

    def with_part(self, other: "Garment") -> "Garment":
        """Return this garment with the cloth of another one."""
        area = self.area + other.area
        shades = np.asarray((self.area * self.shades + other.area * other.shades) / area, np.float32)
        return self._replace(area=area, shades=shades, pattern=self.pattern or other.pattern)


def garments(appearance: Appearance) -> dict[str, Garment]:
    """Return the garments that can be named, by kind; pieces that belong together are one."""
    worn = appearance.worn
    if worn is None:
        return {}
    found = {name: one for name, one in _pieces(appearance, worn) if one.area >= LEAST_AREA[name]}
    if "dress" in found and worn.cut[0] <= IS_DRESS:
        del found["dress"]
    elif "dress" in found and "lower" in found:
        found["dress"] = found["dress"].with_part(found.pop("lower"))
    for one, other in (("upper", "outer"), ("dress", "upper"), ("dress", "outer")):
        if one in found and other in found and found[one].is_like(found[other]):
            kept, part = (one, other) if one == "dress" or found[one].area >= found[other].area else (other, one)
            found[kept] = found[kept].with_part(found.pop(part))
    if "dress" in found and "upper" in found and found["upper"].area >= LONG_TOP * found["dress"].area:
        found["dress"] = found["dress"]._replace(kind="skirt")
    return {one.kind: one for one in found.values()}


def _pieces(appearance: Appearance, worn: Worn) -> Iterator[tuple[str, Garment]]:
    """Yield what each class of the garment map shows."""
    for row, name in enumerate(WORN):
        word = pattern_word(worn.patterns[row], is_close=appearance.looked_again > 0)
        pattern = "" if word == PATTERNS[0] else word
        yield name, Garment(_kind(name, appearance, worn), float(worn.areas[row]), worn.shades[row], pattern)


def _kind(name: str, appearance: Appearance, worn: Worn) -> str:
    """Return the kind of garment that a class of the map is; in doubt a jacket, and trousers."""
    if name == "outer":
        return "coat" if appearance.composition[_OUTER_HEM] >= COAT else "jacket"
    if name == "lower":
        _, bare, split = worn.cut
        return "trousers" if not bare >= BARE else "shorts" if split >= SPLIT else "skirt"
    return {"upper": "top"}.get(name, name)
