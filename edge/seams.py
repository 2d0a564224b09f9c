"""The few places where the world really differs: one Protocol each, one real adapter, one fake (here or in tests/)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.records import Frame

Pace = Literal["real", "fast"]
"""Of what is replayed or simulated: as time passes, or as fast as frames are taken."""


class Camera(Protocol):
    """Anything frames come from; opened by its constructor, so close it."""

    @property
    def name(self) -> str:
        """What a person would call it: `street:7?camera=1`, `clip.mp4`, `v4l2:/dev/video0`."""

    @property
    def frames_dropped(self) -> int:
        """Corrupt or missed frames so far."""

    @property
    def reconnects(self) -> int:
        """How often the source was lost and found again."""

    def read(self) -> Frame | None:
        """The next frame, or None at the end of a source that ends.

        Raises SourceError when the source is lost for good (after its own bounded retries).
        """

    def close(self) -> None: ...


class TensorSpec(NamedTuple):
    """One input or output of a network: its real value is (stored - zero_point) * scale."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


class Interpreter(Protocol):
    """A network that runs."""

    @property
    def model_id(self) -> str:
        """First 12 hex digits of the CPU model file's SHA-256, whichever accelerator runs its twin."""

    @property
    def accelerator(self) -> str:
        """`cpu` or `edgetpu`: what really runs it."""

    @property
    def fallbacks(self) -> int:
        """How often the Edge TPU was wanted and the CPU had to do."""

    @property
    def failures(self) -> int:
        """How often it failed on the CPU and was opened anew."""

    @property
    def input(self) -> TensorSpec: ...

    @property
    def outputs(self) -> Sequence[TensorSpec]: ...

    def invoke(self, tensor: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Outputs for one input, dequantized, in the order of `outputs`."""


class Received(NamedTuple):
    """One message as it came from the broker."""

    topic: str
    payload: bytes
    is_retained: bool


class Publish(NamedTuple):
    """One message as it goes to the broker."""

    topic: str
    payload: bytes
    qos: int
    is_retained: bool
    expiry_s: int | None = None


class Broker(Protocol):
    """A connection to the MQTT broker that reconnects and resubscribes by itself."""

    @property
    def is_connected(self) -> bool: ...

    @property
    def connections(self) -> int:
        """How often it connected so far; a change tells a sender that the broker may have lost everything."""

    @property
    def refusals(self) -> int:
        """Publishes, subscriptions or connections the broker answered with a failure code."""

    def connect(
        self,
        *,
        will: Publish | None,
        births: Callable[[], Sequence[Publish]],
        subscriptions: Sequence[str],
        on_message: Callable[[Received], None],
    ) -> None:
        """Start connecting in the background; never raises for a broker that is merely away.

        `births` is called and its messages published on every connect, after resubscribing.
        """

    def publish(self, message: Publish, *, timeout_s: float | None = None) -> bool:
        """True if the broker took it and it reached a subscriber (or is retained for those to come).

        With QoS 1 this waits up to `timeout_s` for the broker's answer; `timeout_s=0` does not wait and
        says only that it was handed on. Raises WireError (too_large) before sending what no broker would take.
        """

    def close(self) -> None:
        """Publish nothing more; disconnect cleanly (the will is not sent)."""


class BoardReading(NamedTuple):
    """The board at one moment; None where it has no such sensor."""

    cpu_c: float | None
    memory_mb: float
    """Of this program."""
    memory_free_mb: float
    """That any program may still have."""
    disk_free_mb: float
    """Under the state folder."""
    is_throttled: bool | None = None
    """Slowed down by its firmware: too hot, or too little power."""
    is_undervolted: bool | None = None
    is_clock_set: bool | None = None
    """Kept right by a time server."""


class Board(Protocol):
    """The computer the node runs on."""

    def read(self) -> BoardReading: ...


class Clock(Protocol):
    """Time as an argument; tests own theirs."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump."""

    def sleep(self, seconds: float) -> None: ...


class ServiceReading(NamedTuple):
    """The node's unit at one moment."""

    is_running: bool
    """Started, or on its way there."""
    run: str
    """Another one with every start; empty before the first."""
    status: str
    """What the program last said of itself, in this run."""


class Service(Protocol):
    """The unit that runs the node, and the guard that ends an update whose program died. Raise ProvisionError."""

    def read(self) -> ServiceReading: ...

    def stop(self) -> None:
        """Returns when it has stopped; does nothing where it does not run."""

    def kill(self) -> None:
        """The same at once, without its consent."""

    def start(self) -> None:
        """Returns at once."""

    def guard(self) -> None:
        """From now on, in minutes, an update that is not settled yet is taken back by somebody else."""

    def unguard(self) -> None: ...
