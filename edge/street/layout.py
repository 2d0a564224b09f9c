"""The layout of one street: shops with doors along the far side, posts and trees beside the lanes."""

from dataclasses import dataclass

import numpy as np

from edge.street.outfit import Rgb

FACADE_Y = 8.8
"""Distance of the shops from the booth, metres."""
LANES_Y = (4.45, 5.0, 5.55, 6.1, 6.65)
"""Distances of the walkers' lanes from the booth, metres; in lanes nobody walks through anybody."""
HALF_M = 30.0
"""Half the length of the street that is drawn, metres."""

SHOP_COLOURS: tuple[Rgb, ...] = (
    (74, 92, 96),
    (118, 60, 52),
    (64, 74, 64),
    (150, 138, 118),
    (92, 84, 110),
    (46, 56, 70),
    (136, 108, 70),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop front; places are x in metres."""

    left: float
    right: float
    door: float
    """Middle of its door."""
    colour: Rgb
    wall: Rgb
    texture_seed: int


@dataclass(frozen=True, slots=True)
class Thing:
    """An upright object in the street; places and sizes in metres."""

    kind: str
    """`lamp`, `tree`, `bollard` or `planter`."""
    x: float
    y: float
    radius: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The shops and objects of one street."""

    shops: tuple[Shop, ...]
    things: tuple[Thing, ...]

    @property
    def doors(self) -> tuple[float, ...]:
        """The x of each door, in metres."""
        return tuple(shop.door for shop in self.shops)


def draw(seed: int) -> Layout:
    """Draw the layout of one street."""
    rng = np.random.default_rng([seed, 1])
    return Layout(tuple(_shops(rng)), tuple(_things(rng)))


def _shops(rng: np.random.Generator) -> list[Shop]:
    shops, left = [], -HALF_M
    while left < HALF_M:
        width = float(rng.uniform(4.2, 6.4))
        door = left + width * float(rng.choice([0.22, 0.5, 0.78]))
        colour = SHOP_COLOURS[int(rng.integers(len(SHOP_COLOURS)))]
        tone = int(rng.integers(130, 190))
        wall = (tone, tone - int(rng.integers(2, 16)), tone - int(rng.integers(10, 36)))
        shops.append(Shop(left, left + width, door, colour, wall, int(rng.integers(2**31))))
        left += width
    return shops


def _things(rng: np.random.Generator) -> list[Thing]:
    """Place lamps and bollards in front of the first lane, trees and planters behind the last one."""
    shift = float(rng.uniform(-1.2, 1.2))
    lamps = [Thing("lamp", 3.6 + shift, 3.95, 0.03, 5.0)]
    trees = [Thing("tree", x + shift, 7.5, 0.12, 6.0) for x in (-14.5, -7.4, 1.3, 8.6, 15.0)]
    planters = [Thing("planter", x + shift, 7.6, 0.4, 0.75) for x in (-9.8, -1.2, 6.6)]
    bollards = [Thing("bollard", x + shift, 3.95, 0.06, 0.8) for x in (-6.9, -0.7, 6.5)]
    return lamps + trees + planters + bollards
