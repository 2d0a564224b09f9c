"""Why a score is what it is: each facet's bits shared out among the words that carry them."""

from edge.limits import MOST_REASONS
from edge.records import Reason
from edge.score.channels import REASON_BITS, Shares, Usual, explain
from edge.score.features import Features

SECOND = 0.5
"""A second word is said if it carries at least this share of what the first does."""


def reasons(seen: Features, usual: Usual, facets: dict[str, float]) -> tuple[Reason, ...]:
    """At most MOST_REASONS, most bits first; those of a facet add up to its bits."""
    said = {facet: _said(explain(facet, seen, usual)) for facet, bits in facets.items() if bits >= REASON_BITS}
    seconds = sorted((facet for facet in said if len(said[facet]) > 1), key=lambda facet: -facets[facet])
    for facet in seconds[max(MOST_REASONS - len(said), 0) :]:
        del said[facet][1:]
    found = [reason for facet, words in said.items() for reason in _shared_out(words, facets[facet])]
    return tuple(sorted(found, key=lambda reason: -reason.bits))


def _said(shares: Shares) -> list[tuple[str, float]]:
    """The first word, and the second if it carries enough, with their shares."""
    first, *others = sorted(shares.items(), key=lambda pair: -pair[1])[:2]
    return [first, *(other for other in others if other[1] >= SECOND * first[1] > 0)]


def _shared_out(words: list[tuple[str, float]], bits: float) -> list[Reason]:
    total = sum(share for _, share in words)
    return [Reason(word, float(bits * share / total) if total > 0 else float(bits)) for word, share in words]
