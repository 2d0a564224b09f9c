"""Pieces of the garment map that belong together are one garment, and each gets the name people give it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from edge.records import WORN, Appearance, Floats, Reason, Worn
from edge.score.garments import garments
from edge.score.worn import describe
from edge.vocabulary import COLOURS, PATTERNS, SILHOUETTES
from edge.vocabulary import WORN as CODE
from tests.outfits import outfit

Look = tuple[float, str | Mapping[str, float], str]
"""Area, colour or shares of colours, and pattern of a garment."""


def wearing(
    looks: Mapping[str, Look], *, dress_below: float = np.nan, bare: float = 0.0, split: float = 1.0, hem: float = 1.0
) -> Appearance:
    """Return somebody whose garments have these looks; colours have L* 50 and chroma 30."""
    worn = Worn(
        np.zeros(len(WORN), np.float32),
        np.zeros((len(WORN), len(COLOURS), 3), np.float32),
        np.zeros((len(WORN), len(PATTERNS)), np.float32),
        np.array([dress_below, bare, split], np.float32),
    )
    for name, (area, colours, pattern) in looks.items():
        row = WORN.index(name)
        worn.areas[row] = area
        for colour, share in ({colours: 1.0} if isinstance(colours, str) else colours).items():
            worn.shades[row, COLOURS.index(colour)] = share * np.array([1, 50, 30])
        worn.patterns[row, PATTERNS.index(pattern)] = 1
    one = outfit("black", "black", np.random.default_rng(0))
    composition = one.composition.copy()
    composition[SILHOUETTES.index(("short-outer", "long-outer"))] = hem
    return replace(one, worn=worn, composition=composition)


def toned(one: Appearance, name: str, light: float, chroma: float) -> Appearance:
    assert one.worn is not None
    shades: Floats = one.worn.shades[WORN.index(name)]
    shades[:, 1:] = shades[:, :1] * np.array([light, chroma])
    return one


def codes(one: Appearance, *reasons: str) -> list[str]:
    found = describe(one, [Reason(words, 3.0) for words in reasons])
    assert all(map(CODE.match, found))
    return list(found)


@pytest.mark.parametrize(
    ("looks", "options", "kinds"),
    [
        ({"outer": (0.8, "grey", "plain"), "lower": (0.7, "blue", "plain")}, {"hem": 1.4}, {"coat", "trousers"}),
        ({"outer": (0.8, "grey", "plain"), "lower": (0.7, "blue", "plain")}, {"hem": np.nan}, {"jacket", "trousers"}),
        ({"lower": (0.4, "blue", "plain")}, {"bare": 0.9, "split": 0.0}, {"skirt"}),
        ({"lower": (0.4, "blue", "plain")}, {"bare": 0.9, "split": 0.8}, {"shorts"}),
        ({"lower": (0.4, "blue", "plain")}, {"bare": np.nan, "split": np.nan}, {"trousers"}),
        ({"dress": (0.8, "red", "plain"), "lower": (0.2, "red", "plain")}, {"dress_below": 0.8}, {"dress"}),
        ({"dress": (0.2, "red", "plain"), "lower": (0.6, "red", "plain")}, {"dress_below": 0.1}, {"trousers"}),
        ({"dress": (0.6, "red", "plain"), "upper": (0.3, "black", "plain")}, {"dress_below": 1.0}, {"skirt", "top"}),
        ({"upper": (0.7, "red", "plain"), "outer": (0.3, "red", "plain")}, {}, {"top"}),
        ({"upper": (0.7, "red", "plain"), "outer": (0.1, "black", "plain")}, {}, {"top"}),
        ({"upper": (0.05, "red", "plain"), "shoes": (0.1, "white", "plain")}, {}, {"shoes"}),
    ],
)
def test_kinds(looks: dict[str, Look], options: dict[str, float], kinds: set[str]) -> None:
    assert set(garments(wearing(looks, **options))) == kinds


def test_cloth_is_added_up() -> None:
    looks: dict[str, Look] = {"upper": (0.6, {"red": 0.5, "white": 0.5}, "plain"), "outer": (0.2, "red", "checked")}
    (one,) = garments(wearing(looks)).values()
    assert one.area == pytest.approx(0.8)
    assert one.colours == {"red": pytest.approx(0.625), "white": pytest.approx(0.375)}
    assert one.pattern == "checked"


STREET: dict[str, Look] = {
    "upper": (0.5, {"red": 0.6, "white": 0.4}, "checked"),
    "outer": (0.6, "grey", "plain"),
    "lower": (0.7, "blue", "plain"),
    "shoes": (0.1, "orange", "plain"),
    "bag": (0.3, "black", "plain"),
}


def test_what_the_reasons_are_about_comes_first() -> None:
    one = wearing(STREET, hem=1.5)
    assert codes(one, "pattern:upper:checked") == ["top:red+white:checked", "coat:grey"]
    assert codes(one, "colour:shoes:orange") == ["shoes:orange", "trousers:blue"]
    assert codes(one, "colour:upper:grey", "colour:lower:blue") == ["coat:grey", "trousers:blue"]
    assert codes(one, "garment:large-bag", "garment:wide-lower") == ["bag:black", "trousers:blue"]
    assert codes(one, "garment:long-outer")[0] == "coat:grey"
    assert codes(one, "combination:red-over-blue") == ["top:red+white:checked", "trousers:blue", "coat:grey"]
    assert codes(one, "garment:no-dress") == ["trousers:blue", "coat:grey"]
    assert codes(one) == []


def test_at_most_four_garments_and_none_without_a_look() -> None:
    reasons = ("colour:upper:red", "colour:shoes:orange", "colour:carried:black", "colour:lower:blue")
    assert len(codes(wearing(STREET), *reasons)) == 4
    assert codes(replace(wearing(STREET), worn=None), *reasons) == []


def test_a_second_colour_is_named_where_it_helps() -> None:
    def top(colours: Mapping[str, float], pattern: str, reason: str = "colour:upper:white") -> str:
        return codes(wearing({"upper": (0.5, colours, pattern)}), reason)[0]

    assert top({"white": 0.7, "red": 0.3}, "plain") == "top:white", "folds"
    assert top({"white": 0.7, "red": 0.3}, "plain", "colour:upper:red") == "top:white+red"
    assert top({"white": 0.85, "red": 0.15}, "plain", "colour:upper:red") == "top:white"
    assert top({"white": 0.85, "red": 0.15}, "striped", "colour:upper:red") == "top:white+red:striped"
    assert top({"white": 0.7, "red": 0.3}, "striped") == "top:white+red:striped"
    assert top({"white": 0.6, "grey": 0.4}, "striped") == "top:white:striped", "shade"
    assert top({}, "striped") == "top:striped", "in the dark"


@pytest.mark.parametrize(
    ("colour", "light", "chroma", "code"),
    [
        ("green", 25, 20, "top:dark-green"),
        ("green", 50, 30, "top:green"),
        ("green", 80, 30, "top:light-green"),
        ("green", 60, 60, "top:bright-green"),
        ("pink", 60, 55, "top:bright-pink"),
        ("black", 5, 2, "top:black"),
        ("white", 95, 2, "top:white"),
    ],
)
def test_tones(colour: str, light: float, chroma: float, code: str) -> None:
    one = toned(wearing({"upper": (0.5, colour, "plain")}), "upper", light, chroma)
    assert codes(one, f"colour:upper:{colour}") == [code]
