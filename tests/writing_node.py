"""A node's two files, written without a pause, to be killed: FOLDER. Prints what is safe: `seq SIGHTINGS-SAVED`."""

import sys
from pathlib import Path

import numpy as np

from edge.message.outbox import Outbox
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.messages import make_score
from tests.outfits import RECIPE, ordinary


def main(folder: Path) -> None:
    rng, baseline = np.random.default_rng(0), Baseline(RECIPE)
    outbox = Outbox(folder / "outbox.sqlite", node="camera-1", max_rows=100_000)
    saved = 0
    while True:
        seq = outbox.put(make_score())
        baseline.learn(ordinary(rng))
        if seq % 5 == 0:
            baseline_file.save(baseline, folder / "collected.baseline")
            saved = baseline.sightings
        if seq % 7 == 0:
            outbox.acknowledge(outbox.epoch, seq - 30)
        print(seq, saved, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
