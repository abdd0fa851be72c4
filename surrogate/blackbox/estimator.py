"""A fitted scikit-learn text classifier as a black box."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from surrogate.answers import Answers
from surrogate.blackbox.base import Identity, SharedBlackBox
from surrogate.blackbox.checks import check_labels, check_texts
from surrogate.blackbox.function import model_failed, probabilities_of
from surrogate.errors import ModelError

__all__ = ["EstimatorBox"]


class EstimatorBox(SharedBlackBox):
    """Any fitted scikit-learn classifier that takes texts: usually a pipeline of a vectorizer and a classifier.

    Parameters
    ----------
    estimator : estimator with ``predict_proba`` and ``classes_``
        Fitted.
    name : str, optional
        What a report calls the model; the class of the (last) estimator by default.

    Raises
    ------
    ModelError
        ``not-a-classifier`` when it is not fitted or has no class probabilities, ``bad-labels``.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> fitted = make_pipeline(CountVectorizer(), MultinomialNB()).fit(["good film", "bad film"], ["pos", "neg"])
    >>> box = EstimatorBox(fitted)
    >>> box.classes_.tolist(), box.answer(["good"]).probabilities.round(2).tolist()
    (['neg', 'pos'], [[0.33, 0.67]])
    """

    def __init__(self, estimator: Any, name: str | None = None) -> None:
        last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
        called = name or type(last).__name__
        _check_probabilistic(estimator, called)
        labels = _labels(estimator, called)
        import sklearn

        super().__init__(
            Identity(
                name=called,
                kind="scikit-learn",
                labels=labels,
                fingerprint=_fingerprint(estimator),
                details={"estimator": called, "scikit_learn": sklearn.__version__},
            )
        )
        self.estimator = estimator

    def answer(self, texts: Sequence[str]) -> Answers:
        """Ask ``predict_proba`` once about all ``texts``.

        Raises
        ------
        ModelError
            ``model-failed``, ``bad-answer-shape`` or ``bad-answer-values``.
        """
        listed = check_texts(texts)
        try:
            probabilities = self.estimator.predict_proba(listed) if listed else []
        except MemoryError:  # no fault of the estimator's: with fewer texts there may be room
            raise
        except Exception as error:  # foreign code may raise anything; it is chained, never swallowed
            raise model_failed(self.name, error, len(listed)) from error
        return probabilities_of(probabilities, len(listed), self._identity)


def _check_probabilistic(estimator: Any, called: str) -> None:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(estimator)
    except NotFittedError:
        raise ModelError("not-a-classifier", f"{called} is not fitted yet. Call fit on labelled texts first.") from None
    except TypeError:
        raise ModelError("not-a-classifier", f"{called} is not a scikit-learn estimator instance.") from None
    if hasattr(estimator, "predict_proba"):
        return
    advice = "Explain a classifier that has predict_proba."
    if hasattr(estimator, "decision_function"):
        advice = (
            "It has decision_function, whose scores are no probabilities: calibrate it with "
            "sklearn.calibration.CalibratedClassifierCV and fit that."
        )
    raise ModelError("not-a-classifier", f"{called} cannot give the probabilities of classes. {advice}")


def _labels(estimator: Any, called: str) -> tuple[str, ...]:
    import numpy as np

    classes = getattr(estimator, "classes_", None)
    if classes is None or np.ndim(classes) != 1:
        raise ModelError(
            "not-a-classifier",
            f"{called} does not have one list of classes; explain a model with several outputs one output at a time.",
        )
    return check_labels(list(classes))


def _fingerprint(estimator: Any) -> str:
    import joblib
    import sklearn

    stable = copy.deepcopy(estimator)
    for vectorizer in _vectorizers(stable, set()):
        # text vectorizers keep a memory address there, which differs in every process
        del vectorizer.__dict__["_stop_words_id"]
    return f"sklearn:{joblib.hash(stable)}:{sklearn.__version__}"


def _vectorizers(value: Any, seen: set[int]) -> Iterator[Any]:
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, list | tuple):
        children: Sequence[Any] = value
    elif isinstance(value, dict):
        children = list(value.values())
    elif hasattr(value, "get_params") and hasattr(value, "__dict__"):
        if "_stop_words_id" in value.__dict__:
            yield value
        children = list(value.__dict__.values())
    else:
        return
    for child in children:
        if isinstance(child, list | tuple | dict) or hasattr(child, "get_params"):
            yield from _vectorizers(child, seen)
