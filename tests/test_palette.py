"""The names of colours, held against their rules read one by one."""

from math import atan2, degrees, hypot

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge import palette
from edge.vocabulary import COLOURS

VALUES = st.floats(-120, 120, width=32).map(lambda value: round(value, 2))


def by_rules(light: float, a: float, b: float, *, is_cast_known: bool) -> str:
    """Name one colour by the first rule that fits."""
    limits = palette.NEUTRAL_CHROMA_CAST if is_cast_known else palette.NEUTRAL_CHROMA
    chroma, hue = hypot(a, b), int(degrees(atan2(b, a)) % 360) % 360
    if chroma < limits[sum(light >= border for border in palette.NEUTRAL_L)]:
        return "black" if light < palette.BLACK_L else "white" if light > palette.WHITE_L else "grey"
    return next(
        name
        for first, last, below, chroma_from, chroma_below, name in palette._RULES
        if first <= hue < last and light < below and chroma_from <= chroma < chroma_below
    )


@given(light=st.floats(0, 100, width=32).map(lambda value: round(value, 2)), a=VALUES, b=VALUES, known=st.booleans())
def test_a_name_is_that_of_the_first_rule_that_fits(light: float, a: float, b: float, known: bool) -> None:
    lab = np.array([[light, a, b]], np.float32)
    (found,) = palette.names(lab, is_cast_known=known)
    exact = (float(value) for value in lab[0].astype(float))
    assert COLOURS[found] == by_rules(*exact, is_cast_known=known) or _is_on_a_border(*lab[0].tolist())


def _is_on_a_border(_light: float, a: float, b: float) -> bool:
    """Return True where rounding to float32 may decide."""
    chroma, hue = hypot(a, b), degrees(atan2(b, a)) % 360
    limits = (*palette._CHROMA_LIMITS, *palette.NEUTRAL_CHROMA, *palette.NEUTRAL_CHROMA_CAST)
    return min(abs(chroma - limit) for limit in limits) < 1e-3 or abs(hue - round(hue)) < 1e-3
