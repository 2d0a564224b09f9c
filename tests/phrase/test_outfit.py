"""Reasons are said as people speak: garments first, nothing twice, at most three parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.phrase.outfit import MOST_PARTS, phrase, words
from edge.phrase.table import LANGUAGES
from edge.vocabulary import (
    COLOURS,
    GARMENTS,
    KINDS,
    PATTERNED,
    PATTERNS,
    REASON,
    REGIONS,
    SILHOUETTES,
    TONES,
    UNTELLING,
    WORN,
)

CODES = sorted(
    {f"colour:{region}:{colour}" for region in REGIONS for colour in COLOURS}
    | {f"pattern:{region}:{kind}" for region in REGIONS for kind in (*PATTERNS, PATTERNED)}
    | {f"garment:{word}" for word in (*GARMENTS, *(word for pair in SILHOUETTES for word in pair))}
    | {f"combination:{upper}-over-{lower}" for upper in COLOURS for lower in COLOURS}
)
shades = st.builds(
    lambda tone, colour: f"{tone}{colour}", st.sampled_from(["", *(f"{t}-" for t in TONES)]), st.sampled_from(COLOURS)
)
worn = st.lists(
    st.builds(
        lambda kind, shades, kind_of: ":".join(filter(None, (kind, "+".join(shades), kind_of))),
        st.sampled_from(KINDS),
        st.lists(shades, max_size=2),
        st.sampled_from(["", *PATTERNS[1:], PATTERNED]),
    ),
    max_size=4,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_can_be_said(language: str) -> None:
    said = {code: words(code, language) for code in CODES}
    assert all(map(re.compile(REASON).match, CODES))
    assert all(said.values())
    assert not [text for text in said.values() if re.search(r"[{}:_$]|  |^ | $", text)]
    assert len(set(said.values())) > 0.9 * len(said), "different codes read differently; bags are in two regions"


def test_no_word_of_the_code_is_left() -> None:
    text = " ".join(words(code) for code in CODES)
    assert not re.search(r"\b(upper|lower|outer|busy|carried|whole)\b", text.replace("the whole outfit", ""))


@given(st.lists(st.sampled_from(CODES), max_size=4), worn, st.sampled_from(LANGUAGES))
def test_a_phrase_is_short_and_says_nothing_twice(codes: list[str], worn: list[str], language: str) -> None:
    assert all(map(WORN.match, worn))
    parts = phrase(codes, worn, language).split(", ")
    assert 1 <= len(parts) <= MOST_PARTS
    assert all(parts)
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize(
    ("reasons", "worn", "said"),
    [
        (["colour:lower:pink"], ["trousers:bright-pink"], "bright pink trousers"),
        (["colour:lower:pink"], ["trousers:pink", "top:white"], "pink trousers, white top"),
        (["pattern:upper:checked"], ["top:red:checked", "coat:grey"], "red checked top under a grey coat"),
        (["colour:upper:orange"], ["coat:orange", "top:white"], "white top under an orange coat"),
        (["colour:shoes:orange"], ["shoes:orange", "top:black"], "orange shoes, black top"),
        (["colour:upper:yellow", "colour:lower:yellow"], ["top:yellow", "skirt:bright-yellow"], "all in yellow"),
        (["garment:one-colour-covered"], ["top:black", "trousers:black"], "all in black"),
        (
            ["colour:upper:yellow", "colour:lower:yellow"],
            ["top:yellow", "skirt:yellow", "coat:grey"],
            "yellow top under a grey coat, yellow skirt",
        ),
        (["combination:red-over-green"], [], "red over green"),
        (["combination:red-over-green"], ["top:red", "skirt:dark-green"], "red top, dark green skirt"),
        (["colour:upper:red", "combination:red-over-green"], ["top:red", "skirt:green"], "red top, green skirt"),
        (["pattern:upper:graphic"], ["top:white:graphic", "skirt:blue"], "white top with a picture, blue skirt"),
        (["garment:long-outer", "colour:upper:red"], ["coat:red"], "long red coat"),
        (["garment:long-outer"], ["top:red", "skirt:blue"], "red top, blue skirt"),
        (["garment:bare-shins"], ["dress:green"], "green dress"),
        (["garment:short-lower"], ["shorts:white"], "white shorts"),
        (["garment:no-bag", "garment:covered-legs"], [], "the whole outfit"),
        ([], [], "the whole outfit"),
        (["colour:lower:pink", "pattern:lower:checked"], [], "pink trousers or skirt, checked trousers or skirt"),
    ],
)
def test_phrases(reasons: list[str], worn: list[str], said: str) -> None:
    assert phrase(reasons, worn) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "parte de arriba roja a cuadros bajo un abrigo gris oscuro, zapatos naranja"),
        ("sv", "röd rutig överdel under en mörkgrå kappa, orange skor"),
        ("fr", "haut rouge à carreaux sous un manteau gris foncé, chaussures orange"),
        ("de", "rotes kariertes Oberteil unter einem dunkelgrauen Mantel, orangefarbene Schuhe"),
        ("it", "maglia rossa a quadri sotto un cappotto grigio scuro, scarpe arancioni"),
    ],
)
def test_languages(language: str, said: str) -> None:
    reasons, worn = (
        ["pattern:upper:checked", "colour:shoes:orange"],
        ["top:red:checked", "coat:dark-grey", "shoes:orange"],
    )
    assert phrase(reasons, worn, language) == said


def test_what_is_never_said_cannot_be_a_reason_for_an_alert() -> None:
    assert set(CODES) >= UNTELLING
    assert phrase(sorted(UNTELLING), ["coat:black", "trousers:blue"]) == "black coat, blue trousers"
