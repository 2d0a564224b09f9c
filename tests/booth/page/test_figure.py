"""The figure shows what the words say, and nothing that they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.booth.alert import make_alert
from edge.booth.page.figure import PAINTS, PARTS, Figure, draw, hexadecimal, rgb
from edge.config import BoothConfig
from edge.vocabulary import COLOURS, KINDS, TONES
from tests.booth.page.pages import make_view
from tests.messages import NOW, make_score
from tests.phrase.test_outfit import CODES, worn


def drawn(reasons: list[str], worn: list[str]) -> Figure:
    return draw(make_view(reasons=[wire.Reason(words, 5) for words in reasons], worn=worn).alert)


def fills(figure: Figure, kind: str = "garment") -> list[str]:
    return [shape.fill for shape in figure.shapes if shape.kind == kind]


def test_garments_have_the_colours_that_they_are_called() -> None:
    figure = drawn(["colour:lower:pink"], ["trousers:bright-pink", "top:white"])
    assert fills(figure) == [hexadecimal(rgb("bright-pink")), hexadecimal(rgb("white"))]
    assert [shape.path for shape in figure.shapes if shape.is_reason] == [PARTS["trousers"]]
    assert [shape.path for shape in figure.shapes if shape.kind == "unknown"] == [PARTS["shoes"]]


def test_patterns_are_hatched_in_two_colours() -> None:
    (paint,) = drawn(["pattern:upper:checked"], ["top:red+white:checked"]).paints
    assert (paint.kind, paint.first, paint.second) == ("checked", hexadecimal(rgb("red")), "#ffffff")
    (halves,) = drawn(["colour:upper:red"], ["top:red+white"]).paints
    assert halves.kind == "halves"
    assert drawn(["pattern:upper:graphic"], ["top:black:graphic"]).shapes[-1].kind == "motif"


def test_without_garments_the_reasons_are_drawn() -> None:
    figure = drawn(["combination:red-over-green"], [])
    assert fills(figure) == [hexadecimal(PAINTS["green"]), hexadecimal(PAINTS["red"])]
    (shape,) = [one for one in drawn(["garment:dress"], []).shapes if one.is_reason]
    assert (shape.kind, shape.path) == ("unknown", PARTS["dress"])


def test_a_coat_is_open_over_what_is_known_to_be_under_it() -> None:
    over = drawn(["colour:upper:red"], ["top:red", "coat:grey"])
    alone = drawn(["colour:upper:grey"], ["coat:grey"])
    assert over.shapes[-1].path != alone.shapes[-1].path == PARTS["coat"]


@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=4), worn)
def test_everything_that_can_be_said_can_be_drawn(codes: list[str], garments: list[str]) -> None:
    score = make_score(reasons=[wire.Reason(words, 5) for words in codes], worn=garments)
    figure = draw(make_alert(score, BoothConfig(), NOW))
    assert len({paint.id for paint in figure.paints}) == len(figure.paints)
    for fill in fills(figure):
        assert fill.startswith("#") or fill[5:-1] in {paint.id for paint in figure.paints}


@pytest.mark.parametrize("tone", ["", *(f"{tone}-" for tone in TONES)])
def test_every_shade_is_a_colour_of_its_own(tone: str) -> None:
    shades = {rgb(f"{tone}{colour}") for colour in COLOURS}
    assert len(shades) == len(COLOURS)
    assert all(0 <= part <= 255 for shade in shades for part in shade)


def test_every_garment_has_a_shape() -> None:
    assert set(KINDS) <= set(PARTS)
