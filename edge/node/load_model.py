"""Load the configured model for the CPU or an Edge TPU."""

import logging
from pathlib import Path

from edge.config import DetectionSection
from edge.model.choice import used
from edge.model.interpreter import TfliteInterpreter
from edge.model.registry import check_model, model_path, ready_path
from edge.node.last_good import with_last_good
from edge.node.threads import fitting
from edge.problems import Problem

log = logging.getLogger(__name__)


def open_interpreter(section: DetectionSection) -> TfliteInterpreter:
    """Load the configured model; raises ModelError, which says how to fetch a missing one."""
    return TfliteInterpreter(model_path(section.model), _twin(section), threads=section.threads or fitting())


def open_with_last_good(section: DetectionSection, state: Path) -> tuple[TfliteInterpreter, Problem | None]:
    """Load the configured model, or its last good copy in `state` if the file is damaged.

    The problem is for the heartbeat; None if the file was good. Raises ModelError without a good copy.
    """

    def read(path: Path) -> Path:
        check_model(section.model, path)
        return path

    path, repair = with_last_good(ready_path(section.model), state, read, "model")
    return TfliteInterpreter(path, _twin(section), threads=section.threads or fitting()), repair


def _twin(section: DetectionSection) -> Path | None:
    """Return the path of the model's Edge TPU version if the Edge TPU is to run it, else None."""
    choice = used(section)
    log.info("model %s on %s: %s", choice.name, choice.accelerator, choice.why)
    return model_path(section.model, accelerator="edgetpu") if choice.accelerator == "edgetpu" else None
