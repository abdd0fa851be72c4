"""Anchor: which few units, as long as they are kept, hold the model's decision."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from surrogate.anchor_model import AnchorCandidate, AnchorModel
from surrogate.errors import InputError
from surrogate.fit.anchor_search import Found, ProxyJudge, RowsJudge, search_anchors
from surrogate.fit.base import Surrogate
from surrogate.fit.proxy import Proxy, Teacher, fit_proxy
from surrogate.literals import Literal
from surrogate.neighborhood import Neighborhood
from surrogate.reference import rule_coverage
from surrogate.rows import Rows
from surrogate.seeding import content_generator

__all__ = ["Anchor"]


class Anchor(Surrogate):
    """An anchor: a set of units such that, as long as they are all kept, the model keeps its decision on altered copies.

    What is fitted is a short list of candidates; they are proposed from a proxy's answers and not yet confirmed, which takes
    fresh draws (:func:`surrogate.evidence.anchors.confirm_anchor`).  An anchor predicts nothing for other copies.

    Parameters
    ----------
    precision : float, default 0.95
        Share of the altered copies under the condition on which the decision must be kept.
    max_units : int, default 4
        Most units in a condition.
    n_candidates : int, default 6
        Most conditions that are proposed.
    n_confirm : int, default 256
        Most further calls that a report may spend on confirming an anchor; fewer than about 60 confirm none.
    scale : {"log_odds", "probability"}, default "log_odds"
        Not used: an anchor is about the decision.
    proxy : {"auto", "none"}, default "auto"
        Whether the candidates are sought on the answers of a proxy; not with a kernel on embeddings.
    target, contrast : str, optional
        As in :class:`~surrogate.fit.SparseLinear`.

    Attributes
    ----------
    models_ : dict of str to AnchorModel
    outcomes_ : dict of str to Outcome

    References
    ----------
    Ribeiro, Singh and Guestrin, "Anchors: high-precision model-agnostic explanations", AAAI 2018.

    Examples
    --------
    >>> masks = np.array([[1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 0]], bool)
    >>> margins = np.where(masks[:, 0], 1.0, -1.0)
    >>> data = Rows(masks, margins, margins, np.ones(8), np.arange(8) // 2, ("lost", "card", "?"), exact=True)
    >>> Anchor().fit_one(data, data).candidates[0].literals
    (Literal(unit=0, kept=True),)
    """

    #: It has no values for other copies: score and predict refuse.
    predicts: ClassVar[bool] = False

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Surrogate._parameter_constraints,
        "precision": [Interval(Real, 0.5, 1, closed="left")],
        "max_units": [Interval(Integral, 1, 8, closed="both")],
        "n_candidates": [Interval(Integral, 1, 20, closed="both")],
        "n_confirm": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        precision: float = 0.95,
        max_units: int = 4,
        n_candidates: int = 6,
        n_confirm: int = 256,
        scale: str = "log_odds",
        proxy: str = "auto",
        target: str | None = None,
        contrast: str | None = None,
    ) -> None:
        self.precision = precision
        self.max_units = max_units
        self.n_candidates = n_candidates
        self.n_confirm = n_confirm
        self.scale = scale
        self.proxy = proxy
        self.target = target
        self.contrast = contrast

    def fit_one(self, data: Rows, taught: Rows, proxy: Proxy | None = None) -> AnchorModel:
        """Propose the anchors of one text.

        Parameters
        ----------
        data : Rows
            The calls.
        taught : Rows
            What a proxy taught; or the calls again, from which candidates are then sought.
        proxy : Proxy, optional
            The proxy that taught; None: it is fitted again, which gives the same one.
        """
        precision = float(self.precision)
        original = data.masks.all(axis=1)
        if not original.any():
            return AnchorModel(data.n_units, (), precision, None, None, data.reference, self.scale)
        decision = bool(data.margins[original][0] > 0)
        base = _share(data, decision)
        judge: ProxyJudge | RowsJudge = RowsJudge(data, decision)
        if taught.source != "calls":
            generator = content_generator("anchor", data.units, data.reference)
            judge = ProxyJudge(proxy or fit_proxy(data), decision, data.n_units, data.reference, generator)
        found = search_anchors(judge, data.n_units, precision, int(self.max_units), int(self.n_candidates))
        candidates = tuple(_candidate(units, expected, data) for units, expected in found)
        return AnchorModel(data.n_units, candidates, precision, decision, base, data.reference, self.scale)

    def learn(self, data: Rows, teacher: Teacher, kind: str) -> tuple[AnchorModel, str]:
        """One text's proposed anchors, and whose answers they were sought on."""
        taught = teacher.teach(data, kind)
        return self.fit_one(data, taught, teacher.proxy(data, kind)), taught.source

    def predict(self, neighborhood: Neighborhood) -> NDArray[np.float64]:
        """Refused: an anchor says where the decision holds, and nothing of other copies.

        Raises
        ------
        InputError
            ``bad-parameter``, always.
        """
        raise InputError(
            "bad-parameter",
            "An anchor predicts nothing: it says under which condition the decision holds. Ask another surrogate to predict.",
        )

    def score(self, neighborhood: Neighborhood, y: object = None) -> float:
        """Refused: without predictions there is no fidelity.

        Raises
        ------
        InputError
            ``bad-parameter``, always.
        """
        raise InputError(
            "bad-parameter",
            "An anchor has no fidelity score, because it predicts nothing. Score another surrogate, or confirm the anchor.",
        )


def _share(data: Rows, decision: bool) -> float | None:
    """Share of all altered copies that keep the decision; None without copies that count."""
    held = (data.margins > 0) == decision
    return float(np.average(held, weights=data.weights)) if data.weights.sum() > 0 else None


def _candidate(units: Found, expected: float, data: Rows) -> AnchorCandidate:
    coverage = rule_coverage(data.n_units, len(units), 0, data.reference)
    return AnchorCandidate(tuple(Literal(unit, True) for unit in units), coverage, expected)
