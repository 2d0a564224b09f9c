"""What the booth says about a node or itself: a code with values, and its English sentence.

A page in another language writes the sentence from the code and the values (edge/phrase/health.py).
"""

from collections.abc import Iterable

from msgspec import Struct

from edge import problems, wire
from edge.problems import age

Value = str | int
SENTENCES = {
    "silence-offline": "is offline: check power, network and, on the node, `systemctl status spotter-node`",
    "silence-never": "has never been heard: is it switched on, and does node.yaml name it as booth.yaml does?",
    "silence-no-heartbeat": "has sent no heartbeat: wait half a minute, then restart it",
    "silence-stale": "sent its last heartbeat {0:age} ago: is it running, and is the network up?",
    "silence-own-clock": "sent its last heartbeat {0:age} ago by its own clock: is that clock right, is it running, "
    "and is the network up?",
    "same-software": "runs software {0} ({1}: {2}): update the older",
    "same-model": "uses model {0} ({1}: {2}), so their scores cannot be compared: update it",
    "same-baseline": "scores against baseline {0} ({1}: {2}): freeze again, so that all get the same one",
    "clock-set-forward": "This machine's clock was set forward by {0:age}, to {1}: is that right?",
    "clock-set-back": "This machine's clock was set back by {0:age}, to {1}: is that right?",
    "clock-is-behind": "This machine's clock is {0:age} behind all cameras' clocks, so alerts are late or missing: set "
    "it, or wait until the cameras follow it.",
    "clock-is-ahead": "This machine's clock is {0:age} ahead of all cameras' clocks, so alerts are late or missing: "
    "set it, or wait until the cameras follow it.",
    "stock-gone": "Nothing is left to give away.",
    "one-open": "No new alert while 1 is open.",
    "many-open": "No new alert while {0} are open.",
    "saving-up": "{0} alerts in the last hour; the next in {1} min at the earliest.",
}
"""English sentences by code; `{0:age}` is a number of seconds as people say it."""


class Fact(Struct, frozen=True):
    """One fact: its code, and the values in its sentence."""

    code: str
    values: tuple[Value, ...] = ()

    @property
    def sentence(self) -> str:
        """The English sentence."""
        if self.code not in SENTENCES:
            return problems.Problem(self.code, [int(value) for value in self.values]).sentence
        return SENTENCES[self.code].format(*(_Seconds(v) if isinstance(v, int) else v for v in self.values))


class _Seconds(int):
    """A number in a sentence; `{0:age}` shows seconds as people say them."""

    def __format__(self, spec: str) -> str:
        return age(self) if spec == "age" else super().__format__(spec)


def reported(found: Iterable[wire.Problem]) -> list[Fact]:
    """Return the problems of a message as facts."""
    return [Fact(problem.code, tuple(problem.n)) for problem in found]
