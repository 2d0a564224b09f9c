"""Who is whom in `tools/evaluate rarity` and `fairness`: every seed and split, fixed."""

from tools.evaluation.labels import TEST_IDS

BASELINE_IDS = (*range(1, TEST_IDS.start), *range(1005, 1805))
"""Photos of Clothing Co-Parsing that make up the baseline; the last of them have no labels and need none."""
LABELLED_IDS = range(1, TEST_IDS.start)
"""Of these, the ones that say how common a colour is."""
SEEDS = range(5)
"""Orders in which a baseline learns; figures are means over them."""
DRAWS = 200
"""Of exceptions among the people, and of the bootstrap over people."""
PREVALENCE = 0.05
"""Of exceptions, for the precision at the top."""
CURVE = (100, 200, 400, 700)
"""People in each of two baselines that have nobody in common."""
EPSILONS = (2.0, 8.0, 32.0)
"""Privacy losses whose price is measured."""
FOLDS = 5
"""For calibration: each fold of the baseline's people is scored by the others."""
RARE_BITS, COMMON_BITS = 4.5, 3.0
"""A donor's lower garment is of a colour that fewer than 1 in 22, or more than 1 in 8, lower garments have."""
EXCEPTIONS = ("rare hue", "bold pattern", "rare swap")
CONTROLS = ("common hue", "common swap")
"""Must not fire."""
SKIN_L = (-30.0, -15.0, 15.0)
"""L* by which skin alone is changed."""
