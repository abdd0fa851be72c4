"""Copies of a sample: how many altered copies a text has, and how many tokens, found by drawing them; nothing is asked."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.adaptive import Adaptive
from surrogate.coarse_to_fine import REFINE_FROM
from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.token_counts import TokenCounter
from surrogate.errors import InputError
from surrogate.long_text import MOST_UNITS
from surrogate.noise import n_repeated_calls
from surrogate.plan import Calls, most_texts, set_plan
from surrogate.repeats import repeats_of_all
from surrogate.units import split_units

__all__ = ["DrawnText", "draw_texts", "sample_texts"]

#: Ways of removing units that need neither a model nor an endpoint, so that copies can be drawn for a plan.
_DRAWN = ("delete", "mask")
#: Copies of a text whose tokens are counted: the first, since copies come in complement pairs and any even step takes halves.
_COUNTED = 128


@dataclass(frozen=True)
class DrawnText:
    """What explaining one text would ask.

    Parameters
    ----------
    calls : Estimate
        Distinct texts, the original included.
    text_tokens : Estimate
        Of the text itself.
    copy_tokens : Estimate
        Mean of its copies, the original included.
    n_bytes : int
        Of the text as UTF-8.
    was_drawn : bool
        Whether copies were drawn and counted; otherwise bounds are given.
    error : str
        Code of the error where the text cannot be explained; then nothing is asked.

    Examples
    --------
    >>> DrawnText(Estimate.exactly(64), Estimate.exactly(10), Estimate.exactly(5), 40).error
    ''
    """

    calls: Estimate
    text_tokens: Estimate
    copy_tokens: Estimate
    n_bytes: int
    was_drawn: bool = True
    error: str = ""

    @property
    def tokens(self) -> Estimate:
        """Tokens of all that is asked."""
        return self.calls.times(self.copy_tokens)


def sample_texts(texts: Iterable[str], n: int) -> tuple[str, ...]:
    """Choose distinct texts by their content: those with the lowest SHA-256, in whatever order they come.

    Parameters
    ----------
    texts : iterable of str
    n : int
        How many at most.

    Examples
    --------
    >>> sample_texts(["b", "a", "c", "a"], 2) == sample_texts(["c", "a", "b"], 2)
    True
    """
    hashed = {hashlib.sha256(text.encode("utf-8")).digest(): text for text in texts}
    return tuple(text for _, text in heapq.nsmallest(n, hashed.items()))


def draw_texts(
    pipe: Pipeline, texts: Sequence[str], counter: TokenCounter, calls: Calls, budget: int
) -> tuple[DrawnText, ...]:
    """Draw the copies of each text as an explanation would, and count them.

    Parameters
    ----------
    pipe : Pipeline
        With its black box; it is not changed.
    texts : sequence of str
    counter : TokenCounter
    calls, budget
        As :func:`surrogate.explain` takes them.

    Returns
    -------
    tuple of DrawnText
        A text that cannot be explained has the code of its error.
    """
    own = Pipeline([(name, clone(step) if name == "perturb" else step) for name, step in pipe.steps])
    return tuple(_drawn(own, text, counter, calls, budget) for text in texts)


def _drawn(pipe: Pipeline, text: str, counter: TokenCounter, calls: Calls, budget: int) -> DrawnText:
    n_bytes = len(text.encode("utf-8"))
    try:
        if _can_draw(pipe, text):
            return _counted(pipe, text, counter, calls, budget)
    except InputError as error:
        nothing = Estimate.exactly(0)
        return DrawnText(nothing, nothing, nothing, n_bytes, error=error.code)
    most, own = most_texts(pipe, calls, budget), counter.count([text])
    bounds = Estimate(most / 2, most, most)
    return DrawnText(bounds, own, Estimate(own.low / 4, own.expected / 2, own.high), n_bytes, was_drawn=False)


def _can_draw(pipe: Pipeline, text: str) -> bool:
    """Whether copies can be drawn without a model, and by the units that the explanation will have."""
    perturb = pipe.named_steps["perturb"]
    if getattr(perturb, "perturbation", "") not in _DRAWN:
        return False
    return perturb.units != "word" or split_units(text, "word", max_units=MOST_UNITS).n_units <= REFINE_FROM


def _counted(pipe: Pipeline, text: str, counter: TokenCounter, calls: Calls, budget: int) -> DrawnText:
    n_units = pipe.named_steps["perturb"].fit([text]).documents_[0].n_units
    if calls == "auto":
        few, most = (
            _copies(pipe, text, min(int(Adaptive(pipe).start), budget), n_units),
            _copies(pipe, text, budget, n_units),
        )
        # Doubled until it has settled: the middle of the doublings.
        middle = round((len(few.texts) * len(most.texts)) ** 0.5)
        number = Estimate(len(few.texts), middle, len(most.texts))
    else:
        most = _copies(pipe, text, calls, n_units)
        number = Estimate(len(most.texts), len(most.texts) + most.kept_back, len(most.texts) + most.kept_back)
    total = most_texts(pipe, calls, budget)
    number = number.plus(Estimate.exactly(_n_repeated(pipe, most, total)))
    counted = most.texts[:_COUNTED]
    mean = counter.count(counted).over(len(counted))
    return DrawnText(number, counter.count([text]), mean, len(text.encode("utf-8")))


class _Copies(NamedTuple):
    """Distinct texts of a sample; whether they are all there are; calls kept back for confirming rules."""

    texts: list[str]
    exhaustive: bool
    kept_back: int


def _copies(pipe: Pipeline, text: str, calls: Any, n_units: int) -> _Copies:
    perturb = pipe.named_steps["perturb"]
    kept_back = set_plan(pipe, calls, n_units)
    drawn = perturb.draw([text])
    texts = list(dict.fromkeys([text, *drawn.texts]))
    return _Copies(texts, drawn.exhaustive, 0 if drawn.exhaustive else kept_back)


def _n_repeated(pipe: Pipeline, copies: _Copies, total: int) -> int:
    """Calls by which the noise of a model whose answers vary is measured."""
    box = pipe.named_steps["query"].black_box
    again = n_repeated_calls(box)
    if not copies.exhaustive or not getattr(box, "stochastic", False):
        return again
    return again + repeats_of_all(len(copies.texts), total - again) * len(copies.texts)
