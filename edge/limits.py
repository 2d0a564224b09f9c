"""Limits that keep counts from saying much about anybody: on the node before anything is sent, and at the booth."""

WINDOW_S = 900
"""15 minutes: the finest time at which anything is counted or stored."""
FLOOR = 5
"""Smaller counts say too much about single people (design: cells under the floor are withheld)."""
BATCH = 50
"""Sightings between two baselines of one epoch: the difference of two one person apart would be that person."""
MOST_REASONS = 4
"""Words about an outfit that leave the node with one score at most."""
