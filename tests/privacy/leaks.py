"""Leaks on purpose: each hides something of a picture in a place of its own. `patch` puts one into a running node."""

import logging
import multiprocessing.shared_memory
import os
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np

from edge import atomic_file
from edge.errors import StoreError
from edge.node.run import Node
from edge.node.watchdog import notify
from edge.records import Appearance, Frame
from edge.seams import Publish

log = logging.getLogger("edge.node.run")


class Leak(NamedTuple):
    """One leak, and the assertion of test_twins.py that catches it."""

    patch: Callable[[Node, Path], None]
    caught_by: str


def face(frame: Frame) -> int:
    """0..255 from a picture: the mean of the strip in which the walkers' faces are."""
    return int(frame.pixels[62:92].mean() * 1000) % 256


def per_frame(act: Callable[[Frame, Path, Node], object]) -> Callable[[Node, Path], None]:
    """Return a patch that acts on every eighth frame, before the node does."""

    def patch(node: Node, state: Path) -> None:
        step = node._pipeline.step

        def leaking(frame: Frame, glance: Any = None) -> Any:
            if frame.number % 8 == 0:
                act(frame, state, node)
            return step(frame, glance)

        node._pipeline.step = leaking  # type: ignore[method-assign]

    return patch


def picture(frame: Frame, state: Path, _: Node) -> None:
    cv2.imwrite(str(state / "last.png"), frame.pixels)


def picture_elsewhere(frame: Frame, _state: Path, _node: Node) -> None:
    cv2.imwrite(str(Path(tempfile.gettempdir()).parent.parent / "last.png"), frame.pixels)


def temporary_folder(frame: Frame, _state: Path, _node: Node) -> None:
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "face.npy", frame.pixels[62:92])


def deleted_file(frame: Frame, state: Path, _: Node) -> None:
    (state / "scratch").write_bytes(frame.pixels.tobytes())
    (state / "scratch").unlink()


def file_name(frame: Frame, state: Path, _: Node) -> None:
    (state / f"lock-{face(frame):02x}").touch()


def file_time(frame: Frame, state: Path, _: Node) -> None:
    os.utime(state / "outbox.sqlite", (face(frame), face(frame)))


def log_line(frame: Frame, _state: Path, _node: Node) -> None:
    log.info("frame %d has light %d", frame.number, face(frame))


def printed(frame: Frame, _state: Path, _node: Node) -> None:
    print(f"debug {face(frame)}")


def journal(frame: Frame, _state: Path, _node: Node) -> None:
    notify(f"STATUS=ok, {face(frame)} frames, broker connected")


def side_table(frame: Frame, _state: Path, node: Node) -> None:
    node._outbox._db.execute("CREATE TABLE IF NOT EXISTS seen (face INTEGER)")
    node._outbox._db.execute("INSERT INTO seen VALUES (?)", (face(frame),))


def deleted_row(frame: Frame, _state: Path, node: Node) -> None:
    database = node._outbox._db
    database.execute("PRAGMA secure_delete = OFF")
    database.execute("INSERT INTO scores VALUES (?, ?)", (1_000_000, frame.pixels[80, 200:260].tobytes()))
    database.execute("DELETE FROM scores WHERE seq = 1000000")


def own_database(frame: Frame, state: Path, _: Node) -> None:
    with sqlite3.connect(state / "cache.sqlite") as database:
        database.execute("CREATE TABLE IF NOT EXISTS seen (face INTEGER)")
        database.execute("INSERT INTO seen VALUES (?)", (face(frame),))


def environment(frame: Frame, _state: Path, _node: Node) -> None:
    os.environ["SPOTTER_LAST"] = str(face(frame))


def program(frame: Frame, _state: Path, _node: Node) -> None:
    subprocess.run(["true", str(face(frame))], check=False)


def name_look_up(frame: Frame, _state: Path, _node: Node) -> None:
    try:
        socket.gethostbyname(f"face-{face(frame)}.invalid")
    except OSError:
        return


def datagram(frame: Frame, _state: Path, _node: Node) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.sendto(frame.pixels[80, :100].tobytes(), ("127.0.0.1", 9))


def shared_memory(frame: Frame, _state: Path, _node: Node) -> None:
    shared = multiprocessing.shared_memory.SharedMemory(create=True, size=1000)
    assert shared.buf is not None
    shared.buf[:1] = bytes([face(frame)])
    shared.close()
    shared.unlink()


def before_sending(leaf: str, change: Callable[[Publish, int, Node], Publish]) -> Callable[[Node, Path], None]:
    """Return a patch that changes one kind of message by the newest face."""

    def patch(node: Node, state: Path) -> None:
        newest = [0]
        per_frame(lambda frame, _state, _node: newest.__setitem__(0, face(frame)))(node, state)
        send = node._broker.publish

        def leaking(message: Publish, **options: Any) -> bool:
            return send(change(message, newest[0], node) if message.topic.endswith(f"/{leaf}") else message, **options)

        node._broker.publish = leaking  # type: ignore[method-assign]

    return patch


def delay(message: Publish, seen: int, node: Node) -> Publish:
    node._clock.sleep(seen / 1000)
    return message


