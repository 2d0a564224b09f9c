"""One person of the street: their looks and path, and their joints at any time."""

from dataclasses import dataclass

import numpy as np

from edge.street import gait, outfit
from edge.street.gait import AT, JOINTS, Gait
from edge.street.optics import Points
from edge.street.outfit import Outfit, Rgb
from edge.street.path import Path

SKINS: tuple[Rgb, ...] = (
    (246, 214, 190),
    (236, 196, 166),
    (222, 174, 140),
    (202, 150, 112),
    (172, 120, 84),
    (140, 94, 64),
    (106, 70, 48),
    (76, 50, 36),
)
"""Skin colours from pale to dark; a walker's is drawn evenly from all mixtures of neighbours."""
HAIRS: tuple[Rgb, ...] = ((24, 20, 20), (44, 32, 26), (82, 56, 38), (120, 84, 52), (176, 140, 92), (150, 148, 146))
HAIR_STYLES = ("short", "short", "short", "bob", "long", "long", "bun", "bald")

RADII = {"head": 0.072, "hand": 0.03, "heel": 0.028, "toe": 0.028, "elbow": 0.03, "hip": 0.075, "shoulder": 0.035}
"""Radius of body and ordinary clothes around a joint, in body heights; other joints have 0.02."""
HEMS = {"gown": 0.19, "tutu": 0.12, "cape": 0.1, "coat": 0.08, "dress": 0.08, "skirt": 0.08}
"""Radius around the knees for long garments, in body heights."""


@dataclass(frozen=True, slots=True)
class Looks:
    """A person's looks apart from clothes; none of this may ever count in a score."""

    girth: float
    """Factor on the width and depth of trunk and limbs; 1 is usual."""
    skin: Rgb
    hair: Rgb
    hair_style: str
    has_beard: bool
    has_glasses: bool
    texture_seed: int
    """Seed of folds, prints and grain."""


@dataclass(frozen=True, eq=False)
class Walker:
    """A person walking through the street."""

    walker_id: int
    outfit: Outfit
    looks: Looks
    gait: Gait
    path: Path
    speed: float
    """Metres a second."""
    begins_at: float
    """Street seconds."""

    @property
    def ends_at(self) -> float:
        """Street seconds."""
        return self.begins_at + self.path.length / self.speed

    def walked(self, at: Points) -> Points:
        """[t] metres walked at street seconds [t]."""
        return (at - self.begins_at) * self.speed

    def heading(self, at: Points) -> Points:
        """[t] heading in radians at street seconds [t]."""
        return self.path.heading(self.walked(at))

    def pose(self, at: Points) -> Points:
        """[t, joints, 3] joints x, y, z in metres at street seconds [t]."""
        walked = self.walked(at)
        return gait.pose(self.gait, walked, self.path.place(walked), self.path.heading(walked))

    def radii(self) -> Points:
        """[joints] radius of body and clothes around each joint, in metres."""
        radii = np.array([RADII.get(name.rpartition("_")[2], 0.02) for name in JOINTS])
        if self.outfit.silhouette in HEMS:
            radii[[AT["left_knee"], AT["right_knee"]]] = HEMS[self.outfit.silhouette]
        return radii * self.gait.height_m * self.looks.girth


def draw(rng: np.random.Generator, walker_id: int, path: Path, begins_at: float, speed: float, share: float) -> Walker:
    """Draw a new person, who is an exception with probability `share`."""
    clothes = outfit.draw(rng, share)
    looks = _draw_looks(rng)
    height = float(np.clip(rng.normal(1.71, 0.085), 1.5, 1.95))
    step = 0.385 * np.sqrt(speed / 1.35) * rng.uniform(0.95, 1.05)
    style = Gait(
        height_m=height,
        shoulder=float(rng.uniform(0.102, 0.118)),
        step=float(step),
        phase=float(rng.random()),
        arm_swing=float(rng.uniform(0.5, 1.05)),
        elbow=float(rng.uniform(0.1, 0.45)),
        lean=float(rng.uniform(0.0, 0.07)),
        head_turn=float(np.clip(rng.normal(0, 0.14), -0.35, 0.35)),
    )
    return Walker(walker_id, clothes, looks, style, path, speed, begins_at)


def _draw_looks(rng: np.random.Generator) -> Looks:
    hair_style = str(rng.choice(HAIR_STYLES))
    return Looks(
        girth=float(np.clip(rng.normal(1.0, 0.09), 0.85, 1.25)),
        skin=_between(rng, SKINS),
        hair=HAIRS[int(rng.integers(len(HAIRS)))],
        hair_style=hair_style,
        has_beard=bool(hair_style in ("short", "bald") and rng.random() < 0.3),
        has_glasses=bool(rng.random() < 0.2),
        texture_seed=int(rng.integers(2**31)),
    )


def _between(rng: np.random.Generator, tones: tuple[Rgb, ...]) -> Rgb:
    reached = rng.random() * (len(tones) - 1)
    lower = int(reached)
    share = reached - lower
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(tones[lower], tones[lower + 1], strict=True))
    return red, green, blue
