"""Probes: concepts that a user teaches by a handful of examples, told by a linear classifier on embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils._param_validation import HasMethods, Interval

from surrogate.concept import Probe
from surrogate.describe.base import Describer
from surrogate.describe.embedding import Array, Directions, Embedder, embeddings_of, order_of_content
from surrogate.describe.inputs import Inputs, inputs_of
from surrogate.describe.proportions import balanced_interval
from surrogate.errors import InputError
from surrogate.features import Feature
from surrogate.single_thread import single_thread

__all__ = ["Probes"]

_N_FOLDS = 5

#: Counterexamples drawn from the corpus: as many times the examples, and at least so many.
_DRAWN_PER_EXAMPLE, _MIN_DRAWN = 5, 50


class Probes(Describer):
    """One feature per concept of the user's: on its side of a linear boundary between examples and counterexamples.

    The classifier is a logistic regression with balanced classes on embeddings standardised on the documents of the fit.  How
    well it tells examples that it has not seen is measured by stratified cross-validation; a probe that may be no better than
    chance is kept, and flagged: ``probes_[i].reportable`` is False.

    Parameters
    ----------
    concepts : mapping of str to mapping
        By name ``{"examples": [...], "counterexamples": [...]}``: texts, or embeddings of shape (n, n_dimensions).  Without
        counterexamples these are drawn from the documents of the fit, some of which may well be examples: the measured
        accuracy is then too low rather than too high.
    embedder : object with ``embed(texts) -> ndarray of shape (n, n_dimensions)``, optional
        None: the documents come with embeddings, and the texts of examples are among them.
    C : float, default 0.1
        Inverse strength of the penalty; .1 told unseen documents of a bank router's hidden layers at least as well as 1.
    random_state : int, default 0

    Attributes
    ----------
    probes_ : tuple of Probe
        With accuracy on held-out examples and its interval.
    features_ : tuple of Feature

    References
    ----------
    Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2016; Kim et al., "Interpretability
    beyond feature attribution: Quantitative testing with concept activation vectors", ICML 2018, for examples against random
    texts.

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> upset, calm = generator.normal(2, 1, (20, 4)), generator.normal(-2, 1, (20, 4))
    >>> probes = Probes({"upset": {"examples": upset, "counterexamples": calm}}).fit(np.vstack([upset, calm]))
    >>> probes.probes_[0].reportable, probes.transform(np.array([[2.0, 2, 2, 2], [-2, -2, -2, -2]])).toarray().tolist()
    (True, [[1.0], [0.0]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "concepts": [Mapping],
        "embedder": [HasMethods("embed"), None],
        "C": [Interval(Real, 0, None, closed="neither")],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        concepts: Mapping[str, Mapping[str, Any]],
        *,
        embedder: Embedder | None = None,
        C: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.concepts = concepts
        self.embedder = embedder
        self.C = C
        self.random_state = random_state

    def _fit(self, inputs: Inputs) -> None:
        if not self.concepts:
            raise InputError("bad-parameter", "Probes need at least one concept with examples.")
        vectors = embeddings_of(inputs, self.embedder)
        self.directions_ = Directions.of(vectors)
        self.models_ = []
        probes = []
        for name, given in self.concepts.items():
            _check_keys(name, given)
            examples = self._embedded(name, given["examples"], inputs, vectors)
            counter = given.get("counterexamples")
            drawn = counter is None
            others = self._drawn(name, examples, vectors) if drawn else self._embedded(name, counter, inputs, vectors)
            model, probe = self._learnt(name, examples, others, drawn)
            self.models_.append(model)
            probes.append(probe)
        self.probes_ = tuple(probes)
        self.features_ = tuple(Feature("probe", probe.name, probe.name) for probe in probes)

    def _transform(self, inputs: Inputs) -> csr_matrix:
        if not inputs.n_rows:
            return csr_matrix((0, len(self.features_)), dtype=np.float32)
        vectors = self.directions_.standardised(embeddings_of(inputs, self.embedder))
        told = [model.predict(vectors) for model in self.models_]
        return csr_matrix(np.column_stack(told), dtype=np.float32)

    def _embedded(self, name: str, given: Any, inputs: Inputs, vectors: Array) -> Array:
        """Embeddings of examples, each once, in an order of their own."""
        examples = inputs_of(given)
        if examples.texts is not None and self.embedder is None:
            found = vectors[_rows_of(name, examples.texts, inputs)]
        else:
            found = embeddings_of(examples, self.embedder)
        if found.shape[1] != vectors.shape[1]:
            raise InputError(
                "bad-embeddings",
                f"The examples of {name!r} have {found.shape[1]} dimensions, the documents {vectors.shape[1]}. "
                "Use the same model.",
            )
        distinct = _distinct(found)
        if len(distinct) < 2:
            raise InputError(
                "bad-parameter",
                f"The concept {name!r} needs at least 2 different examples, and counterexamples likewise; got "
                f"{len(distinct)}.",
            )
        return distinct

    def _drawn(self, name: str, examples: Array, vectors: Array) -> Array:
        """Counterexamples from the documents, which depend on what these are and not on their order."""
        taken = {row.tobytes() for row in examples}
        others = np.array([row for row in _distinct(vectors) if row.tobytes() not in taken])
        if len(others) < 2:
            raise InputError(
                "bad-parameter",
                f"There are too few other documents to draw counterexamples of {name!r} from. Give some.",
            )
        n_drawn = min(len(others), max(_MIN_DRAWN, _DRAWN_PER_EXAMPLE * len(examples)))
        generator = np.random.default_rng(int(self.random_state))
        return others[np.sort(generator.choice(len(others), n_drawn, replace=False))]

    def _learnt(self, name: str, examples: Array, others: Array, drawn: bool) -> tuple[LogisticRegression, Probe]:
        if {row.tobytes() for row in examples} & {row.tobytes() for row in others}:
            raise InputError(
                "bad-parameter", f"An example of {name!r} is among its counterexamples too. Decide for one."
            )
        vectors = self.directions_.standardised(np.vstack([examples, others]))
        own = np.repeat([1, 0], [len(examples), len(others)])
        model = LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000)
        n_folds = min(_N_FOLDS, len(examples), len(others))
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=self.random_state)
        with single_thread():
            right = cross_val_predict(model, vectors, own, cv=folds) == own
            model.fit(vectors, own)
        told = [(int(right[own == side].sum()), int((own == side).sum())) for side in (1, 0)]
        balanced, low, high = balanced_interval(told[0], told[1], n_folds)
        return model, Probe(name, len(examples), len(others), float(right.mean()), balanced, low, high, drawn)


def _check_keys(name: str, given: Any) -> None:
    if not isinstance(given, Mapping) or not {"examples"} <= set(given) <= {"examples", "counterexamples"}:
        raise InputError(
            "bad-parameter",
            f"The concept {name!r} needs 'examples' and, if you like, 'counterexamples'; no other keys.",
        )


def _rows_of(name: str, texts: Sequence[str], inputs: Inputs) -> NDArray[np.intp]:
    """Rows of the documents that have these texts."""
    row_of = {text: row for row, text in reversed(list(enumerate(inputs.texts or ())))}
    missing = sum(text not in row_of for text in texts)
    if missing:
        raise InputError(
            "missing-embedder",
            f"{missing} of {len(texts)} examples of {name!r} are not among the documents, so that their embeddings are not "
            "known. Pass embedder=…, or take examples from the documents.",
        )
    return np.array([row_of[text] for text in texts], dtype=np.intp)


def _distinct(vectors: Array) -> Array:
    """Different rows in an order that depends on their content alone."""
    ordered = vectors[order_of_content(vectors)[0]]
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]
