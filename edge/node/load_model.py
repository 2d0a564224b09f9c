"""The configured network, found and opened on the CPU or an Edge TPU."""

import logging
from pathlib import Path

from edge.config import DetectionSection
from edge.model.choice import used
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import check_model, model_path, ready_path
from edge.node.last_good import with_last_good

log = logging.getLogger(__name__)


def open_interpreter(section: DetectionSection) -> TfliteInterpreter:
    """Raises ModelError saying how to fetch the model that is missing."""
    return TfliteInterpreter(model_path(section.model), _twin(section), threads=section.threads)


def open_with_last_good(section: DetectionSection, state: Path) -> tuple[TfliteInterpreter, str]:
    """The same for a node in the field: a damaged file gives way to its last good copy, and a sentence says so."""

    def read(path: Path) -> Path:
        check_model(section.model, path)
        return path

    path, repair = with_last_good(ready_path(section.model), state, read)
    return TfliteInterpreter(path, _twin(section), threads=section.threads), repair


def _twin(section: DetectionSection) -> Path | None:
    """The Edge TPU's file, where it is to run."""
    choice = used(section)
    log.info("model %s on %s: %s", choice.name, choice.accelerator, choice.why)
    return model_path(section.model, accelerator="edgetpu") if choice.accelerator == "edgetpu" else None
