"""What panels share: named members, their parameters, and who of them predicts."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.metaestimators import _BaseComposition

from surrogate.errors import InputError
from surrogate.estimator import StepMixin
from surrogate.neighborhood import Neighborhood

__all__ = ["MembersMixin"]


class MembersMixin(StepMixin, _BaseComposition):
    """Base of estimators that fit several named members to the same sample.

    Attributes
    ----------
    members_ : dict of str to estimator
        The fitted members.

    Examples
    --------
    >>> from surrogate.fit import Panel, RuleTree
    >>> Panel([("tree", RuleTree())]).set_params(tree__max_leaves=4).get_params()["tree__max_leaves"]
    4
    """

    members: list[tuple[str, Any]]
    members_: dict[str, Any]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters of the panel and, by name, of its members."""
        return self._get_params("members", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the panel or of its members (``tree__max_leaves=8``)."""
        self._set_params("members", **params)
        return self

    def check_members(self, example: str) -> None:
        """Refuse a panel without members.

        Raises
        ------
        InputError
            ``bad-parameter``.
        """
        if not self.members:
            raise InputError("bad-parameter", f"A panel needs at least one member, such as {example}.")

    def predict(self, neighborhood: Neighborhood) -> NDArray[Any]:
        """What the first member that predicts says about each text as it stands, shape (n_documents,)."""
        return self._predicting()[0].predict(neighborhood)

    def score(self, neighborhood: Neighborhood, y: object = None) -> float:
        """Mean score of the members on the rows whose role is "select"."""
        return float(np.mean([member.score(neighborhood) for member in self._predicting()]))

    def _predicting(self) -> list[Any]:
        """The members that say something about every text."""
        members = [member for member in self.members_.values() if member.predicts]
        if not members:
            raise InputError("bad-parameter", "No member of this panel predicts. Add a SparseLinear or a RuleTree.")
        return members
