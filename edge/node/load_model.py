"""The configured network, found and opened."""

from pathlib import Path

from edge.config import DetectionSection
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import check_model, model_path, ready_path
from edge.node.last_good import with_last_good


def open_interpreter(section: DetectionSection) -> TfliteInterpreter:
    """Raises ModelError saying how to fetch the model that is missing."""
    edgetpu = model_path(section.model, accelerator="edgetpu") if section.accelerator == "edgetpu" else None
    return TfliteInterpreter(model_path(section.model), edgetpu, threads=section.threads)


def open_with_last_good(section: DetectionSection, state: Path) -> tuple[TfliteInterpreter, str]:
    """The same for a node in the field: a damaged file gives way to its last good copy, and a sentence says so."""

    def read(path: Path) -> Path:
        check_model(section.model, path)
        return path

    path, repair = with_last_good(ready_path(section.model), state, read)
    edgetpu = model_path(section.model, accelerator="edgetpu") if section.accelerator == "edgetpu" else None
    return TfliteInterpreter(path, edgetpu, threads=section.threads), repair
