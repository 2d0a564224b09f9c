"""Makes a clean picture look like a street camera's: light, night, haze, blur, noise, compression, each at random."""

import cv2
import numpy as np

from edge.records import Floats
from tools.training.paste import Bytes, Rng


def developed(pixels: Bytes, rng: Rng) -> Bytes:
    """Return [h, w, 3] RGB with random camera effects."""
    picture = _lit(np.asarray(pixels.astype(np.float32) / 255, np.float32), rng)
    if rng.random() < 0.5:
        picture = picture * np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    if rng.random() < 0.3:
        grey = picture.mean(axis=2, keepdims=True)
        picture = grey + (picture - grey) * np.float32(rng.uniform(0.3, 1.4))
    picture = _blurred(picture, rng)
    if rng.random() < 0.4:
        noise = rng.standard_normal(picture.shape[:2], np.float32)[..., None]
        picture = picture + noise * np.float32(rng.uniform(0.005, 0.04))
    return _compressed(np.asarray(np.clip(picture * 255 + 0.5, 0, 255), np.uint8), rng)


def _lit(picture: Floats, rng: Rng) -> Floats:
    """Change exposure and contrast; add dusk, night, haze or rain."""
    which = rng.random()
    if which < 0.15:  # night: dark, warm lamps
        picture = picture ** np.float32(rng.uniform(1.4, 2.6)) * np.float32(rng.uniform(0.5, 1.1))
        picture = picture * np.array([1.0, *rng.uniform((0.8, 0.55), (1.0, 1.0))], np.float32)
    elif which < 0.25:  # haze: little contrast, lifted
        veil = np.float32(rng.uniform(0.35, 0.8))
        picture = veil + (picture - veil) * np.float32(rng.uniform(0.35, 0.7))
    elif which < 0.8:
        picture = picture ** np.float32(np.exp(rng.normal(0, 0.25)))
        picture = (picture - 0.5) * np.float32(rng.uniform(0.7, 1.25)) + 0.5 + np.float32(rng.normal(0, 0.06))
    return np.asarray(np.clip(picture, 0, 1.2), np.float32)


def _blurred(picture: Floats, rng: Rng) -> Floats:
    """Blur as a lens out of focus, a camera of few pixels or a sideways movement does."""
    if rng.random() < 0.25:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.4, 1.4))), np.float32)
    if rng.random() < 0.15:
        size = [max(round(side / float(rng.uniform(1.2, 2.5))), 8) for side in picture.shape[1::-1]]
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(small, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    if rng.random() < 0.1:
        kernel = np.zeros((7, 7), np.float32)
        reach = int(rng.integers(1, 4))
        kernel[3, 3 - reach : 4 + reach] = 1 / (2 * reach + 1)
        picture = np.asarray(cv2.filter2D(picture, -1, kernel if rng.random() < 0.7 else kernel.T), np.float32)
    return np.asarray(picture, np.float32)


def _compressed(pixels: Bytes, rng: Rng) -> Bytes:
    if rng.random() >= 0.35:
        return pixels
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
