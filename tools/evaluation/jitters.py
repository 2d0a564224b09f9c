"""One person under another light, lens and crop: twelve changes that must not alter a score."""

from collections.abc import Callable

import cv2
import numpy as np

from edge.records import Pixels

Jitter = Callable[[Pixels], Pixels]


def _light(gain: float = 1.0, gamma: float = 1.0, tint: tuple[float, float, float] = (1, 1, 1)) -> Jitter:
    def change(pixels: Pixels) -> Pixels:
        linear = (pixels.astype(np.float32) / 255) ** np.float32(2.2)  # nearly the gamma of sRGB
        lit = np.clip(linear * np.float32(gain) * np.array(tint, np.float32), 0, 1) ** np.float32(1 / 2.2)
        return np.asarray(np.rint(lit ** np.float32(gamma) * 255), np.uint8)

    return change


def _blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.5), np.uint8)


def _small(pixels: Pixels) -> Pixels:
    little = cv2.resize(pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(little, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _jpeg(pixels: Pixels) -> Pixels:
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def _noisy(pixels: Pixels) -> Pixels:
    noise = np.random.default_rng(0).normal(0, 8, pixels.shape)
    return np.asarray(np.clip(np.rint(pixels + noise), 0, 255), np.uint8)


def _cut(share: float) -> Jitter:
    """Return a change that crops the picture by `share` (or widens it on repeated edges) and shifts it a little."""

    def change(pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        y, x = round(height * abs(share)), round(width * abs(share))
        if share > 0:
            return np.ascontiguousarray(pixels[y // 2 : height - y // 2, x:])
        return np.asarray(cv2.copyMakeBorder(pixels, y, y, x, 0, cv2.BORDER_REPLICATE), np.uint8)

    return change


JITTERS: dict[str, Jitter] = {
    "brightness x0.55": _light(gain=0.55),
    "brightness x1.6": _light(gain=1.6),
    "gamma 0.75": _light(gamma=0.75),
    "gamma 1.35": _light(gamma=1.35),
    "warm": _light(tint=(1.18, 1.0, 0.8)),
    "cool": _light(tint=(0.85, 1.0, 1.2)),
    "blur": _blurred,
    "scale to 30 %": _small,
    "JPEG 30": _jpeg,
    "noise": _noisy,
    "cut 6 %": _cut(0.06),
    "widened 6 %": _cut(-0.06),
}