def blanks(message: Publish, seen: int, _: Node) -> Publish:
    """Blanks behind the JSON, which readers skip."""
    return message._replace(payload=message.payload + b" " * seen)


def in_fields(change: Callable[[dict[str, Any], int], None]) -> Callable[[Publish, int, Node], Publish]:
    """Return a change of a message's JSON."""

    def changed(message: Publish, seen: int, _: Node) -> Publish:
        fields = msgspec.json.decode(message.payload)
        change(fields, seen)
        return message._replace(payload=msgspec.json.encode(fields))

    return changed


def low_digits(fields: dict[str, Any], seen: int) -> None:
    fields["p"] = (fields["p"] or 1.0) - seen * 1e-9


def health_digits(fields: dict[str, Any], seen: int) -> None:
    fields["cpu_c"] = 55.0 + seen / 1000


def chosen_order(fields: dict[str, Any], seen: int) -> None:
    fields["reasons"] = fields["reasons"][seen % 4 :] + fields["reasons"][: seen % 4]


def boot_id(fields: dict[str, Any], seen: int) -> None:
    fields["boot"] = f"{seen:08x}"


def exception_text(node: Node, state: Path) -> None:
    """An outbox that fails once a while, and whose error quotes a picture; the node logs it and goes on."""
    newest = [0]
    per_frame(lambda frame, _state, _node: newest.__setitem__(0, face(frame)))(node, state)
    step, calls = node._uplink._sender.step, [0]

    def failing(now: float) -> float:
        calls[0] += 1
        if calls[0] % 7 == 0:
            raise StoreError(f"outbox: busy with picture {newest[0]}")
        return step(now)

    node._uplink._sender.step = failing  # type: ignore[method-assign]


def more_topics(frame: Frame, _state: Path, node: Node) -> None:
    node._broker.publish(Publish(f"spotter/v1/booth/node/camera-1/debug/{face(frame)}", b"", 0, is_retained=False))


def extra_array(node: Node, _: Path) -> None:
    """A baseline whose unused cells count light."""
    collector = node._scoring._collector
    per_frame(lambda frame, _state, _node: _mark(collector.baseline.counts.pairs, frame))(node, Path())


def _mark(counts: np.ndarray, frame: Frame) -> None:
    counts[-1, -1] += face(frame)


def appended(node: Node, state: Path) -> None:
    """Bytes behind the counts that are saved."""
    newest = [0]
    per_frame(lambda frame, _state, _node: newest.__setitem__(0, face(frame)))(node, state)
    learn = node._scoring._collector.learn

    def leaking(appearance: Appearance, context: str, at: float) -> bool:
        is_saved = learn(appearance, context, at)
        path = state / "collected.baseline"
        atomic_file.write(path, path.read_bytes() + bytes([newest[0]]))
        return is_saved

    node._scoring._collector.learn = leaking  # type: ignore[method-assign]


def permissions(frame: Frame, state: Path, _: Node) -> None:
    (state / "collected.baseline").chmod(0o600 | face(frame) & 0o77)


LEAKS = {
    "a picture in the state folder": Leak(per_frame(picture), "contents"),
    "a picture elsewhere": Leak(per_frame(picture_elsewhere), "places"),
    "a temporary folder": Leak(per_frame(temporary_folder), "places"),
    "a file that is deleted again": Leak(per_frame(deleted_file), "contents"),
    "a file's name": Leak(per_frame(file_name), "calls"),
    "a file's time": Leak(per_frame(file_time), "calls"),
    "a file's permissions": Leak(per_frame(permissions), "calls"),
    "a line in the log": Leak(per_frame(log_line), "output"),
    "a line on standard output": Leak(per_frame(printed), "output"),
    "the status in the journal": Leak(per_frame(journal), "journal"),
    "an exception's text": Leak(exception_text, "output"),
    "a side table of the outbox": Leak(per_frame(side_table), "contents"),
    "a deleted row of the outbox": Leak(per_frame(deleted_row), "contents"),
    "a database of its own": Leak(per_frame(own_database), "contents"),
    "an array of the counts": Leak(extra_array, "contents"),
    "bytes behind the counts": Leak(appended, "contents"),
    "low digits of a score": Leak(before_sending("score", in_fields(low_digits)), "messages"),
    "blanks behind a message": Leak(before_sending("score", blanks), "messages"),
    "the order of the reasons": Leak(before_sending("score", in_fields(chosen_order)), "messages"),
    "a figure of the health": Leak(before_sending("health", in_fields(health_digits)), "messages"),
    "the farewell": Leak(before_sending("status", in_fields(boot_id)), "messages"),
    "a topic of its own": Leak(per_frame(more_topics), "messages"),
    "the time of messages": Leak(before_sending("score", delay), "timing"),
    "the environment": Leak(per_frame(environment), "places"),
    "another program": Leak(per_frame(program), "places"),
    "a name that is looked up": Leak(per_frame(name_look_up), "places"),
    "a datagram": Leak(per_frame(datagram), "places"),
    "shared memory": Leak(per_frame(shared_memory), "places"),
}
"""Leaks by where they hide something."""
