"""Confirm: ask about further copies inside conditions that too few test copies fulfil; independent draws, declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.literals import Literal
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.perturb.sequence import prepare
from surrogate.reference import draw_under
from surrogate.rows import Rows, usable_rows
from surrogate.seeding import content_generator

__all__ = ["CONFIRM", "Asker", "joined"]

#: Role of the rows that were drawn inside a condition.
CONFIRM = "confirm"

#: Draws for each copy wanted, until a condition counts as having no more unseen copies.
_TRIES = 20

Condition = tuple[Literal, ...]
Inside = Callable[[NDArray[np.bool_]], NDArray[np.bool_]]


@dataclass(eq=False)
class Asker:
    """Asks about unseen copies of one text that fulfil a condition, within a budget.

    Parameters
    ----------
    pipe : Pipeline
        Its first step renders the copies, its second asks.
    whole : Neighborhood
        What was asked about the text so far.
    outcome : Outcome
    budget : int
        The most further texts.

    Attributes
    ----------
    asked : list of Neighborhood
        What was asked, answered.
    """

    pipe: Pipeline
    whole: Neighborhood
    outcome: Outcome
    budget: int
    asked: list[Neighborhood] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._until = self.budget
        self._known = set(self.whole.texts)
        perturb = self.pipe.named_steps["perturb"]
        if perturb.renders:
            self._render = perturb.render(self.whole.documents[0])
        else:
            # Texts that were found, not made: there are no others that fulfil a condition.
            self.budget = self._until = 0

    @property
    def left(self) -> int:
        """Texts that may still be asked."""
        return min(self.budget, self._until) - self.spent

    @property
    def spent(self) -> int:
        """Texts that were asked."""
        return sum(part.n_samples for part in self.asked)

    def allow(self, n_texts: int) -> None:
        """Let the next surrogate ask about so many further texts."""
        self._until = self.spent + n_texts

    def draw(self, condition: Condition, n_copies: int, inside: Inside | None = None) -> NDArray[np.bool_]:
        """Masks of unseen copies: independent draws of the reference distribution under a condition.

        Parameters
        ----------
        condition : tuple of Literal
        n_copies : int
        inside : callable (masks) -> bool, shape (n_masks,), optional
            What else the masks must fulfil.

        Returns
        -------
        ndarray of bool, shape (m, n_units)
            At most ``n_copies``; fewer where there are no more unseen ones.
        """
        document, kind = self.whole.documents[0], self.whole.reference
        names = [(literal.unit, literal.kept) for literal in condition]
        generator = content_generator("confirm", document.text, document.spans, names, n_copies, len(self._known))
        drawn = draw_under(condition, document.n_units, n_copies * _TRIES, generator, kind)
        if inside is not None:
            drawn = drawn[inside(drawn)]
        accepts_empty = bool(self.pipe.named_steps["perturb"].accepts_empty)
        chosen: dict[str, NDArray[np.bool_]] = {}
        prepare(self._render, drawn[:n_copies])
        for mask in drawn:
            text = self._render(mask)
            if len(chosen) == n_copies:
                break
            if text not in self._known and (accepts_empty or text.strip()):
                chosen.setdefault(text, mask)
        return np.array(list(chosen.values())).reshape(-1, document.n_units)

    def ask(self, masks: NDArray[np.bool_]) -> Rows:
        """The model's answers to some masks, those it could use."""
        answered = self.pipe.named_steps["query"].transform(self._neighborhood(masks))
        self.asked.append(answered)
        self._known |= set(answered.texts)
        return usable_rows(answered, self.outcome)

    def margins(self, masks: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Decision margins of some masks, known ones from the store, and whether each answer can be used.

        Parameters
        ----------
        masks : ndarray of bool, shape (n, n_units)

        Returns
        -------
        margins : ndarray of float, shape (n,)
        usable : ndarray of bool, shape (n,)
        """
        answered = self.pipe.named_steps["query"].transform(self._neighborhood(masks))
        places = {text: row for row, text in enumerate(answered.texts) if text not in self._known}
        new = np.isin(np.arange(len(masks)), list(places.values()))
        if new.any():
            self.asked.append(answered.rows(new))
            self._known |= set(places)
        return self.outcome.margin(answered.answers), answered.answers.usable  # type: ignore[arg-type, union-attr]

    def _neighborhood(self, masks: NDArray[np.bool_]) -> Neighborhood:
        prepare(self._render, masks)
        return Neighborhood(
            documents=self.whole.documents,
            masks=(masks,),
            texts=tuple(self._render(mask) for mask in masks),
            roles=np.full(len(masks), CONFIRM),
            pairs=np.arange(len(masks)) + self._next_pair(),
            reference_weight=np.ones(len(masks)),
            perturbation=self.whole.perturbation,
            reference=self.whole.reference,
        )

    def _next_pair(self) -> int:
        return 1 + max(int(part.pairs.max()) for part in [self.whole, *self.asked] if part.n_samples)


def joined(first: Neighborhood, others: list[Neighborhood]) -> Neighborhood:
    """One neighbourhood of one text from several, in order."""
    parts: list[Any] = [first, *others]
    from surrogate.answers import Answers

    return first.replace(
        masks=(np.concatenate([part.masks[0] for part in parts]),),
        texts=tuple(text for part in parts for text in part.texts),
        roles=np.concatenate([part.roles for part in parts]),
        pairs=np.concatenate([part.pairs for part in parts]),
        reference_weight=np.concatenate([part.reference_weight for part in parts]),
        answers=Answers.concatenate([part.answers for part in parts]),
        sample_weight=None,
        draws=None if first.draws is None else np.concatenate([_draws(part) for part in parts]),
    )


def _draws(part: Neighborhood) -> NDArray[np.int64]:
    return np.zeros(part.n_samples, dtype=np.int64) if part.draws is None else part.draws
