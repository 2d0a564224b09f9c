"""A contact sheet of the rarest people of some photos, with the phrase that staff would read under each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from edge.booth.alert import is_visible
from edge.booth.violations import is_impossible
from edge.errors import SourceError
from edge.message.compose import compose
from edge.phrase.outfit import phrase
from edge.records import Appearance, Departure, Heading, Pixels, Score, Sighting, Zone
from edge.score.baseline import Baseline
from edge.seams import Interpreter
from tools.evaluation.exam import Look, photo, progress, unlabelled
from tools.evaluation.rarity import learnt

ROOT = Path(__file__).parents[2]
A_ROW, WIDE_IN, TALL_IN = 4, 3.4, 5.2
"""People in a row of the sheet; width and height of each in inches."""
LINE = 42
"""Letters in a line below a person."""


class Shown(NamedTuple):
    """One person of the sheet."""

    number: int
    """Of the photo."""
    score: Score
    said: str
    """The phrase."""
    is_alerted: bool
    """Whether a reason is strong enough for an alert."""


def phrases(
    interpreter: Interpreter,
    ccp: Path,
    baseline_ids: Sequence[int],
    ids: Sequence[int],
    *,
    top: int,
    language: str,
    sheet: Path | None,
) -> dict[str, Any]:
    """Return the phrase of each of the `top` rarest people of the photos `ids`, and draw them to the file `sheet`.

    Raises SourceError if the photos show nobody, or if the sheet would lie in a checkout: it shows real people.
    """
    if sheet is not None and sheet.resolve().is_relative_to(ROOT):
        raise SourceError(f"--sheet {sheet}: expected a file outside of {ROOT}, since it shows real people")
    look = Look(interpreter)
    baseline = learnt(unlabelled(look, ccp, baseline_ids), look.recipe, 0)
    seen = {n: one for n in progress(list(ids), "people") if (one := look(photo(ccp, n))) is not None}
    if not seen:
        raise SourceError(f"{ccp}: expected people in photos {ids[0]} to {ids[-1]}, found none; give other --ids")
    shown = rarest(baseline, seen, top, language)
    if sheet is not None:
        draw([(one, photo(ccp, one.number)) for one in shown], sheet)
    held_back = sum(not one.is_alerted for one in shown)
    return {
        "people": len(seen),
        **{f"{one.number}, 1 in {one.score.one_in:.0f}": one.said for one in shown},
        "without a reason strong enough for an alert": held_back,
    }


def rarest(baseline: Baseline, seen: dict[int, Appearance], top: int, language: str) -> list[Shown]:
    """Return the `top` rarest people, the rarest first, each as an alert would describe them."""
    scores = {number: baseline.score(one) for number, one in seen.items()}
    order = sorted(scores, key=lambda n: (-scores[n].surprisal_bits, -sum(scores[n].facets.values())))
    return [_shown(number, scores[number], seen[number], language) for number in order[:top]]


def _shown(number: int, score: Score, one: Appearance, language: str) -> Shown:
    departure = Departure(1, 0.0, 0.0, Zone.CENTRE, Heading.TOWARD, is_confirmed=True, has_moved=True)
    message = compose(score, Sighting(departure, one), node="sheet", baseline_id="", link="")
    assert not is_impossible(message), message
    said = phrase([reason.words for reason in message.reasons], message.worn, language)
    return Shown(number, score, said, is_visible(message))


def draw(people: Sequence[tuple[Shown, Pixels | None]], path: Path) -> None:
    """Draw the people with their phrases to a .png or .jpg file."""
    rows = -(-len(people) // A_ROW)
    figure = Figure(figsize=(A_ROW * WIDE_IN, rows * TALL_IN))
    figure.subplots_adjust(left=0.01, right=0.99, top=0.99, bottom=0.2 / rows, wspace=0.05, hspace=0.2)
    for axes, (one, pixels) in zip(figure.subplots(rows, A_ROW, squeeze=False).ravel(), people, strict=False):
        axes.imshow(np.zeros((1, 1, 3), np.uint8) if pixels is None else pixels)
        lines = "\n".join(_lines(one.said))
        mark = "" if one.is_alerted else "\n(no alert)"
        axes.set_title(f"{lines}{mark}", fontsize=11, y=-0.02, va="top")
        axes.text(4, 24, f"{one.number}: 1 in {one.score.one_in:.0f}", fontsize=9, backgroundcolor="white")
    for axes in figure.axes:
        axes.axis("off")
    figure.savefig(path, dpi=70)


def _lines(text: str) -> list[str]:
    """Break a text into lines of about LINE letters.

    >>> _lines("bright pink trousers, white top under a dark grey coat")
    ['bright pink trousers, white top under a', 'dark grey coat']
    """
    lines = [""]
    for word in text.split():
        lines = [*lines, word] if len(lines[-1]) + len(word) > LINE else [*lines[:-1], f"{lines[-1]} {word}".strip()]
    return lines
