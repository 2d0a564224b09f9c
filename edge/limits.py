"""How coarse counts must be, so that none tells about a single person. Node and booth both apply these limits."""

WINDOW_S = 900
"""15 minutes: the shortest window in which counts are kept or sent."""
FLOOR = 5
"""Smallest count that may be sent or shown; smaller ones say too much about single people and are withheld."""
BATCH = 50
"""Least sightings between two published baselines of one epoch: if only one were between them, their difference would
describe that person."""
FIRST_SCORES = 50
"""Sightings of a camera, against a baseline that others made, before its first scores."""
MOST_IN_WINDOW = 20_000
"""Most sightings of one camera in WINDOW_S: 1.4 people a second and metre of width, the most that walk in a dense crowd
(Fruin 1971, "Pedestrian Planning and Design", level of service E), in a view 15 m wide."""
MOST_SIGHTINGS = 10_000_000
"""Most sightings of a baseline; its sums of products (score/counts.py) stay below 2**63 with these."""
MOST_REASONS = 4
"""Most reasons that leave the node with one score."""
MOST_WORN = 4
"""Most garments that leave the node with one score."""
