"""Compares alerts on a simulated street with its truth: whom each was about, and which planted exception was missed."""

import re
import time
from collections import Counter
from typing import NamedTuple

import numpy as np

from edge import wire
from edge.booth.alert import alert_id, span, where, why
from edge.seams import Received
from edge.street.outfit import Outfit
from edge.street.street import Street
from edge.street.truth import Visit

FPS = 6
"""Moments per second at which the walkers' places are computed."""
NEAR_S = 3.0
"""Most seconds between the end of a sighting and the end of the walker's passage that it is matched with."""
LEAVING_S = 2.0
"""Most seconds from the last moment at full height to the last in the picture."""
SIZE = (640, 360)


class Passage(NamedTuple):
    """One walker leaving one camera's view, described as an alert would describe it."""

    visit: Visit
    left_at: float
    """Street seconds at which the walker's middle left the picture."""
    zone: str
    heading: str


def _passages(street: Street, cameras: int, seconds: float) -> list[Passage]:
    """Return everyone whom a camera sees for over a second at full height."""
    times = [i / FPS for i in range(int(seconds * FPS))]
    walkers = {walker.walker_id: walker for walker in street.walkers(0, seconds)}
    found = []
    for camera in range(cameras):
        view = street.view(camera, SIZE)
        for visit in street.visits(camera, times, SIZE):
            if visit.full_height_s > 1:
                when = np.arange(visit.first_at, visit.last_at + LEAVING_S, 1 / FPS)
                x = view.project(walkers[visit.walker_id].pose(when))[0][..., 0].mean(axis=1)
                inside = np.flatnonzero((x >= 0) & (x < SIZE[0]))
                zone = ("left", "centre", "right")[int(3 * x[inside[-1]] / SIZE[0])]
                heading = "right" if x[inside[-1]] > x[0] else "left"
                found.append(Passage(visit, float(when[inside[-1]]), zone, heading))
    return found


class Ledger:
    """Alerts compared with the truth."""

    def __init__(self, street: Street, begins_at: float, *, cameras: int, seconds: float) -> None:
        """`begins_at` is the street's start in seconds since 1970; `cameras` see it for `seconds`."""
        self._begins_at = begins_at
        self._passages = _passages(street, cameras, seconds)
        self.outfits = {walker.walker_id: walker.outfit for walker in street.walkers(0, seconds)}
        self._ends: dict[str, wire.Score] = {}
        """Final scores by the id that an alert on them has."""
        self._early: dict[str, wire.Score] = {}
        """Early scores by the same id."""
        self._in_view: dict[str, int] = {}
        """Numbers of alerts whose person is still in view, by alert id."""
        self.alerts = 0
        self.alerted: set[int] = set()
        self.unknown = 0
        self.sightings = Counter[str]()
        """Final scores by node."""

    @property
    def people(self) -> set[int]:
        return {passage.visit.walker_id for passage in self._passages}

    @property
    def planted(self) -> set[int]:
        return {passage.visit.walker_id for passage in self._passages if passage.visit.is_exception}

    def hear(self, received: Received) -> None:
        """Take a message and print one line per alert; sightings are counted."""
        _, message = wire.decode(received.topic, received.payload)
        if isinstance(message, wire.Score) and message.early:
            self._early[alert_id(message)] = message
        elif isinstance(message, wire.Score):
            self.sightings[message.node] += 1
            # a final score that says no more than the minute leaves the early one standing
            name = alert_id(message)
            self._ends[name] = message if message.is_candidate else self._early.get(name, message)
            self._tell(name)
        if isinstance(message, wire.Alert) and message.state == "open":
            self.alerts += 1
            at = time.strftime("%H:%M:%S", time.localtime(wire.from_time(message.at)))
            print(f"{at}  ALERT {self.alerts}: {span(message)}  {where(message)}: {why(message)}", flush=True)
            self._in_view[message.id] = self.alerts
            self._tell(message.id)

    def _tell(self, name: str) -> None:
        """Print whom an alert was about once they have left, since only then the truth is sure."""
        if name in self._in_view and name in self._ends:
            print(f"          truth of {self._in_view.pop(name)}: {self._truth(self._ends[name])}", flush=True)

    def _truth(self, score: wire.Score) -> str:
        camera = int(score.node.rpartition("-")[2]) - 1
        at = wire.from_time(score.at) + 0.5 - self._begins_at  # messages carry whole seconds only
        here = [p for p in self._passages if p.visit.camera == camera and abs(p.left_at - at) <= NEAR_S]
        if not here:
            self.unknown += 1
            return "no walker left this camera's view at that time"
        whose = self._whose(here, score, at)
        again = " (again, another camera)" if whose in self.alerted else ""
        self.alerted.add(whose)
        kind = "planted exception" if whose in self.planted else "ordinary"
        return f"walker {whose}, {kind}: {words(self.outfits[whose])}{again}"

    def _whose(self, here: list[Passage], score: wire.Score, at: float) -> int:
        """Return who left then; among several, the one whose clothes the reasons name most (times are whole s)."""
        misses = [_mismatch(passage, score, at) for passage in here]
        group = [p.visit.walker_id for p, miss in zip(here, misses, strict=True) if miss <= min(misses) + 1]
        named = [word for reason in score.reasons for word in re.findall(r"[a-z]+", reason.words)]
        return max(group, key=lambda walker: sum(word in words(self.outfits[walker]) for word in named))

    def summary(self) -> str:
        planted, alerted = self.planted, self.alerted
        self.unknown += len(self._in_view)
        return (
            f"{len(self.people)} people passed the cameras, {sum(self.sightings.values())} sightings were scored.\n"
            f"{len(planted)} exceptions were planted: {len(planted & alerted)} alerted,"
            f" {len(planted - alerted)} missed.\n"
            f"{self.alerts} alerts in all; {len(alerted - planted)} ordinary people alerted"
            f" (false), {self.unknown} alerts on no known walker."
            + "".join(f"\n  missed: walker {one}, {words(self.outfits[one])}" for one in sorted(planted - alerted))
        )


def _mismatch(passage: Passage, score: wire.Score, at: float) -> float:
    """Return seconds between the ends of passage and sighting; a wrong side or direction adds NEAR_S each."""
    sides = (passage.zone != score.zone) + (score.heading in ("left", "right") and passage.heading != score.heading)
    return abs(passage.left_at - at) + NEAR_S * sides


def words(outfit: Outfit) -> str:
    """Describe an outfit, such as `orange coat, checked trousers`, and say what was planted in it."""
    main = [one for one in (outfit.outer, outfit.dress, outfit.upper, outfit.lower) if one is not None]
    pieces = [f"{one.colour} {'' if one.pattern == 'plain' else one.pattern + ' '}{one.kind}" for one in main]
    planted = f" (rare {' and '.join(outfit.exceptional)})" if outfit.exceptional else ""
    return ", ".join(pieces) + planted
