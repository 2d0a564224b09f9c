"""The table of channels fits the vocabulary, and one more row is one more channel."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.appearance.colour import palette, word_shares
from edge.score.baseline import Baseline
from edge.score.channels import CHANNELS, FACET_WEIGHTS, explain
from edge.score.features import features
from edge.score.reason import reasons
from edge.vocabulary import COLOURS, FACETS, REASON
from tests.outfits import outfit

ROOT = Path(__file__).parents[2]


def test_every_facet_is_measured_weighed_and_explained(learnt: Baseline) -> None:
    assert {channel.facet for channel in CHANNELS} == set(FACETS) == set(FACET_WEIGHTS)
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)
    seen = features(outfit("orange", "teal", np.random.default_rng(2), pattern="dotted"))
    for facet in FACETS:
        words = explain(facet, seen, learnt._built())
        assert words
        assert all(REASON.match(word) and word.startswith(facet) for word in words)


FUNCTION = """
def _quality(seen: Features, _: Usual) -> float:
    return 60.0 * (seen.appearance.quality > 0.9)


CHANNELS = ("""
ROW = """    Channel("quality", "garment", 1.0, _quality),
    Channel("pair","""
LEARN = """
import numpy as np
from edge.score.baseline import CHANNEL_WARM_UP, Baseline
from edge.score.channels import CHANNELS
from tests.outfits import RECIPE, ordinary

one, rng = Baseline(RECIPE), np.random.default_rng(0)
for _ in range(200):
    one.learn(ordinary(rng))
(row,) = [i for i, channel in enumerate(CHANNELS) if channel.name == "quality"]
print(len(CHANNELS), len(one.counts.channels), one.counts.channels[row].sum() + CHANNEL_WARM_UP)
print(sum(one.score(ordinary(rng)).facets["garment"] > 0 for _ in range(20)))
"""


def test_one_row_one_function_and_their_number_make_a_channel(tmp_path: Path) -> None:
    """In a copy of the code, add what edge/README.md says, to channels.py and to no other file."""
    for name in ("edge", "models"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "fetched"))
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    path = tmp_path / "edge/score/channels.py"
    text = path.read_text().replace("\nCHANNELS = (", FUNCTION, 1).replace('    Channel("pair",', ROW, 1)
    path.write_text(text)
    shapes = tmp_path / "edge/baseline_shapes.py"
    shapes.write_text(shapes.read_text().replace(f" {len(CHANNELS)}, ", f" {len(CHANNELS) + 1}, ", 1))
    done = subprocess.run([sys.executable, "-c", LEARN], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows, histograms, counted, scored = done.stdout.split()
    assert int(rows) == int(histograms) == len(CHANNELS) + 1
    assert int(counted) == 200
    assert int(scored) > 0


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
