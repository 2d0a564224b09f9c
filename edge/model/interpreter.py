"""Run a model file; the only file that names the TFLite runtimes and the Edge TPU.

The runtime is ai-edge-litert, or its predecessor tflite-runtime on platforms without it. If the Edge TPU is missing,
fails to start or is unplugged during a run, the CPU's twin is used instead; every such fallback is logged and counted.
"""

import contextlib
import ctypes
import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.errors import ModelError
from edge.outputs import Outputs
from edge.seams import TensorSpec

log = logging.getLogger(__name__)

STDERR = 2
"""File descriptor of standard error."""
TRIES = 3
"""Times to reload the model for a frame that it fails on."""

EDGETPU_LIBRARY = "libedgetpu.so.1"


def runtime() -> Any:
    """Return this platform's TFLite runtime module; raises ModelError naming what to install."""
    try:
        from ai_edge_litert import interpreter as module  # noqa: PLC0415  heavy, and not on every platform
    except ImportError:
        try:
            from tflite_runtime import interpreter as module  # noqa: PLC0415
        except ImportError as err:
            raise ModelError(
                "no TFLite runtime is installed; expected ai-edge-litert (or tflite-runtime on 32-bit Python 3.11): "
                "run pip install ai-edge-litert"
            ) from err
    return module


def no_edge_tpu(library_name: str = EDGETPU_LIBRARY) -> str:
    """Return why no Edge TPU can be used here, for the technician; empty if one is plugged in.

    Asks libedgetpu (its edgetpu_c.h), so an Edge TPU that this user may not open does not count.
    """
    try:
        library = ctypes.CDLL(library_name)
        list_devices, free_devices = library.edgetpu_list_devices, library.edgetpu_free_devices
    except OSError:
        return f"{library_name} is not installed"
    except AttributeError:
        return f"{library_name} cannot list its devices: expected libedgetpu"
    list_devices.argtypes, list_devices.restype = [ctypes.POINTER(ctypes.c_size_t)], ctypes.c_void_p
    free_devices.argtypes, free_devices.restype = [ctypes.c_void_p], None
    count = ctypes.c_size_t(0)
    free_devices(list_devices(ctypes.byref(count)))
    return "" if count.value else "no Edge TPU is plugged in"


class TfliteInterpreter:
    """One model on one accelerator."""

    def __init__(self, cpu: Path, edgetpu: Path | None = None, *, threads: int = 1) -> None:
        """Load `edgetpu` on the Edge TPU if given; otherwise, or if that fails, load `cpu` on the CPU.

        Raises ModelError if the CPU's model cannot be loaded either.
        """
        self._cpu, self._threads = cpu, threads
        self.fallbacks = self.failures = 0
        self._turn = threading.Lock()
        # The Edge TPU twin is the same model compiled: both have the CPU file's id, so a baseline fits both.
        self.model_id = hashlib.sha256(_read(cpu)).hexdigest()[:12]
        if edgetpu is None or not self._try_edgetpu(edgetpu):
            self._use_cpu()

    def invoke(self, tensor: NDArray[np.uint8] | NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs, in the order and shapes of `outputs`, for one tensor of the shape of `input`.

        Several threads may call this; they run one after the other. Raises ModelError if reloading the model does not
        help.
        """
        with self._turn:
            return self._retried(tensor)

    def use_threads(self, count: int) -> None:
        """Run the model in `count` threads from the next frame on; the Edge TPU has none. Raises ModelError."""
        with self._turn:
            self._threads = count
            if self.accelerator == "cpu":
                self._use_cpu()

    def _retried(self, tensor: NDArray[np.uint8] | NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        for _ in range(TRIES):
            try:
                return self._invoke(tensor)
            except (RuntimeError, MemoryError) as err:
                if self.accelerator == "edgetpu":
                    self._fall_back(err)
                else:
                    self.failures += 1
                    log.error("%s: the model failed to run (%s), loading it again", self._cpu, err)
                self._use_cpu()
        try:
            return self._invoke(tensor)
        except (RuntimeError, MemoryError) as err:
            raise ModelError(
                f"{self._cpu}: the model failed {TRIES + 1} times on one frame ({err}); check memory, then restart"
            ) from err

    def _invoke(self, tensor: NDArray[np.uint8] | NDArray[np.float32]) -> Outputs:
        self._runtime.set_tensor(self._input_index, tensor.reshape(self.input.shape))
        self._runtime.invoke()
        return Outputs([self._runtime.get_tensor(index) for index in self._output_indices], self.outputs)

    def _try_edgetpu(self, path: Path) -> bool:
        try:
            ctypes.CDLL(
                EDGETPU_LIBRARY
            )  # raises a plain OSError if missing; load_delegate would print a second error at exit
            delegate = runtime().load_delegate(EDGETPU_LIBRARY)
            self._load(path, "edgetpu", [delegate])
        except (OSError, ValueError, RuntimeError) as err:  # the messages differ between runtimes: never match them
            self._fall_back(err)
            return False
        return True

    def _fall_back(self, err: Exception) -> None:
        self.fallbacks += 1
        log.error(
            "Edge TPU cannot be used, running on the CPU: %s. Check that it is plugged in and %s is installed",
            " ".join(str(err).split()) or type(err).__name__,
            EDGETPU_LIBRARY,
        )

    def _use_cpu(self) -> None:
        try:
            self._load(self._cpu, "cpu", [])
        except (ValueError, RuntimeError) as err:
            raise ModelError(f"{self._cpu}: cannot be loaded as a model ({err}); run spotter models verify") from err

    def _load(self, path: Path, accelerator: str, delegates: list[Any]) -> None:
        content = _read(path)
        with _chatter_logged():
            loaded = runtime().Interpreter(
                model_content=content, experimental_delegates=delegates, num_threads=self._threads
            )
            loaded.allocate_tensors()
        self._runtime = loaded
        self.accelerator = accelerator
        inputs, outputs = loaded.get_input_details(), loaded.get_output_details()
        if len(inputs) != 1:
            raise ModelError(f"{path}: expected one input, found {len(inputs)}")
        self.input = _spec(inputs[0])
        self.outputs: Sequence[TensorSpec] = tuple(_spec(output) for output in outputs)
        self._input_index = inputs[0]["index"]
        self._output_indices = [output["index"] for output in outputs]


@contextlib.contextmanager
def _chatter_logged() -> Iterator[None]:
    """Log what the runtime's C++ code prints to standard error; its INFO lines are for developers only."""
    reading, writing = os.pipe2(os.O_NONBLOCK)  # what does not fit is lost, and blocks nobody
    kept = os.dup(STDERR)
    os.dup2(writing, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        for one in (kept, writing):
            os.close(one)
        with open(reading, "rb") as lines:  # noqa: PTH123 - a pipe has no path
            for line in lines.read().decode(errors="replace").splitlines():
                log.log(logging.DEBUG if line.startswith("INFO") else logging.WARNING, "%s", line)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise ModelError(f"{path}: cannot be read ({err}); run spotter models fetch") from err


def _spec(detail: dict[str, Any]) -> TensorSpec:
    scale, zero_point = detail["quantization"]
    shape = tuple(int(size) for size in detail["shape"])
    return TensorSpec(detail["name"], shape, np.dtype(detail["dtype"]).name, float(scale), int(zero_point))
