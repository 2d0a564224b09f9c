"""Counts survive encoding; other content is refused with a sentence, and never fills the memory."""

import hashlib
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.baseline_codec import MAGIC, MAX_CONTENT, pack, unpack
from edge.errors import BaselineError
from edge.score import baseline_file
from edge.score.baseline import Baseline
from tests.messages import make_counted
from tests.outfits import RECIPE


def sealed(body: bytes) -> bytes:
    """Return a file with a correct checksum, whatever its body."""
    return MAGIC + hashlib.sha256(body).digest() + body


@given(
    sightings=st.integers(0, 2**53),
    epoch=st.from_regex(r"([0-9a-f]{8,32})?", fullmatch=True),
    period=st.none() | st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)),
    noise=st.tuples(st.text(max_size=5)),
    array=st.binary(max_size=8).map(lambda some: some * 8),
)
def test_any_counts_survive(sightings: int, epoch: str, period: object, noise: object, array: bytes) -> None:
    arrays = {"sightings": sightings.to_bytes(8, "little"), "joint": array}
    counted = make_counted(epoch=epoch, period=period, noise=noise, arrays=arrays)
    again = unpack(pack(counted), "memory")
    assert again == counted
    assert (again.sightings, again.id) == (sightings, counted.id)


@given(content=st.binary())
def test_any_bytes_behind_a_good_checksum_are_refused_in_words(content: bytes) -> None:
    for body in (content, zlib.compress(content)):
        with pytest.raises(BaselineError, match=r"soho\.baseline: cannot be read"):
            unpack(sealed(body), "soho.baseline")


@given(change=st.fixed_dictionaries({}, optional={
    "recipe": st.none() | st.just(msgspec.to_builtins(RECIPE) | {"embedding": 1}),
    "epoch": st.sampled_from(["camera", "0123", "0" * 33]),
    "period": st.sampled_from([[-1, 5], [1], "now"]),
    "arrays": st.sampled_from([{}, {"sightings": b"1"}, {"sightings": b"\xff" * 8}, {"Bad name": bytes(8)}]),
    "track_id": st.just(7),
}).filter(bool))  # fmt: skip
def test_what_is_outside_the_schema_is_refused(change: dict[str, object]) -> None:
    fields = msgspec.to_builtins(make_counted(), builtin_types=(bytes,)) | change
    with pytest.raises(BaselineError, match="cannot be read"):
        unpack(sealed(zlib.compress(msgspec.msgpack.encode(fields))), "memory")


def test_a_bomb_is_never_unpacked() -> None:
    content = pack(make_counted(arrays={"sightings": bytes(8), "joint": bytes(100 * MAX_CONTENT)}))
    assert len(content) < 256 * 1024
    with pytest.raises(BaselineError, match="at most 1048576 bytes"):
        unpack(content, "memory")


def test_arrays_that_are_not_the_recipes_are_refused_before_memory_is_taken() -> None:
    huge = msgspec.structs.replace(RECIPE, textures=10**9)
    for counted in (
        make_counted(arrays={"sightings": bytes(8)}),
        make_counted(recipe=huge, arrays=baseline_file.counted(Baseline(RECIPE)).arrays),
    ):
        with pytest.raises(BaselineError, match="memory: cannot be read"):
            baseline_file.from_counted(counted, "memory")


def test_another_format_is_said() -> None:
    with pytest.raises(BaselineError, match=r"BASELINE 4.* found .*BASELINE 3.*collect again"):
        unpack(b"EXCEPTION-SPOTTER BASELINE 3\n" + bytes(50), "old.baseline")


def test_the_id_is_of_counts_not_of_how_they_came() -> None:
    one = make_counted()
    assert msgspec.structs.replace(one, epoch="fedcba98", period=None).id == one.id
    assert make_counted(51).id != one.id
