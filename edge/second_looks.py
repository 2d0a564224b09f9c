"""Second looks, paced: the model runs again on close-ups of people who are small in its input.

A view waits as a close-up in memory until it is looked at again, at the latest until its track ends.
"""

from dataclasses import replace

from edge.appearance import describe
from edge.appearance.best_views import BestViews, Waiting
from edge.appearance.colour import Light
from edge.appearance.crop import close_up
from edge.appearance.look_budget import LookBudget
from edge.appearance.view import View, body_height
from edge.config import NodeConfig
from edge.detection.second_look import CloseLooker
from edge.records import Appearance, Detection, Frame
from edge.seams import Interpreter

SECOND_LOOKS = 3
"""Best views of a sighting that are looked at again if the person is small in the model's input. On eight street clips
3 found all of 9 patterned tops, for 31 % more runs of the model; all 6 views cost 82 % and found fewer."""
LARGE_PX = 200.0
"""Height of a person in the model's input, in pixels, from which a second look shows hardly more."""
MOST_WAITING = 48
"""Close-ups of all tracks together that may wait, each as large as the model's input at most (305x545: 0.5 MB)."""


class SecondLooks:
    """Takes the second looks of one camera, at most `appearance.second_looks_per_s` in a second of its frames."""

    def __init__(self, interpreter: Interpreter, config: NodeConfig) -> None:
        """Raises ModelError if the model does not find poses."""
        self._viewing = config.appearance
        self._looker = CloseLooker(interpreter, config.detection)
        self._budget = LookBudget(config.appearance.second_looks_per_s)
        self.each = SECOND_LOOKS if config.appearance.second_looks_per_s > 0 and self._looker.is_able else 0
        """Views of each sighting that may be looked at again."""
        self.taken = 0
        """Second looks taken: runs of the model besides one for each frame."""
        self.skipped = 0
        """Second looks left out, as there were more than the budget allows."""

    def wait(
        self, frame: Frame, person: Detection, view: View, light: Light, scale: float, *, waiting: int
    ) -> Waiting | None:
        """Return what a second look at a person needs; None if the person is large, or the memory for close-ups full.

        `view` is how the person is seen, `light` is the frame's light, `scale` is pixels of the frame per pixel of the
        model's input. `waiting` is how many close-ups of all tracks wait already.
        """
        if not self.each or waiting >= MOST_WAITING or view.height >= LARGE_PX * scale:
            return None
        near = close_up(frame.pixels, person, self._looker.input_size)
        if near is None:
            return None
        return Waiting(near, person, light, view.quality(self._viewing, 1 / max(near.zoom)))

    def step(self, at: float, urgent: list[BestViews]) -> None:
        """Look again at the first waiting view of `urgent` if the budget at `at`, UTC seconds, allows."""
        self._budget.refill(at)
        if views := next((views for views in urgent if views.waiting), None):
            self._next(views)

    def finish(self, views: BestViews) -> None:
        """Look at the waiting views of a track that has ended, as far as the budget allows, and drop the others."""
        while views.waiting and self._next(views):
            pass
        self.skipped += views.stop_waiting()

    def lift_budget(self) -> None:
        """From now on take every second look: the source has ended, so that no frame waits."""
        self._budget = LookBudget(float("inf"))

    def all_of(self, views: BestViews) -> None:
        """Look at all waiting views of a photo, where no next frame waits."""
        while (waiting := views.next_waiting()) is not None:
            views.replace(waiting, self._describe(waiting))

    def _next(self, views: BestViews) -> bool:
        waiting = views.next_waiting()
        if waiting is None or not self._budget.take():
            return False
        views.replace(waiting, self._describe(waiting))
        return True

    def _describe(self, waiting: Waiting) -> Appearance | None:
        """Describe a view from its second look; None if that finds nobody, or too little of their clothes."""
        self.taken += 1
        near = waiting.near
        found = self._looker.look(near.pixels, near.show(waiting.person))
        if found is None:
            return None
        seen = describe.describe(
            near.pixels, found.person, found.others, found.garments, waiting.light, waiting.geometric
        )
        height = body_height(waiting.person)
        return None if seen is None else replace(seen, looked_again=1, height=height)
