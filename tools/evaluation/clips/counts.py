"""What is counted on a clip: numbers by group and name, which add up over clips."""

from collections import Counter
from collections.abc import Iterable, Mapping

Counts = Counter[tuple[str, str]]
"""{(group, name): number}, such as ("fates", "one") or ("found", "90-130")."""


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
    """None where there is nothing to have a share of."""
    return counts[part] / counts[whole] if counts[whole] else None


def precision(counts: Counts) -> float | None:
    """Of the detections outside ignored regions, those that are somebody's own; see finding.py."""
    detections = of_group(counts, "detections")
    outside = sum(detections.values()) - detections.get("ignored", 0)
    return detections.get("on a person", 0) / outside if outside else None
