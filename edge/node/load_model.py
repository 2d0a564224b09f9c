"""The configured network, found and opened on the CPU or an Edge TPU."""

import logging
from pathlib import Path

from edge.config import DetectionSection
from edge.model.interpreter import TfliteInterpreter, no_edge_tpu
from edge.model.registry import Used, check_model, chosen, model_path, no_twin, ready_path, twin_of
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


def used(section: DetectionSection) -> Used:
    """Which file these settings mean on this machine, and why; raises ConfigError for a model that nobody knows."""
    chosen([section.model])
    if section.accelerator == "cpu":
        return Used(section.model, "cpu", "its settings say `accelerator: cpu`")
    if section.accelerator == "edgetpu":
        missing = no_edge_tpu()
        why = "its settings say `accelerator: edgetpu`" + (
            f", but {missing}: the CPU will do its work" if missing else ""
        )
        return Used(twin_of(section.model), "edgetpu", why)
    why_not = no_edge_tpu() or no_twin(section.model)
    if why_not:
        return Used(section.model, "cpu", why_not)
    return Used(twin_of(section.model), "edgetpu", "an Edge TPU is plugged in, and the model has a twin for it")


def _twin(section: DetectionSection) -> Path | None:
    """The Edge TPU's file, where it is to run."""
    choice = used(section)
    log.info("model %s on %s: %s", choice.name, choice.accelerator, choice.why)
    return model_path(section.model, accelerator="edgetpu") if choice.accelerator == "edgetpu" else None
