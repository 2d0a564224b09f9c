"""Photos whose tags only say what is worn, not where: training labels computed from what is known.

The silhouette teacher says which pixels are the person's; our own model says which garment each of them is, among
those that the photo's tags name (and skin and hair). Unsure pixels stay "anybody". A photo whose two silhouettes
disagree is left out.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track
from scipy.special import softmax

from edge.detection import garments
from edge.detection.garments import GARMENT_STRIDE
from edge.detection.letterbox import letterbox
from edge.records import CLASSES, Floats, Frame, Pixels
from edge.seams import Interpreter
from tools.evaluation.labels import picture, tags
from tools.evaluation.models import upsample
from tools.evaluation.peers import PoseNet
from tools.training.bystanders import REACH, bystanders
from tools.training.partial import CODES, IGNORED
from tools.training.paste import extent
from tools.training.photos import HEIGHT, Photo, kept
from tools.training.teacher import Teacher

TAGGED_IDS = range(1005, 1805)
ALWAYS = ("skin", "hair")
"""Classes on everyone, tagged or not."""
IN, OUT = 0.8, 0.2
"""Teacher's probability from which a pixel is the person's, and up to which it is not; between them it is ignored."""
SURE = 0.6
"""Probability, among the classes that the tags allow, from which a class is the label; else it is "anybody"."""
AGREEMENT = 0.75
"""Smallest intersection over union of the two silhouettes."""


def load(ccp: Path, teacher: Teacher, interpreter: Interpreter, posenet: PoseNet, cache: Path) -> list[Photo]:
    """Load the usable photos; computed once and cached in `cache`, an .npz stamped with these two models."""
    stamp = f"{interpreter.model_id} {posenet.interpreter.model_id} {SURE} {AGREEMENT} {IN} {OUT} {REACH}"
    return kept(
        cache, stamp, lambda: (photo for photo in _made(ccp, teacher, interpreter, posenet) if photo is not None)
    )


def _made(ccp: Path, teacher: Teacher, interpreter: Interpreter, posenet: PoseNet) -> Iterable[Photo | None]:
    for number in track(TAGGED_IDS, "tagged photos", disable=not sys.stderr.isatty()):
        photo = label(number, _sized(picture(ccp, number)), tags(ccp, number), teacher, interpreter)
        if photo is not None:
            photo.classes[bystanders(photo.pixels, photo.person, posenet)] = IGNORED
        yield photo


def label(number: int, pixels: Pixels, worn: set[str], teacher: Teacher, interpreter: Interpreter) -> Photo | None:
    """Label one photo of mostly one person who wears the classes `worn`; None if the two silhouettes disagree."""
    both = _chances(interpreter, pixels) + _chances(interpreter, pixels[:, ::-1])[:, ::-1]
    chances = np.asarray(both / 2, np.float32)
    inside = chances[..., 0] < 0.5
    if not inside.any():
        return None
    top, bottom, left, right = extent(inside)
    silhouette = teacher.silhouette(pixels, (left, top, right, bottom))
    is_person = silhouette >= 0.5
    if (inside & is_person).sum() < AGREEMENT * (inside | is_person).sum():
        return None
    return Photo(number, pixels, _classes(chances, silhouette, worn))


def _classes(chances: Floats, silhouette: Floats, worn: set[str]) -> Pixels:
    """Return [h, w] positions in CLASSES, or codes of partial.py."""
    is_possible = np.array([name in worn or name in ALWAYS for name in CLASSES])
    possible = chances * is_possible
    likeliest = possible.argmax(axis=-1).astype(np.uint8)
    is_sure = possible.max(axis=-1) >= SURE * possible.sum(axis=-1) + 1e-6
    classes = np.where(is_sure, likeliest, CODES["anybody"]).astype(np.uint8)
    classes[silhouette < IN] = IGNORED
    classes[silhouette <= OUT] = 0
    # The teacher misses a bag held out or hair in the wind; where our model is sure of them, they are no background.
    classes[(silhouette <= OUT) & (chances[..., 0] < 0.5)] = IGNORED
    return classes


def _chances(interpreter: Interpreter, pixels: Pixels) -> Floats:
    """Return the model's class probabilities, [h, w, classes]."""
    layout = garments.read_layout(interpreter.input, interpreter.outputs)
    assert layout is not None, "a model with a garment map"
    height, width = interpreter.input.shape[1:3]
    tensor, scale = letterbox(Frame(np.ascontiguousarray(pixels), 0.0, 0), height, width)
    inner = [round(side / scale) for side in pixels.shape[:2]]
    chances = softmax(upsample(interpreter.invoke(tensor)[layout.garments][0], GARMENT_STRIDE, *inner), axis=-1)
    return np.asarray(cv2.resize(chances, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _sized(pixels: Pixels) -> Pixels:
    size = (max(round(pixels.shape[1] * HEIGHT / pixels.shape[0]), 1), HEIGHT)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
