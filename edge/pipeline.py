"""The pipeline that each frame goes through, step by step: detection, track, appearance, sighting.

`spotter node`, `spotter learn` and `spotter score` all use it. Scoring a sighting is one more line there:
`baseline.score(sighting.appearance)`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import NamedTuple

import numpy as np

from edge.appearance import describe
from edge.appearance.best_views import BestViews
from edge.appearance.colour import Illumination
from edge.appearance.crop import surroundings
from edge.appearance.describe import Draft
from edge.appearance.silhouette import COMPOSITION
from edge.appearance.view import View, views
from edge.config import NodeConfig
from edge.detection import garments, keypoints
from edge.detection.flip import steadied
from edge.detection.letterbox import letterbox
from edge.palette import CELLS, NAMING_ID
from edge.recipe import Recipe
from edge.records import Departure, Detection, Floats, Frame, GarmentMap, Heading, Pixels, Sighting, Track, Zone
from edge.score import nuisance
from edge.seams import Interpreter
from edge.second_looks import SecondLooks
from edge.track.colour_cue import looks
from edge.track.tracker import Tracker
from edge.vocabulary import PATTERNS, HeldBack

STAGES = ("fit", "invoke", "decode", "track", "describe", "look")
"""The steps that are timed, in their order; `look` is second looks with their description, `describe` is all others."""

GONE_S = 0.25
"""Seconds out of sight from which a person's best views are looked at again; a single missed detection is shorter."""
EARLY_WAIT_S = 1.0
"""Longest time that an early sighting waits for its second looks, in seconds."""

FIRST_LOOKS = 2
"""Views of a small person that are described at once, in case that second looks find nobody; others wait for those."""
GUESSED = 0.7
"""Factor on the quality of a view whose garments are guessed from keypoints, as the garment map is blank there."""


class Glance(NamedTuple):
    """What the model says of one frame, before anything is made of it."""

    tensor: Pixels
    """[height, width, 3] RGB: the model's input."""
    scale: float
    """Pixels of the frame per pixel of the model's input."""
    outputs: Sequence[Floats]
    fit_s: float
    """Seconds that fitting the frame into the model's input took."""
    invoke_s: float


class Step(NamedTuple):
    """The results of one frame."""

    detections: list[Detection]
    tracks: list[Track]
    sightings: list[Sighting]
    """The sightings of people who left with this frame."""
    early: list[Sighting]
    """Early sightings of people still in view who have now been seen well enough; one for each person."""


