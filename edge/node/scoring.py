"""Handle each sighting on a node: score it into the outbox, count it, and add it to the trends."""

import logging
import time
from collections import deque
from pathlib import Path

from edge.config import NodeConfig
from edge.errors import StoreError
from edge.message.compose import ComposedScore, compose, compose_trend
from edge.message.link import LinkKeys, link
from edge.message.outbox import Outbox
from edge.node.active_baseline import ActiveBaseline, open_active_baseline
from edge.node.collector import Collector
from edge.node.site_baseline import SiteBaseline
from edge.node.uplink import Uplink
from edge.problems import Problem
from edge.recipe import Recipe
from edge.records import Score, ScoreState, Sighting
from edge.score.features import main_words
from edge.score.trend_window import ClosedWindow, TrendWindow
from edge.seams import Clock
from edge.vocabulary import day_part

log = logging.getLogger(__name__)

UNSTORED = 1000
"""Most scores kept in memory while the disk cannot be written; the oldest are dropped first."""


class Scoring:
    """Owner of the baseline in use and of all counts. For the frame loop's thread; any thread may read its figures."""

    def __init__(
        self,
        config: NodeConfig,
        recipe: Recipe,
        site_baseline: SiteBaseline,
        link_keys: LinkKeys,
        outbox: Outbox,
        uplink: Uplink,
        clock: Clock,
    ) -> None:
        """Raises BaselineError for a baseline of another recipe."""
        self._config, self._site_baseline = config, site_baseline
        self._outbox, self._uplink, self._clock = outbox, uplink, clock
        self._unstored: deque[ComposedScore] = deque(maxlen=UNSTORED)
        """Scores that are not on disk yet, oldest first."""
        self.unstored_lost = 0
        """Scores dropped because too many were in memory."""
        self._link_keys = link_keys
        self._collector = Collector(Path(config.state), recipe, min_sightings=config.score.min_sightings)
        self._instruction = self._site_baseline.instruction
        self.active, repair = self._open_active_baseline()
        self.repairs = tuple(filter(None, (self._collector.repair, repair)))
        """What was damaged, and what is used instead."""
        self._trend_window = TrendWindow()
        self._early: dict[int, int] = {}
        """Track id to the early score's `seq`, for people who are still in view."""

    @property
    def snapshot(self) -> bytes | None:
        """The counts that may leave this node; replaced by another object when there are more."""
        return self._collector.snapshot

    @property
    def unstored(self) -> int:
        """Number of scores that are not on disk yet."""
        return len(self._unstored)

    def record_early(self, sightings: list[Sighting]) -> None:
        """Send an early score for clearly rare people who are still in view. Only the final score is ever counted."""
        for sighting in sightings:
            score = self.active.baseline.score(sighting.appearance, self._context(sighting.departure.last_seen_at))
            if score.state is ScoreState.SCORED and score.one_in >= self._config.score.early_one_in:
                seq = self._send(score, sighting, early=True)
                if seq is not None:
                    self._early[sighting.departure.track_id] = seq

    def record(self, sightings: list[Sighting]) -> None:
        """Score each sighting, then count it, in this order: nobody is compared with themselves."""
        for sighting in sightings:
            context = self._context(sighting.departure.last_seen_at)
            baseline, name, drift = self.active
            score = baseline.score(sighting.appearance, context)
            if name and score.state is ScoreState.SCORED:
                baseline.watch(sighting.appearance, drift)
            self._collector.learn(sighting.appearance, context, sighting.departure.last_seen_at)
            self._note(self._trend_window.add(sighting.appearance, sighting.departure.last_seen_at))
            earlier = [self._early.pop(one) for one in sighting.departure.track_ids if one in self._early]
            self._send(score, sighting, follows=earlier[0] if earlier else None)
        self._note(self._trend_window.close(self._clock.now()))

    def apply_site_baseline(self) -> None:
        """Apply the booth's newest instruction; call it between two frames. Each one begins a new epoch of counts."""
        instruction = self._site_baseline.instruction
        if instruction is self._instruction:
            return
        self._instruction = instruction
        self._collector.begin()
        self.active, _ = self._open_active_baseline()
        log.info("new instruction of the booth: %s %s", self.active.mode, self.active.id)

    def _send(self, score: Score, sighting: Sighting, *, early: bool = False, follows: int | None = None) -> int | None:
        """Compose the message and put it into the outbox; returns the score's `seq`, None if it is not on disk yet."""
        at = sighting.departure.last_seen_at
        message = compose(
            score,
            sighting,
            node=self._config.node,
            baseline_id=self.active.id,
            link=link(self._link_keys.at(at), at, main_words(sighting.appearance)),
            early=early,
            follows=follows,
        )
        self.unstored_lost += len(self._unstored) == UNSTORED
        self._unstored.append(message)
        return self._store()

    def _store(self) -> int | None:
        """Write all waiting scores to the outbox; returns the newest `seq`, None if the disk is full (tried again)."""
        seq = None
        try:
            while self._unstored:
                seq = self._outbox.put(self._unstored[0])
                self._unstored.popleft()
        except StoreError as err:
            log.error("%s; %d scores are only in memory", err, len(self._unstored))
            return None
        self._uplink.wake()
        return seq

    def _note(self, window: ClosedWindow | None) -> None:
        """Queue the trend of a closed window for sending; None does nothing."""
        trend = window and compose_trend(self._config.node, *window)
        if trend is not None:
            self._uplink.queue_trend(trend)

    def _open_active_baseline(self) -> tuple[ActiveBaseline, Problem | None]:
        collected, state = self._collector.baseline, Path(self._config.state)
        return open_active_baseline(self._config.score, self._instruction, collected, state)

    def _context(self, at: float) -> str:
        """Return the context of a sighting at UTC second `at`: it is compared with sightings of the same context."""
        chosen = self._config.score.context
        return day_part(time.localtime(at).tm_hour) if chosen == "day-part" else chosen
