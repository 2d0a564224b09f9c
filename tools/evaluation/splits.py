"""Splits and seeds of `tools/evaluate rarity` and `fairness`, all fixed."""

from tools.evaluation.labels import TEST_IDS

BASELINE_IDS = (*range(1, TEST_IDS.start), *range(1005, 1805))
"""Photos of Clothing Co-Parsing that make up the baseline; the last of them have no labels and need none."""
LABELLED_IDS = range(1, TEST_IDS.start)
"""Photos with labels, which say how common a colour is."""
SEEDS = range(5)
"""Orders in which a baseline learns; figures are means over them."""
DRAWS = 200
"""Random draws of exceptions among the people, and of the bootstrap over people."""
PREVALENCE = 0.05
"""Share of exceptions for the precision among the highest scores."""
CURVE = (100, 200, 400, 700)
"""People in each of two baselines that share no person."""
EPSILONS = (2.0, 8.0, 32.0)
"""Privacy losses (epsilon) whose cost is measured."""
FOLDS = 5
"""Folds for calibration: each fold of the baseline's people is scored by the others."""
RARE_BITS, COMMON_BITS = 4.5, 3.0
"""Bits from which a lower garment's colour is rare (1 in 22 have it), and up to which it is common (1 in 8)."""
EXCEPTIONS = ("rare hue", "bold pattern", "rare swap")
CONTROLS = ("common hue", "common swap")
"""Edits that must not raise the score."""
SKIN_L = (-30.0, -15.0, 15.0)
"""Changes of L* by which the skin alone is changed."""
