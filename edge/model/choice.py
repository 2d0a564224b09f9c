"""Choose the model file to run on this machine: the CPU's, or its twin for the Edge TPU."""

from edge.config import DetectionSection
from edge.model.interpreter import no_edge_tpu
from edge.model.registry import Used, chosen, no_twin, twin_of


def used(section: DetectionSection) -> Used:
    """Return the model file to use with these settings, and why; raises ConfigError for an unknown model."""
    chosen([section.model])
    if section.accelerator == "cpu":
        return Used(section.model, "cpu", "its settings say `accelerator: cpu`")
    if section.accelerator == "edgetpu":
        missing = no_edge_tpu()
        why = "its settings say `accelerator: edgetpu`" + (
            f", but {missing}: the CPU is used instead" if missing else ""
        )
        return Used(twin_of(section.model), "edgetpu", why)
    why_not = no_edge_tpu() or no_twin(section.model)
    if why_not:
        return Used(section.model, "cpu", why_not)
    return Used(twin_of(section.model), "edgetpu", "an Edge TPU is plugged in, and the model has a twin for it")
