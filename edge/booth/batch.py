"""What an inbox handles at once, sorted by type."""

from collections import Counter
from dataclasses import dataclass, field

from edge import wire
from edge.baseline_codec import Counted


@dataclass
class Batch:
    """Messages of one site that were let in and are not handled yet."""

    scores: list[wire.Score] = field(default_factory=list)
    gaps: list[wire.Gap] = field(default_factory=list)
    trends: list[wire.Trend] = field(default_factory=list)
    feedback: list[wire.Feedback] = field(default_factory=list)
    baselines: list[tuple[str, Counted]] = field(default_factory=list)
    """Each with the name of its node."""
    stored: list[tuple[str, wire.Ack]] = field(default_factory=list)
    """Names of nodes, and how far the centre has stored their scores."""
    refusals: Counter[str] = field(default_factory=Counter)
    """Refused messages by reason."""

    @property
    def is_recorded(self) -> bool:
        """Whether it has anything for the store's one transaction."""
        return bool(self.scores or self.gaps or self.refusals)

    def parts(self) -> list["Batch"]:
        """Return a batch for each score and gap, and one for the refusals."""
        alone = [*(Batch(scores=[score]) for score in self.scores), *(Batch(gaps=[gap]) for gap in self.gaps)]
        return [*alone, *([Batch(refusals=self.refusals)] if self.refusals else [])]
