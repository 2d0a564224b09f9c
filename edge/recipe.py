"""What must agree for counts to be added or compared: one short id over all of it."""

import hashlib

import msgspec

from edge.vocabulary import COLOURS, CONTEXTS, GARMENTS, PATTERNS, REGIONS, SILHOUETTES

SCHEMA = 3
"""Raised whenever the meaning of a counted value changes: a region, a grid, a unit, a channel."""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the counts of one baseline came about."""

    schema: int = SCHEMA
    model: str
    """First 12 hex digits of the network's SHA-256."""
    palette_cells: int
    palette_words: str
    """Which cell has which colour word: colour pairs are counted by word."""
    colour_moments: int
    colour_words: int = 2 * len(COLOURS)
    """Of the two main regions, beside their moments."""
    kind_moments: int
    textures: int
    composition: int
    nuisance: str = ""
    """First 12 hex digits of the SHA-256 of the nuisance covariance that came with the model; empty without one."""
    regions: tuple[str, ...] = REGIONS
    colours: tuple[str, ...] = COLOURS
    patterns: tuple[str, ...] = PATTERNS
    garments: tuple[str, ...] = GARMENTS
    silhouettes: tuple[tuple[str, str], ...] = SILHOUETTES
    contexts: tuple[str, ...] = CONTEXTS

    @property
    def id(self) -> str:
        """12 hex digits; equal exactly for equal recipes."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:12]

    def differences(self, other: "Recipe") -> str:
        """What disagrees, for the error message."""
        pairs = ((field, getattr(self, field), getattr(other, field)) for field in self.__struct_fields__)
        return "; ".join(f"{field}: {mine} here, {theirs} there" for field, mine, theirs in pairs if mine != theirs)
