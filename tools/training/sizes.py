"""The input sizes that our model comes in. All share the same weights, so that it is trained once.

The size decides how large a person is in the model's input, and what one run costs (models/README.md).
"""

import sys
from pathlib import Path

from edge.detection import keypoints
from edge.model.interpreter import TfliteInterpreter
from edge.model.manifest import ModelEntry, ModelInput
from tools.pins import digest, pin
from tools.resize import Sides, resize_file
from tools.training.nuisance import estimate, save

DEFAULT: Sides = (353, 481)
"""Height and width in pixels of the size that is trained and quantized."""
SIZES: dict[Sides, str] = {
    DEFAULT: "cameras of 4:3, at the cost of the default; photos",
    (305, 545): "cameras of 16:9; the default",
    (481, 641): "cameras of 4:3, smaller people, wider streets",
    (417, 737): "cameras of 16:9, smaller people, wider streets",
}
"""Every size, and what it is for."""


LICENCE = "Apache-2.0"
QUANTIZATION = "int8 activations, int8 weights per channel, uint8 in and out"


def name_of(size: Sides) -> str:
    """Return the model's name for an input of that height and width.

    >>> name_of((353, 481))
    'spotter-353x481'
    """
    return f"spotter-{size[0]}x{size[1]}"


def write_sizes(folder: Path) -> list[Path]:
    """Write the files of all sizes in `folder` from the default size's file there; raises ModelError."""
    default = folder / f"{name_of(DEFAULT)}.tflite"
    paths = {size: folder / f"{name_of(size)}.tflite" for size in SIZES}
    for size, path in paths.items():
        if size != DEFAULT:
            resize_file(default, path, size)
    return list(paths.values())


def ship(folder: Path, ccp: Path) -> None:
    """Write everything that goes with the default size's file in `folder`: other sizes, nuisance covariances, pins.

    `ccp` holds the photos that the covariances come from. Raises EdgeError.
    """
    for model in write_sizes(folder):
        print(f"wrote {save(estimate(TfliteInterpreter(model), ccp), model)}", file=sys.stderr)
    manifest = folder / "manifest.yaml"
    if not manifest.exists():
        print(f"no {manifest}: nothing is pinned", file=sys.stderr)
        return
    for twin in pin_sizes(manifest):
        print(f"{twin} was compiled from other weights and is gone: tools/compile-edgetpu", file=sys.stderr)
    print(f"pinned {', '.join(name_of(size) for size in SIZES)} in {manifest}", file=sys.stderr)


def pin_sizes(manifest: Path) -> list[str]:
    """Pin the files beside `manifest` in it; returns the Edge TPU twins that were compiled from other weights."""
    folder = manifest.parent
    return pin(manifest, {name_of(size): _entry(folder / f"{name_of(size)}.tflite", SIZES[size]) for size in SIZES})


def _entry(path: Path, what_for: str) -> ModelEntry:
    """Describe a model file. Opening it and finding the pose outputs in it checks that it is whole."""
    interpreter = TfliteInterpreter(path)
    layout = keypoints.read_layout(interpreter.input, interpreter.outputs)
    image = ModelInput(layout.height, layout.width, "uint8", interpreter.input.scale, interpreter.input.zero_point)
    return ModelEntry(path.name, LICENCE, *digest(path), image, QUANTIZATION, "pose", purpose=what_for)
