"""Photos that only say what is worn, not where: their labels worked out by what is known, for training.

The silhouette teacher says which pixels are the person's; our own network says which garment each of them is, chosen
among those that the photo's tags name (and skin and hair). What it is unsure of stays "anybody". A photo whose two
silhouettes disagree is left out.
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
from tools.evaluation.networks import upsample
from tools.evaluation.peers import PoseNet
from tools.training.bystanders import REACH, bystanders
from tools.training.partial import CODES, IGNORED
from tools.training.photos import HEIGHT, Photo, kept
from tools.training.teacher import Teacher

TAGGED_IDS = range(1005, 1805)
ALWAYS = ("skin", "hair")
"""Worn by everybody, tagged or not."""
IN, OUT = 0.8, 0.2
"""The teacher's certainty from which a pixel is the person's, and up to which it is not; between them it is ignored."""
SURE = 0.6
"""Of one class among those that the tags leave; below it a pixel is only known to be somebody's."""
AGREEMENT = 0.75
"""Intersection over union of the two silhouettes, at least."""


def load(ccp: Path, teacher: Teacher, network: Interpreter, posenet: PoseNet, cache: Path) -> list[Photo]:
    """The photos that can be used; worked out once and kept in `cache`, an .npz that is made for these two networks."""
    stamp = f"{network.model_id} {posenet.network.model_id} {SURE} {AGREEMENT} {IN} {OUT} {REACH}"
    return kept(cache, stamp, lambda: (photo for photo in _made(ccp, teacher, network, posenet) if photo is not None))


def _made(ccp: Path, teacher: Teacher, network: Interpreter, posenet: PoseNet) -> Iterable[Photo | None]:
    for number in track(TAGGED_IDS, "tagged photos", disable=not sys.stderr.isatty()):
        photo = label(number, _sized(picture(ccp, number)), tags(ccp, number), teacher, network)
        if photo is not None:
            photo.classes[bystanders(photo.pixels, photo.person, posenet)] = IGNORED
        yield photo


def label(number: int, pixels: Pixels, worn: set[str], teacher: Teacher, network: Interpreter) -> Photo | None:
    """One photo of mostly one person who wears these classes; None where the two silhouettes disagree."""
    both = _chances(network, pixels) + _chances(network, pixels[:, ::-1])[:, ::-1]
    chances = np.asarray(both / 2, np.float32)
    inside = chances[..., 0] < 0.5
    if not inside.any():
        return None
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    box = (float(columns[0]), float(rows[0]), float(columns[-1]), float(rows[-1]))
    silhouette = teacher.silhouette(pixels, box)
    is_person = silhouette >= 0.5
    if (inside & is_person).sum() < AGREEMENT * (inside | is_person).sum():
        return None
    return Photo(number, pixels, _classes(chances, silhouette, worn))


def _classes(chances: Floats, silhouette: Floats, worn: set[str]) -> Pixels:
    """[h, w] positions in CLASSES, or codes of partial.py."""
    is_possible = np.array([name in worn or name in ALWAYS for name in CLASSES])
    possible = chances * is_possible
    likeliest = possible.argmax(axis=-1).astype(np.uint8)
    is_sure = possible.max(axis=-1) >= SURE * possible.sum(axis=-1) + 1e-6
    classes = np.where(is_sure, likeliest, CODES["anybody"]).astype(np.uint8)
    classes[silhouette < IN] = IGNORED
    classes[silhouette <= OUT] = 0
    # A bag held out, hair in the wind: the teacher leaves them out, and who is sure of them is not overruled.
    classes[(silhouette <= OUT) & (chances[..., 0] < 0.5)] = IGNORED
    return classes


def _chances(network: Interpreter, pixels: Pixels) -> Floats:
    """[h, w, classes] of the network."""
    layout = garments.read_layout(network.input, network.outputs)
    assert layout is not None, "a network that knows garments"
    height, width = network.input.shape[1:3]
    tensor, scale = letterbox(Frame(np.ascontiguousarray(pixels), 0.0, 0), height, width)
    inner = [round(side / scale) for side in pixels.shape[:2]]
    chances = softmax(upsample(network.invoke(tensor)[layout.garments][0], GARMENT_STRIDE, *inner), axis=-1)
    return np.asarray(cv2.resize(chances, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _sized(pixels: Pixels) -> Pixels:
    size = (max(round(pixels.shape[1] * HEIGHT / pixels.shape[0]), 1), HEIGHT)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
