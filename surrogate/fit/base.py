"""Surrogate: the last step of a pipeline; one readable model for each explained text."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import StrOptions

from surrogate.anchor_model import AnchorModel
from surrogate.determination import r2
from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.fit.proxy import PROXIES, Teacher
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome, resolve_outcome
from surrogate.rows import Rows, original_row, usable_rows
from surrogate.rule_set_model import RuleSetModel
from surrogate.shapley_model import ShapleyModel
from surrogate.single_thread import single_thread
from surrogate.tree_model import TreeModel

__all__ = ["SCALES", "Surrogate"]

#: What is fitted: the log-odds of the target, or its probability (as LIME does).
SCALES = ("log_odds", "probability")

ReadableModel = LinearModel | TreeModel | RuleSetModel | AnchorModel | ShapleyModel


class Surrogate(StepMixin, BaseEstimator):
    """Base of the readable surrogates: what differs is only how one text's model is fitted.

    Attributes
    ----------
    models_ : dict of str to LinearModel or TreeModel
        The fitted model of each text.
    outcomes_ : dict of str to Outcome
        What was explained about each text.
    taught_by_ : dict of str to str
        Whose answers each model was fitted to: "calls", or the name of a proxy that was itself fitted to the calls.
    """

    #: Whether it says something about every altered copy; then it can be scored.
    predicts: ClassVar[bool] = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "target": [str, None],
        "contrast": [str, None],
        "scale": [StrOptions(set(SCALES))],
        "proxy": [StrOptions(set(PROXIES))],
    }

    target: str | None
    contrast: str | None
    scale: str
    proxy: str

    def fit_one(self, data: Rows, taught: Rows) -> ReadableModel:
        """Fit one text's model to its calls (``data``), by what a proxy taught (``taught``, or the calls again)."""
        raise NotImplementedError

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None, teacher: Teacher | None = None) -> Self:
        """Fit one model for each document, on the rows whose role is "fit".

        Parameters
        ----------
        neighborhood : Neighborhood
            Answered and weighed.
        y : ignored
        teacher : Teacher, optional
            Shared by the members of a panel, so that one proxy serves them all.

        Returns
        -------
        self

        Raises
        ------
        InputError
            When the target or contrast is not a label of the model.
        """
        self._validate_params()
        self.models_: dict[str, ReadableModel] = {}
        self.outcomes_: dict[str, Outcome] = {}
        self.taught_by_: dict[str, str] = {}
        for part in neighborhood.role("fit").parts():
            text = part.documents[0].text
            self.outcomes_[text] = self._outcome(part)
            # One thread: sums over many rows must not depend on how many cores share them.
            with single_thread():
                data = usable_rows(part, self.outcomes_[text], self.scale)
                self.models_[text], self.taught_by_[text] = self.learn(data, teacher or Teacher(), self.proxy)
        return self

    def learn(self, data: Rows, teacher: Teacher, kind: str) -> tuple[ReadableModel, str]:
        """One text's model, and whose answers it was fitted to.

        Parameters
        ----------
        data : Rows
            The fitting rows.
        teacher : Teacher
        kind : {"auto", "none"}
            Whether a proxy teaches.
        """
        taught = teacher.teach(data, kind)
        return self.fit_one(data, taught), taught.source

    def _outcome(self, part: Neighborhood) -> Outcome:
        if part.answers is None:
            raise InputError("missing-black-box", "The neighbourhood has no answers. Put a Query step before this one.")
        original = part.answers.take([original_row(part)])
        return resolve_outcome(part.classes, self.target, self.contrast, original, part.multi_label)

    def predict(self, neighborhood: Neighborhood) -> NDArray[np.float64]:
        """What the surrogate says about each text as it stands (all units kept), shape (n_documents,)."""
        models: list[Any] = [self._model(document.text) for document in neighborhood.documents]
        return np.array([model.predict(np.ones((1, model.n_units), dtype=bool))[0] for model in models])

    def score(self, neighborhood: Neighborhood, y: object = None) -> float:
        """Mean fidelity (R2, weighted to the reference distribution) on the rows whose role is "select"."""
        scores = []
        for part in neighborhood.role("select").parts():
            model: Any = self._model(part.documents[0].text)
            rows = part.replace(sample_weight=None)
            data = usable_rows(rows, self.outcomes_[part.documents[0].text], self.scale)
            scores.append(
                r2(data.values, data.as_asked(model.predict(data.masks)), data.weights)
                if len(data.values) > 1
                else np.nan
            )
        return float(np.mean(scores))

    def _model(self, text: str) -> ReadableModel:
        models = getattr(self, "models_", {})
        if text not in models:
            raise NotFittedError("This text was not fitted. Call fit with it first; a local surrogate knows no other.")
        return models[text]
