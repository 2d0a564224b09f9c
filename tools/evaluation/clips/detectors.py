"""Other detectors on the same labelled frames."""

from collections.abc import Callable
from typing import NamedTuple

from edge.pipeline import Step
from edge.records import Frame, Pixels
from tools.evaluation.clips.match import body_box
from tools.evaluation.clips.truth import Box, Truth
from tools.evaluation.peers import SSD, PoseNet, Ssd, available

POSENETS = ("posenet-353x481", "posenet-481x641")

Boxes = dict[int, list[Box]]
Detector = Callable[[Pixels], list[Box]]


class Present(NamedTuple):
    """The detectors that are present, and why the others are missing."""

    detectors: dict[str, Detector]
    left_out: dict[str, str]


def detectors() -> Present:
    """Return SSD-MobileNet and the two published PoseNets; each maps a picture [h, w, 3] RGB to boxes around bodies."""
    found = Present({}, {})
    for name in (SSD, *POSENETS):
        network = available(name)
        if isinstance(network, str):
            found.left_out[name] = network
        else:
            found.detectors[name] = Ssd(network).boxes if name == SSD else _bodies(PoseNet(network))
    return found


class Looking:
    """Runs every detector on the labelled frames of one clip; `boxes` holds what each found, by frame."""

    def __init__(self, detectors: dict[str, Detector], truth: Truth) -> None:
        self._detectors, self._labelled = detectors, set(truth.frames_labelled)
        self.boxes: dict[str, Boxes] = {name: {} for name in detectors}

    def look(self, frame: Frame, _: Step) -> None:
        if frame.number in self._labelled:
            for name, detector in self._detectors.items():
                self.boxes[name][frame.number] = detector(frame.pixels)


def _bodies(network: PoseNet) -> Detector:
    return lambda pixels: [body_box(person) for person in network.people(pixels)]
