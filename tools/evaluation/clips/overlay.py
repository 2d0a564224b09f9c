"""Draws the truth and what was found into frames, to look at by eye. The pictures show real people."""

from pathlib import Path

import cv2
import numpy as np

from edge.errors import ConfigError
from edge.pipeline import Step
from edge.records import Detection, Frame, Pixels
from tools.evaluation.clips.stitched import BELIEVED, is_implausible
from tools.evaluation.clips.truth import Box, Truth

EVERY_S = 2.0
"""Seconds of the clip between pictures; with a truth, the next labelled frame is taken."""
WIDTH = 1280
"""Width in pixels to which a picture is enlarged, so that labels can be read."""
ROOT = Path(__file__).resolve().parents[3]
BONES = ((5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16))
"""Pairs of keypoints that are joined by a line."""
WHITE, GREY, RED, GREEN, YELLOW = (255, 255, 255), (130, 130, 130), (255, 60, 60), (60, 230, 60), (255, 220, 0)


class Overlay:
    """Writes CLIP-FRAME.jpg into a folder; `look` takes every frame and its step."""

    def __init__(self, folder: Path, clip: Path, truth: Truth | None) -> None:
        """Raises ConfigError for a folder inside the repository, where pictures of people must not lie."""
        check(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._stem, self._truth, self._due = folder, clip.stem, truth, 0.0

    def look(self, frame: Frame, step: Step) -> None:
        is_labelled = self._truth is None or frame.number in self._truth.frames_labelled
        if frame.captured_at < self._due or not is_labelled:
            return
        self._due = frame.captured_at + EVERY_S
        path = self._folder / f"{self._stem}-{frame.number:05d}.jpg"
        if not cv2.imwrite(str(path), drawn(frame, step, self._truth)[:, :, ::-1]):
            raise ConfigError(f"{path}: expected a folder that pictures can be written to; is the disk full?")


def check(folder: Path) -> None:
    """Raise ConfigError for a folder inside the repository."""
    if folder.resolve().is_relative_to(ROOT):
        raise ConfigError(
            f"--overlay {folder}: expected a folder outside of {ROOT}, since the pictures show real people; "
            "name another one"
        )


def drawn(frame: Frame, step: Step, truth: Truth | None) -> Pixels:
    """Return the picture [h, w, 3] RGB with everything drawn in.

    Truth is white with its name, ignored regions are grey, skeletons green (red with impossible proportions), tracks
    yellow
    with their number (a question mark if not confirmed yet).
    """
    zoom = WIDTH / frame.pixels.shape[1]
    picture = np.asarray(cv2.resize(frame.pixels, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR), np.uint8)
    if truth is not None:
        people = truth.at(frame.number)
        for region in truth.ignore.get(frame.number, []):
            _box(picture, region, zoom, GREY, "ignored")
        for name, box in zip(people.names, people.boxes, strict=True):
            _box(picture, box, zoom, WHITE, f"{name} {truth.height(box):.0f}")
    for detection in step.detections:
        _skeleton(picture, detection, zoom)
    for track in step.tracks:
        if track.is_visible:
            name = f"{track.track_id}{'' if track.is_confirmed else '?'}"
            middle = track.detection.keypoints[[5, 6, 11, 12]].mean(axis=0) * zoom
            _text(picture, name, middle, YELLOW, 0.8)
    return picture


def _box(picture: Pixels, box: Box, zoom: float, colour: tuple[int, int, int], name: str) -> None:
    x1, y1, x2, y2 = (round(side * zoom) for side in box)
    cv2.rectangle(picture, (x1, y1), (x2, y2), colour, 1)
    _text(picture, name, np.array([x1 + 2, max(y1 - 3, 12)]), colour, 0.5)


def _skeleton(picture: Pixels, detection: Detection, zoom: float) -> None:
    colour = RED if is_implausible(detection) else GREEN
    points = np.rint(detection.keypoints * zoom).astype(int).tolist()
    believed = detection.confidences >= BELIEVED
    for one, other in BONES:
        if believed[one] and believed[other]:
            cv2.line(picture, points[one], points[other], colour, 2, cv2.LINE_AA)
    for point, is_believed in zip(points, believed, strict=True):
        if is_believed:
            cv2.circle(picture, point, 3, colour, -1, cv2.LINE_AA)


def _text(picture: Pixels, text: str, at: np.ndarray, colour: tuple[int, int, int], size: float) -> None:
    """Draw text on black, so that it can be read anywhere."""
    x, y = (round(float(v)) for v in at)
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    cv2.rectangle(picture, (x, y - height), (x + width, y + below), (0, 0, 0), -1)
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