class Pipeline:
    """The stages of one camera. Call `step` with every frame and `finish` at the end; for photos call `still`."""

    def __init__(self, interpreter: Interpreter, config: NodeConfig, timer: Callable[[], float] | None = None) -> None:
        """Raises ModelError if the model does not find poses. `timer` counts the seconds of `stage_s`."""
        self._interpreter, self._now = interpreter, timer or perf_counter
        self._layout = keypoints.read_layout(interpreter.input, interpreter.outputs)
        self._garment_layout = garments.read_layout(interpreter.input, interpreter.outputs)
        self._outputs: Sequence[Floats] = ()
        """What the model says of the newest frame; empty without people."""
        self._blank: list[Detection] = []
        """The people of the newest frame of whom the garment map shows nothing."""
        self._settings = config.detection
        self._tracker = Tracker(config.track)
        self._viewing = config.appearance
        self._light = Illumination()
        self._views: dict[int, BestViews] = {}
        self._scored_early: set[int] = set()
        self._early_due: dict[int, float] = {}
        """UTC seconds from which an early sighting waits for its second looks."""
        self._scale = 1.0
        """Pixels of the newest frame per pixel of the model's input."""
        self.second_looks = SecondLooks(interpreter, config)
        self.held_back = Counter[HeldBack]()
        """Confirmed tracks without a sighting, by reason."""
        self._doubts: dict[int, Counter[str]] = {}
        self.stage_s = dict.fromkeys(STAGES, 0.0)
        """Seconds that each stage took for the newest frame, by the timer."""

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the model's input, in pixels."""
        return self._layout.height, self._layout.width

    @property
    def recipe(self) -> Recipe:
        """The model and settings that a baseline learnt with this pipeline depends on."""
        shipped = nuisance.of_model(self._interpreter.model_id)
        return Recipe(
            model=self._interpreter.model_id,
            palette_cells=CELLS,
            palette_words=NAMING_ID,
            colour_moments=describe.COLOURS,
            kind_moments=len(describe.MEASURED) * (len(PATTERNS) - 1),
            textures=describe.TEXTURES,
            composition=COMPOSITION,
            nuisance="" if shipped is None else shipped.id,
            second_looks=self.second_looks.each,
        )

    @property
    def garments(self) -> GarmentMap | None:
        """The garment map of the newest frame; None without people, or if the model has no garment head."""
        if self._garment_layout is None or not self._outputs:
            return None
        return garments.decode(self._outputs, self._garment_layout, scale=self._scale)

    def see(self, frame: Frame) -> Glance:
        """Run the model on a frame. Another thread may do so while `step` is busy with the frame before."""
        begun = self._now()
        tensor, scale = letterbox(frame, *self.input_size)
        fitted = self._now()
        outputs = self._interpreter.invoke(tensor)
        return Glance(tensor, scale, outputs, fitted - begun, self._now() - fitted)

    def step(self, frame: Frame, glance: Glance | None = None) -> Step:
        """Process the next frame of a camera or clip; `glance` is what `see` said of it, if it was asked before."""
        detections, colours = self._detect(frame, glance or self.see(frame))
        begun = self._now()
        tracks, departures = self._tracker.update(detections, colours, frame.captured_at, frame.pixels.shape[:2])
        tracked = self._now()
        seen = [track for track in tracks if track.is_visible and track.is_confirmed]
        moving = [track.detection for track in tracks if track.is_visible and track.has_moved]
        detections = [one for one in detections if one in moving or not self._is_doubtful(one)]
        shown = views([track.detection for track in seen], detections, frame.pixels.shape)
        for track, view in zip(seen, shown, strict=True):
            self._look(frame, track, detections, view)
        looking = self._now()
        self.second_looks.step(frame.captured_at, self._urgent(tracks, frame.captured_at))
        self.stage_s.update(track=tracked - begun, look=self._now() - looking)
        early = [sighting for track in seen if (sighting := self._early(track, frame.captured_at)) is not None]
        sightings = self._leave(departures)
        self.stage_s["describe"] = self._now() - tracked - self.stage_s["look"]
        return Step(detections, tracks, sightings, early)

    def finish(self) -> list[Sighting]:
        """End all tracks; returns the sightings of the people still in view.

        No frame waits any more, so that all second looks are taken.
        """
        self.second_looks.lift_budget()
        return self._leave(self._tracker.finish())

    def people(self, frame: Frame) -> list[Detection]:
        """Detect the people of a photo, the main person first.

        The main person has the largest torso, weighted by confidence, of those not cut by the picture's edge. Its
        keypoints are averaged with those of the mirrored photo (detection/flip.py).
        """
        self._light = Illumination()
        mirror = replace(frame, pixels=np.ascontiguousarray(frame.pixels[:, ::-1]), lores=None)
        mirrored, _ = self._detect(mirror, self.see(mirror))
        self._light = Illumination()
        detections = [person for person in self._detect(frame, self.see(frame))[0] if not self._is_doubtful(person)]
        shown = dict(zip(detections, views(detections, detections, frame.pixels.shape), strict=True))
        detections.sort(
            key=lambda person: (
                shown[person].quality(self._viewing, self._scale) > 0,
                shown[person].length * person.confidence,
            ),
            reverse=True,
        )
        people = [steadied(person, mirrored, frame.pixels.shape[1]) for person in detections[:1]] + detections[1:]
        self._blank = self._blank_of(people)
        return people

    def still(self, frame: Frame, people: list[Detection] | None = None) -> Sighting | None:
        """Return the sighting of a photo's main person, None without a good view; `people` are those of `people()`."""
        people = self.people(frame) if people is None else people
        if not people:
            return None
        main = people[0]
        kept = BestViews(1, min(self.second_looks.each, 1))
        (view,) = views([main], people, frame.pixels.shape)
        self._describe(frame, main, people, view, kept)
        self.second_looks.all_of(kept)
        appearance = kept.mean()
        if appearance is None:
            self.held_back["unclear"] += 1
            return None
        at = frame.captured_at
        departure = Departure(0, at, at, Zone.CENTRE, Heading.TOWARD, is_confirmed=True, has_moved=True)
        return Sighting(departure, appearance)

    def _detect(self, frame: Frame, glance: Glance) -> tuple[list[Detection], Floats]:
        """Detect the people of a frame; also returns their colours [n, 2, 3], which the tracker tells them apart by."""
        begun = self._now()
        tensor, scale, outputs, fit_s, invoke_s = glance
        self._scale = scale
        detections = keypoints.decode(outputs, self._layout, self._settings, scale=scale)
        self._outputs = outputs if detections else ()
        self._blank = self._blank_of(detections)
        height, width = (round(side / scale) for side in frame.pixels.shape[:2])
        small = tensor[:height, :width]
        self._light.update(small, detections, scale, frame.captured_at, is_balanced=frame.is_balanced)
        colours = looks(tensor, detections, scale)
        self.stage_s.update(fit=fit_s, invoke=invoke_s, decode=self._now() - begun)
        return detections, colours

    def _look(self, frame: Frame, track: Track, detections: list[Detection], view: View) -> None:
        kept = self._views.get(track.track_id)
        if kept is None:
            kept = self._views[track.track_id] = BestViews(self._viewing.best_views, self.second_looks.each)
            self._doubts[track.track_id] = Counter()
        kept.seen_at = frame.captured_at
        self._describe(frame, track.detection, detections, view, kept)
        doubts = self._doubts[track.track_id]
        doubts["frames"] += 1
        doubts["stitched"] += not view.is_whole
        doubts["blank"] += track.detection in self._blank

    def _blank_of(self, people: list[Detection]) -> list[Detection]:
        """Return the people of the newest frame of whom the garment map shows nothing."""
        if self._garment_layout is None:
            return []
        return garments.blank(people, self._outputs, self._garment_layout, scale=self._scale)

    def _worn(self, frame: Frame, person: Detection) -> GarmentMap | None:
        """Return the garment map around a person; None if the model has no garment head."""
        if self._garment_layout is None:
            return None
        box = surroundings(person, frame.pixels.shape[:2])
        return garments.decode(self._outputs, self._garment_layout, scale=self._scale, box=box)

    def _is_doubtful(self, person: Detection) -> bool:
        """Return True if neither the pose nor the garment map shows a person: it may be one, if it moves."""
        return person in self._blank and person.confidence < garments.SURE_POSE

    def _describe(self, frame: Frame, person: Detection, others: list[Detection], view: View, kept: BestViews) -> None:
        geometric = view.quality(self._viewing, self._scale)
        is_guess = person in self._blank
        worth = geometric * (GUESSED if is_guess else 1)
        if geometric < self._viewing.min_quality or not kept.is_wanted(worth):
            return
        waiting = None
        if kept.is_close(worth):
            count = sum(each.waiting for each in self._views.values())
            waiting = self.second_looks.wait(frame, person, view, self._light.light, self._scale, waiting=count)
        seen = None
        if waiting is None or len(kept) < FIRST_LOOKS:
            seen = self._seen(frame, person, others, geometric, is_guess=is_guess)
        if seen is not None or waiting is not None:
            kept.add(seen, worth, waiting)

    def _seen(
        self, frame: Frame, person: Detection, others: list[Detection], geometric: float, *, is_guess: bool
    ) -> Draft | None:
        """Look at a person for the first time; None if too little is seen."""
        worn = None if is_guess else self._worn(frame, person)
        least = self._viewing.min_quality
        seen = describe.draft(frame.pixels, person, others, worn, self._light.light, geometric, least)
        if seen is None:
            return None
        self._light.remember(seen.colour)
        return replace(seen, quality=seen.quality * GUESSED) if is_guess else seen

    def _urgent(self, tracks: list[Track], at: float) -> list[BestViews]:
        """Return the views to look at again, the most urgent first: of who is out of sight, then who is due early.

        Among these everybody gets a first one before anybody gets the next.
        """
        in_view = {
            track.track_id for track in tracks if track.is_visible or not (track.is_confirmed and track.has_moved)
        }
        gone = [
            views for track_id, views in self._views.items() if track_id not in in_view and at - views.seen_at >= GONE_S
        ]
        due = [self._views[track.track_id] for track in tracks if track.track_id in self._views and self._is_due(track)]
        return [
            *sorted(gone, key=lambda views: views.looked_again),
            *(views for views in due if not views.looked_again),
        ]

    def _is_due(self, track: Track) -> bool:
        """Return True if this track has enough good views for an early sighting and has not had one."""
        wanted, views = self._viewing.early_views, self._views[track.track_id]
        is_ready = track.is_visible and track.has_moved and 0 < wanted <= views.kept
        return is_ready and not self._scored_early & set(self._tracker.track_ids(track.track_id))

    def _early(self, track: Track, at: float) -> Sighting | None:
        if not self._is_due(track):
            return None
        views = self._views[track.track_id]
        is_waiting = views.waiting and not views.looked_again
        if is_waiting and at - self._early_due.setdefault(track.track_id, at) < EARLY_WAIT_S:
            return None
        appearance = views.mean()
        if appearance is None:
            return None
        self._scored_early.add(track.track_id)
        return Sighting(self._tracker.so_far(track.track_id), appearance)

    def _leave(self, departures: list[Departure]) -> list[Sighting]:
        """Return the sightings of ended tracks; unconfirmed, unmoved and unclear ones are dropped."""
        sightings = []
        for departure in departures:
            views, doubts = self._collect(departure)
            if not departure.is_confirmed:
                continue
            if views is not None and departure.has_moved:
                looking = self._now()
                self.second_looks.finish(views)
                self.stage_s["look"] += self._now() - looking
            appearance = views.mean() if views is not None else None
            if not departure.has_moved:
                self.held_back["blank" if _mostly(doubts, "blank") else "still"] += 1
            elif appearance is None:
                self.held_back["stitched" if _mostly(doubts, "stitched") else "unclear"] += 1
            else:
                sightings.append(Sighting(departure, appearance))
        return sightings

    def _collect(self, departure: Departure) -> tuple[BestViews | None, Counter[str]]:
        """Take the views and the doubts of a track and of those joined with it."""
        views = [self._views.pop(one) for one in departure.track_ids if one in self._views]
        for other in views[1:]:
            views[0].absorb(other)
        doubts = Counter[str]()
        for one in departure.track_ids:
            doubts.update(self._doubts.pop(one, Counter()))
            self._scored_early.discard(one)
            self._early_due.pop(one, None)
        return (views[0] if views else None), doubts


def _mostly(doubts: Counter[str], doubt: str) -> bool:
    return 2 * doubts[doubt] > doubts["frames"]
