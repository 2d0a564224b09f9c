"""The recipe: everything that must be equal before counts may be added or compared, with one short id."""

import hashlib

import msgspec

from edge.vocabulary import COLOURS, CONTEXTS, GARMENTS, PATTERNS, REGIONS, SILHOUETTES

SCHEMA = 6
"""Version of the counts; increase it when the meaning of a counted value changes (a region, grid, unit or channel)."""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings and vocabularies with which a baseline was counted."""

    schema: int = SCHEMA
    model: str
    """First 12 hex digits of the model file's SHA-256."""
    palette_cells: int
    """Number of cells of the palette."""
    palette_words: str
    """The borders between colour names (NAMING_ID of edge/palette.py), since colour pairs are counted by word."""
    colour_moments: int
    colour_words: int = 2 * len(COLOURS)
    """Number of colour words counted for the two main regions, besides their moments."""
    kind_moments: int
    textures: int
    composition: int
    nuisance: str = ""
    """First 12 hex digits of the SHA-256 of the nuisance covariance shipped with the model; empty without one."""
    second_looks: int = 0
    """Views of a sighting that the model looks at again; 0: none."""
    regions: tuple[str, ...] = REGIONS
    colours: tuple[str, ...] = COLOURS
    patterns: tuple[str, ...] = PATTERNS
    garments: tuple[str, ...] = GARMENTS
    silhouettes: tuple[tuple[str, str], ...] = SILHOUETTES
    contexts: tuple[str, ...] = CONTEXTS

    @property
    def id(self) -> str:
        """12 hex digits, equal exactly if the recipes are equal."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:12]

    def differences(self, other: "Recipe") -> str:
        """Return the fields that differ and their values, for an error message."""
        pairs = ((field, getattr(self, field), getattr(other, field)) for field in self.__struct_fields__)
        return "; ".join(f"{field}: {mine} here, {theirs} there" for field, mine, theirs in pairs if mine != theirs)
