"""CorpusPanel: several global surrogates fitted to the same documents and copies."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sklearn.base import clone

from surrogate.errors import InputError
from surrogate.estimator import announced
from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.fit.members import MembersMixin
from surrogate.neighborhood import Neighborhood

__all__ = ["CorpusPanel"]


class CorpusPanel(MembersMixin):
    """Fit several surrogates of a whole corpus to the same documents and altered copies.

    Parameters
    ----------
    members : list of (str, CorpusSurrogate)
        Named surrogates, such as ``[("linear", SparseMultinomial()), ("rules", DecisionRules())]``.

    Attributes
    ----------
    members_ : dict of str to CorpusSurrogate
        The fitted members.

    Examples
    --------
    >>> from surrogate.fit import ClassTree, SparseMultinomial
    >>> panel = CorpusPanel([("linear", SparseMultinomial()), ("tree", ClassTree())])
    >>> panel.set_params(tree__max_leaves=4).get_params()["tree__max_leaves"]
    4
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"members": [list]}

    def __init__(self, members: list[tuple[str, CorpusSurrogate]]) -> None:
        self.members = members

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None) -> Self:
        """Fit a clone of each member to the same rows.

        Parameters
        ----------
        neighborhood : Neighborhood
            Answered and described.
        y : ignored

        Raises
        ------
        InputError
            ``bad-parameter`` for a panel without members, or with one that explains texts one by one; otherwise as the members
            do.
        """
        self._validate_params()
        self.check_members("('linear', SparseMultinomial())")
        for name, member in self.members:
            if not isinstance(member, CorpusSurrogate):
                raise InputError(
                    "bad-parameter",
                    f"The member {name!r}, a {type(member).__name__}, does not explain a whole corpus. Put it into a Panel, or "
                    "take a SparseMultinomial, DecisionRules or ClassTree.",
                )
        self.members_ = {name: clone(member).fit(neighborhood) for name, member in self.members}
        return self
