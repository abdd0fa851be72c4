"""Query: the second step of a pipeline; asks the model about each distinct text once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar, Self, cast

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.callback import with_callbacks
from sklearn.utils._param_validation import Interval

from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from surrogate.estimator import StepMixin
from surrogate.neighborhood import Neighborhood
from surrogate.store import MemoryStore
from surrogate.store.canary import confirm

__all__ = ["Query", "ask", "ask_afresh"]


class Query(StepMixin, TransformerMixin, BaseEstimator):
    """Fill in what the model says about each altered copy.

    Parameters
    ----------
    black_box : BlackBox
        What is being explained.  It is shared, never copied, by clones of the step.
    store : AnswerStore, optional
        Where answers are kept; None: in memory, for this step alone.
    batch_size : int, default 256
        Texts handed to the model at a time: progress and the store advance by this much.
    progress : callable (n_done, n_all) -> None, optional
        Called before and after each batch.
    embedder : Embedder, optional
        Gives the embeddings of the texts, in place of the model's own; its answers are kept in the same store.  A text to
        which it refuses an embedding counts as refused.

    Attributes
    ----------
    store_ : AnswerStore

    Examples
    --------
    >>> from surrogate.blackbox.function import FunctionBox
    >>> from surrogate.perturb import Delete
    >>> box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["no", "yes"])
    >>> Query(box).fit_transform(Delete(n_samples=8).fit_transform(["pay my bill"])).answers.probabilities[0].tolist()
    [0.5, 0.5]
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "black_box": "no_validation",
        "store": "no_validation",
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "progress": [callable, None],
        "embedder": "no_validation",
    }

    def __init__(
        self,
        black_box: Any = None,
        *,
        store: Any = None,
        batch_size: int = 256,
        progress: Callable[[int, int], None] | None = None,
        embedder: Any = None,
    ) -> None:
        self.black_box = black_box
        self.store = store
        self.batch_size = batch_size
        self.progress = progress
        self.embedder = embedder

    def fit(self, neighborhood: Neighborhood, y: object = None) -> Self:
        """Check that there is a model to ask.

        Raises
        ------
        InputError
            ``missing-black-box``.
        """
        self._open()
        return self

    @with_callbacks
    def fit_transform(self, neighborhood: Neighborhood, y: object = None, **params: object) -> Neighborhood:
        """Check that there is a model and ask it; scikit-learn's callbacks see every batch as a task."""
        context = self._init_callback_context(max_subtasks=None)
        context.call_on_fit_task_begin(estimator=self)

        def announce(n_done: int, n_all: int) -> None:
            if self.progress is not None:
                self.progress(n_done, n_all)
            if n_done:
                task = context.subcontext(task_name="ask")
                task.call_on_fit_task_begin(estimator=self)
                task.call_on_fit_task_end(estimator=self)

        self._open()
        answered = self._ask(neighborhood, announce)
        context.call_on_fit_task_end(estimator=self)
        return answered

    def transform(self, neighborhood: Neighborhood) -> Neighborhood:
        """The neighbourhood with its answers, classes and kind of labels filled in.

        Raises
        ------
        ModelError
            When the model fails, or answers with too few rows, NaN, or a wrong number of classes.
        """
        if not hasattr(self, "store_"):
            self._open()
        return self._ask(neighborhood, self.progress)

    def _open(self) -> None:
        self._validate_params()
        if not hasattr(self.black_box, "answer"):
            raise InputError(
                "missing-black-box",
                "The pipeline has no model to ask. Set one: pipe.set_params(query__black_box=…), "
                "or name it when the recipe is loaded.",
            )
        self.store_ = MemoryStore() if self.store is None else self.store

    def _ask(self, neighborhood: Neighborhood, progress: Callable[[int, int], None] | None) -> Neighborhood:
        box = self.black_box
        answers = _drawn(box, neighborhood, self.store_, int(self.batch_size), progress)
        if self.embedder is not None:
            read = ask(self.embedder, neighborhood.texts, self.store_, int(self.batch_size), progress)
            # A text without an embedding is as little use as one without an answer.
            answers = replace(answers, embeddings=read.embeddings, refused=answers.refused | read.refused)
        draws = neighborhood.draws
        if draws is None and getattr(box, "stochastic", False):
            draws = np.zeros(neighborhood.n_samples, dtype=np.int64)
        return neighborhood.replace(
            answers=answers,
            draws=draws,
            classes=tuple(str(name) for name in box.classes_),
            multi_label=bool(box.multi_label),
        )


