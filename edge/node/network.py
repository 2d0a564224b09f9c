"""The configured network, found and opened."""

from edge.config import DetectionSection
from edge.interpreter import TfliteInterpreter
from edge.models import model_path


def open_interpreter(section: DetectionSection) -> TfliteInterpreter:
    """Raises ModelError saying how to fetch the model that is missing."""
    edgetpu = model_path(section.model, accelerator="edgetpu") if section.accelerator == "edgetpu" else None
    return TfliteInterpreter(model_path(section.model), edgetpu, threads=section.threads)
