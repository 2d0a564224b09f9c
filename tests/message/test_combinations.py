"""No group under the floor follows from the counts of combinations by subtraction, and a message is never too large."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from edge import wire
from edge.limits import FLOOR
from edge.message.combinations import PREFIX, sendable
from edge.message.compose import compose_trend
from edge.vocabulary import COLOURS

people = st.lists(st.tuples(st.sampled_from(COLOURS[:5]), st.sampled_from((*COLOURS[:4], ""))), max_size=200)


def counted(outfits: list[tuple[str, str]]) -> Counter[str]:
    """Count people as a node does; the lower of some was not seen."""
    counts = Counter[str]()
    for upper, lower in outfits:
        counts[f"colour:upper:{upper}"] += 1
        counts.update([f"colour:lower:{lower}", f"{PREFIX}{upper}-over-{lower}"] if lower else [])
    return counts


@given(people)
def test_nothing_small_is_left_of_any_colour(outfits: list[tuple[str, str]]) -> None:
    counts = counted(outfits)
    sent = dict(sendable(counts))
    assert all(n == counts[word] >= FLOOR for word, n in sent.items())
    for side, where in enumerate(("upper", "lower")):
        for colour in COLOURS[:5]:
            told = sum(n for word, n in sent.items() if word.removeprefix(PREFIX).split("-over-")[side] == colour)
            left = counts[f"colour:{where}:{colour}"] - told
            assert not told or left == 0 or left >= FLOOR


def test_common_combinations_are_sent() -> None:
    outfits = [("black", "grey")] * 20 + [("black", "white")] * 10 + [("grey", "grey")] * 7
    assert [word for word, _ in sendable(counted(outfits))] == [
        "combination:black-over-grey",
        "combination:black-over-white",
        "combination:grey-over-grey",
    ]


def test_the_least_common_are_left_out_of_a_message_that_would_be_too_large() -> None:
    outfits = [(upper, lower) for upper in COLOURS for lower in COLOURS for _ in range(FLOOR + len(upper + lower))]
    counts = counted(outfits)
    trend = compose_trend("camera-1", 900, len(outfits), counts)
    assert trend is not None
    assert len(wire.pack(trend)) <= wire.MAX_BYTES
    sent = {word: n for word, n in trend.counts.items() if word.startswith(PREFIX)}
    assert len(sent) > 10
    assert min(sent.values()) >= max(n for word, n in sendable(counts) if word not in sent)
    assert len(trend.counts) - len(sent) == 2 * len(COLOURS), "single colours come first"
