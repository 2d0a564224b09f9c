"""Weeks of counts with known truth, put into a store as nodes and booth put them."""

import random
from collections import Counter
from collections.abc import Mapping

from edge import wire
from edge.limits import FLOOR, WINDOW_S
from edge.message.combinations import PREFIX, sendable
from edge.store.store import DAY_S, Decision, SqlStore
from tests.messages import make_score

Outfit = tuple[str, str]
"""Colours of the upper and of the lower."""
USUAL: dict[Outfit, float] = {
    ("black", "black"): 0.3,
    ("black", "navy"): 0.25,
    ("white", "navy"): 0.25,
    ("grey", "black"): 0.17,
    ("orange", "teal"): 0.03,
}
OPEN_H = range(9, 17)


def walk(store: SqlStore, day: int, worn: Mapping[Outfit, float], rng: random.Random, people: int = 80) -> None:
    """Store one day of one node: `people` in every 15 minutes of the opening hours."""
    for quarter in range(4 * len(OPEN_H)):
        start = day + OPEN_H[0] * 3600 + quarter * WINDOW_S
        counts = Counter[str]()
        for upper, lower in rng.choices(list(worn), list(worn.values()), k=people):
            counts.update((f"colour:upper:{upper}", f"colour:lower:{lower}", f"{PREFIX}{upper}-over-{lower}"))
        sent = {word: n for word, n in counts.items() if n >= FLOOR and not word.startswith(PREFIX)}
        sent |= dict(sendable(counts))
        window = wire.to_time(start)
        withheld = len(counts) - len(sent)
        store.save_trend(wire.Trend(node="camera-1", window=window, sightings=people, counts=sent, withheld=withheld))


def alert(store: SqlStore, day: int, reasons: Mapping[str, int], others: int = 0) -> None:
    """Store alerts of one day: of so many people for each reason, and of `others` for a shade of purple."""
    noon = day + 12 * 3600
    told = [word for word, n in reasons.items() for _ in range(n)] + ["colour:upper:purple"] * others
    epoch = f"{day:016x}"
    scores = [
        make_score(epoch=epoch, seq=seq, at=wire.to_time(noon + seq), reasons=[wire.Reason(word, 6)])
        for seq, word in enumerate(told, 1)
    ]
    due = {wire.key(score): f"{day:016x}{score.seq:016x}" for score in scores}
    store.record(scores, [], lambda _: Decision(due, len(scores)), {}, now=noon + len(told))


def fill(store: SqlStore, last: int, *, weeks: int = 4, seed: int = 1, worn: Mapping[Outfit, float] = USUAL) -> None:
    """Store whole weeks that end with the day `last`; each day 8 people are alerted for orange and 12 for others."""
    rng = random.Random(seed)
    for back in range(7 * weeks - 1, -1, -1):
        walk(store, last - back * DAY_S, worn, rng)
        alert(store, last - back * DAY_S, {"colour:upper:orange": 8}, others=12)
