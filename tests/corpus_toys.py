"""Corpora and models with a known rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.documents import Documents
from tests.toys import words

CLASSES = ("fees", "cards", "other")

_SUBJECTS = ("fee", "charge", "card", "chip", "weather", "holiday", "app", "letter")
_BEFORE = ("please tell me about the", "i want to know more on a", "hello what is this", "why is there a new", "my old")
_AFTER = ("today", "since last week", "in the morning", "abroad", "again and again", "for my friend", "on my account")


def decide(texts: Sequence[str]) -> NDArray[np.float64]:
    """Fees where "fee" or "charge" is said, cards where "card" or "chip" is and no fee; else other."""
    rows = []
    for text in texts:
        said = set(words(text))
        place = 0 if said & {"fee", "charge"} else 1 if said & {"card", "chip"} else 2
        rows.append([0.94 if number == place else 0.03 for number in range(3)])
    return np.array(rows)


def corpus(n: int = 280, *, labels: bool = False) -> Documents:
    """Messages of a known grammar, each different."""
    texts = [f"{before} {subject} {after}" for subject in _SUBJECTS for before in _BEFORE for after in _AFTER][:n]
    order = np.random.default_rng(0).permutation(len(texts))
    chosen = tuple(texts[row] for row in order)
    truth = tuple(CLASSES[int(row.argmax())] for row in decide(chosen)) if labels else None
    channels = tuple("app" if number % 3 else "branch" for number in range(len(chosen)))
    return Documents(chosen, tuple(f"m{number}" for number in range(len(chosen))), truth, {"channel": channels})
