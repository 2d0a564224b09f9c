"""Counts on a clip: numbers by group and name, which add up over clips."""

from collections import Counter
from collections.abc import Iterable, Mapping

Counts = Counter[tuple[str, str]]
"""Numbers by (group, name), such as ("fates", "one") or ("found", "90-130")."""


def grouped(group: str, numbers: Mapping[str, int]) -> Counts:
    return Counter({(group, name): number for name, number in numbers.items()})


def together(parts: Iterable[Counts]) -> Counts:
    total: Counts = Counter()
    for part in parts:
        total.update(part)
    return total


def of_group(counts: Counts, group: str) -> dict[str, int]:
    return {name: number for (one, name), number in counts.items() if one == group}


def share(counts: Counts, part: tuple[str, str], whole: tuple[str, str]) -> float | None:
    """Return part / whole, or None if the whole is 0."""
    return counts[part] / counts[whole] if counts[whole] else None


def precision(counts: Counts) -> float | None:
    """Return the share of detections outside ignored regions that are a person's own; see finding.py."""
    detections = of_group(counts, "detections")
    outside = sum(detections.values()) - detections.get("ignored", 0)
    return detections.get("on a person", 0) / outside if outside else None
