"""The model as a function of masks: what another package is handed in the place of a model that reads texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from surrogate.masks import as_masks
from surrogate.outcome import Outcome, resolve_outcome, sigmoid
from surrogate.query import Query, ask
from surrogate.units import Document

__all__ = ["Calls", "MaskedModel"]


class MaskedModel:
    """A model as a function of which units of one text are kept, each distinct text asked once.

    Parameters
    ----------
    document : Document
    outcome : Outcome
        What is explained about it.
    query : Query
        Its model is asked in its batches, and its store remembers.
    render : callable (mask) -> str, optional
        How a mask becomes a text; None: removed units are deleted.

    Examples
    --------
    >>> from surrogate.blackbox.function import FunctionBox
    >>> from surrogate.units import split_units
    >>> box = FunctionBox(lambda texts: [[0.9, 0.1] if "bill" in t else [0.2, 0.8] for t in texts], ["money", "other"])
    >>> model = MaskedModel.of(split_units("pay my bill"), Query(box))
    >>> model.outcome.target, model.answer([[False, False, True]]).probabilities.round(1).tolist()
    ('money', [[0.9, 0.1]])
    """

    def __init__(
        self, document: Document, outcome: Outcome, query: Query, render: Callable[[Any], str] | None = None
    ) -> None:
        self.document = document
        self.outcome = outcome
        self.query = query if hasattr(query, "store_") else query.fit(None)  # type: ignore[arg-type]
        self.render = document.keep if render is None else render

    @classmethod
    def of(
        cls,
        document: Document,
        query: Query,
        *,
        target: str | None = None,
        contrast: str | None = None,
        render: Callable[[Any], str] | None = None,
    ) -> MaskedModel:
        """The masked model of a text; the target is the one named, or else what the model says about the text.

        Raises
        ------
        InputError
            ``unknown-label`` or ``same-label``.
        """
        query = query if hasattr(query, "store_") else query.fit(None)  # type: ignore[arg-type]
        box = query.black_box
        original = ask(box, [document.text], query.store_)
        outcome = resolve_outcome(box.classes_, target, contrast, original, bool(box.multi_label))
        return cls(document, outcome, query, render)

    @property
    def n_units(self) -> int:
        """Number of units of the text."""
        return self.document.n_units

    def texts(self, masks: ArrayLike) -> list[str]:
        """The altered copies that masks (bool, shape (n, n_units)) stand for."""
        return [self.render(mask) for mask in as_masks(masks, self.n_units)]

    def answer(self, masks: ArrayLike) -> Answers:
        """What the model says about the altered copies of masks, length n; raises as :meth:`answer_texts`."""
        return self.answer_texts(self.texts(masks))

    def answer_texts(self, texts: list[str]) -> Answers:
        """What the model says about altered copies, in their order.

        Raises
        ------
        InputError
            ``bad-parameter`` for the empty text, where the model cannot be asked about it.
        ModelError
            ``bad-answer-values`` when the model refuses a copy: these packages cannot leave one out.
        """
        box = self.query.black_box
        if not box.accepts_empty and not all(text.strip() for text in texts):
            raise InputError(
                "bad-parameter",
                f"lime and shap also ask about the empty text, and the model {box.name!r} cannot be asked about it. "
                "Leave the baselines out for this model.",
            )
        answers = ask(box, texts, self.query.store_, int(self.query.batch_size))
        if answers.refused.any():
            raise ModelError(
                "bad-answer-values",
                f"The model refused {int(answers.refused.sum())} of {len(texts)} altered copies. lime and shap cannot leave "
                "a copy out, and nothing is made up in its place. Leave the baselines out for this text.",
            )
        return answers


class Calls:
    """What one baseline asks, as the function of masks that it is handed; remembers every call.

    Parameters
    ----------
    model : MaskedModel
    scale : {"log_odds", "probability"}
        The quantity that is answered with.

    Attributes
    ----------
    n_sent : int
        Altered copies the package asked about, repeats included.

    Examples
    --------
    >>> from surrogate.blackbox.function import FunctionBox
    >>> from surrogate.units import split_units
    >>> box = FunctionBox(lambda texts: [[0.9, 0.1] if "bill" in t else [0.2, 0.8] for t in texts], ["money", "other"])
    >>> calls = Calls(MaskedModel.of(split_units("pay my bill"), Query(box)), "probability")
    >>> calls([[False, False, True], [True, True, False], [False, False, True]]).round(1).tolist()
    [0.9, 0.2, 0.9]
    >>> calls.n_sent, calls.n_distinct
    (3, 2)
    """

    def __init__(self, model: MaskedModel, scale: str) -> None:
        self.model = model
        self.scale = scale
        self.n_sent = 0
        self.n_truncated = 0
        self._by_text: dict[str, tuple[NDArray[np.bool_], float, float]] = {}

    def __call__(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The explained quantity of masks, shape (n,)."""
        array = as_masks(masks, self.model.n_units)
        texts = self.model.texts(array)
        answers = self.model.answer_texts(texts)
        log_odds, margins = self.model.outcome.log_odds(answers), self.model.outcome.margin(answers)
        values = log_odds if self.scale == "log_odds" else sigmoid(log_odds)
        self.n_sent += len(array)
        for row, text in enumerate(texts):
            if text not in self._by_text:
                self.n_truncated += int(answers.truncated[row])
                self._by_text[text] = (array[row].copy(), float(values[row]), float(margins[row]))
        return np.asarray(values, dtype=np.float64)

    @property
    def n_distinct(self) -> int:
        """Distinct texts among them: what an empty store would have paid."""
        return len(self._by_text)

    def distinct(self) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
        """Masks, values and decision margins of the distinct texts, in the order they were asked."""
        masks, values, margins = zip(*self._by_text.values(), strict=True)
        return np.array(masks), np.array(values), np.array(margins)
