"""What fails is counted and said once; a store that fails is not its business."""

import logging

import pytest

from edge.booth.failures import Failures
from edge.errors import StoreError


def test_counted_and_said_once_without_the_text(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            with failures.caught("an alert"):
                raise ValueError("somebody in orange")
    assert failures.counts == {"an alert": 3}
    (line,) = caplog.messages
    assert "an alert failed (ValueError in" in line
    assert "orange" not in line


def test_a_store_that_fails_is_tried_again_by_the_caller() -> None:
    failures = Failures()
    with pytest.raises(StoreError), failures.caught("a trend"):
        raise StoreError("locked")
    assert not failures.counts
