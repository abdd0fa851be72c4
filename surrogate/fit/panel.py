"""Panel: several surrogates fitted to the same sample, so that their disagreement is a finding."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from sklearn.base import clone

from surrogate.errors import InputError
from surrogate.estimator import announced
from surrogate.fit.base import Surrogate
from surrogate.fit.members import MembersMixin
from surrogate.fit.proxy import Teacher
from surrogate.neighborhood import Neighborhood

__all__ = ["Panel"]


class Panel(MembersMixin):
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
        self.check_members("('linear', SparseLinear())")
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