def ask(
    black_box: Any,
    texts: Sequence[str],
    store: Any,
    batch_size: int = 256,
    progress: Callable[[int, int], None] | None = None,
    draw: int = 0,
    *,
    fresh: bool = False,
) -> Answers:
    """Answers to texts, in their order: each distinct text that the store does not know is asked once.

    Parameters
    ----------
    black_box : BlackBox
    texts : sequence of str, length n_texts
    store : AnswerStore
    batch_size : int
    progress : callable (n_done, n_all) -> None, optional
    draw : int, default 0
        Which of the repeated answers of a model whose answers vary.
    fresh : bool, default False
        Ask about all of them, whatever the store knows; it keeps what is answered in place of what it knew.

    Returns
    -------
    Answers
        Length n_texts.
    """
    distinct = list(dict.fromkeys(texts))
    known = {} if fresh else confirm(black_box, store, store.get(black_box, distinct, draw), draw)
    missing = [text for text in distinct if text not in known]
    n_known, n_missing = len(known), len(missing)

    def keep(batch: Sequence[str], answers: Answers) -> None:
        checked = _checked(black_box, answers, len(batch))
        store.put(black_box, batch, checked, draw)
        known.update((text, checked.take([row])) for row, text in enumerate(batch))
        if progress is not None:
            progress(len(known) - n_known, n_missing)

    if progress is not None and missing:
        progress(0, n_missing)
    if missing and hasattr(black_box, "answer_each"):
        # Answers that are paid for one by one are kept one by one, so that none is lost when a later one fails.
        black_box.answer_each(missing, keep, draw)
    else:
        for start in range(0, n_missing, batch_size):
            batch = missing[start : start + batch_size]
            keep(batch, black_box.answer(batch))
    return Answers.concatenate([known[text] for text in distinct]).for_texts(texts, distinct)


def _drawn(
    black_box: Any,
    neighborhood: Neighborhood,
    store: Any,
    batch_size: int,
    progress: Callable[[int, int], None] | None,
) -> Answers:
    """The answers of a neighbourhood, those of each draw asked together."""
    if neighborhood.draws is None:
        return ask(black_box, neighborhood.texts, store, batch_size, progress)
    parts, places = [], []
    for draw in np.unique(neighborhood.draws):
        rows = np.flatnonzero(neighborhood.draws == draw)
        texts = [neighborhood.texts[row] for row in rows]
        parts.append(ask(black_box, texts, store, batch_size, progress, int(draw)))
        places.append(rows)
    return Answers.concatenate(parts).take(np.argsort(np.concatenate(places)))


def ask_afresh(black_box: Any, store: Any) -> Callable[[Sequence[str]], Answers]:
    """How a model is asked as it answers now, with no stored answer trusted.

    Parameters
    ----------
    black_box : BlackBox
    store : AnswerStore
        Where the answers of an endpoint are kept, one by one as they are paid for; those of a local model are not.

    Returns
    -------
    callable (sequence of str) -> Answers
    """
    if hasattr(black_box, "answer_each"):
        return lambda texts: ask(black_box, texts, store, fresh=True)
    return lambda texts: cast("Answers", black_box.answer(texts))


def _checked(black_box: Any, answers: Answers, n_texts: int) -> Answers:
    wanted = (n_texts, len(black_box.classes_))
    if answers.log_probabilities.shape != wanted:
        raise ModelError(
            "bad-answer-shape",
            f"The model was asked for probabilities of shape {wanted} (texts, classes); "
            f"it gave {answers.log_probabilities.shape}.",
        )
    answered = answers.log_probabilities[~answers.refused]
    if np.isnan(answered).any() or (answered > 1e-6).any():
        raise ModelError("bad-answer-values", "The model gave NaN or a probability above one.")
    return answers
