"""A function as a black box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.checks import check_labels, check_texts
from surrogate.errors import ModelError

__all__ = ["FunctionBox"]


class FunctionBox(SharedBlackBox):
    """Any function from texts to probabilities.

    Parameters
    ----------
    function : callable
        Takes a list of str and returns probabilities, array-like of float, shape (n_texts, n_classes).
    classes : sequence of str
        The labels, in the order of the columns.
    fingerprint : str, optional
        Identity of what the function computes.  Without it, answers are kept in memory only.
    multi_label : bool, default False
        True when the probabilities of one text need not sum to one.
    mask_token : str, optional
        Text that the model reads as "something was here".
    name : str, optional
        What a report calls the model; the function's own name by default.
    accepts_empty : bool, default True
        Whether the function can be asked about the empty text.
    stochastic : bool, default False
        Whether its answer to one text varies from call to call.

    Raises
    ------
    ModelError
        ``missing-labels``, ``bad-labels``.

    Notes
    -----
    The function is pickled by reference, so a lambda cannot be sent to another process by plain pickle.

    Examples
    --------
    >>> def shouts(texts):
    ...     return [[0.9, 0.1] if text.isupper() else [0.2, 0.8] for text in texts]
    >>> FunctionBox(shouts, classes=["loud", "calm"]).answer(["HELLO", "hello"]).probabilities.round(2).tolist()
    [[0.9, 0.1], [0.2, 0.8]]
    """

    def __init__(
        self,
        function: Callable[[list[str]], Any],
        classes: Sequence[object] | None,
        fingerprint: str | None = None,
        multi_label: bool = False,
        mask_token: str | None = None,
        name: str | None = None,
        accepts_empty: bool = True,
        stochastic: bool = False,
    ) -> None:
        if classes is None:
            raise ModelError(
                "missing-labels",
                "A function does not say what its labels are. Give them in the order of its columns, for example "
                "classes=['negative', 'positive'].",
            )
        called = name or str(getattr(function, "__name__", type(function).__name__))
        labels = check_labels(classes, at_least=1 if multi_label else 2)
        super().__init__(
            Identity(
                name=called,
                kind="function",
                labels=labels,
                fingerprint=fingerprint,
                multi_label=multi_label,
                mask_token=mask_token,
                accepts_empty=accepts_empty,
                stochastic=stochastic,
            )
        )
        self.function = function

    def answer(self, texts: Sequence[str]) -> Answers:
        """Ask the function once about all ``texts``.

        Raises
        ------
        ModelError
            ``model-failed`` when the function raises, ``bad-answer-shape`` or ``bad-answer-values`` otherwise.
        """
        listed = check_texts(texts)
        try:
            probabilities = self.function(listed) if listed else []
        except MemoryError:  # no fault of the function's: with fewer texts there may be room
            raise
        except Exception as error:  # foreign code may raise anything; it is chained, never swallowed
            raise model_failed(self.name, error, len(listed)) from error
        return probabilities_of(probabilities, len(listed), self._identity)


def model_failed(name: str, error: Exception, n_texts: int) -> ModelError:
    """Make the error for a model that raised; it never quotes the texts or the model's own message."""
    return ModelError(
        "model-failed",
        f"The model {name!r} raised {type(error).__name__} when it was asked about {n_texts} texts. "
        "Its own error is the cause of this one; it must answer a list of strings with an array of probabilities.",
    )


def probabilities_of(probabilities: Any, n_texts: int, identity: Identity) -> Answers:
    """Check what a model returned for ``n_texts`` texts."""
    import numpy as np

    n_classes = len(identity.labels)
    values = np.empty((0, n_classes)) if n_texts == 0 else probabilities
    return Answers.from_probabilities(values, n_texts=n_texts, n_classes=n_classes, normalised=not identity.multi_label)
