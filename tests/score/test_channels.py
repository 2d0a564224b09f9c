"""The table of channels fits the vocabulary, and one more row is one more channel."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.appearance.colour import palette, word_shares
from edge.score import baseline, channels, counts
from edge.score.baseline import Baseline
from edge.score.channels import CHANNELS, FACET_WEIGHTS, Channel, explain
from edge.score.features import Features, features
from edge.score.reason import reasons
from edge.vocabulary import COLOURS, FACETS, REASON
from tests.outfits import RECIPE, ordinary, outfit


def test_every_facet_is_measured_weighed_and_explained(learnt: Baseline) -> None:
    assert {channel.facet for channel in CHANNELS} == set(FACETS) == set(FACET_WEIGHTS)
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)
    seen = features(outfit("orange", "teal", np.random.default_rng(2), pattern="dotted"))
    for facet in FACETS:
        words = explain(facet, seen, learnt._built())
        assert words
        assert all(REASON.match(word) and word.startswith(facet) for word in words)


def test_one_row_and_one_function_make_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    def quality(seen: Features, _: channels.Usual) -> float:
        return 60.0 * (seen.appearance.quality > 0.9)

    more = (*CHANNELS, Channel("quality", "garment", 1.0, quality))
    for module in (channels, counts, baseline):
        monkeypatch.setattr(module, "CHANNELS", more)
    weights = [[channel.weight * (channel.facet == facet) for channel in more] for facet in FACETS]
    monkeypatch.setattr(baseline, "_WEIGHTS", np.array(weights))
    one, rng = Baseline(RECIPE), np.random.default_rng(0)
    for _ in range(200):
        one.learn(ordinary(rng))
    assert one.counts.channels.shape[0] == len(more)
    assert one.counts.channels[-1].sum() == 200 - baseline.CHANNEL_WARM_UP


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lab=arrays(np.float32, (60, 3), elements=st.floats(-60, 95, width=32)))
def test_a_colour_is_a_reason_only_where_it_is_shown(learnt: Baseline, lab: np.ndarray) -> None:
    seen = outfit("orange", "black", np.random.default_rng(0))
    seen.palettes[0], seen.words[0] = palette(lab), word_shares(lab, None)
    found = explain("colour", features(seen), learnt._built())
    said = {word.split(":")[2] for word, share in found.items() if word.startswith("colour:upper") and share > 0}
    assert said <= {colour for colour, share in zip(COLOURS, seen.words[0], strict=True) if share > 0}


def test_in_the_dark_no_colour_is_a_reason(learnt: Baseline) -> None:
    seen = outfit("orange", "black", np.random.default_rng(0))
    seen.words[:] = 0
    found = reasons(features(seen), learnt._built(), dict.fromkeys(FACETS, 9.0))
    assert {reason.words.split(":")[0] for reason in found} <= {"pattern", "garment"}
