"""Finds whose each sighting is, and what became of each person: one sighting, several, a shared one, or none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from edge.records import Departure, Sighting
from tools.evaluation.clips.counts import Counts
from tools.evaluation.clips.finding import TALL
from tools.evaluation.clips.match import body_box, ignored, matched
from tools.evaluation.clips.stitched import is_implausible, is_often, spans_two
from tools.evaluation.clips.truth import Box, Truth
from tools.evaluation.clips.watch import Shown

LONG_S = 1.0
"""Seconds at TALL from which a person must get exactly one sighting."""
MOSTLY = 0.3
"""Share of a track's labelled frames (at least 2) that must lie on one person for its sighting to be theirs."""
ONE, SPLIT, MERGED, MISSED = "one", "split", "merged", "missed"


@dataclass
class Stay:
    """Counts of what one track lay on, in labelled frames."""

    people: Counter[str] = field(default_factory=Counter)
    ignored: int = 0
    nobody: int = 0
    spanning: int = 0
    """Frames in which its skeleton lay over two people at once (stitched.py)."""

    @property
    def frames(self) -> int:
        return self.people.total() + self.ignored + self.nobody


class Owner(NamedTuple):
    """Whose a track is."""

    kind: str
    """`person`, `ignored` or `nobody`."""
    person: str | None
    also: tuple[str, ...] = ()
    """Other people on whom it lay in a quarter of its frames on people (at least 2): it went over to them."""


class Owned(NamedTuple):
    """A sighting, and whose it is."""

    sighting: Sighting
    kind: str
    """`person`, `ignored` or `nobody`."""
    person: str | None
    also: tuple[str, ...] = ()
    """Other people on whom its track lay in a quarter of its frames on people (at least 2): it went over to them."""
    is_spanning: bool = False
    """True if its skeleton lay over two people at once in a quarter of its labelled frames (at least 2)."""


def stays(truth: Truth, shown: Mapping[int, Shown]) -> dict[int, Stay]:
    """Return the stays by track id; tracks are paired with people frame by frame, as detections are."""
    tracks = {n: [(track.track_id, body_box(track.detection)) for track in one.tracks] for n, one in shown.items()}
    found = stays_of_boxes(truth, tracks)
    for number, people, _ in truth.each():
        for track in shown[number].tracks if number in shown else []:
            found[track.track_id].spanning += spans_two(track.detection, people.boxes)
    return found


def stays_of_boxes(truth: Truth, tracks: Mapping[int, Sequence[tuple[int, Box]]]) -> dict[int, Stay]:
    """Return the stays by track id of tracks that are only boxes: (track id, box) by frame number."""
    found: defaultdict[int, Stay] = defaultdict(Stay)
    for number, people, regions in truth.each():
        here = tracks.get(number, [])
        boxes = [box for _, box in here]
        pairs, off = matched(people.boxes, boxes), ignored(boxes, regions)
        for j, (track_id, _) in enumerate(here):
            stay = found[track_id]
            if j in pairs:
                stay.people[people.names[pairs[j]]] += 1
            elif off[j]:
                stay.ignored += 1
            else:
                stay.nobody += 1
    return dict(found)


def stay_of(departure: Departure, stays: Mapping[int, Stay]) -> Stay:
    """Return what a departure's track, and the tracks joined with it, lay on."""
    whole = Stay()
    for stay in (stays[one] for one in departure.track_ids if one in stays):
        whole.people += stay.people
        whole.ignored += stay.ignored
        whole.nobody += stay.nobody
        whole.spanning += stay.spanning
    return whole


def owned(sighting: Sighting, stay: Stay) -> Owned:
    """Return a sighting with its owner; `stay` is its track's."""
    return Owned(sighting, *owner(stay), is_often(stay.spanning, stay.frames))


def owner(stay: Stay) -> Owner:
    """Return whose a track is: the person it lay on most, unless it lay too little on anyone."""
    main, frames = stay.people.most_common(1)[0] if stay.people else (None, 0)
    if main is None or frames < max(2, MOSTLY * stay.frames):
        is_ignored = stay.ignored >= max(1, stay.nobody) or not stay.frames
        return Owner("ignored" if is_ignored else "nobody", None)
    others = tuple(name for name, times in stay.people.items() if name != main and is_often(times, stay.people.total()))
    return Owner("person", main, others)


def fates(truth: Truth, sightings: Iterable[Owner | Owned]) -> dict[str, str]:
    """Return {person: ONE, SPLIT, MERGED or MISSED} for everyone who is TALL for over LONG_S seconds."""
    mine, merged = Counter[str](), set[str]()
    for one in sightings:
        if one.person is not None:
            mine[one.person] += 1
            merged |= {one.person, *one.also} if one.also else set()
    return {name: _fate(mine[name], is_merged=name in merged) for name in _long_seen(truth)}


def fate_counts(truth: Truth, sightings: Sequence[Owner | Owned]) -> Counts:
    """Return counts of the group `fates` and, for people who never move, of `still`."""
    counts: Counts = Counter()
    sighted = {one.person for one in sightings}
    for name, fate in fates(truth, sightings).items():
        if truth.people[name].still:
            counts["still", "sighting" if name in sighted else "no sighting"] += 1
        else:
            counts["fates", fate] += 1
    return counts


def sighting_counts(sightings: Sequence[Owned]) -> Counts:
    """Return counts of `sightings` (by whose they are) and `stitched` (over two at once, went over, either)."""
    counts: Counts = Counter()
    for one in sightings:
        counts["sightings", one.kind] += 1
        counts["stitched", "over two at once"] += one.is_spanning
        counts["stitched", "went over"] += bool(one.also)
        counts["stitched", "either"] += one.is_spanning or bool(one.also)
    return counts


def implausible(shown: Mapping[int, Shown], sightings: Iterable[Sighting]) -> int:
    """Count sightings whose track had a skeleton of impossible proportions in a quarter of its frames (at least 2)."""
    frames, strange = Counter[int](), Counter[int]()
    for one in shown.values():
        for track in one.tracks:
            frames[track.track_id] += 1
            strange[track.track_id] += is_implausible(track.detection)
    ids = [sighting.departure.track_id for sighting in sightings]
    return sum(is_often(strange[track_id], frames[track_id]) for track_id in ids)


def _long_seen(truth: Truth) -> list[str]:
    """Return the names of people who are TALL for over LONG_S seconds of labelled frames."""
    tall = Counter(
        name for name, person in truth.people.items() for box in person.boxes.values() if truth.height(box) >= TALL
    )
    return sorted(name for name, frames in tall.items() if truth.seconds(frames) > LONG_S)


def _fate(sightings: int, *, is_merged: bool) -> str:
    if sightings > 1:
        return SPLIT
    if is_merged:
        return MERGED
    return ONE if sightings else MISSED
