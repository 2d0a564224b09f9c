"""Find which pixels of a picture belong to one person, with a published model as the teacher.

The model is BlazePose's landmark model (Bazarevsky et al., "BlazePose", 2020; Apache-2.0) as the `mediapipe` wheel on
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
"""Side in pixels of its square input, RGB from 0 to 1."""
ROOM = 1.25
"""Side of the square that is cut out, in longer sides of the person's box."""


def fetch(folder: Path) -> Path:
    """Return the path of the model in `folder`, taken from the wheel on PyPI the first time; raises ModelError."""
    path = folder / Path(MEMBER).name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # The wheel of one fixed platform: the model is the same in all of them.
        platform = ["--platform", "manylinux_2_17_x86_64", "--python-version", "311", "--only-binary=:all:"]
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", *platform, "-d", str(folder), WHEEL]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ModelError(f"cannot get {WHEEL}, whose pose model teaches silhouettes: {done.stderr.strip()[-300:]}")
        wheel = next(folder.glob("mediapipe-*.whl"))
        path.write_bytes(zipfile.ZipFile(wheel).read(MEMBER))
        wheel.unlink()
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ModelError(f"{path}: not the file of {WHEEL}; remove it and run again")
    return path


class Teacher:
    """Finds the silhouette of one person at a time."""

    def __init__(self, path: Path) -> None:
        self._interpreter = TfliteInterpreter(path, threads=2)
        shapes = [output.shape for output in self._interpreter.outputs]
        self._mask = shapes.index((1, SIDE, SIDE, 1))

    def silhouette(self, pixels: Pixels, box: tuple[float, float, float, float]) -> Floats:
        """Return [h, w] probabilities that a pixel is the person's; 0 outside the square that is cut out.

        `pixels` is [h, w, 3] RGB, `box` x1, y1, x2, y2 around the person in pixels.
        """
        x1, y1, x2, y2 = box
        zoom = SIDE / (ROOM * max(x2 - x1, y2 - y1))
        matrix = np.array([[zoom, 0, SIDE / 2 - zoom * (x1 + x2) / 2], [0, zoom, SIDE / 2 - zoom * (y1 + y2) / 2]])
        small = cv2.GaussianBlur(pixels, (0, 0), 0.4 / zoom) if zoom < 0.7 else pixels  # or it would alias
        looked_at = cv2.warpAffine(small, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        square = np.asarray(looked_at.astype(np.float32) / 255, np.float32)
        logits = self._interpreter.invoke(square[None])[self._mask][0, ..., 0]
        likely = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        back = cv2.warpAffine(likely, matrix, pixels.shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return np.asarray(back, np.float32)
