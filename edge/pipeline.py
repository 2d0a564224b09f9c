"""The pipeline that each frame goes through, step by step: detection, track, appearance, sighting.

`spotter node`, `spotter learn` and `spotter score` all use it. Scoring a sighting is one more line there:
`baseline.score(sighting.appearance)`.
"""

from collections import Counter
from dataclasses import replace
from time import perf_counter
from typing import NamedTuple

import numpy as np

from edge.appearance import describe
from edge.appearance.best_views import BestViews
from edge.appearance.colour import Illumination
from edge.appearance.crop import torso_length
from edge.appearance.silhouette import COMPOSITION
from edge.config import NodeConfig
from edge.detection import garments, keypoints
from edge.detection.flip import steadied
from edge.detection.letterbox import letterbox
from edge.palette import CELL_WORDS, CELLS
from edge.recipe import Recipe
from edge.records import Departure, Detection, Floats, Frame, GarmentMap, Heading, Sighting, Track, Zone
from edge.score import nuisance
from edge.seams import Interpreter
from edge.track.colour_cue import looks
from edge.track.tracker import Tracker
from edge.vocabulary import PATTERNS

STAGES = ("fit", "invoke", "decode", "track", "describe")
"""The steps that are timed, in their order."""


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

    def __init__(self, interpreter: Interpreter, config: NodeConfig) -> None:
        """Raises ModelError if the model does not find poses."""
        self._interpreter = interpreter
        self._layout = keypoints.read_layout(interpreter.input, interpreter.outputs)
        self._garment_layout = garments.read_layout(interpreter.input, interpreter.outputs)
        self._garments: GarmentMap | None = None
        self._settings = config.detection
        self._tracker = Tracker(config.track)
        self._viewing = config.appearance
        self._light = Illumination()
        self._views: dict[int, BestViews] = {}
        self._scored_early: set[int] = set()
        self.held_back = Counter[str]()
        """Confirmed tracks without a sighting, by reason: `still` (never moved) or `unclear` (no good view)."""
        self.stage_s = dict.fromkeys(STAGES, 0.0)
        """Seconds that each stage took for the newest frame."""

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
            palette_words=CELL_WORDS,
            colour_moments=describe.COLOURS,
            kind_moments=len(describe.MEASURED) * (len(PATTERNS) - 1),
            textures=describe.TEXTURES,
            composition=COMPOSITION,
            nuisance="" if shipped is None else shipped.id,
        )

    @property
    def garments(self) -> GarmentMap | None:
        """The garment map of the newest frame; None without people, or if the model has no garment head."""
        return self._garments

    def step(self, frame: Frame) -> Step:
        """Process the next frame of a camera or clip."""
        detections, colours = self._detect(frame)
        begun = perf_counter()
        tracks, departures = self._tracker.update(detections, colours, frame.captured_at, frame.pixels.shape[:2])
        tracked = perf_counter()
        seen = [track for track in tracks if track.is_visible and track.is_confirmed]
        for track in seen:
            self._look(frame, track, detections)
        early = [sighting for track in seen if (sighting := self._early(track)) is not None]
        sightings = self._leave(departures)
        self.stage_s["track"], self.stage_s["describe"] = tracked - begun, perf_counter() - tracked
        return Step(detections, tracks, sightings, early)

    def finish(self) -> list[Sighting]:
        """End all tracks; returns the sightings of the people still in view."""
        return self._leave(self._tracker.finish())

    def people(self, frame: Frame) -> list[Detection]:
        """Detect the people of a photo, the main person first.

        The main person has the largest torso, weighted by confidence, of those not cut by the picture's edge. Its
        keypoints are averaged with those of the mirrored photo (detection/flip.py).
        """
        self._light = Illumination()
        mirrored, _ = self._detect(replace(frame, pixels=np.ascontiguousarray(frame.pixels[:, ::-1]), lores=None))
        self._light = Illumination()
        detections, _ = self._detect(frame)
        detections.sort(
            key=lambda person: (
                describe.geometry(person, detections, frame.pixels.shape[:2], self._viewing) > 0,
                torso_length(person) * person.confidence,
            ),
            reverse=True,
        )
        return [steadied(person, mirrored, frame.pixels.shape[1]) for person in detections[:1]] + detections[1:]

    def still(self, frame: Frame, people: list[Detection] | None = None) -> Sighting | None:
        """Return the sighting of a photo's main person, None without a good view; `people` are those of `people()`."""
        people = self.people(frame) if people is None else people
        if not people:
            return None
        main = people[0]
        views = BestViews(1)
        self._describe(frame, main, people, views)
        appearance = views.mean()
        if appearance is None:
            self.held_back["unclear"] += 1
            return None
        at = frame.captured_at
        departure = Departure(0, at, at, Zone.CENTRE, Heading.TOWARD, is_confirmed=True, has_moved=True)
        return Sighting(departure, appearance)

    def _detect(self, frame: Frame) -> tuple[list[Detection], Floats]:
        """Detect the people of a frame; also returns their colours [n, 2, 3], which the tracker tells them apart by."""
        begun = perf_counter()
        tensor, scale = letterbox(frame, *self.input_size)
        fitted = perf_counter()
        outputs = self._interpreter.invoke(tensor)
        invoked = perf_counter()
        detections = keypoints.decode(outputs, self._layout, self._settings, scale=scale)
        self._garments = None
        if self._garment_layout is not None and detections:
            detections = garments.dressed(detections, outputs, self._garment_layout, scale=scale)
            self._garments = garments.decode(outputs, self._garment_layout, scale=scale)
        height, width = (round(side / scale) for side in frame.pixels.shape[:2])
        self._light.update(tensor[:height, :width], detections, scale, frame.captured_at)
        self.stage_s.update(fit=fitted - begun, invoke=invoked - fitted, decode=perf_counter() - invoked)
        return detections, looks(tensor, detections, scale)

    def _look(self, frame: Frame, track: Track, detections: list[Detection]) -> None:
        views = self._views.setdefault(track.track_id, BestViews(self._viewing.best_views))
        self._describe(frame, track.detection, detections, views)

    def _describe(self, frame: Frame, person: Detection, others: list[Detection], views: BestViews) -> None:
        geometric = describe.geometry(person, others, frame.pixels.shape[:2], self._viewing)
        if geometric >= self._viewing.min_quality and views.is_wanted(geometric):
            seen = describe.describe(frame.pixels, person, others, self._garments, self._light.gains, geometric)
            if seen is not None and seen.quality >= self._viewing.min_quality:
                views.add(seen, geometric)

    def _early(self, track: Track) -> Sighting | None:
        wanted, views = self._viewing.early_views, self._views[track.track_id]
        if not wanted or not track.has_moved or len(views) < wanted:
            return None
        departure = self._tracker.so_far(track.track_id)
        if self._scored_early & set(departure.track_ids):
            return None
        self._scored_early.add(track.track_id)
        appearance = views.mean()
        return None if appearance is None else Sighting(departure, appearance)

    def _leave(self, departures: list[Departure]) -> list[Sighting]:
        """Return the sightings of ended tracks; unconfirmed, unmoved and unclear ones are dropped."""
        sightings = []
        for departure in departures:
            views = self._collect(departure)
            self._scored_early.difference_update(departure.track_ids)
            if not departure.is_confirmed:
                continue
            appearance = views.mean() if views is not None else None
            if not departure.has_moved:
                self.held_back["still"] += 1
            elif appearance is None:
                self.held_back["unclear"] += 1
            else:
                sightings.append(Sighting(departure, appearance))
        return sightings

    def _collect(self, departure: Departure) -> BestViews | None:
        """Take the views of a track and of those joined with it."""
        views = [self._views.pop(one) for one in departure.track_ids if one in self._views]
        for other in views[1:]:
            views[0].merge(other)
        return views[0] if views else None
