"""Fuzz targets: messages of the network, and what a node keeps of them."""

import functools
import hashlib
import shutil
import sqlite3
import zlib
from pathlib import Path

import msgspec
import numpy as np

from edge import signing, wire
from edge.baseline_codec import MAGIC
from edge.config import NodeConfig, OutboxSection, ScoreSection
from edge.errors import WireError
from edge.message.outbox import Outbox
from edge.node.site_baseline import KEPT, SiteBaseline
from edge.release.orphaned_baselines import recipe_of
from edge.score import baseline_file
from edge.score.baseline import Baseline
from edge.seams import Received
from tests.messages import NOW, make_counted, make_health, make_score, make_status
from tests.outfits import RECIPE, ordinary
from tests.sites import Site, learnt
from tools.fuzzing.target import OVER, Target, chosen, laid_over, seed

SITE, NODE, EPOCH = "booth", "camera-1", "0123456789abcdef"
AT = wire.to_time(NOW)
SIGHTINGS = 250
"""Sightings in the valid baseline: enough to give scores."""


def make_wire(folder: Path) -> Target:
    """Fuzz every topic; what is accepted must read the same after it is written again."""
    site = Site(folder)
    node, booth = functools.partial(wire.node_topic, SITE, NODE), functools.partial(wire.booth_topic, SITE)
    good: dict[str, wire.Message] = {
        node("status"): make_status(),
        node("health"): make_health(problems=[wire.problem("lens-covered")], view=["covered"], self_test=["disk"]),
        node("score"): make_score(),
        node("gap"): wire.Gap(node=NODE, epoch=EPOCH, upto=7, dropped=2),
        node("ack"): wire.Ack(epoch=EPOCH, upto=7),
        node("stored"): wire.Ack(epoch=EPOCH, upto=7),
        node("trend"): wire.Trend(
            node=NODE, window=wire.to_time(NOW // 900 * 900), sightings=9, counts={"colour:upper:red": 5}, withheld=2
        ),
        node("baseline"): make_counted(),
        booth("status"): make_status(),
        booth("alert"): wire.Alert(
            id="0123456789abcdef",
            at=AT,
            node=NODE,
            zone="left",
            heading="right",
            one_in=430.0,
            low=300.0,
            reasons=make_score().reasons,
            cameras=[NODE],
            expires_at=AT,
        ),
        booth("feedback"): wire.Feedback(id="0123456789abcdef", outcome="claimed", at=AT, who="desk-1"),
        booth("notice"): wire.Notice(at=AT, nodes={NODE: [wire.problem("clock-ahead", 90)]}),
        booth("baseline"): site.message(None),
    }

    def check(topic: str, payload: bytes) -> None:
        _, message = wire.decode(topic, payload)
        try:
            again = wire.encode(topic, message)
        except WireError as err:
            assert err.reason == "too_large", err  # noqa: PT017 - defaults are written out
            return
        assert wire.decode(topic, again)[1] == message, again

    ways = [functools.partial(check, topic) for topic in good]
    seeds = [seed(way, wire.encode(topic, message)) for way, (topic, message) in enumerate(good.items())]
    return Target(seeds, functools.partial(chosen, ways))


def make_baseline(_: Path) -> Target:
    """Fuzz baseline files as they are, and bodies under a correct header and checksum, to reach the code behind."""
    good = learnt(SIGHTINGS)
    content = msgspec.msgpack.encode(baseline_file.counted(good))
    person = ordinary(np.random.default_rng(5))

    def check(data: bytes) -> None:
        use(baseline_file.from_bytes(data, "the file"), good)

    def use(found: Baseline, other: Baseline) -> None:
        assert baseline_file.to_bytes(
            baseline_file.from_bytes(baseline_file.to_bytes(found), "again")
        ) == baseline_file.to_bytes(found)
        if found.recipe == other.recipe:
            one, two = found.merge(other), other.merge(found)
            assert baseline_file.to_bytes(one) == baseline_file.to_bytes(two)
            is_plausible(one)
        is_plausible(found)

    def is_plausible(found: Baseline) -> None:
        p = found.score(person).p_value
        assert p is None or 0 < p <= 1, p

    ways = (
        check,
        lambda data: check(_sealed(data)),
        lambda data: check(_sealed(zlib.compress(data, 1))),
        lambda data: check(_sealed(zlib.compress(laid_over(content, data), 1))),
    )
    packed = baseline_file.to_bytes(good)
    begun = msgspec.msgpack.encode(make_counted())
    seeds = [seed(0, packed), seed(1, zlib.compress(begun)), seed(2, begun), seed(3, OVER), seed(3, OVER + b"\x93")]
    return Target(seeds, functools.partial(chosen, ways))


def _sealed(body: bytes) -> bytes:
    return MAGIC + hashlib.sha256(body).digest() + body


def make_frozen(folder: Path) -> Target:
    """Fuzz the booth's frozen baseline: raw, correctly signed, and as saved; a node must never fail on it."""
    site = Site(folder, SITE)
    good = site.message(learnt(SIGHTINGS))
    state = folder / "state"
    config = NodeConfig(site=SITE, state=str(state), score=ScoreSection(site_key=str(site.public)))
    topic, person = wire.booth_topic(SITE, "baseline"), ordinary(np.random.default_rng(5))

    def receive(payload: bytes) -> None:
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        frozen = SiteBaseline(config, RECIPE)
        frozen.receive(Received(topic, payload, is_retained=True))
        spot(frozen)

    def spot(frozen: SiteBaseline) -> None:
        assert (frozen.instruction is None) == bool(frozen.problem) or not frozen.refused
        if frozen.instruction is not None and frozen.instruction.baseline is not None:
            frozen.instruction.baseline.score(person)

    def receive_signed(payload: bytes) -> None:
        try:
            word = msgspec.json.decode(payload, type=wire.Frozen)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        receive(msgspec.json.encode(signed(word)))

    def signed(word: wire.Frozen) -> wire.Frozen:
        return msgspec.structs.replace(word, signature=signing.sign(site.key, word.signed_part))

    def receive_counts(data: bytes) -> None:
        receive(msgspec.json.encode(signed(msgspec.structs.replace(good, baseline=laid_over(good.baseline, data)))))

    def keep(payload: bytes) -> None:
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        (state / KEPT).write_bytes(payload)
        recipe_of(state / KEPT)
        spot(SiteBaseline(config, RECIPE))

    ways = (receive, receive_signed, receive_counts, keep)
    collect, begun = msgspec.json.encode(site.message(None)), msgspec.json.encode(good)
    seeds = [seed(way, payload) for way in (0, 1, 3) for payload in (collect, begun)] + [seed(2, OVER)]
    return Target(seeds, functools.partial(chosen, ways))


def make_outbox(folder: Path) -> Target:
    """Fuzz the outbox's rows and its file: a score that no booth accepts must not be sent for ever."""
    path, fresh = folder / "outbox.sqlite", folder / "fresh.sqlite"
    outbox = Outbox(fresh, node=NODE, max_rows=OutboxSection().max_rows)
    outbox.put(make_score())
    row = outbox.pending(0, 1)[0].payload
    outbox.close()
    topic, good = wire.node_topic(SITE, NODE, "score"), fresh.read_bytes()

    def use() -> None:
        opened = Outbox(path, node=NODE, max_rows=OutboxSection().max_rows)
        try:
            for waiting in opened.pending(0, 10):
                takes(waiting.payload)
            opened.gap()
            opened.acknowledge(opened.epoch, opened.put(make_score()))
        finally:
            opened.close()

    def takes(payload: bytes) -> None:
        try:
            wire.decode(topic, payload)
        except WireError as err:
            raise AssertionError("the booth refuses a row of the outbox") from err

    def write(content: bytes) -> None:
        for left in folder.glob("outbox.sqlite*"):
            left.unlink()
        path.write_bytes(content)

    def with_row(payload: bytes) -> None:
        write(good)
        db = sqlite3.connect(path)
        db.execute("PRAGMA synchronous = OFF")
        db.execute("UPDATE scores SET payload = ?", (payload,))
        db.commit()
        db.close()
        use()

    def with_file(content: bytes) -> None:
        write(content)
        use()

    ways = (with_row, with_file, lambda data: with_file(laid_over(good, data)))
    return Target([seed(0, row), seed(1, good), seed(2, OVER + b"SQLite")], functools.partial(chosen, ways))
