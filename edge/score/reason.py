"""The reasons of a score: the bits of each facet, divided among its strongest one or two reasons."""

from edge.limits import MOST_REASONS
from edge.records import Reason
from edge.score.channels import REASON_BITS, Shares, Usual, explain
from edge.score.features import Features, pattern_word
from edge.score.garments import garments
from edge.vocabulary import KINDS_OF, PATTERNED, PATTERNS, REGIONS

SURE_BITS = 3.0
"""Bits of the facet from which a pattern is a reason even if every garment looks plain: something unusual is there."""
SECOND = 0.5
"""A facet's second reason is given if its share is at least this part of the first one's."""


def reasons(seen: Features, usual: Usual, facets: dict[str, float]) -> tuple[Reason, ...]:
    """Return at most MOST_REASONS reasons, most bits first; those of one facet add up to the facet's bits.

    A facet that nothing seen explains (colours in the dark) gives none.
    """
    shares = {facet: explain(facet, seen, usual) for facet, bits in facets.items() if bits >= REASON_BITS}
    kept = {facet: _strongest(_shown(facet, shares[facet], seen, facets[facet])) for facet in shares}
    seconds = sorted((facet for facet in kept if len(kept[facet]) > 1), key=lambda facet: -facets[facet])
    for facet in seconds[max(MOST_REASONS - len(kept), 0) :]:
        del kept[facet][1:]
    found = [reason for facet, shares in kept.items() for reason in _shared_out(shares, facets[facet])]
    return tuple(sorted(found, key=lambda reason: -reason.bits))


def _shown(facet: str, shares: Shares, seen: Features, bits: float) -> Shares:
    """Leave out patterns of garments that look plain, unless all do and the facet has SURE_BITS."""
    if facet != "pattern":
        return shares
    plain = _plain_regions(seen)
    hidden = {f"pattern:{region}:{kind}" for region in plain for kind in (*PATTERNS[1:], PATTERNED)}
    shown = {code: share for code, share in shares.items() if code not in hidden}
    return shown if any(shown.values()) or bits < SURE_BITS else shares


def _plain_regions(seen: Features) -> set[str]:
    """Return the regions that look plain as a whole, and whose single garments do."""
    look = seen.appearance
    rows = zip(REGIONS, look.patterns, strict=True)
    plain = {region for region, row in rows if pattern_word(row, is_close=look.looked_again > 0) == PATTERNS[0]}
    patterned = {one.kind for one in garments(look).values() if one.pattern}
    return {region for region in plain if not patterned & set(KINDS_OF.get(region, ()))}


def _strongest(shares: Shares) -> list[tuple[str, float]]:
    """Return the strongest reason, and the second if its share is large enough, with their shares; [] without any."""
    found = sorted(((word, share) for word, share in shares.items() if share > 0), key=lambda pair: -pair[1])[:2]
    return [pair for pair in found if pair[1] >= SECOND * found[0][1]]


def _shared_out(shares: list[tuple[str, float]], bits: float) -> list[Reason]:
    total = sum(share for _, share in shares)
    return [Reason(code, float(bits * share / total)) for code, share in shares]
