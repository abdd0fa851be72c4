"""Long texts: the units of the moment when word by word would be too many, found with a share of the calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from surrogate.coarse_to_fine import REFINE_FROM, refine_units
from surrogate.neighborhood import Neighborhood
from surrogate.plan import Calls
from surrogate.refinement import Refinement
from surrogate.units import Document, split_units

__all__ = ["MOST_UNITS", "Prepared", "new_rows", "prepare"]

#: The most units of a text that is explained at all.
MOST_UNITS = 20_000

#: Share of the calls that finding the units of a long text may take.
_SHARE = 3

#: Calls of a budget that is not named.
_BUDGET = 1024


@dataclass(frozen=True, eq=False)
class Prepared:
    """A text with the units it is explained in, and the calls that are left.

    Parameters
    ----------
    text : str or Document
    calls, budget
        As :func:`surrogate.explain` takes them.
    refinement : Refinement or None
        How the units were found; None: the text is not long.
    """

    text: str | Document
    calls: Calls
    budget: int | None
    refinement: Refinement | None = None


def prepare(pipe: Pipeline, text: str | Document, calls: Calls, budget: int | None) -> Prepared:
    """Find the units of a long text, and leave all others as they are.

    Parameters
    ----------
    pipe : Pipeline
    text : str or Document
    calls, budget
        As :func:`surrogate.explain` takes them; what is spent here is taken from them, but for a plan by role.

    Returns
    -------
    Prepared
    """
    perturb, surrogate = pipe.named_steps["perturb"], pipe.named_steps["surrogate"]
    if isinstance(text, Document) or perturb.units != "word":
        return Prepared(text, calls, budget)
    if split_units(text, "word", max_units=None).n_units <= REFINE_FROM:
        return Prepared(text, calls, budget)
    total = _total(pipe, calls, budget)
    found = refine_units(text, pipe, total // _SHARE, target=surrogate.target, contrast=surrogate.contrast)
    left = total - found.calls
    if isinstance(calls, Mapping):
        return Prepared(found.document, calls, budget, found)
    return Prepared(found.document, calls if calls == "auto" else left, left if calls == "auto" else budget, found)


def _total(pipe: Pipeline, calls: Calls, budget: int | None) -> int:
    if calls == "auto":
        return _BUDGET if budget is None else int(budget)
    if isinstance(calls, Mapping):
        return sum(int(number) for number in calls.values())
    return int(pipe.named_steps["perturb"].n_samples) if calls is None else int(calls)  # type: ignore[arg-type]


def new_rows(refinement: Refinement | None, whole: Neighborhood) -> list[Neighborhood]:
    """What finding the units asked, without what the sample asked too."""
    if refinement is None or refinement.asked is None:
        return []
    known = set(whole.texts)
    return [refinement.asked.rows(np.array([text not in known for text in refinement.asked.texts]))]
