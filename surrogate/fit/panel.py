"""Panel: several surrogates fitted to the same sample, so that their disagreement is a finding."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.metaestimators import _BaseComposition

from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.fit.base import Surrogate
from surrogate.fit.proxy import Teacher
from surrogate.neighborhood import Neighborhood

__all__ = ["Panel"]


class Panel(StepMixin, _BaseComposition):
    """Fit several surrogates to the same altered copies.

    Parameters
    ----------
    members : list of (str, Surrogate)
        Named surrogates, such as ``[("linear", SparseLinear()), ("tree", RuleTree())]``.
    target, contrast : str, optional
        What every member explains; see :class:`~surrogate.fit.SparseLinear`.

    Attributes
    ----------
    members_ : dict of str to Surrogate
        The fitted members.

    Examples
    --------
    >>> from surrogate.fit import RuleTree, SparseLinear
    >>> panel = Panel([("linear", SparseLinear()), ("tree", RuleTree())])
    >>> panel.set_params(tree__max_leaves=4).get_params()["tree__max_leaves"]
    4
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "members": [list],
        "target": [str, None],
        "contrast": [str, None],
    }

    def __init__(
        self, members: list[tuple[str, Surrogate]], *, target: str | None = None, contrast: str | None = None
    ) -> None:
        self.members = members
        self.target = target
        self.contrast = contrast

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters of the panel and, by name, of its members."""
        return self._get_params("members", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the panel or of its members (``tree__max_leaves=8``)."""
        self._set_params("members", **params)
        return self

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None, teacher: Teacher | None = None) -> Self:
        """Fit a clone of each member to the same rows.

        Parameters
        ----------
        neighborhood : Neighborhood
            Answered and weighed.
        y : ignored
        teacher : Teacher, optional
            Whose proxies the members share; None: one of their own.

        Raises
        ------
        InputError
            ``bad-parameter`` for a panel without members, or members that explain something else; otherwise as the members do.
        """
        self._validate_params()
        if not self.members:
            raise InputError("bad-parameter", "A panel needs at least one member, such as ('linear', SparseLinear()).")
        for name, member in self.members:
            if (member.target, member.contrast) not in ((None, None), (self.target, self.contrast)):
                raise InputError(
                    "bad-parameter",
                    f"The member {name!r} names a target or contrast of its own. All members of a panel explain the same; "
                    "name it on the panel.",
                )
        shared = {"target": self.target, "contrast": self.contrast}
        teacher = teacher or Teacher()
        self.members_ = {
            name: clone(member).set_params(**shared).fit(neighborhood, teacher=teacher) for name, member in self.members
        }
        return self

    def predict(self, neighborhood: Neighborhood) -> NDArray[np.float64]:
        """What the first member says about each text as it stands, shape (n_documents,)."""
        return self._predicting()[0].predict(neighborhood)

    def score(self, neighborhood: Neighborhood, y: object = None) -> float:
        """Mean fidelity of the members on the rows whose role is "select"."""
        return float(np.mean([member.score(neighborhood) for member in self._predicting()]))

    def _predicting(self) -> list[Surrogate]:
        """The members that say something about every altered copy."""
        members = [member for member in self.members_.values() if member.predicts]
        if not members:
            raise InputError("bad-parameter", "No member of this panel predicts. Add a SparseLinear or a RuleTree.")
        return members
