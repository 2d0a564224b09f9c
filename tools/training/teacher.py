"""Which pixels of a picture are one person's: a teacher of silhouettes, for people seen from any side.

The network is BlazePose's landmark model (Bazarevsky et al., "BlazePose", 2020; Apache-2.0) as the `mediapipe` wheel on
PyPI carries it. Only this one file of the wheel is used, in training alone, and nothing of it ships.
"""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np

from edge.errors import ModelError
from edge.model.interpreter import TfliteInterpreter
from edge.records import Floats, Pixels

WHEEL = "mediapipe==0.10.14"
MEMBER = "mediapipe/modules/pose_landmark/pose_landmark_full.tflite"
SHA256 = "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"
SIDE = 256
"""Pixels of its square input, RGB from 0 to 1."""
ROOM = 1.25
"""Sides of the square that it looks at, in the longer side of the person."""


def fetch(folder: Path) -> Path:
    """The network's file in `folder`, taken from the wheel on PyPI the first time; ModelError where that fails."""
    path = folder / Path(MEMBER).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # The wheel of one platform, whatever this one is: its network is the same in all.
        platform = ["--platform", "manylinux_2_17_x86_64", "--python-version", "311", "--only-binary=:all:"]
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *platform, "-d", str(folder), WHEEL]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ModelError(
                f"cannot get {WHEEL}, whose pose network teaches silhouettes: {done.stderr.strip()[-300:]}"
            )
        wheel = next(folder.glob("mediapipe-*.whl"))
        path.write_bytes(zipfile.ZipFile(wheel).read(MEMBER))
        wheel.unlink()
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ModelError(f"{path}: not the file of {WHEEL}; remove it and run again")
    return path


class Teacher:
    """One person at a time."""

    def __init__(self, path: Path) -> None:
        self._network = TfliteInterpreter(path, threads=2)
        shapes = [output.shape for output in self._network.outputs]
        self._mask = shapes.index((1, SIDE, SIDE, 1))

    def silhouette(self, pixels: Pixels, box: tuple[float, float, float, float]) -> Floats:
        """[h, w] how likely each pixel is the person's, from 0 to 1; 0 outside the square that is looked at.

        `pixels` is [h, w, 3] RGB, `box` x1, y1, x2, y2 around the person in pixels.
        """
        x1, y1, x2, y2 = box
        zoom = SIDE / (ROOM * max(x2 - x1, y2 - y1))
        matrix = np.array([[zoom, 0, SIDE / 2 - zoom * (x1 + x2) / 2], [0, zoom, SIDE / 2 - zoom * (y1 + y2) / 2]])
        small = cv2.GaussianBlur(pixels, (0, 0), 0.4 / zoom) if zoom < 0.7 else pixels  # or it would alias
        square = cv2.warpAffine(small, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        logits = self._network.invoke(square[None])[self._mask][0, ..., 0]
        likely = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        back = cv2.warpAffine(likely, matrix, pixels.shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return np.asarray(back, np.float32)
