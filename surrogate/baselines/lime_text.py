"""LIME: the lime package's own text explainer, over our units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.baselines.masked_model import Calls, MaskedModel
from surrogate.baselines.result import BaselineResult, check_count, check_scale

__all__ = ["LimeBaseline"]


@dataclass(frozen=True)
class LimeBaseline:
    r"""``LimeTextExplainer`` of the lime package, its defaults unless said otherwise.

    lime is given a text whose words are the numbers of our units, and every altered copy it makes of that is read back as a
    mask: it samples, weighs, selects and fits as it does on words, while the model is asked about our altered copies.  It
    differs from lime on the text itself where lime's words differ from our units: a repeated word is one feature to lime,
    and a Chinese sentence one word.

    Parameters
    ----------
    num_features : int, default 10
    num_samples : int, default 5000
    random_state : int, default 0
        Every call of :meth:`explain` begins with it, so two calls give one explanation.
    scale : {"probability", "log_odds"}, default "probability"
        What lime is given; it explains probabilities unless someone gives it something else.

    Examples
    --------
    >>> from surrogate.blackbox.function import FunctionBox
    >>> from surrogate.query import Query
    >>> from surrogate.units import split_units
    >>> box = FunctionBox(lambda texts: [[0.9, 0.1] if "bill" in t else [0.2, 0.8] for t in texts], ["money", "other"])
    >>> result = LimeBaseline(num_samples=200).explain(MaskedModel.of(split_units("pay my bill"), Query(box)))
    >>> result.explained, result.top(1), result.n_sent, result.n_distinct
    ("probability of 'money'", (2,), 200, 8)

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why Should I Trust You?", KDD 2016; https://github.com/marcotcr/lime.
    """

    num_features: int = 10
    num_samples: int = 5000
    random_state: int = 0
    scale: str = "probability"

    def __post_init__(self) -> None:
        check_count("num_features", self.num_features, 1)
        check_count("num_samples", self.num_samples, 2)
        check_count("random_state", self.random_state, 0)
        check_scale(self.scale)

    def explain(self, model: MaskedModel) -> BaselineResult:
        """Run lime on one text.

        Raises
        ------
        InputError
            ``bad-parameter`` where the model cannot be asked about the empty text, which lime draws too.
        ModelError
            ``bad-answer-values`` when the model refuses a copy.
        """
        from lime.lime_text import LimeTextExplainer

        calls = Calls(model, self.scale)

        def answer(texts: list[str]) -> NDArray[np.float64]:
            values = calls(_masks(texts, model.n_units))
            return np.column_stack([1.0 - values, values])

        explainer = LimeTextExplainer(random_state=self.random_state)
        numbers = " ".join(map(str, range(model.n_units)))
        explanation = explainer.explain_instance(
            numbers, answer, labels=(1,), num_features=self.num_features, num_samples=self.num_samples
        )
        weights = np.zeros(model.n_units)
        for unit, weight in explanation.local_exp[1]:
            weights[unit] = weight
        settings = {"num_features": self.num_features, "num_samples": self.num_samples}
        return BaselineResult.of(
            calls,
            weights,
            float(explanation.intercept[1]),
            name="LIME",
            package="lime",
            settings={**settings, "random_state": self.random_state},
        )


def _masks(texts: list[str], n_units: int) -> NDArray[np.bool_]:
    """Masks from texts of the numbers of the units that are kept."""
    masks = np.zeros((len(texts), n_units), dtype=bool)
    for row, text in enumerate(texts):
        masks[row, [int(number) for number in text.split()]] = True
    return masks
