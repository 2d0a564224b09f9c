"""The settings of a street camera, read from a text: `street:7?camera=1&cameras=3&fps=8&minutes=2&exceptions=0.05`."""

import math
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import parse_qsl

from edge.errors import ConfigError

EXAMPLE = "street:7?camera=1&cameras=3&fps=8&minutes=2&exceptions=0.05"

LIMITS: dict[str, tuple[float, float]] = {
    "seed": (0, 2**32 - 1),
    "cameras": (1, 8),
    "fps": (0.5, 60),
    "minutes": (0, 1e6),
    "rate": (0.5, 120),
    "exceptions": (0, 1),
    "dark": (0, 1),
    "skip": (0, 1e9),
    "begins_at": (0, 1e11),
    "width": (160, 3840),
    "height": (90, 2160),
}
"""Lowest and highest value of each setting."""


@dataclass(frozen=True, slots=True)
class StreetSpec:
    """The settings of one street camera; the same settings give the same pictures."""

    seed: int
    camera: int = 0
    cameras: int = 3
    fps: float = 8.0
    minutes: float | None = None
    size: tuple[int, int] = (640, 360)
    """Width and height in pixels."""
    rate: float = 24.0
    """Walkers a minute."""
    exceptions: float = 0.04
    """Share of walkers who are exceptions, 0..1."""
    dark: float = 0.0
    """0 by day, 1 by night under street lamps: dimmer, warmer, noisier, without a sun."""
    skip: float = 0.0
    """Street seconds that are left out before the first frame."""
    begins_at: float | None = None
    """UTC second at which the first frame is due, so that cameras in several programs show the street at one time."""

    def __str__(self) -> str:
        """Return the shortest text; settings with their default value and `begins_at` are left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)[1:]}
        usual = {field.name: field.default for field in fields(self)[1:]}
        del values["begins_at"]
        parts = [f"{name}={_text(value)}" for name, value in values.items() if value != usual[name]]
        return f"street:{self.seed}" + ("?" + "&".join(parts) if parts else "")

    def check(self) -> None:
        """Raise ConfigError for a value outside its limits."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["width"], values["height"] = values.pop("size")
        for name, (low, high) in LIMITS.items():
            value = values[name]
            if value is not None and not low <= value <= high:
                raise ConfigError(f"{self}: expected {name} from {low:g} to {high:g}, found {value:g}")
        if not 0 <= self.camera < self.cameras:
            raise ConfigError(
                f"{self}: expected camera from 0 to {self.cameras - 1}, found {self.camera}; "
                f"this street has {self.cameras} cameras (cameras=N makes it N)"
            )


def parse(spec: str) -> StreetSpec:
    """Read the settings from a text; raises ConfigError, which says what was expected and what was found.

    >>> parse("street:7?camera=1&minutes=2") == StreetSpec(7, camera=1, minutes=2.0)
    True
    """
    kind, _, rest = spec.partition(":")
    seed, _, query = rest.partition("?")
    if kind != "street" or not (seed.isascii() and seed.isdecimal()):
        raise ConfigError(f"source {spec!r}: expected street:SEED with SEED a whole number, such as {EXAMPLE}")
    settings: dict[str, Any] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in settings:
            raise ConfigError(f"source {spec!r}: {name} is given twice; keep one")
        settings[name] = _value(spec, name, text)
    found = StreetSpec(int(seed), **settings)  # _value chose the types by the names
    found.check()
    return found


def _value(spec: str, name: str, text: str) -> int | float | tuple[int, int]:
    known = [field.name for field in fields(StreetSpec)[1:]]
    if name not in known:
        raise ConfigError(f"source {spec!r}: unknown setting {name!r}; expected one of {', '.join(known)}")
    try:
        if name == "size":
            width, height = text.split("x")
            return int(width), int(height)
        value = int(text) if name in ("camera", "cameras") else float(text)
    except ValueError:
        wanted = {"size": "WIDTHxHEIGHT", "camera": "a whole number", "cameras": "a whole number"}.get(name, "a number")
        raise ConfigError(f"source {spec!r}: expected {name}={wanted}, found {text!r}; see {EXAMPLE}") from None
    if not math.isfinite(value):
        raise ConfigError(f"source {spec!r}: expected {name}=a number, found {text!r}")
    return value


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "x".join(str(side) for side in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
