"""Side by side: our surrogates and other packages, measured on the same unseen copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.baselines.lime_text import LimeBaseline
from surrogate.baselines.masked_model import MaskedModel
from surrogate.baselines.result import BaselineResult, explained
from surrogate.baselines.shap_text import ShapBaseline
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence import Fidelity, measure_fidelity
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import sigmoid
from surrogate.rows import usable_rows

__all__ = ["compare"]

Baseline = LimeBaseline | ShapBaseline


class Readable(Protocol):
    """A readable surrogate: linear model, tree or rule set."""

    @property
    def scale(self) -> str:
        """The fitted quantity: "log_odds" or "probability"."""
        ...

    def predict(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The fitted quantity for masks."""
        ...

    def predict_margin(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The decision margin for masks."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        ...


def compare(
    whole: Neighborhood,
    models: Mapping[str, Readable],
    masked: MaskedModel,
    baselines: Sequence[Baseline] = (LimeBaseline(),),
) -> list[dict[str, Any]]:
    """Rows of a report: each of our surrogates and each other package, on the test part of one sample.

    Parameters
    ----------
    whole : Neighborhood
        All rows of one text's sample, answered; its test part is the same for everybody.
    models : dict of str to LinearModel, TreeModel or RuleSetModel
        Our surrogates by name.
    masked : MaskedModel
        The same text, outcome, model and store.
    baselines : sequence of LimeBaseline or ShapBaseline

    Returns
    -------
    list of dict
        Plain values, one dict per line: ``name``, ``version`` (None: ours), ``settings``, ``form``, ``explained``, ``scale``,
        ``n_terms``, ``calls`` (sent and distinct), ``n_test``, ``n_test_asked`` (test texts that the package itself had asked
        about, which flatters it), and the estimates ``r2`` (of the explained quantity), ``r2_probability``,
        ``mae_probability`` and ``agreement``.

    Raises
    ------
    InputError
        ``bad-parameter`` for a sample of several texts or without test rows; otherwise as the baselines do.

    Examples
    --------
    >>> from surrogate.blackbox.function import FunctionBox
    >>> from surrogate.fit import SparseLinear
    >>> from surrogate.perturb import Delete
    >>> from surrogate.query import Query
    >>> box = FunctionBox(lambda texts: [[0.9, 0.1] if "bill" in t else [0.2, 0.8] for t in texts], ["money", "other"])
    >>> query = Query(box)
    >>> whole = query.fit_transform(Delete(n_samples=8).draw(["pay my bill"]))
    >>> ours = SparseLinear().fit(whole).models_["pay my bill"]
    >>> rows = compare(whole, {"terms": ours}, MaskedModel.of(whole.documents[0], query), [LimeBaseline(num_samples=50)])
    >>> [(row["name"], row["calls"]["distinct"], round(row["r2"]["value"], 2)) for row in rows]
    [('terms', 8, 1.0), ('LIME', 8, 0.96)]
    """
    _check(whole)
    test_texts = set(whole.role("test").texts)
    rows = [{**_ours(name, model, whole, masked), **_measured(model, whole, masked)} for name, model in models.items()]
    for baseline in baselines:
        result = baseline.explain(masked)
        for form, model in _forms(result):
            about = {**_theirs(result, form, model), "n_test_asked": len(test_texts & set(masked.texts(result.asked)))}
            rows.append({**about, **_measured(model, whole, masked)})
    return rows


def _check(whole: Neighborhood) -> None:
    test = whole.role("test")
    if len(whole.documents) != 1 or len(np.unique(test.pairs)) < 2:
        raise InputError(
            "bad-parameter",
            f"A comparison needs the sample of one text with at least two test pairs; got {len(whole.documents)} texts and "
            f"{len(np.unique(test.pairs))} pairs. Ask for more calls.",
        )


def _forms(result: BaselineResult) -> Iterator[tuple[str, LinearModel]]:
    yield "as given", result.model
    if result.refitted is not None:
        yield "refitted by ridge", result.refitted


def _ours(name: str, model: Readable, whole: Neighborhood, masked: MaskedModel) -> dict[str, Any]:
    n_asked = len({text for text, role in zip(whole.texts, whole.roles, strict=True) if role != "test"})
    return {
        "name": name,
        "version": None,
        "settings": {},
        "form": "as given",
        "explained": explained(masked.outcome, model.scale),
        "scale": model.scale,
        "n_terms": _size(model),
        "calls": {"sent": n_asked, "distinct": n_asked},
        "n_test_asked": len(set(whole.texts)) if whole.exhaustive else 0,
    }


def _theirs(result: BaselineResult, form: str, model: LinearModel) -> dict[str, Any]:
    return {
        "name": result.name,
        "version": result.version,
        "settings": dict(result.settings),
        "form": form,
        "explained": result.explained,
        "scale": result.scale,
        "n_terms": _size(model),
        "calls": {"sent": result.n_sent, "distinct": result.n_distinct},
    }


def _size(model: Readable) -> int:
    """Terms of a linear model, leaves of a tree, rules of a rule set."""
    data = model.to_dict()
    if "nodes" in data:
        return sum(node["unit"] is None for node in data["nodes"])
    return len(data["terms"] if "terms" in data else data["clauses"])


@dataclass(frozen=True)
class _AsProbability:
    """A model of the log-odds, read as a model of the probability."""

    model: Any
    scale: str = "probability"

    def predict(self, masks: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(sigmoid(self.model.predict(masks)))

    def predict_margin(self, masks: ArrayLike) -> NDArray[np.float64]:
        return np.asarray(self.model.predict_margin(masks))


def _measured(model: Readable, whole: Neighborhood, masked: MaskedModel) -> dict[str, Any]:
    own = _fidelity(model, whole, masked)
    read = model if model.scale == "probability" else _AsProbability(model)
    probability = own if read is model else _fidelity(read, whole, masked)
    estimates: dict[str, Estimate] = {
        "r2": own.r2,
        "r2_probability": probability.r2,
        "mae_probability": own.mae_probability,
        "agreement": own.agreement,
    }
    return {"n_test": own.n_test, **{key: estimate.to_dict() for key, estimate in estimates.items()}}


def _fidelity(model: Any, whole: Neighborhood, masked: MaskedModel) -> Fidelity:
    test = usable_rows(whole.role("test").replace(sample_weight=None), masked.outcome, model.scale)
    fit = usable_rows(whole.role("fit").replace(sample_weight=None), masked.outcome, model.scale)
    return measure_fidelity(model, test, fit)
